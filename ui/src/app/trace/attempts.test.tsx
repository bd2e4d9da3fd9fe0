// Attempts in the inspector: corrected by hand, undone, and how much of what they lost lies on the critical path.
import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { beforeEach, expect, it, vi } from 'vitest';
import type { AttemptChange, AttemptWaste, SpanTree } from '../../backend/bindings';
import { fakeBackend, type Answers } from '../../backend/fake';
import { useLayout } from '../../state/layout';
import { goTo, START, usePlace } from '../../state/place';
import { useSteps } from '../../state/steps';
import { useToast } from '../../state/toast';
import { packedTree } from '../../test/plainTree';
import { runTimeOf } from '../../test/runTimeFixture';
import { giveRoom, renderWith } from '../../test/screen';
import { contentOf, stepOf } from '../../test/stepFixture';
import { traceSummary } from '../../test/traces';
import { plainTreeOf } from '../../test/treeFixture';
import { useShortcuts } from '../shortcuts';
import { TraceScreen } from './TraceScreen';

const STEPS = (first: string, second: string, third: string) => `
  run 0..100 agent
    search 0..10 tool error ${first}
    search 20..30 tool error ${second}
    search 40..50 tool ${third}
    fetch 60..70 tool error
    fetch 80..90 tool
`;
const DETECTED = plainTreeOf(STEPS('#1/a', '#2/a', '#3/a'));
for (const group of DETECTED.groups) group.waste_ns = 40e6;
const APART = { ...plainTreeOf(STEPS('', '', '')), apart_rows: [1, 2, 3] };
const JOINED = plainTreeOf(
  STEPS('', '', '').replace('70 tool error', '70 tool error #1/b').replace('90 tool', '90 tool #2/b'),
);
for (const group of JOINED.groups) Object.assign(group, { by_hand: true, signal: 'Joined by hand.' });

function Screen() {
  useShortcuts();
  return <TraceScreen traceId={1} />;
}

/** A store that shows the attempts as the last correction leaves them. */
async function shown(stepId: string, answers: Answers = {}) {
  let tree: SpanTree = packedTree(DETECTED);
  const changes: AttemptChange[] = [];
  const after = { apart: APART, join: JOINED, as_detected: DETECTED, restore: DETECTED };
  const backend = fakeBackend({
    trace_get: () => ({
      summary: traceSummary({ trace_id: 1, name: 'support run' }),
      facts: [],
      content: contentOf({ input: 'What is wrong?' }),
      attributes: null,
      long_texts: [],
    }),
    span_tree: () => tree,
    step_get: ({ span_id }) => stepOf({ span_id, name: `step ${span_id}` }),
    step_marks: () => [],
    run_time: () => runTimeOf([['s0', 'own', 100]]),
    attempt_correct: ({ change }) => {
      changes.push(change);
      tree = packedTree(after[change.type]);
      return { before: [] };
    },
    ...answers,
  });
  goTo({ ...START, traceId: 1, stepId }, 'replace');
  renderWith(backend, <Screen />);
  (await screen.findByRole('treegrid', { name: 'Steps' })).focus();
  return changes;
}

const attempts = () => screen.findByRole('region', { name: 'Attempts' });
const choices = () => screen.findByRole('dialog', { name: 'Attempts, corrected by hand' });
const undo = () => {
  useToast.getState().toast?.action?.run();
};

beforeEach(() => {
  giveRoom(1400, 700);
  vi.spyOn(HTMLCanvasElement.prototype, 'getContext').mockReturnValue(null);
  useLayout.setState(useLayout.getInitialState());
  useSteps.setState(useSteps.getInitialState());
  useToast.setState({ toast: null });
});

it('dissolves a group by key, says so, and undoes it at once', async () => {
  const changes = await shown('s2');
  await userEvent.keyboard('h');
  await userEvent.click(
    within(await choices()).getByRole('button', { name: 'These are not attempts at one operation' }),
  );
  await waitFor(async () => {
    expect((await attempts()).textContent).toContain('Taken out of a group of attempts by hand.');
  });
  expect(changes).toEqual([{ type: 'apart', span_ids: ['s1', 's2', 's3'], group_span_id: 's1' }]);
  await waitFor(() => {
    expect(useToast.getState().toast?.action?.label).toBe('Undo');
  });
  undo();
  await waitFor(async () => {
    expect((await attempts()).textContent).toContain('3 attempts');
  });
  expect(changes.at(-1)).toEqual({ type: 'restore', corrections: [] });
});

it('takes one step out, and brings it back later', async () => {
  const changes = await shown('s1');
  await userEvent.click(within(await attempts()).getByRole('button', { name: 'Correct…' }));
  await userEvent.click(
    within(await choices()).getByRole('button', { name: 'Take this step out of these attempts' }),
  );
  expect(changes).toEqual([{ type: 'apart', span_ids: ['s1'], group_span_id: 's2' }]);
  await userEvent.click(await screen.findByRole('button', { name: 'As detected' }));
  expect(changes.at(-1)).toEqual({ type: 'as_detected', span_ids: ['s1'] });
  await waitFor(async () => {
    expect((await attempts()).textContent).toContain('3 attempts');
  });
});

