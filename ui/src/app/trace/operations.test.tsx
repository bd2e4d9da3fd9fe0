// What was tried more than once, as one row of the tree.
import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { SpanTree } from '../../backend/bindings';
import { fakeBackend, type Answers } from '../../backend/fake';
import { useFind } from '../../state/find';
import { useLayout } from '../../state/layout';
import { goTo, START, usePlace } from '../../state/place';
import { useSteps } from '../../state/steps';
import { giveRoom, renderWith } from '../../test/screen';
import { contentOf, stepOf } from '../../test/stepFixture';
import { traceSummary } from '../../test/traces';
import { treeOf } from '../../test/treeFixture';
import { useShortcuts } from '../shortcuts';
import { TraceScreen } from './TraceScreen';

const TREE = `
  run 0..100 agent
    plan 0..10 llm
    fetch 20..30 tool error #1/a
    wait 30..40 wait
    fetch 40..50 tool error #2/a
    fetch 60..70 tool #3/a
    answer 80..100 llm
`;

function Screen() {
  useShortcuts();
  return <TraceScreen traceId={1} />;
}

async function shown(
  tree: SpanTree = treeOf(TREE),
  status: 'success' | 'running' = 'success',
  more: Answers = {},
) {
  const backend = fakeBackend({
    trace_get: () => ({
      summary: traceSummary({ trace_id: 1, status, heard_unix_ms: status === 'running' ? Date.now() : null }),
      facts: [],
      content: contentOf({}),
      attributes: null,
      long_texts: [],
    }),
    span_tree: () => tree,
    step_get: ({ span_id }) => stepOf({ span_id, name: `step ${span_id}` }),
    trace_find: () => ({ span_ids: ['s5'], looked: 1, total: 1 }),
    trace_hits: () => ({ hits: [], is_cut: false }),
    ...more,
  });
  renderWith(backend, <Screen />);
  const grid = await screen.findByRole('treegrid', { name: 'Steps' });
  grid.focus();
  return { backend, grid };
}

const rows = () => screen.getAllByRole('row').slice(1);
const names = () =>
  rows().map((row) => {
    const cell = within(row).getAllByRole('gridcell')[0];
    return cell?.querySelector('[class*=text]')?.textContent;
  });
const selected = () => screen.getByRole('row', { selected: true });
const operation = () => {
  const found = rows().find((row) => /tried more than once/.test(row.textContent));
  if (!found) throw new Error('no operation is shown');
  return found;
};
const tries = () => screen.findByRole('region', { name: 'Attempts' });
const shownTry = async () =>
  within(await tries())
    .getAllByRole('button')
    .findIndex((button) => button.getAttribute('aria-current') === 'step') + 1;

beforeEach(() => {
  giveRoom(1400, 700);
  vi.spyOn(HTMLCanvasElement.prototype, 'getContext').mockReturnValue(null);
  useLayout.setState(useLayout.getInitialState());
  useSteps.setState(useSteps.getInitialState());
  useFind.setState(useFind.getInitialState());
  goTo({ ...START, traceId: 1 }, 'replace');
});

