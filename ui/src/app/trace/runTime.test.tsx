// What a trace's time went into, through the screen: the bar, its steps, the path in the timeline and beside it.
import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { beforeEach, expect, it, vi } from 'vitest';
import type { RunTime } from '../../backend/bindings';
import { fakeBackend, type Answers } from '../../backend/fake';
import { Timeline } from '../../canvas/timeline';
import { useLayout } from '../../state/layout';
import { goTo, START, usePlace } from '../../state/place';
import { useSteps } from '../../state/steps';
import { choosePart } from '../../state/timePart';
import { runTimeOf } from '../../test/runTimeFixture';
import { giveRoom, renderWith } from '../../test/screen';
import { contentOf, stepOf } from '../../test/stepFixture';
import { traceSummary } from '../../test/traces';
import { packedTree } from '../../test/plainTree';
import { plainTreeOf, treeOf } from '../../test/treeFixture';
import { useShortcuts } from '../shortcuts';
import { TraceScreen } from './TraceScreen';

const TREE = `
  run 0..100 agent
    plan 0..20 chain
      ask 5..20 llm
    fetch 20..90 tool
`;
const TIME = runTimeOf([
  ['s1', 'own', 5],
  ['s2', 'model', 20],
  ['s3', 'tool', 90],
  ['s0', 'own', 100],
]);

function Screen() {
  useShortcuts();
  return <TraceScreen traceId={1} />;
}

async function shown(answers: Answers = {}) {
  const backend = fakeBackend({
    trace_get: () => ({
      summary: traceSummary({ trace_id: 1, name: 'support run' }),
      facts: [],
      content: contentOf({ input: 'What is wrong?' }),
      attributes: null,
      long_texts: [],
    }),
    span_tree: () => treeOf(TREE),
    step_get: ({ span_id }) => stepOf({ span_id, name: `step ${span_id}` }),
    run_time: () => TIME,
    ...answers,
  });
  renderWith(backend, <Screen />);
  (await screen.findByRole('treegrid', { name: 'Steps' })).focus();
  return backend;
}

const budget = () => screen.findByRole('region', { name: 'What the time went into' });
const part = async (name: RegExp) => within(await budget()).findByRole('button', { name });

beforeEach(() => {
  giveRoom(1400, 700);
  vi.spyOn(HTMLCanvasElement.prototype, 'getContext').mockReturnValue(null);
  useLayout.setState(useLayout.getInitialState());
  useSteps.setState(useSteps.getInitialState());
  choosePart(1, null);
  goTo({ ...START, traceId: 1 }, 'replace');
});

it('says what the time went into, and is put away and brought back by a key', async () => {
  await shown();
  const texts = [await part(/Model/), await part(/Tools/), await part(/Own code/)].map(
    ({ textContent }) => textContent,
  );
  expect(texts).toEqual(['Model15 ms15%', 'Tools70 ms70%', 'Own code15 ms15%']);
  await userEvent.keyboard('b');
  expect(screen.queryByRole('region', { name: 'What the time went into' })).toBeNull();
  expect(useLayout.getState().showsBudget).toBe(false);
  await userEvent.keyboard('b');
  await budget();
});

it('lists the steps of a part, brings them out in the timeline, and leads to them', async () => {
  const found = vi.spyOn(Timeline.prototype, 'setFound');
  await shown();
  await userEvent.click(await part(/Own code/));
  const list = await screen.findByRole('dialog', { name: 'Steps: Own code' });
  expect(within(list).getByText('What counts as own.')).toBeTruthy();
  const steps = within(within(list).getByRole('list')).getAllByRole('button');
  expect(steps.map(({ textContent }) => textContent)).toEqual(['run10 ms', 'plan5 ms']);
  expect([...(found.mock.lastCall?.[0] ?? [])]).toEqual([0, 1]);
  await userEvent.click(within(list).getByRole('button', { name: /plan/ }));
  expect(usePlace.getState().stepId).toBe('s1');
  await userEvent.keyboard('{Escape}');
  expect(screen.queryByRole('dialog')).toBeNull();
  expect(found.mock.lastCall?.[0]).toBeNull();
});

