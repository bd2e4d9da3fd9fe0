import { describe, expect, it } from 'vitest';
import { errorDetails, withoutPrivate } from './errorDetails';

describe('a message to report', () => {
  it.each([
    [
      "/home/me/My Traces/run of Anna.json can't be read: permission denied",
      "<path> can't be read: permission denied",
    ],
    ['C:\\Users\\Anna\\traces.db is in use by another program', '<path> is in use by another program'],
    ['~/exports/a.jsonl is not there', '<path> is not there'],
    ['The tool "get_balance" of “Anna” failed', 'The tool "…" of "…" failed'],
    ["The field 'customer' can't be a time", 'The field "…" can\'t be a time'],
    ['http://anna:pw@intern.example/x?k=1 does not answer', '<address> does not answer'],
    ['anna@example.com was told', '<address> was told'],
    ['export-anna.jsonl has 3 problems', '<file> has 3 problems'],
    ['The run 0af7651916cd43dd8448eb211c80319c is not there', 'The run <id> is not there'],
    ['There is no room left on the disk.', 'There is no room left on the disk.'],
    [
      'The database was written by version 14; this is version 11.',
      'The database was written by version 14; this is version 11.',
    ],
    ["It can't be changed, and it isn't lost.", "It can't be changed, and it isn't lost."],
  ])('%s', (message, told) => {
    expect(withoutPrivate(message)).toBe(told);
  });

  it('says where in the page a fault lies, by our own files alone', () => {
    const text = errorDetails(
      {
        what: 'The list could not be shown',
        message: 'x is undefined',
        code: 'TypeError',
        stack:
          'TypeError: x is undefined of Anna\n    at draw (http://127.0.0.1:4000/assets/index-abc.js:10:20)\nrow@tauri://localhost/assets/index-abc.js:7:1',
      },
      { version: '0.1.0', system: 'WebKit', at: new Date(0) },
    );
    expect(text.split('\n')).toEqual([
      'TraceLLM Explorer 0.1.0',
      'System: WebKit',
      'Time: 1970-01-01T00:00:00.000Z',
      'What: The list could not be shown',
      'Code: TypeError',
      'Message: x is undefined',
      'Where:',
      '  draw index-abc.js:10:20',
      '  row index-abc.js:7:1',
    ]);
  });
});
