import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { beforeEach, describe, expect, it } from 'vitest';
import type { IndexState, SearchState, SnippetsRequest, TraceSnippets } from '../../backend/bindings';
import { fakeBackend, type Answers } from '../../backend/fake';
import { FIRST_SETTINGS } from '../../queries/about';
import { followNewest } from '../../state/layout';
import { START, goTo, usePlace } from '../../state/place';
import { readFilter } from '../../test/filters';
import { giveRoom, renderWith } from '../../test/screen';
import { traceList, traceSummary, traceWindow } from '../../test/traces';
import { setCursor } from './cursor';
import { TracesView } from './TracesView';

const WHOLE: SearchState = { searched: 50_000, traces: 50_000, is_complete: true };
const INDEXED: IndexState = { indexed: 50_000, traces: 50_000, bytes: 1, is_working: false };
const many = Array.from({ length: 50_000 }, (_, index) => index + 1);

function snippets({ trace_ids }: SnippetsRequest): TraceSnippets[] {
  const text = 'the rate limit of the api';
  return trace_ids.map((trace_id) => ({
    trace_id,
    hits: trace_id,
    is_cut: trace_id === 2,
    snippets: [{ span_id: 's1', name: `ask ${trace_id}`, place: 'error', text, marks: [[4, 14]] }],
  }));
}

function shown(answers: Answers) {
  const backend = fakeBackend({
    settings_get: () => FIRST_SETTINGS,
    filter_read: ({ filter }) => readFilter(filter),
    trace_list: (request) => ({ ...traceWindow(many, request), search: WHOLE }),
    trace_snippets: snippets,
    index_state: () => INDEXED,
    ...answers,
  });
  goTo({ filter: '"rate limit"' }, 'replace');
  renderWith(backend, <TracesView empty={null} />);
  return backend;
}
const row = async (name: string) =>
  (await screen.findByText(name)).closest<HTMLElement>('[role="row"]') as HTMLElement;

beforeEach(() => {
  giveRoom(1800, 280);
  goTo(START, 'replace');
  setCursor(null);
  followNewest(false);
});

describe('a search', () => {
  it('shows where the text stands, with its hits marked and counted', async () => {
    shown({});
    await screen.findByText(/ask 1 ·/);
    const first = within(await row('run 1'));
    expect(first.getByText('1 hit')).toBeTruthy();
    expect(first.getByText('rate limit').tagName).toBe('MARK');
    expect(within(await row('run 2')).getByText('2+ hits')).toBeTruthy();
  });

  it('asks for what is on screen alone', async () => {
    const backend = shown({});
    await screen.findByText(/ask 1 ·/);
    const asked = backend.calls.flatMap(({ name, request }) =>
      name === 'trace_snippets' ? [(request as SnippetsRequest).trace_ids.length] : [],
    );
    expect(asked.reduce((sum, count) => sum + count, 0)).toBeLessThan(60);
    expect(Math.max(...asked)).toBeLessThanOrEqual(100);
  });

  it('keeps what it says of a trace while more is asked', async () => {
    const backend = shown({});
    await screen.findByText(/ask 1 ·/);
    backend.answer({
      trace_list: (request) => ({ ...traceWindow([0, ...many], request, 2), search: WHOLE }),
      trace_snippets: () => new Promise(() => undefined),
    });
    backend.notify({ traces: [0], revision: 2 });
    await row('run 0');
    expect(screen.getByText(/ask 1 ·/)).toBeTruthy();
  });

  it('says how far it has come, and asks again until it is done', async () => {
    let searched = 31_200;
    shown({
      trace_list: (request) => ({
        ...traceWindow([1], request),
        search: { searched, traces: 50_000, is_complete: searched === 50_000 },
      }),
      index_state: () => ({ indexed: 40_000, traces: 50_000, bytes: 1, is_working: true }),
    });
    expect(await screen.findByText(/Looked at 31,200 of 50,000 traces/)).toBeTruthy();
    expect(await screen.findByText(/Indexing: 40,000 of 50,000/)).toBeTruthy();
    searched = 50_000;
    expect(await screen.findByText(/1 trace with this text, of all 50,000/)).toBeTruthy();
  });

  it('that has found nothing yet does not say that there is nothing', async () => {
    shown({
      trace_list: (request) => ({
        ...traceWindow([], request),
        total_unfiltered: 9,
        search: { searched: 2, traces: 9, is_complete: false },
      }),
    });
    expect(await screen.findByText('Nothing found so far')).toBeTruthy();
  });

  it('is ordered by relevance or time, and by time again once there is nothing to look for', async () => {
    const backend = shown({});
    await userEvent.click(await screen.findByRole('button', { name: 'Relevance' }));
    expect(usePlace.getState()).toMatchObject({ sort: 'relevance', descending: true });
    backend.answer({ trace_list: (request) => traceWindow(many, request) });
    goTo({ filter: 'status:failed' }, 'push');
    await waitFor(() => {
      expect(usePlace.getState().sort).toBe('started');
    });
    expect(screen.queryByRole('button', { name: 'Relevance' })).toBeNull();
  });
});

describe('conversations', () => {
  const turn = (trace_id: number, conversation: string | null, place: number, runs: number) =>
    traceSummary({
      trace_id,
      conversation,
      conversation_place: place,
      conversation_runs: runs,
      start_unix_ms: new Date(2024, 0, trace_id).getTime(),
    });
  const RUNS = [turn(1, 'shop', 1, 3), turn(2, 'shop', 2, 3), turn(3, 'tour', 1, 1), turn(4, null, 0, 0)];

  it('stand together under a line each', async () => {
    const backend = shown({ trace_list: () => traceList(RUNS) });
    await row('run 1');
    expect(screen.queryByText('shop')).toBeNull();
    await userEvent.click(screen.getByRole('button', { name: 'Group by conversation' }));
    expect(await screen.findByText('shop')).toBeTruthy();
    expect(screen.getByText('2 of 3 runs · 2024-01-01 – 2024-01-02')).toBeTruthy();
    expect(screen.getByText('1 run · 2024-01-03')).toBeTruthy();
    expect(screen.getByText('Of no conversation')).toBeTruthy();
    expect((await row('run 2')).textContent).toContain('2/3');
    expect(backend.calls).toContainEqual({
      name: 'trace_list',
      request: expect.objectContaining({ sort: 'conversation' }) as unknown,
    });
    await userEvent.click(screen.getByRole('button', { name: 'Group by conversation' }));
    await waitFor(() => {
      expect(screen.queryByText('shop')).toBeNull();
    });
  });
});

describe('what is out of the ordinary', () => {
  it('has a sign beside that of being slow, and says how far it is', async () => {
    const outlier = { measure: 'duration', value: 3.84e9, median: 1.2e9, limit: 2.9e9, score: 8, runs: 412 };
    const slow = traceSummary({ trace_id: 1, duration_ns: 3.84e9, outliers: [outlier] });
    shown({ trace_list: () => traceList([slow]) });
    const cells = within(await row('run 1')).getAllByRole('gridcell');
    expect(cells[3]?.textContent).toContain(
      '3.2× the median of 412 runs of this task (median 1.20 s, limit 2.90 s)',
    );
    expect(cells[3]?.textContent).toContain('slow');
  });
});
