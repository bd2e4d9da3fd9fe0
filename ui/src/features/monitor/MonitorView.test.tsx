import { screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Monitor, MonitorRequest } from '../../backend/bindings';
import { fakeBackend } from '../../backend/fake';
import { goTo, START, usePlace } from '../../state/place';
import { giveRoom, renderWith } from '../../test/screen';
import { traceSummary } from '../../test/traces';
import { MonitorView } from './MonitorView';

const START_MS = new Date(2026, 10, 23, 12).getTime();

const MONITOR: Monitor = {
  revision: 1,
  runs: 12,
  running: 1,
  succeeded: 8,
  warnings: 2,
  failed: 2,
  lost: 1,
  success_rate: 0.8,
  errors: 5,
  retries: 3,
  mean_ns: 2.4e9,
  p50_ns: 1.9e9,
  p95_ns: 6.1e9,
  tokens: null,
  cost_usd: null,
  runs_per_minute: 0.4,
  buckets: [
    { start_unix_ms: START_MS, runs: 3, failed: 0, p50_ns: 1e9 },
    { start_unix_ms: START_MS + 60_000, runs: 9, failed: 2, p50_ns: 2e9 },
  ],
  latest: [traceSummary({ trace_id: 9, name: 'checkout', status: 'failed', failure_reason: 'rate limit' })],
};

function shown(monitor = MONITOR) {
  const backend = fakeBackend({ monitor: () => monitor });
  renderWith(backend, <MonitorView />);
  const asked = () => backend.calls.map(({ request }) => (request as MonitorRequest).window_ms);
  return { backend, asked };
}

beforeEach(() => {
  giveRoom(1200, 700);
  goTo({ ...START, view: 'monitor' }, 'replace');
});

describe('the monitor', () => {
  it('shows the figures of an hour, and a dash for what is not known', async () => {
    const { asked } = shown();
    const figure = (label: string) =>
      screen.getByText(label, { selector: 'dt' }).nextElementSibling?.textContent;
    await screen.findByText('Success rate');
    expect(
      ['Runs', 'Running', 'Success rate', 'Failed', 'Lost', 'p95 latency', 'Tokens'].map(figure),
    ).toEqual(['12', '1', '80%', '2', '1', '6.10 s', '–']);
    expect(asked()).toEqual([3_600_000]);
  });

  it('counts over another stretch, which is in the address', async () => {
    const { asked } = shown();
    await userEvent.click(await screen.findByRole('button', { name: 'All' }));
    expect(usePlace.getState().span).toBe('all');
    await waitFor(() => {
      expect(asked()).toEqual([3_600_000, null]);
    });
  });

  it('reads its bars out, one by one', async () => {
    shown();
    const bars = await screen.findByRole('slider', { name: 'Runs over time' });
    bars.focus();
    await userEvent.keyboard('{ArrowLeft}');
    expect(bars.getAttribute('aria-valuetext')).toBe(
      '2026-11-23 12:01:00 – 12:02:00: 9 runs, 2 failed or lost, median 2.00 s',
    );
    await userEvent.keyboard('{Home}');
    expect(bars.getAttribute('aria-valuetext')).toContain('3 runs, median 1.00 s');
  });

  it('leads to the latest runs, and follows them', async () => {
    const { backend } = shown();
    backend.answer({
      monitor: () => ({
        ...MONITOR,
        latest: [traceSummary({ trace_id: 10, name: 'newer', status: 'running' })],
      }),
    });
    expect((await screen.findByRole('link', { name: 'checkout' })).getAttribute('href')).toBe('#/?trace=9');
    backend.notify({ traces: [10] });
    await userEvent.click(await screen.findByRole('link', { name: 'newer' }));
    expect(usePlace.getState()).toMatchObject({ view: 'traces', traceId: 10 });
  });

  it('says so where there is nothing to count', async () => {
    shown({ ...MONITOR, runs: 0, latest: [], buckets: [] });
    await userEvent.click(await screen.findByRole('button', { name: 'Show all' }));
    expect(usePlace.getState().span).toBe('all');
  });
});
