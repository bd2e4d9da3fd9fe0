import { describe, expect, it } from 'vitest';
import { stepOf } from '../test/stepFixture';
import { choiceKey, sectionShown, sectionsOf } from './sections';

const message = { role: 'user', name: null, parts: [], finish_reason: null };

describe('sections', () => {
  it('are those with something in them', () => {
    expect(sectionsOf(stepOf({ attributes: {}, raw: null }))).toEqual([]);
    expect(sectionsOf(stepOf({ attributes: { a: 1 }, raw: { a: 1 }, content: { output: 0 } }))).toEqual([
      'data',
      'attributes',
      'raw',
    ]);
    expect(sectionsOf(stepOf({ error: 'boom', content: { input_messages: [message], input: {} } }))).toEqual([
      'error',
      'conversation',
      'raw',
    ]);
  });

  it('begin with the most telling one, unless the person chose another that is there', () => {
    expect(sectionShown(['error', 'data', 'raw'], undefined)).toBe('error');
    expect(sectionShown(['error', 'data', 'raw'], 'raw')).toBe('raw');
    expect(sectionShown(['data', 'raw'], 'events')).toBe('data');
    expect(sectionShown([], 'raw')).toBeNull();
  });

  it('are remembered by kind, failed steps apart', () => {
    expect(choiceKey(stepOf({ kind: 'llm', status: 'ok' }))).not.toBe(
      choiceKey(stepOf({ kind: 'llm', status: 'error' })),
    );
    expect(choiceKey(stepOf({ kind: 'llm' }))).not.toBe(choiceKey(stepOf({ kind: 'tool' })));
  });
});
