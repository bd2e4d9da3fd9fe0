import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { beforeEach, expect, it, vi } from 'vitest';
import { fakeBackend } from '../../backend/fake';
import { useLayout } from '../../state/layout';
import { goTo, START, usePlace } from '../../state/place';
import { useSteps } from '../../state/steps';
import { giveRoom, renderWith } from '../../test/screen';
import { contentOf, stepOf } from '../../test/stepFixture';
import { traceSummary } from '../../test/traces';
import { treeOf } from '../../test/treeFixture';
import { useShortcuts } from '../shortcuts';
import { TraceScreen } from './TraceScreen';

function Screen() {
  useShortcuts();
  return <TraceScreen traceId={1} />;
}

beforeEach(() => {
  giveRoom(1400, 700);
  vi.spyOn(HTMLCanvasElement.prototype, 'getContext').mockReturnValue(null);
  useLayout.setState(useLayout.getInitialState());
  useSteps.setState(useSteps.getInitialState());
  goTo({ ...START, traceId: 1 }, 'replace');
});

it('a run alone is replayed where it is shown', async () => {
  const backend = fakeBackend({
    trace_get: () => ({
      summary: traceSummary({ trace_id: 1, name: 'support run' }),
      facts: [],
      content: contentOf({ input: 'What is wrong?' }),
      attributes: null,
      long_texts: [],
    }),
    span_tree: () =>
      treeOf(`
        run 0..100 agent error
          ask 0..30 llm
          fetch 30..100 tool error
      `),
    step_get: ({ span_id }) => stepOf({ span_id, content: contentOf({ output: 'It is broken.' }) }),
  });
  renderWith(backend, <Screen />);
  const grid = await screen.findByRole('treegrid', { name: 'Steps' });
  const phases = () =>
    within(grid)
      .getAllByRole('row')
      .slice(-3)
      .map((row) => row.getAttribute('data-phase'));
  expect(phases()).toEqual([null, null, null]);

  await userEvent.keyboard('{Shift>}l{/Shift}');
  const playhead = await screen.findByRole('slider', { name: 'Playhead' });
  expect(phases(), 'before it is begun').toEqual([null, null, null]);
  expect(screen.queryByRole('group', { name: 'Keep time by' }), 'there is nothing to wait for').toBeNull();

  playhead.focus();
  await userEvent.keyboard('.');
  expect(phases()).toEqual(['running', 'done', 'running']);
  const failures = () =>
    within(grid)
      .getAllByRole('row')
      .slice(-3)
      .filter((row) => within(row).queryByTitle('Failed') !== null).length;
  expect(failures(), 'nobody knows yet').toBe(0);
  expect(await screen.findByText(/It is broken\./)).toBeTruthy();
  await userEvent.keyboard('{End}');
  expect(phases()).toEqual(['done', 'done', 'done']);
  expect(failures()).toBe(2);

  await userEvent.click(screen.getByRole('button', { name: 'End the replay' }));
  expect(screen.queryByRole('slider', { name: 'Playhead' })).toBeNull();
  expect(phases()).toEqual([null, null, null]);
});

it('is ended by Escape, which leaves the run only when nothing is replayed', async () => {
  const backend = fakeBackend({
    trace_get: () => ({
      summary: traceSummary({ trace_id: 1, name: 'support run' }),
      facts: [],
      content: contentOf({}),
      attributes: null,
      long_texts: [],
    }),
    span_tree: () => treeOf('run 0..100 agent\n  ask 0..30 llm'),
    step_get: ({ span_id }) => stepOf({ span_id, content: contentOf({}) }),
  });
  renderWith(backend, <Screen />);
  const grid = await screen.findByRole('treegrid', { name: 'Steps' });
  await userEvent.keyboard('{Shift>}l{/Shift}');
  await screen.findByRole('slider', { name: 'Playhead' });
  await userEvent.keyboard('.{Escape}');
  expect(screen.queryByRole('slider', { name: 'Playhead' })).toBeNull();
  expect(usePlace.getState().traceId).toBe(1);
  await waitFor(() => {
    expect(document.activeElement, 'the keys go on in the steps').toBe(grid);
  });
});

it('has its keys on the rows, and the steps theirs on the playhead', async () => {
  const backend = fakeBackend({
    trace_get: () => ({
      summary: traceSummary({ trace_id: 1, name: 'support run' }),
      facts: [],
      content: contentOf({}),
      attributes: null,
      long_texts: [],
    }),
    span_tree: () => treeOf('run 0..100 agent\n  ask 0..30 llm\n  say 30..100 llm'),
    step_get: ({ span_id }) => stepOf({ span_id, content: contentOf({}) }),
  });
  renderWith(backend, <Screen />);
  const grid = await screen.findByRole('treegrid', { name: 'Steps' });
  await userEvent.keyboard('{Shift>}l{/Shift}');
  const playhead = await screen.findByRole('slider', { name: 'Playhead' });
  const ask = within(grid).getAllByRole('row').at(-2);

  grid.focus();
  await userEvent.keyboard('.');
  expect(document.activeElement, 'not the field to find in').toBe(grid);
  expect(ask?.getAttribute('data-phase')).toBe('done');
  await userEvent.keyboard(',');
  expect(ask?.getAttribute('data-phase'), 'at the start all is shown at rest').toBeNull();
  await userEvent.keyboard('..0');
  expect(ask?.getAttribute('data-phase')).toBeNull();
  await userEvent.keyboard(' ');
  expect(screen.getByRole('button', { name: 'Pause' })).toBeTruthy();
  await userEvent.keyboard(' ');
  expect(screen.getByRole('button', { name: 'Play' })).toBeTruthy();

  playhead.focus();
  await userEvent.keyboard('jj');
  expect(usePlace.getState().stepId).toBe('s1');
  await userEvent.keyboard('k');
  expect(usePlace.getState().stepId).toBe('s0');
  await userEvent.keyboard('{Enter}');
  expect(document.activeElement).toBe(screen.getByRole('complementary', { name: 'Inspector' }));
});
