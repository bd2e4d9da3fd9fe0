import { act, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { beforeEach, describe, expect, it } from 'vitest';
import { fakeBackend, type Answers } from '../../backend/fake';
import { chooseFor, endChoosing } from '../../state/comparing';
import { useFocusWish, wishFocus } from '../../state/focus';
import { goTo, START, usePlace } from '../../state/place';
import { renderWith } from '../../test/screen';
import { traceList, traceSummary } from '../../test/traces';
import { CompareWith } from './CompareWith';

function shown(answers: Answers = {}) {
  const backend = fakeBackend({
    compare_candidates: () => ({
      task: 'triage',
      runs: 3,
      baseline: null,
      previous: traceSummary({ trace_id: 8, name: 'the one before', status: 'failed' }),
      last_good: traceSummary({ trace_id: 6, name: 'the good one' }),
      median: null,
    }),
    baseline_set: () => ({}),
    trace_list: ({ filter }) =>
      traceList(
        [9, 8, 6, 3].map((trace_id) => traceSummary({ trace_id, name: `${filter} run ${trace_id}` })),
      ),
    ...answers,
  });
  renderWith(backend, <CompareWith />);
  act(() => {
    chooseFor(9);
  });
  return backend;
}

beforeEach(() => {
  endChoosing();
  wishFocus(null);
  goTo({ ...START, traceId: 9 }, 'replace');
});

describe('comparing a run with another', () => {
  it('offers those of its task that are worth it', async () => {
    shown();
    const list = await screen.findByRole('list', { name: 'Runs of the same task' });
    const offered = within(list).getAllByRole('button');
    expect(offered.map((each) => each.textContent)).toEqual([
      expect.stringContaining('Previous'),
      expect.stringContaining('Last good'),
    ]);
    await userEvent.click(within(list).getByRole('button', { name: /the good one/ }));
    expect(usePlace.getState()).toMatchObject({ view: 'compare', compare: { a: 6, b: 9 } });
    expect(screen.queryByRole('dialog')).toBeNull();
  });

  it('offers any other that is looked for, but not itself; arrows walk them', async () => {
    shown();
    await screen.findByRole('list', { name: 'Runs of the same task' });
    await userEvent.type(screen.getByRole('textbox', { name: 'Any other run' }), 'mail');
    const others = screen.getByRole('list', { name: 'Other runs' });
    await within(others).findByRole('button', { name: /mail run 3/ });
    expect(within(others).queryByRole('button', { name: /run 9/ })).toBeNull();
    await userEvent.keyboard('{ArrowDown}{ArrowDown}{ArrowDown}{Enter}');
    expect(usePlace.getState().compare).toMatchObject({ a: 3, b: 9 });
  });

  it('gives the keys to the steps when it is left', async () => {
    shown();
    await screen.findByRole('dialog', { name: /Compare this run with/ });
    await userEvent.keyboard('{Escape}');
    await waitFor(() => {
      expect(useFocusWish.getState().wish).toBe('steps');
    });
  });

  it('makes the run the one that others are held against', async () => {
    const backend = shown();
    await userEvent.click(await screen.findByRole('button', { name: 'Make this run the baseline' }));
    await waitFor(() => {
      expect(backend.calls.find(({ name }) => name === 'baseline_set')?.request).toEqual({
        trace_id: 9,
        is_baseline: true,
      });
    });
  });

  it('closes when one goes elsewhere, and stays closed on coming back', async () => {
    shown();
    expect(await screen.findByRole('dialog', { name: /Compare this run with/ })).toBeTruthy();
    act(() => {
      goTo({ traceId: null }, 'push');
    });
    expect(screen.queryByRole('dialog')).toBeNull();
    act(() => {
      goTo({ traceId: 9 }, 'push');
    });
    expect(screen.queryByRole('dialog')).toBeNull();
  });

  it('tells runs of one name apart', async () => {
    shown({
      trace_list: () =>
        traceList([
          traceSummary({ trace_id: 3, name: 'triage', key: 'run-0001', model: 'gpt-4.1', duration_ns: 2e9 }),
          traceSummary({ trace_id: 4, name: 'triage', key: 'run-0002', status: 'failed', duration_ns: 3e9 }),
        ]),
    });
    const others = await screen.findByRole('list', { name: 'Other runs' });
    const runs = (await within(others).findAllByRole('button')).map(({ textContent }) => textContent);
    expect(runs[0]).toMatch(/Success.*triage.*run-0001.*gpt-4.1.*2.00 s/);
    expect(runs[1]).toMatch(/Failed.*triage.*run-0002.*3.00 s/);
  });
});
