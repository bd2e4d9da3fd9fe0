import { screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { beforeEach, describe, expect, it } from 'vitest';
import type { RetryFigures, RetryReport } from '../../backend/bindings';
import { fakeBackend } from '../../backend/fake';
import { goTo, placeFromHash, START, usePlace } from '../../state/place';
import { giveRoom, renderWith } from '../../test/screen';
import { traceSummary } from '../../test/traces';
import { RetriesView } from './RetriesView';

const figures = (given: Partial<RetryFigures>): RetryFigures => ({
  operations: 0,
  attempts: 0,
  recovered: 0,
  gave_up: 0,
  abandoned: 0,
  trying: 0,
  success_rate: null,
  waste_ns: 0,
  waste_tokens: null,
  waste_cost_usd: null,
  ...given,
});

const REPORT: RetryReport = {
  revision: 1,
  runs: 40,
  retried_runs: 10,
  total: figures({
    operations: 12,
    attempts: 29,
    recovered: 9,
    gave_up: 2,
    abandoned: 1,
    success_rate: 0.75,
    waste_ns: 61e9,
    waste_tokens: 1200,
  }),
  fallbacks: 2,
  hedges: 0,
  runs_again: {
    runs: 3,
    figures: figures({ operations: 1, attempts: 3, recovered: 1, success_rate: 1, waste_ns: 9e9 }),
    filter: 'is:rerun',
  },
  by_name: [
    {
      value: 'search',
      kind: 'tool',
      runs: 7,
      figures: figures({ operations: 8, attempts: 19, recovered: 8, success_rate: 1, waste_ns: 21e9 }),
      filter: 'retried:search',
    },
    {
      value: 'gpt-4o',
      kind: 'llm',
      runs: 3,
      figures: figures({ operations: 4, attempts: 10, success_rate: 0.25, waste_ns: 40e9 }),
      filter: 'retried:gpt-4o',
    },
  ],
  by_cause: [{ cause: 'ratelimit', figures: figures({ operations: 4 }), filter: 'cause:ratelimit' }],
  over_time: [
    { start_unix_ms: 0, end_unix_ms: 60_000, figures: figures({ operations: 12 }), filter: 'started:a' },
  ],
  worst: [traceSummary({ trace_id: 5, name: 'slow one', retries: 6, retry_waste_ns: 30e9 })],
};

function shown(report: RetryReport) {
  const backend = fakeBackend({
    retry_report: () => report,
    filter_read: () => ({ error: null, terms: [] }),
    filter_edit: ({ filter }) => ({ filter }),
  });
  renderWith(backend, <RetriesView />);
  return backend;
}

beforeEach(() => {
  giveRoom(1200, 700);
  goTo({ ...START, view: 'retries', filter: 'project:shop' }, 'replace');
});

describe('retries over all traces', () => {
  it('come to figures that lead to their traces', async () => {
    const backend = shown(REPORT);
    const recovered = (await screen.findByText('Recovered', { selector: 'dt' })).parentElement as HTMLElement;
    expect(recovered.textContent).toContain('75%');
    const place = placeFromHash(within(recovered).getByRole('link').getAttribute('href') ?? '');
    expect(place).toMatchObject({ view: 'traces', filter: 'project:shop outcome:recovered' });
    expect(backend.calls.find(({ name }) => name === 'retry_report')?.request).toMatchObject({
      filter: 'project:shop',
    });
  });

  it('are listed by what lost most time, by cause, and by run', async () => {
    shown(REPORT);
    const names = await screen.findByRole('region', { name: 'What was tried again' });
    const rows = within(names).getAllByRole('row').slice(1);
    expect(rows.map((row) => row.textContent.slice(0, 8))).toEqual([' gpt-4o4', ' search8', ' Whole r']);
    const whole = within(names).getByRole('link', { name: /Whole runs/ });
    expect(placeFromHash(whole.getAttribute('href') ?? '')).toMatchObject({ filter: 'is:rerun' });
    expect(screen.getByRole('region', { name: 'Causes' }).textContent).toContain('rate limit');
    await userEvent.click(
      within(screen.getByRole('region', { name: 'Runs that lost most' })).getByText(/slow one/),
    );
    expect(usePlace.getState()).toMatchObject({ view: 'traces', traceId: 5 });
  });

  it('say that there are none', async () => {
    const runs_again = { ...REPORT.runs_again, runs: 0 };
    shown({
      ...REPORT,
      runs_again,
      total: figures({}),
      retried_runs: 0,
      by_name: [],
      by_cause: [],
      worst: [],
    });
    expect(await screen.findByText('Nothing was tried more than once in 40 runs.')).toBeTruthy();
  });
});