describe('an operation', () => {
  it('that went well is one row, which says how often it was tried, why, and how it ended', async () => {
    await shown();
    expect(names()).toEqual(['run', 'plan', 'fetch', 'answer']);
    expect(operation().getAttribute('aria-expanded')).toBe('false');
    expect(operation().textContent).toContain('3 tries: recovered');
    expect(operation().textContent).toContain('2 × cause not known');
    expect(operation().textContent, 'what failed is never hidden').toContain('2 ✕');
    expect(within(operation()).getAllByRole('gridcell').at(-1)?.textContent).toBe('50 ms');
  });

  it('is walked over as one row, shows its last try, and unfolds into its tries', async () => {
    await shown();
    await userEvent.keyboard('jjj');
    expect(selected()).toBe(operation());
    expect(usePlace.getState().stepId).toBe('s5');
    expect(await shownTry()).toBe(3);
    expect(screen.getByText('fetch, 3 tries, recovered, attempt 3 is shown')).toBeTruthy();
    expect(names(), 'to be on it does not unfold it').toHaveLength(4);
    await userEvent.keyboard('{ArrowRight}');
    expect(names()).toEqual(['run', 'plan', 'fetch', 'fetch', 'wait', 'fetch', 'fetch', 'answer']);
    expect(selected()).toBe(operation());
    expect(rows().map((row) => row.getAttribute('aria-level'))).toEqual([
      '1',
      '2',
      '2',
      '3',
      '3',
      '3',
      '3',
      '2',
    ]);
    await userEvent.keyboard('{ArrowRight}');
    expect(usePlace.getState().stepId, 'right goes to the first try').toBe('s2');
    await userEvent.keyboard('jj{ArrowLeft}');
    expect(selected(), 'left goes back to the operation').toBe(operation());
    await userEvent.keyboard('{ArrowLeft}');
    expect(names()).toHaveLength(4);
    await userEvent.keyboard('j');
    expect(usePlace.getState().stepId).toBe('s6');
    await userEvent.keyboard('k');
    expect(selected()).toBe(operation());
  });

  it('stays selected while its tries are looked at in the inspector', async () => {
    await shown();
    await userEvent.keyboard('jjj');
    await userEvent.click(within(await tries()).getByRole('button', { name: /^1/ }));
    expect(usePlace.getState().stepId).toBe('s2');
    expect(selected()).toBe(operation());
    expect(names()).toHaveLength(4);
    await waitFor(async () => {
      expect(await shownTry()).toBe(1);
    });
  });

  it('unfolds for what one is led to, and keeps the selection when it folds', async () => {
    await shown();
    await userEvent.keyboard('r');
    expect(usePlace.getState().stepId).toBe('s4');
    expect(names()).toHaveLength(8);
    expect(selected().textContent).toContain('2/3');
    await userEvent.keyboard('{ArrowLeft}{ArrowLeft}');
    expect(names()).toHaveLength(4);
    await userEvent.keyboard('e');
    expect(selected().textContent).toContain('1/3');
    const fold = within(operation()).getByTitle(/^Collapse/);
    await userEvent.click(fold);
    expect(names()).toHaveLength(4);
    expect(selected()).toBe(operation());
    expect(usePlace.getState().stepId, 'the try that was selected is still shown').toBe('s2');
    await userEvent.click(screen.getByRole('button', { name: 'All texts' }));
    await userEvent.keyboard('{Control>}f{/Control}found');
    await waitFor(() => {
      expect(usePlace.getState().stepId).toBe('s5');
    });
    expect(names()).toHaveLength(8);
    expect(selected().textContent).toContain('3/3');
  });

  it('that did not go well is unfolded, and all are folded and unfolded together', async () => {
    await shown(treeOf(TREE.replace('fetch 60..70 tool', 'fetch 60..70 tool error')));
    expect(operation().textContent).toContain('3 tries: gave up');
    expect(names()).toHaveLength(8);
    await userEvent.click(screen.getByRole('button', { name: 'Collapse all' }));
    expect(names()).toEqual(['run', 'plan', 'fetch', 'answer']);
    await userEvent.keyboard('*');
    expect(names()).toHaveLength(8);
  });

  it('appears in a run that goes on without moving what is selected, and does not fold when the run ends', async () => {
    const going = TREE.replace(
      '    fetch 40..50 tool error #2/a\n    fetch 60..70 tool #3/a\n    answer 80..100 llm\n',
      '',
    );
    const live = (text: string) => ({ ...treeOf(text), start_unix_ms: Date.now() - 5000 });
    const { backend } = await shown(live(going.replace(' #1/a', '')), 'running');
    expect(names()).toEqual(['run', 'plan', 'fetch', 'wait']);
    await userEvent.keyboard('{End}k');
    expect(usePlace.getState().stepId).toBe('s2');
    backend.answer({ span_tree: () => ({ ...live(`${going}    fetch 40.. tool #2/a\n`), revision: 2 }) });
    backend.notify({ traces: [1], revision: 2 });
    await waitFor(() => {
      expect(names()).toEqual(['run', 'plan', 'fetch', 'fetch', 'wait', 'fetch']);
    });
    expect(selected().textContent).toContain('1/2');
    backend.answer({
      span_tree: () => ({ ...treeOf(TREE), revision: 3 }),
      trace_get: () => ({
        summary: traceSummary({ trace_id: 1, status: 'success' }),
        facts: [],
        content: contentOf({}),
        attributes: null,
        long_texts: [],
      }),
    });
    backend.notify({ traces: [1], revision: 3 });
    await waitFor(() => {
      expect(operation().textContent).toContain('3 tries: recovered');
    });
    expect(names(), 'what was watched stays as it is').toHaveLength(8);
    expect(selected().textContent).toContain('1/3');
  });
});

describe('a next try that is awaited', () => {
  const S = 1e9;
  const waiting = (text: string, row: number, until_ns: number): SpanTree => ({
    ...treeOf(text),
    start_unix_ms: Date.now() - 5000,
    awaited: [{ row, until_ns }],
  });
  const ONCE = 'run 0.. agent\n  fetch 20..30 tool error\n  wait 30.. wait';

  it('is counted down on the step that failed, and in the inspector, as reported', async () => {
    await shown(waiting(ONCE, 1, 35 * S), 'running');
    await userEvent.keyboard('jj');
    expect(selected().textContent).toMatch(/next try in \d+ s/);
    expect((await tries()).textContent).toMatch(/next try in \d+ s reported/);
  });

  it('is due once its time has come, and never before now', async () => {
    await shown(waiting(ONCE, 1, 4 * S), 'running');
    expect(rows()[1]?.textContent).toContain('next try is due');
  });

  it('is said on the row of its operation, until the try begins', async () => {
    const tried = 'run 0.. agent\n  fetch 20..30 tool error #1/a\n  fetch 40..50 tool error #2/a\n';
    const { backend } = await shown(waiting(tried, 2, 35 * S), 'running');
    expect(operation().textContent).toMatch(/2 tries: next try in \d+ s/);
    await userEvent.keyboard('jj');
    expect((await tries()).textContent).toMatch(/next try in \d+ s reported/);
    backend.answer({
      span_tree: () => ({
        ...treeOf(`${tried}  fetch 60.. tool #3/a`),
        start_unix_ms: Date.now() - 5000,
        revision: 2,
      }),
    });
    backend.notify({ traces: [1], revision: 2 });
    await waitFor(() => {
      expect(operation().textContent).toContain('3 tries');
    });
    expect(operation().textContent).not.toContain('next try');
    expect(selected(), 'the row stays selected').toBe(operation());
  });

  it('is nobody’s in a run that has ended', async () => {
    await shown(waiting(ONCE, 1, 35 * S));
    expect(screen.queryByText(/next try/)).toBeNull();
  });
});
