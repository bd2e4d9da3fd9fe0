// Broken shapes as they are on screen: each with a sign and words, and, selected, with its reason.
import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { ClockSkew, Remark, SpanTree, TraceShape } from '../../backend/bindings';
import { fakeBackend, type Answers } from '../../backend/fake';
import { useLayout } from '../../state/layout';
import { goTo, START, usePlace } from '../../state/place';
import { useSteps } from '../../state/steps';
import { giveRoom, renderWith } from '../../test/screen';
import { stepOf } from '../../test/stepFixture';
import { traceSummary } from '../../test/traces';
import { TextColumn } from '../../backend/columns';
import { treeOf } from '../../test/treeFixture';
import { useShortcuts } from '../shortcuts';
import { TraceScreen } from './TraceScreen';

const ORPHANS = `
  run 0..100 agent
    plan 0..20 chain
  no_parent 10..80 orphans
    fetch 10..20 tool orphan
    search 50..60 tool orphan error
      low 52..55 llm
`;

const SHAPE: TraceShape = {
  missing_parents: [
    { parent_id: 'gone', steps: 12, span_id: 's4' },
    { parent_id: 'away', steps: 1, span_id: 's3' },
  ],
  missing_parents_total: 2,
  cycles: [],
};

const remark = (about: Remark['about'], steps: number, text: string): Remark => ({ about, steps, text });
const ORPHAN_REMARK = remark(
  'orphans',
  2,
  '2 of 5 steps have no parent: they name a parent that is not in this trace.',
);

function Screen() {
  useShortcuts();
  return <TraceScreen traceId={1} />;
}

async function shown(tree: SpanTree, answers: Answers = {}, status: 'success' | 'running' = 'success') {
  const backend = fakeBackend({
    trace_get: () => ({
      summary: traceSummary({ trace_id: 1, name: 'broken run', status }),
      facts: [],
      content: null,
      attributes: null,
      long_texts: [],
    }),
    span_tree: () => tree,
    step_get: ({ span_id }) => stepOf({ span_id, name: `step ${span_id}`, parent_id: 'gone' }),
    step_marks: () => [],
    trace_shape: () => SHAPE,
    ...answers,
  });
  renderWith(backend, <Screen />);
  const grid = await screen.findByRole('treegrid', { name: 'Steps' });
  grid.focus();
  return { backend, grid };
}

const row = (name: RegExp) => screen.getByRole('row', { name });
const selectedStep = () => usePlace.getState().stepId;

beforeEach(() => {
  giveRoom(1400, 700);
  vi.spyOn(HTMLCanvasElement.prototype, 'getContext').mockReturnValue(null);
  useLayout.setState(useLayout.getInitialState());
  useSteps.setState(useSteps.getInitialState());
  goTo({ ...START, traceId: 1 }, 'replace');
});

describe('steps without a parent', () => {
  it('stand under a row that says why, with the parents that are missing', async () => {
    await shown({ ...treeOf(ORPHANS), remarks: [ORPHAN_REMARK] });
    expect(row(/fetch/).getAttribute('aria-level')).toBe('2');
    expect(within(row(/fetch/)).getByTitle(/^parent missing: .*not exported, sampled out/)).toBeTruthy();
    await userEvent.click(row(/no_parent/));
    const reason = await screen.findByRole('region', { name: 'Steps without a parent' });
    const cells = await within(reason).findAllByRole('cell');
    expect(cells.map((cell) => cell.textContent).filter((text) => text !== 'Show')).toEqual([
      'gone',
      '12 steps',
      'away',
      '1 step',
    ]);
    await userEvent.click(within(reason).getByRole('button', { name: 'Go to the first step under gone' }));
    expect(selectedStep()).toBe('s4');
    const odd = await screen.findByRole('list', { name: 'What is odd about this step' });
    expect(odd.textContent).toContain('It names a parent that is not in the trace: gone');
  });

  it('move under their parent when it comes, while selection and folding stay', async () => {
    const { backend } = await shown(treeOf(ORPHANS), {}, 'running');
    await userEvent.click(row(/search/));
    await userEvent.keyboard('{ArrowLeft}');
    expect(screen.queryByRole('row', { name: /low/ })).toBeNull();
    const grown = treeOf(`
      run 0..100 agent
        plan 0..20 chain
          fetch 10..20 tool
        late 45..70 chain
          search 50..60 tool error
            low 52..55 llm
    `);
    grown.span_id = TextColumn.of(['s0', 's1', 's3', 'late', 's4', 's5']);
    backend.answer({ span_tree: () => ({ ...grown, revision: 2 }) });
    backend.notify({ revision: 2, traces: [1] });
    await screen.findByRole('row', { name: /late/ });
    expect(selectedStep()).toBe('s4');
    const selected = screen.getByRole('row', { selected: true });
    expect([selected.getAttribute('aria-level'), selected.getAttribute('aria-expanded')]).toEqual([
      '3',
      'false',
    ]);
    expect(screen.queryByRole('row', { name: /no_parent/ })).toBeNull();
  });

  it('leave what is on screen where it is when some of them move away above it', async () => {
    const many = Array.from({ length: 80 }, (_, index) => `    step${index} ${20 + index}..90 tool`).join(
      '\n',
    );
    const before = treeOf(`  run 0..100 agent\n    first 1..2 tool\n${many}`);
    const { backend, grid } = await shown(before, {}, 'running');
    grid.scrollTop = 480;
    grid.dispatchEvent(new Event('scroll'));
    const after = treeOf(`  run 0..100 agent\n    found 0..3 chain\n      first 1..2 tool\n${many}`);
    const ids = Array.from({ length: 81 }, (_, index) => `s${index + 1}`);
    after.span_id = TextColumn.of(['s0', 'found', ...ids]);
    backend.answer({ span_tree: () => ({ ...after, revision: 2 }) });
    backend.notify({ revision: 2, traces: [1] });
    await waitFor(() => {
      expect(grid.getAttribute('aria-rowcount')).toBe('84');
    });
    expect(grid.scrollTop).toBe(480 + 24);
  });
});

