import { describe, expect, it } from 'vitest';
import type { Message } from '../backend/bindings';
import { contentOf } from '../test/stepFixture';
import { promptOf, responseOf } from './runTexts';

const said = (role: string, text: string): Message => ({
  role,
  name: null,
  parts: [
    { type: 'reasoning', text: 'hm' },
    { type: 'text', text },
  ],
  finish_reason: null,
});

describe('prompt and response', () => {
  it('are what was said last, without reasoning', () => {
    const content = contentOf({
      input_messages: [
        said('system', 'Be brief'),
        said('user', 'One'),
        said('user', 'Two'),
        said('assistant', 'x'),
      ],
      output_messages: [said('assistant', 'Three')],
    });
    expect([promptOf(content), responseOf(content)]).toEqual(['Two', 'Three']);
  });

  it('are input and output where nobody spoke', () => {
    const content = contentOf({ input: { q: 1 }, output: 'yes' });
    expect([promptOf(content), responseOf(content)]).toEqual(['{\n  "q": 1\n}', 'yes']);
    expect([promptOf(contentOf()), responseOf(contentOf())]).toEqual([null, null]);
  });
});
