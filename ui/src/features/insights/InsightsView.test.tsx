import { fireEvent, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { beforeEach, describe, expect, it } from 'vitest';
import { BackendError } from '../../backend';
import type { FilterEditRequest, Insights, InsightsRequest } from '../../backend/bindings';
import { fakeBackend, type Answers } from '../../backend/fake';
import { goTo, placeFromHash, START, usePlace } from '../../state/place';
import { callBreakdown, insightsGiven, runFigures } from '../../test/insights';
import { giveRoom, renderWith } from '../../test/screen';
import { InsightsView } from './InsightsView';

const START_MS = new Date(2026, 10, 23, 12).getTime();
const MINUTE_MS = 60_000;

const bucket = (index: number, figures: Partial<Insights['total']>) => ({
  start_unix_ms: START_MS + index * MINUTE_MS,
  end_unix_ms: START_MS + (index + 1) * MINUTE_MS,
  figures: runFigures(figures),
  filter: `started:bucket-${index}`,
});

const FOUND = insightsGiven({
  total: runFigures({
    runs: 1412,
    succeeded: 1300,
    warnings: 40,
    failed: 100,
    lost: 2,
    running: 10,
    success_rate: 1300 / 1400,
    p50_ns: 4.34e9,
    p95_ns: 79.456e9,
    p99_ns: null,
    retries: 131,
    retried_runs: 57,
    waste_ns: 216e9,
    input_tokens: 13_800_000,
    output_tokens: 3_450_000,
    tokens: 17_250_000,
    cost_usd: 39.89,
  }),
  over_time: [
    bucket(0, { runs: 5, succeeded: 4, warnings: 1, failed: 1, p50_ns: 1.5e9, p95_ns: 2e9, cost_usd: 0.5 }),
    bucket(1, {}),
    bucket(2, { runs: 3, succeeded: 1, failed: 1, lost: 1, p50_ns: 3e9, p95_ns: 9e9, retries: 7 }),
  ],
  by_task: [
    {
      value: 'triage',
      figures: runFigures({ runs: 900, failed: 9, success_rate: 0.99 }),
      filter: 'name:triage',
    },
    { value: null, figures: runFigures({ runs: 512, failed: 91 }), filter: '-name:*' },
  ],
  tools: [
    callBreakdown({ value: 'search', calls: 400, failed: 2, p95_ns: 9e9, p50_ns: 1e9 }),
    callBreakdown({ value: 'python', calls: 20, failed: 10, p95_ns: 3e9 }),
    callBreakdown({ value: 'idle', calls: 900, p95_ns: null }),
  ],
  failures: [
    {
      pattern: 'timed out after … s',
      errors: 9,
      runs: 5,
      failed_runs: 4,
      example: 'timed out after 30 s\n<b>at</b> client.py',
      last_unix_ms: START_MS,
      filter: '"timed out after"',
    },
  ],
  failures_left_out: 3,
});

function shown(answer: Insights | (() => Insights) = FOUND, more: Answers = {}) {
  const backend = fakeBackend({
    insights: typeof answer === 'function' ? answer : () => answer,
    filter_read: ({ filter }) => ({
      error: null,
      terms: filter.startsWith('started:')
        ? [
            {
              from: 0,
              to: filter.length,
              field: 'started',
              negated: false,
              values: [filter.slice(8)],
              is_alone: true,
            },
          ]
        : [],
    }),
    filter_edit: ({ edit }) => ({ filter: edit.type === 'set' ? `started:${edit.values.join()}` : '' }),
    ...more,
  });
  renderWith(backend, <InsightsView />);
  const requests = (name: string) =>
    backend.calls.filter((call) => call.name === name).map(({ request }) => request);
  return { backend, requests };
}

const figure = (label: string) => screen.getByText(label, { selector: 'dt' }).parentElement as HTMLElement;
const chart = (name: string) => screen.findByRole('slider', { name });
const linkPlace = (link: HTMLElement) => placeFromHash(link.getAttribute('href') ?? '');

beforeEach(() => {
  giveRoom(1200, 700);
  goTo({ ...START, view: 'insights', filter: 'project:shop' }, 'replace');
});

describe('the figures', () => {
  it('stand for the runs of the filter, and a dash for what is not known', async () => {
    const { requests } = shown();
    await screen.findByText('Success rate');
    const text = (label: string) => figure(label).querySelector('dd')?.textContent;
    expect(
      ['Runs', 'Success rate', 'Failed', 'Median', 'p95', 'p99', 'Tokens in', 'Cost', 'Retries', 'Waste'].map(
        text,
      ),
    ).toEqual(['1,412', '93%', '100', '4.34 s', '1 min 19 s', '–', '13.8M', '$39.89', '131', '3 min 36 s']);
    expect((requests('insights') as InsightsRequest[]).map(({ filter }) => filter)).toEqual(['project:shop']);
  });

  it('lead to the traces behind them, the telling ones first', async () => {
    shown();
    await screen.findByText('Success rate');
    const place = (label: string) => linkPlace(within(figure(label)).getByRole('link'));
    expect(place('Runs')).toMatchObject({ view: 'traces', filter: 'project:shop' });
    expect(place('p95')).toMatchObject({ filter: 'project:shop duration:>=79.45s', sort: 'duration' });
    expect(place('Retries')).toMatchObject({
      filter: 'project:shop retries:>0',
      sort: 'retries',
      descending: true,
    });
    expect(within(figure('p99')).queryByRole('link'), 'nothing leads to nothing').toBeNull();
    await userEvent.click(within(figure('Failed')).getByRole('link'));
    expect(usePlace.getState()).toMatchObject({ view: 'traces', filter: 'project:shop status:failed' });
  });
});

describe('the charts', () => {
  it('are read by keys, stretch by stretch, and open one', async () => {
    shown();
    const runs = await chart('Runs');
    runs.focus();
    await userEvent.keyboard('{ArrowLeft}');
    expect(runs.getAttribute('aria-valuetext')).toBe(
      '2026-11-23 12:02:00 – 12:03:00: Succeeded 1, Warning 0, Failed 1, Lost 1, Running 0',
    );
    await userEvent.keyboard('{ArrowLeft}{Enter}');
    expect(usePlace.getState().view, 'a stretch without runs has nothing to open').toBe('insights');
    await userEvent.keyboard('{Home}');
    expect((await chart('Duration')).getAttribute('aria-valuetext'), 'they share one crosshair').toBe(
      '2026-11-23 12:00:00 – 12:01:00: Median 1.50 s, p95 2.00 s',
    );
    await userEvent.keyboard('{Enter}');
    expect(usePlace.getState()).toMatchObject({ view: 'traces', filter: 'started:bucket-0' });
  });

  it('stay at the same time when more comes in', async () => {
    let answer = FOUND;
    const { backend, requests } = shown(() => answer);
    const runs = await chart('Runs');
    runs.focus();
    await userEvent.keyboard('{Home}{ArrowRight}');
    const before = runs.getAttribute('aria-valuetext');
    expect(before).toContain('12:01:00');
    answer = { ...FOUND, over_time: [bucket(-1, { runs: 1 }), ...FOUND.over_time] };
    backend.notify({ traces: [1] });
    await waitFor(() => {
      expect(runs.getAttribute('aria-valuemax')).toBe('3');
    });
    expect(requests('insights')).toHaveLength(2);
    expect(runs.getAttribute('aria-valuetext')).toBe(before);
  });

  it('show all that is known of the stretch under the pointer', async () => {
    shown();
    const runs = await chart('Runs');
    fireEvent.pointerMove(runs, { clientX: 1150 });
    const tip = runs.querySelector('table') as HTMLElement;
    const value = (label: string) => within(tip).getByText(label).nextElementSibling?.textContent;
    expect(['Runs', 'Success rate', 'p95', 'Cost', 'Retries'].map(value)).toEqual([
      '3',
      '–',
      '9.00 s',
      '–',
      '7',
    ]);
    fireEvent.pointerLeave(runs);
    expect(runs.querySelector('table')).toBeNull();
  });

  it('narrow to what is dragged over', async () => {
    const { requests } = shown();
    const runs = await chart('Runs');
    fireEvent.pointerDown(runs, { clientX: 100, button: 0 });
    fireEvent.pointerMove(runs, { clientX: 600 });
    fireEvent.pointerUp(runs, { clientX: 600 });
    await waitFor(() => {
      expect(requests('filter_edit')).toEqual([
        {
          filter: 'project:shop',
          field: 'started',
          edit: { type: 'range', from: START_MS, below: START_MS + 2 * MINUTE_MS },
        },
      ]);
    });
    expect(usePlace.getState().view).toBe('insights');
  });

  it('leave gaps where nothing is known', async () => {
    shown();
    const lines = (await chart('Duration')).querySelectorAll('path');
    expect([...lines].map((line) => line.getAttribute('d')?.match(/[ML]/g)?.join(''))).toEqual(['MM', 'MM']);
  });

  it('are a table for those who prefer one', async () => {
    shown();
    await userEvent.click(await screen.findByRole('button', { name: 'As table' }));
    const rows = within(screen.getByRole('table', { name: 'Runs over time' })).getAllByRole('row');
    expect(rows.map((row) => row.firstElementChild?.textContent)).toEqual([
      'Started',
      '2026-11-23 12:02:00 – 12:03:00',
      '2026-11-23 12:00:00 – 12:01:00',
    ]);
  });
});

describe('the tables', () => {
  const names = (name: string) =>
    within(screen.getByRole('table', { name }))
      .getAllByRole('link')
      .map((link) => link.textContent);

  it('stand by what is slowest, and by any column that is asked for', async () => {
    shown();
    await screen.findByRole('table', { name: 'By tool' });
    expect(names('By tool'), 'what is not known comes last').toEqual(['search', 'python', 'idle']);
    const table = within(screen.getByRole('table', { name: 'By tool' }));
    await userEvent.click(table.getByRole('button', { name: 'Failed' }));
    expect(names('By tool')).toEqual(['python', 'search', 'idle']);
    expect(table.getByRole('columnheader', { name: 'Failed' }).getAttribute('aria-sort')).toBe('descending');
    await userEvent.click(table.getByRole('button', { name: 'Tool' }));
    expect(names('By tool')).toEqual(['idle', 'python', 'search']);
  });

  it('are walked by arrow keys and lead to the traces', async () => {
    shown();
    const table = within(await screen.findByRole('table', { name: 'By tool' }));
    table.getByRole('link', { name: 'search' }).focus();
    await userEvent.keyboard('{ArrowDown}');
    expect(document.activeElement?.textContent).toBe('python');
    await userEvent.keyboard('{Enter}');
    expect(usePlace.getState()).toMatchObject({ view: 'traces', filter: 'tool:python' });
  });

  it('lead to the traces by a click anywhere in a row', async () => {
    shown();
    const table = within(await screen.findByRole('table', { name: 'By task' }));
    await userEvent.click(table.getByText('512'));
    expect(usePlace.getState().filter).toBe('-name:*');
  });

  it('keep their order while the person is in them, whatever comes in', async () => {
    let answer = FOUND;
    const { backend } = shown(() => answer);
    await screen.findByRole('table', { name: 'By tool' });
    await userEvent.hover(screen.getByRole('table', { name: 'By tool' }));
    answer = {
      ...FOUND,
      tools: FOUND.tools.map((tool) => (tool.value === 'python' ? { ...tool, p95_ns: 99e9 } : tool)),
    };
    backend.notify({ traces: [1] });
    await screen.findByText('1 min 39 s');
    expect(names('By tool')).toEqual(['search', 'python', 'idle']);
    await userEvent.unhover(screen.getByRole('table', { name: 'By tool' }));
    expect(names('By tool')).toEqual(['python', 'search', 'idle']);
  });

  it('give reasons of failure, one of them whole on demand, as text', async () => {
    shown();
    const table = within(await screen.findByRole('table', { name: 'Reasons of failure' }));
    expect(table.queryByText(/client\.py/)).toBeNull();
    await userEvent.click(table.getByRole('button', { name: 'Show the example' }));
    expect(table.getByText(/<b>at<\/b> client\.py/)).toBeTruthy();
    expect(screen.getByText(/^3 more failed steps are counted in none/)).toBeTruthy();
    await userEvent.click(table.getByRole('link', { name: 'timed out after … s' }));
    expect(usePlace.getState()).toMatchObject({ view: 'traces', filter: '"timed out after"' });
  });
});

describe('what is counted', () => {
  it('is another stretch of time by an edit of the filter', async () => {
    const { requests } = shown();
    await userEvent.click(await screen.findByRole('button', { name: '24 h' }));
    await waitFor(() => {
      expect(usePlace.getState()).toMatchObject({ view: 'insights', filter: 'started:-24h' });
    });
    expect(requests('filter_edit') as FilterEditRequest[]).toEqual([
      { filter: 'project:shop', field: 'started', edit: { type: 'set', values: ['-24h'] } },
    ]);
    await waitFor(() => {
      expect(screen.getByRole('button', { name: '24 h' }).getAttribute('aria-pressed')).toBe('true');
    });
  });

  it('is what another filter matches, once it is entered', async () => {
    const { requests } = shown();
    const field = await screen.findByRole('textbox', { name: 'Filter the runs that are counted' });
    await userEvent.clear(field);
    await userEvent.type(field, 'model:x');
    expect(usePlace.getState().filter).toBe('project:shop');
    await userEvent.keyboard('{Enter}');
    expect(usePlace.getState()).toMatchObject({ view: 'insights', filter: 'model:x' });
    await waitFor(() => {
      expect((requests('insights') as InsightsRequest[]).map(({ filter }) => filter)).toContain('model:x');
    });
  });

  it('is said where it is nothing, or cannot be read', async () => {
    const { backend } = shown(insightsGiven());
    await userEvent.click(
      await screen.findByText('No run matches').then(() => screen.getByText('Clear the filter')),
    );
    expect(await screen.findByText('No runs yet')).toBeTruthy();
    backend.answer({
      insights: () => {
        throw new BackendError({ code: 'invalid', message: 'expected a status' });
      },
    });
    goTo({ view: 'insights', filter: 'status:x' }, 'push');
    expect(await screen.findByText('This filter cannot be applied')).toBeTruthy();
    expect(screen.getByText('expected a status')).toBeTruthy();
    backend.answer({
      insights: () => {
        throw new BackendError({ code: 'io', message: 'disk error' });
      },
    });
    goTo({ view: 'insights', filter: '' }, 'push');
    backend.notify({ traces: [1] });
    expect(await screen.findByText(/could not be brought up to date: disk error/)).toBeTruthy();
    backend.answer({ insights: () => FOUND });
    await userEvent.click(screen.getByRole('button', { name: 'Try again' }));
    expect(await screen.findByText('1,412')).toBeTruthy();
  });

  it('is drawn also where all runs started at one moment', async () => {
    const moment = { ...bucket(0, { runs: 1, succeeded: 1 }), end_unix_ms: START_MS };
    shown({ ...FOUND, over_time: [moment] });
    const runs = await chart('Runs');
    expect(within(runs).getByText('2026-11-23 12:00:00')).toBeTruthy();
    expect(within(await chart('Retries')).getByText('None')).toBeTruthy();
  });
});