describe('what else may be odd', () => {
  it.each([
    ['cycle', 'cycle cut', /loop/],
    ['outside', 'outside its parent', /begins before or ends after its parent/],
    ['negative', 'end before start', /ended before it began/],
    ['shared', 'id shared', /Another step has the same id/],
  ])('has a sign, words and an explanation: %s', async (word, sign, reason) => {
    await shown(treeOf(`run 0..100 agent\n  bad 10..120 tool ${word}`));
    expect(within(row(/bad/)).getByText(sign)).toBeTruthy();
    await userEvent.click(row(/bad/));
    const odd = await screen.findByRole('list', { name: 'What is odd about this step' });
    expect(odd.textContent).toMatch(reason);
  });

  it('is a missing end', async () => {
    await shown(treeOf('run 0..100 agent\n  bad 10.. tool'));
    expect(within(row(/bad/)).getByTitle('No end')).toBeTruthy();
    await userEvent.click(row(/bad/));
    const odd = await screen.findByRole('list', { name: 'What is odd about this step' });
    expect(odd.textContent).toBe('It was begun, and its end was never told: what was read stops before it.');
  });

  it('is a loop of parents, with ways to each of its steps', async () => {
    const cycles = [{ span_ids: ['s0', 's2', 's1'], total: 3 }];
    await shown(treeOf('a 0..30 chain cycle\n  b 1..20 chain\n    c 2..10 chain'), {
      trace_shape: () => ({ ...SHAPE, cycles }),
    });
    await userEvent.keyboard('j');
    const odd = await screen.findByRole('list', { name: 'What is odd about this step' });
    await within(odd).findByText(/Each of these names the next/);
    expect(odd.textContent).toContain('a → c → b');
    await userEvent.click(within(odd).getByRole('button', { name: 'c' }));
    expect(selectedStep()).toBe('s2');
  });
});

describe('the line of remarks', () => {
  it('says the worst with its reason, the others on demand, and walks through the steps', async () => {
    const others = [
      remark('roots', 2, 'The trace has 2 roots.'),
      remark('masked', 0, 'Something was masked.'),
    ];
    const { grid } = await shown({ ...treeOf(ORPHANS), remarks: [ORPHAN_REMARK, ...others] });
    const line = screen.getByRole('group', { name: 'Remarks' });
    expect(within(line).getByText(/^2 of 5 steps have no parent: they name/)).toBeTruthy();
    await userEvent.click(within(line).getByRole('button', { name: '2 more' }));
    const all = await screen.findByRole('dialog', { name: 'All remarks' });
    expect(within(all).getByText('Something was masked.')).toBeTruthy();
    await userEvent.click(within(all).getAllByRole('button', { name: 'Show them' })[0] as HTMLElement);
    expect(selectedStep()).toBe('s3');
    expect(within(line).getByRole('status').textContent).toBe('1/2');
    await userEvent.click(within(line).getByRole('button', { name: 'Next of these steps' }));
    expect(selectedStep()).toBe('s4');
    expect(row(/plan/).className, 'others step back').toContain('dim');
    await userEvent.click(within(line).getByRole('button', { name: 'Show all steps alike again' }));
    expect(row(/plan/).className).not.toContain('dim');
    expect(grid).toBeTruthy();
  });

  it('offers to adjust clocks, and to show times as recorded again', async () => {
    const outside = remark('outside_parents', 1, '1 of 2 steps lies partly outside the time of the parent.');
    const skew: ClockSkew = {
      is_adjusted: false,
      steps: 1,
      shifts: [{ span_id: 's1', name: 'serve', offset_ns: 120e6, steps: 1 }],
      shifts_total: 1,
    };
    const tree = treeOf('run 0..100 agent\n  serve -100..-20 tool outside');
    const { backend } = await shown({ ...tree, remarks: [outside] }, { clock_skew: () => skew });
    expect(
      await screen.findByText('Clocks seem to disagree: 1 step would move by up to 120 ms'),
    ).toBeTruthy();
    const moved = treeOf('run 0..100 agent\n  serve 20..100 tool moved');
    const adjusted = remark('times_adjusted', 1, '1 of 2 steps is shown moved by up to 120 ms.');
    const recorded_unix_ms = (moved.start_unix_ms ?? 0) - 100;
    backend.answer({
      clock_adjust: () => ({}),
      span_tree: () => ({ ...moved, revision: 2, remarks: [adjusted] }),
      clock_skew: () => ({ ...skew, is_adjusted: true }),
      step_get: ({ span_id }) => stepOf({ span_id, start_unix_ms: recorded_unix_ms }),
    });
    await userEvent.click(screen.getByRole('button', { name: 'Adjust times' }));
    expect(await screen.findByRole('button', { name: 'Show as recorded' })).toBeTruthy();
    expect(backend.calls.find(({ name }) => name === 'clock_adjust')?.request).toEqual({
      trace_id: 1,
      is_adjusted: true,
    });
    await userEvent.click(row(/serve/));
    const odd = await screen.findByRole('list', { name: 'What is odd about this step' });
    await waitFor(() => {
      expect(odd.textContent).toMatch(
        /^Shifted by \+120 ms, since clocks disagree; recorded \d\d:\d\d:59\.900/,
      );
    });
  });
});
