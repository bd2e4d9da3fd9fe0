// Every field of a step tries to become markup, an address that is loaded, or a text that reads as another one.
import { render as renderAlone, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import type { ReactNode } from 'react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Content, JsonValue, Message, MessagePart } from '../../backend/bindings';
import { TooltipProvider } from '../../components/Tooltip';
import { setPlain } from '../../state/reading';
import { Conversation } from './Conversation';
import { Data } from './Data';

const render = (children: ReactNode) => renderAlone(<TooltipProvider>{children}</TooltipProvider>);

const PIXEL = 'data:image/png;base64,iVBORw0KGgo=';

const ATTACKS = [
  '<script>window.hacked = 1</script>',
  '<img src=https://evil.example/a.png onerror="window.hacked = 1"> and `code`',
  '<iframe srcdoc="<script>parent.hacked = 1</script>"></iframe>\n\n- list',
  '[click](javascript:window.hacked=1) **bold**',
  '[click](data:text/html;base64,PHNjcmlwdD4=) ![x](data:text/html,<script>)',
  '![pixel](https://evil.example/pixel.png) ![svg](data:image/svg+xml;base64,PHN2Zz4=)',
  '<https://evil.example/auto> [ref]\n\n[ref]: vbscript:x "t"',
  '# <svg onload=alert(1)>\n\n| <style>*{display:none}</style> |\n|---|\n| <form action=//evil> |',
  '```html onload=x\n<object data=https://evil.example></object>\n```',
  '\u001b]8;;https://evil.example\u0007link\u001b]8;;\u0007 \u001b[8mhidden\u001b[0m \u001b[31m<b>red</b>',
  'safe\u202Egnp.exe\u2066',
  `${'> '.repeat(3000)}deep`,
  `${'- '.repeat(3000)}deep`,
  `*** Begin Patch\n*** Update File: <script>\n@@ <img src=x>\n-<b>\n+<i>\n*** End Patch`,
];

const deep = (text: string, levels: number): JsonValue => {
  let value: JsonValue = text;
  for (let level = 0; level < levels; level++) value = { [text.slice(0, 40)]: [value] };
  return value;
};

const parts = (attack: string): MessagePart[] => [
  { type: 'text', text: attack },
  { type: 'reasoning', text: attack },
  { type: 'tool_call', id: attack, name: attack, arguments: { command: attack, [attack]: attack } },
  { type: 'tool_call', id: 'c', name: 'Bash', arguments: { command: attack } },
  { type: 'tool_result', id: 'c', result: { stdout: attack, exit_code: 1 }, is_error: true },
  {
    type: 'tool_result',
    id: attack,
    result: [
      { type: 'text', text: attack },
      { type: 'image', source: { url: 'https://evil.example/b.png' } },
    ],
    is_error: false,
  },
  { type: 'media', modality: attack, mime_type: attack, reference: attack },
  { type: 'media', modality: 'image', mime_type: 'image/png', reference: 'https://evil.example/c.png' },
  {
    type: 'media',
    modality: 'image',
    mime_type: 'image/svg+xml',
    reference: 'data:image/svg+xml;base64,PHN2Zz4=',
  },
  { type: 'media', modality: 'image', mime_type: 'image/png', reference: PIXEL },
  { type: 'other', value: deep(attack, 400) },
];

function content(attack: string): Content {
  const message = (role: string): Message => ({
    role,
    name: attack,
    parts: parts(attack),
    finish_reason: attack,
  });
  return {
    input: null,
    output: null,
    input_messages: [message('system'), message('user'), message(attack)],
    output_messages: [message('assistant')],
    tools: [{ name: attack, description: attack, parameters: deep(attack, 50) }],
    parameters: [{ name: attack, value: attack }],
    errors: [],
  };
}

/** A call for each way of showing one, full of the attack. */
const calls = (attack: string): [name: string, input: JsonValue, output: JsonValue][] => [
  ['Bash', { command: attack, cwd: attack }, { stdout: attack, stderr: attack, exit_code: 1 }],
  ['Edit', { file_path: attack, old_string: attack, new_string: `${attack}!` }, attack],
  ['apply_patch', attack, attack],
  ['Read', { file_path: `${attack}.html` }, attack],
  ['Write', { file_path: attack, content: attack }, attack],
  ['Grep', { pattern: attack, path: attack }, `a/b.py:1:${attack}\na/c.py:2:x\na/d.py:2:x`],
  ['WebFetch', { url: attack, method: attack, headers: { [attack]: attack } }, { status: 500, body: attack }],
  [
    'query',
    { query: attack },
    [{ title: attack, url: attack, score: -1, text: attack, metadata: { [attack]: attack } }],
  ],
  [
    'rows',
    attack,
    [
      { [attack]: attack, b: 1 },
      { [attack]: attack, b: { c: attack } },
    ],
  ],
  [
    'mcp__x',
    {},
    {
      content: [
        { type: 'text', text: attack },
        { type: 'image', data: '"><script>', mimeType: 'image/png' },
      ],
    },
  ],
  [attack, { [attack]: attack }, deep(attack, 400)],
];

const ALLOWED = new Set(
  ('a article b blockquote br button code dd div dl dt em h3 h4 h5 header hr i img input label li mark ol p path pre s section span ' +
    'strong svg table tbody td th thead tr ul').split(' ').filter((tag) => tag !== 'a'),
); // prettier-ignore

function expectHarmless(container: Element) {
  for (const element of container.querySelectorAll('*')) {
    expect(ALLOWED).toContain(element.tagName.toLowerCase());
    for (const { name, value } of element.attributes) {
      expect(name).not.toMatch(/^(on|srcdoc|srcset|href|action|formaction|poster|data$|xlink)/);
      if (name === 'src') expect(value).toBe(PIXEL);
      if (name === 'style') expect(value).not.toMatch(/url\(|expression/);
    }
  }
  // eslint-disable-next-line no-control-regex
  expect(container.textContent).not.toMatch(/[\u0000-\u0008\u001b\u202a-\u202e\u2066-\u2069]/);
  expect(window).not.toHaveProperty('hacked');
}

/** Opens all that is folded at first. */
async function openAll(container: Element) {
  for (const button of container.querySelectorAll<HTMLElement>('button[aria-expanded="false"]'))
    await userEvent.click(button);
}

describe('a hostile trace', () => {
  const fetched = vi.fn(() => Promise.reject(new Error('nothing may be fetched')));
  const opened = vi.fn(() => null);
  beforeEach(() => {
    vi.stubGlobal('fetch', fetched);
    vi.stubGlobal('open', opened);
  });
  afterEach(() => {
    vi.unstubAllGlobals();
    setPlain(false);
    expect(fetched).not.toHaveBeenCalled();
    expect(opened).not.toHaveBeenCalled();
  });

  it.each(ATTACKS.map((attack) => [attack.slice(0, 40), attack]))(
    'stays text in messages: %s',
    async (_, attack) => {
      const { container } = render(<Conversation content={content(attack)} />);
      // Code and Markdown come as chunks of their own.
      await import('../../components/Markdown');
      await import('../../components/HighlightedCode');
      await waitFor(() => {
        expectHarmless(container);
      });
      await openAll(container);
      expectHarmless(container);
    },
  );

  it.each(ATTACKS.map((attack) => [attack.slice(0, 40), attack]))(
    'stays text in tool calls: %s',
    async (_, attack) => {
      for (const isPlain of [false, true]) {
        setPlain(isPlain);
        for (const [name, input, output] of calls(attack)) {
          const { container, unmount } = render(
            <Data
              content={{ ...content(attack), input_messages: [], output_messages: [], input, output }}
              name={name}
              attributes={{ 'http.method': attack }}
            />,
          );
          await openAll(container);
          expectHarmless(container);
          unmount();
        }
      }
    },
  );

  it('shows where a link goes, and goes nowhere', async () => {
    render(
      <Conversation
        content={{
          ...content('x'),
          input_messages: [],
          output_messages: [
            {
              role: 'assistant',
              name: null,
              finish_reason: null,
              parts: [{ type: 'text', text: '[my bank](javascript:alert(1)) and **more**' }],
            },
          ],
        }}
      />,
    );
    await userEvent.click(await screen.findByRole('button', { name: 'my bank' }));
    expect((await screen.findByRole('dialog', { name: 'Where this link goes' })).textContent).toContain(
      'javascript:alert(1)',
    );
  });
});

describe('content', () => {
  it('is set as Markdown until it is wanted as written', async () => {
    const { container } = render(
      <Data
        content={{ ...content('x'), input: '# Title\n\n- **one**', output: null, tools: [], parameters: [] }}
      />,
    );
    expect((await screen.findByRole('heading', { name: 'Title' })).tagName).toBe('H3');
    setPlain(true);
    await waitFor(() => {
      expect(container.textContent).toContain('# Title\n\n- **one**');
    });
    setPlain(false);
  });

  it('shows an edit with its lines, and its data when asked', async () => {
    render(
      <Data
        content={{
          ...content('x'),
          input: { file_path: 'a.py', old_string: 'old', new_string: 'new' },
          output: 'done',
          parameters: [],
        }}
        name="Edit"
      />,
    );
    expect(screen.getByRole('region', { name: 'Changes of a.py' }).textContent).toMatch(
      /removedold.*addednew/,
    );
    setPlain(true);
    expect(await screen.findByText('old_string')).toBeTruthy();
    setPlain(false);
  });
});