it('joins a step with a likely one, and says that it was done by hand', async () => {
  const changes = await shown('s5');
  expect(screen.queryByRole('region', { name: 'Attempts' })).toBeNull();
  await userEvent.keyboard('h');
  const likely = within(await choices()).getByRole('list', { name: /same operation/ });
  const names = within(likely)
    .getAllByRole('button')
    .map(({ textContent }) => textContent);
  expect(names[0]).toMatch(/^fetch/);
  expect(names).toHaveLength(4);
  await userEvent.click(within(likely).getByRole('button', { name: /^fetch/ }));
  expect(changes).toEqual([{ type: 'join', span_id: 's5', with_span_id: 's4' }]);
  await waitFor(async () => {
    expect((await attempts()).textContent).toContain('How that is known: Joined by hand.');
  });
});

it('keeps a key that was pressed before the step has come', async () => {
  let answer: () => void = () => undefined;
  const read = new Promise<void>((resolve) => (answer = resolve));
  await shown('s5', {
    step_get: async ({ span_id }) => {
      await read;
      return stepOf({ span_id, name: 'late' });
    },
  });
  await userEvent.keyboard('h');
  answer();
  expect(await choices()).toBeTruthy();
});

it('says why nothing was changed', async () => {
  await shown('s2', { attempt_correct: () => Promise.reject(new Error('the store is gone')) });
  await userEvent.keyboard('h');
  await userEvent.click(within(await choices()).getByRole('button', { name: /not attempts/ }));
  await waitFor(() => {
    expect(useToast.getState().toast?.text).toContain('Not changed');
  });
  expect((await attempts()).textContent).toContain('3 attempts');
});

it('says how much of what was lost lies on the critical path, and where each number comes from', async () => {
  const waste: AttemptWaste = {
    first_step: 0,
    time_provenance: 'reported',
    critical_failed_ns: 20e6,
    critical_pause_ns: 10e6,
    tokens_provenance: 'derived',
    critical_tokens: null,
    cost_provenance: 'derived',
    critical_cost_usd: null,
  };
  await shown('s2', {
    run_time: () => ({ ...runTimeOf([['s1', 'tool', 100]]), attempts: [waste] }),
  });
  const row = await within(await attempts()).findByRole('row', { name: /Time/ });
  await waitFor(() => {
    const cells = within(row)
      .getAllByRole('cell')
      .map(({ textContent }) => textContent);
    expect(cells).toEqual(['40 ms reported', '30 ms (attempts 20 ms, pauses 10 ms) derived']);
  });
});

it('says what changed from one try to the next by the rules of comparisons', async () => {
  const asked = vi.fn();
  await shown('s2', {
    compare_step: (request) => {
      asked(request);
      return {
        parts: [
          {
            title: 'Input',
            is_same: false,
            remark: null,
            lines: [
              {
                change: 'changed',
                skipped: 0,
                a: [
                  { text: 'shoes ', differs: false },
                  { text: 'red', differs: true },
                ],
                b: [
                  { text: 'shoes ', differs: false },
                  { text: '<b>blue</b>', differs: true },
                ],
              },
              { change: 'added', skipped: 0, a: null, b: [{ text: 'and boots', differs: true }] },
            ],
          },
          { title: 'Error', is_same: true, remark: null, lines: [] },
        ],
      };
    },
  });
  await userEvent.click(
    within(await attempts()).getByRole('button', { name: 'What changed since attempt 1' }),
  );
  const sheet = await screen.findByRole('region', { name: 'Input: differences' });
  expect(within(sheet).getByText('<b>blue</b>').tagName).toBe('MARK');
  expect(within(sheet).getAllByRole('row')).toHaveLength(3);
  const said = (await attempts()).textContent;
  expect(said).toContain('1 changed, 1 only in attempt 2');
  expect(said).toContain('The same as of attempt 1: error.');
  expect(asked).toHaveBeenCalledWith({
    a: 1,
    b: 1,
    a_span_id: 's1',
    b_span_id: 's2',
    ignore: { ids: true, times: true, whitespace: true },
  });
});

it('leads from one try of a run to the others of its conversation', async () => {
  await shown('s2', {
    trace_get: () => ({
      summary: traceSummary({ trace_id: 1, name: 'support run' }),
      facts: [],
      tries: {
        number: 1,
        of: 2,
        tries: [
          { trace_id: 1, number: 1, status: 'failed' },
          { trace_id: 9, number: 2, status: 'success' },
        ],
      },
      content: contentOf({}),
      attributes: null,
      long_texts: [],
    }),
  });
  const tries = await screen.findByRole('group', { name: 'Tries of this run' });
  expect(tries.textContent).toContain('This run is try 1 of 2 in its conversation');
  await userEvent.click(within(tries).getByRole('button', { name: '2 went well' }));
  expect(usePlace.getState().traceId).toBe(9);
});