it('draws the critical path once it is known, also where the key was pressed before', async () => {
  const path = vi.spyOn(Timeline.prototype, 'setPath');
  let answer: (time: RunTime) => void = () => undefined;
  await shown({ run_time: () => new Promise<RunTime>((resolve) => (answer = resolve)) });
  await userEvent.keyboard('c');
  expect(path.mock.lastCall?.[0]).toBeNull();
  answer(TIME);
  await waitFor(() => {
    expect([...(path.mock.lastCall?.[0]?.row ?? [])]).toEqual([1, 2, 3, 0]);
  });
  await userEvent.keyboard('c');
  expect(path.mock.lastCall?.[0]).toBeNull();
});

it('lists the critical path beside the run, in order', async () => {
  await shown();
  await userEvent.click(await screen.findByRole('tab', { name: 'Critical path' }));
  const list = await screen.findByRole('list', { name: 'Critical path' });
  const steps = within(list).getAllByRole('button');
  expect(steps.map(({ textContent }) => textContent)).toEqual([
    'plan5%5 ms',
    'ask15%15 ms',
    'fetch70%70 ms',
    'run10%10 ms',
  ]);
  await userEvent.click(within(list).getByRole('button', { name: /fetch/ }));
  expect(usePlace.getState().stepId).toBe('s3');
});

it('is not offered where the source gives no times', async () => {
  const backend = await shown({ span_tree: () => ({ ...treeOf(TREE), clock: 'order_only' }) });
  expect(screen.queryByRole('region', { name: 'What the time went into' })).toBeNull();
  expect(screen.queryByRole('tab', { name: 'Critical path' })).toBeNull();
  await userEvent.keyboard('bc');
  expect(useLayout.getState()).toMatchObject({ showsBudget: true, showsPath: false });
  expect(backend.calls.length).toBeGreaterThan(0);
});

it('says so where it cannot be read', async () => {
  await shown({ run_time: () => Promise.reject(new Error('the store is gone')) });
  await waitFor(async () => {
    expect((await budget()).textContent).toContain('cannot be read');
  });
});

it('grows with a run that goes on', async () => {
  const now_ms = Date.now();
  const time = { ...TIME, growing: 'tool', as_of_unix_ms: now_ms } as const;
  await shown({
    trace_get: () => ({
      summary: traceSummary({ trace_id: 1, status: 'running', start_unix_ms: now_ms - 100 }),
      facts: [],
      content: null,
      attributes: null,
      long_texts: [],
    }),
    span_tree: () => ({ ...treeOf(TREE.replace('20..90', '20..')), start_unix_ms: now_ms - 100 }),
    run_time: () => time,
  });
  await waitFor(async () => {
    expect((await part(/Tools/)).textContent).not.toContain('70 ms');
  });
  expect((await part(/Model/)).textContent).toContain('15 ms');
});

it('says what a folded step used with everything below it', async () => {
  const used = {
    tokens: [-1, -1, 300, -1],
    below_tokens: [300, 300, 300, -1],
    cost_usd: [-1, -1, 0.5, -1],
    below_cost_usd: [0.5, 0.5, 0.5, -1],
  };
  await shown({ span_tree: () => packedTree({ ...plainTreeOf(TREE), ...used }) });
  const cells = (name: RegExp) =>
    within(screen.getByRole('row', { name }))
      .getAllByRole('gridcell')
      .slice(2, 4)
      .map(({ textContent }) => textContent);
  expect(cells(/plan/)).toEqual(['', '']);
  expect(cells(/ask/)).toEqual(['300', '$0.5000']);
  await userEvent.keyboard('jj{ArrowLeft}');
  expect(cells(/plan/)).toEqual(['300', '$0.5000']);
  expect(await screen.findByText('Tokens with all below')).toBeTruthy();
});
