import { describe, expect, it } from 'vitest';
import { importStatus } from '../../test/imports';
import {
  announcements,
  formatNames,
  onlySource,
  outcomeText,
  problemLine,
  progressText,
  shareDone,
  sourceFilter,
  splitPath,
} from './summary';

describe('an import in words', () => {
  it('says how far it is', () => {
    const running = importStatus({
      state: 'running',
      bytes_done: 12_400_000,
      bytes_total: 80_000_000,
      files_done: 3,
      files_total: 12,
      counts: { traces: 1, spans: 56 },
    });
    expect(progressText(running)).toBe('12.4 MB of 80 MB · 3 of 12 files · 1 trace · 56 steps');
    expect(shareDone(running)).toBeCloseTo(0.155);
  });

  it('does not guess a share', () => {
    expect(shareDone(importStatus({ bytes_total: 0, files_total: 0 }))).toBeNull();
    expect(shareDone(importStatus({ bytes_done: 9, bytes_total: 3 }))).toBe(1);
  });

  it('says what is new, what was known and what was updated', () => {
    const counts = {
      traces: 42,
      traces_added: 37,
      spans: 1300,
      spans_added: 1204,
      spans_updated: 12,
      spans_unchanged: 84,
    };
    expect(outcomeText(importStatus({ state: 'done', counts }))).toBe(
      '37 traces added · 1,204 steps added · 12 steps updated · 5 traces were already here',
    );
    expect(outcomeText(importStatus({ state: 'done', counts: { traces: 1 } }))).toBe(
      '1 trace was already here',
    );
    expect(outcomeText(importStatus({ state: 'done' }))).toBe('No traces found');
    const files = [{ message: '536 metric payloads left out' }];
    expect(outcomeText(importStatus({ state: 'done', files }))).toBe(
      'No traces found · 536 metric payloads left out',
    );
  });

  it('says why it failed, and what came before it did', () => {
    const file = { path: '/a/b.json', state: 'failed' as const, message: 'Not a known format.' };
    expect(outcomeText(importStatus({ state: 'failed', files: [file] }))).toBe('Not a known format.');
    expect(
      outcomeText(
        importStatus({ state: 'failed', files: [file, file], counts: { traces: 2, traces_added: 2 } }),
      ),
    ).toBe('2 files could not be read · 2 traces added');
    expect(outcomeText(importStatus({ state: 'cancelled' }))).toBe('Cancelled; nothing was added');
  });
});

describe('announcements', () => {
  it('tell of a beginning and an end, not of every step between', () => {
    const waiting = importStatus({ import_id: 4, state: 'waiting', title: 'a.json' });
    const running = importStatus({ import_id: 4, state: 'running', title: 'a.json' });
    const done = importStatus({
      import_id: 4,
      state: 'done',
      title: 'a.json',
      problems: 2,
      counts: { traces: 1, traces_added: 1 },
    });
    expect(announcements([], [waiting])).toEqual(['Importing a.json.']);
    expect(announcements([waiting], [running])).toEqual([]);
    expect(announcements([running], [done])).toEqual([
      'Import of a.json finished: 1 trace added, 2 problems.',
    ]);
    expect(announcements([done], [done])).toEqual([]);
    expect(announcements([], [done])).toHaveLength(1);
  });
});

describe('sources', () => {
  it('are known if a single file brought all traces', () => {
    const one = { path: '/x/a.json', counts: { traces: 3 } };
    const none = { path: '/x/readme.md' };
    expect(onlySource(importStatus({ files_total: 2, files: [one, none] }))?.path).toBe('/x/a.json');
    expect(onlySource(importStatus({ files_total: 2, files: [one, one] }))).toBeNull();
    expect(onlySource(importStatus({ files_total: 5000, files: [one] }))).toBeNull();
  });
  it('make filters that no file name breaks', () => {
    expect(sourceFilter('a "b"\\c.json')).toBe('source:"a \\"b\\"\\\\c.json"');
  });
  it('are shown by their last part', () => {
    expect(splitPath('/a/b/c.json')).toEqual({ folder: '/a/b/', name: 'c.json' });
    expect(splitPath('C:\\x\\y.json')).toEqual({ folder: 'C:\\x\\', name: 'y.json' });
    expect(splitPath('Clipboard')).toEqual({ folder: '', name: 'Clipboard' });
  });
});

it('formats are named once, whatever encodings they come in', () => {
  const labels = ['OpenTelemetry (OTLP JSON)', 'Langfuse', 'OpenTelemetry (OTLP protobuf)', 'Langfuse (CSV)'];
  expect(formatNames(labels.map((label, index) => ({ id: String(index), label })))).toEqual([
    'OpenTelemetry',
    'Langfuse',
  ]);
});

it('a problem is copied with its place', () => {
  expect(problemLine({ path: 'a.json', byte: 12, line: null, reason: 'no id' })).toBe(
    'a.json\tbyte 12\tno id',
  );
  expect(problemLine({ path: 'a.jsonl', byte: 12, line: 1200, reason: 'x' })).toBe('a.jsonl\tline 1,200\tx');
  expect(problemLine({ path: '=1+1.json', byte: 1, line: 1, reason: '\t@SUM(1)\nx' })).toBe(
    "'=1+1.json\tline 1\t' @SUM(1) x",
  );
});
