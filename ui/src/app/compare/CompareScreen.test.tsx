import { act, cleanup, fireEvent, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { BackendError } from '../../backend';
import type { Comparison, StepDifference } from '../../backend/bindings';
import { fakeBackend, type Answers } from '../../backend/fake';
import { useLayout } from '../../state/layout';
import { compareRuns } from '../../state/comparing';
import { goTo, placeFromHash, START, usePlace, type Place } from '../../state/place';
import { dismissToast, useToast } from '../../state/toast';
import { comparisonOf } from '../../test/comparisonFixture';
import { giveRoom, renderWith } from '../../test/screen';
import { contentOf, stepOf } from '../../test/stepFixture';
import { roundsTree, treeOf } from '../../test/treeFixture';
import { useShortcuts } from '../shortcuts';
import { CompareScreen } from './CompareScreen';

const A = `
  run        0..100 agent
    plan     0..10 llm
    search   10..30 tool
    report   30..60 chain
      draft  30..50 llm
      send   50..60 tool
    tidy     60..70 tool
`;
const B = `
  run        0..180 agent
    plan     0..10 llm
    search   10..50 tool error
    search   60..90 tool
    report   90..140 chain
      draft  90..120 llm
      send   120..140 tool
`;

const comparison = (): Comparison =>
  comparisonOf(
    treeOf(A),
    treeOf(B),
    [
      { trace_id: 1, name: 'quick', duration_ns: 1e8, total_tokens: 900, cost_usd: null },
      { trace_id: 2, name: 'slow', status: 'failed', duration_ns: 1.8e8, total_tokens: 1200, cost_usd: 0.5 },
    ],
    {
      summary: ['B called search once more, and took +80 ms.'],
      differs: { s1: 64, s4: 32 },
      sureness: { s4: 0.7 },
      moved: ['s5'],
    },
  );

const piece = (text: string, differs = false) => ({ text, differs });
const DIFFERENCE: StepDifference = {
  parts: [
    {
      title: 'Input',
      is_same: false,
      remark: 'Only the first 1 MB was compared.',
      lines: [
        { change: 'same', skipped: 12, a: null, b: null },
        {
          change: 'changed',
          skipped: 0,
          a: [piece('order '), piece('one', true)],
          b: [piece('order '), piece('<b>two</b>', true)],
        },
        { change: 'added', skipped: 0, a: null, b: [piece('and more', true)] },
      ],
    },
    { title: 'Answer', is_same: true, remark: null, lines: [] },
  ],
};

function Screen() {
  useShortcuts();
  return <CompareScreen />;
}

const ANSWERS: Answers = {
  compare: comparison,
  compare_step: () => DIFFERENCE,
  compare_candidates: () => ({
    task: 't',
    runs: 2,
    baseline: null,
    previous: null,
    last_good: null,
    median: null,
  }),
  pair_set: () => ({}),
  baseline_set: () => ({}),
  step_get: ({ span_id }) => stepOf({ span_id, content: contentOf({ output: `answer of ${span_id}` }) }),
};

async function shown(answers: Answers = {}, host: Parameters<typeof fakeBackend>[1] = {}) {
  const backend = fakeBackend({ ...ANSWERS, ...answers }, host);
  renderWith(backend, <Screen />);
  const grid = await screen.findByRole('treegrid', { name: 'Aligned steps' });
  await waitFor(() => {
    expect(document.activeElement).toBe(grid);
  });
  return { backend, grid, asked: (name: string) => backend.calls.filter((call) => call.name === name) };
}

const selected = () => screen.getByRole('row', { selected: true }).getAttribute('aria-label');
const names = () =>
  within(screen.getByRole('treegrid', { name: 'Aligned steps' }))
    .getAllByRole('row')
    .slice(1)
    .map((each) => each.getAttribute('aria-label') ?? each.textContent);
const row = (name: RegExp) => screen.getByRole('row', { name });

beforeEach(() => {
  giveRoom(1400, 700);
  vi.spyOn(HTMLCanvasElement.prototype, 'getContext').mockReturnValue(null);
  useLayout.setState(useLayout.getInitialState());
  dismissToast();
  goTo({ ...START, view: 'compare', compare: { a: 1, b: 2, stepA: null, stepB: null } }, 'replace');
});

describe('two runs side by side', () => {
  it('say in words and numbers what differs', async () => {
    await shown();
    expect(screen.getByRole('region', { name: 'What differs' }).textContent).toContain('took +80 ms');
    await userEvent.click(screen.getByRole('button', { name: 'Numbers' }));
    const numbers = screen.getByLabelText('Numbers of both runs').textContent;
    expect(numbers).toContain('+80 ms (+80 %)');
    expect(numbers).toContain('+300 (+33 %)');
    expect(within(screen.getByRole('region', { name: 'Run B' })).getByText('slow')).toBeTruthy();
  });

  it('stand as one tree, each line saying by what its two steps differ', async () => {
    await shown();
    expect(names()).toEqual([
      'agent run',
      'llm plan, answer wording',
      'tool search, ok → failed, here the runs part',
      'tool search, only in B',
      'chain report',
      'llm draft, answer',
      'tool send, at another place',
      'tool tidy, only in A',
    ]);
    expect(row(/draft/).textContent).toContain('probably the same step, 0.7');
    expect(row(/only in B/).textContent).toContain('again in B');
    expect(row(/only in B/).textContent).toContain('not in A');
    expect(row(/tidy/).textContent).toContain('−10 ms');
    expect(row(/draft/).getAttribute('aria-level')).toBe('3');
  });

  it('open where they part, and lead from difference to difference', async () => {
    await shown();
    expect(selected()).toContain('here the runs part');
    await userEvent.keyboard('n');
    expect(selected()).toBe('tool search, only in B');
    await userEvent.keyboard('n');
    expect(selected()).toBe('llm draft, answer');
    expect(usePlace.getState().compare).toMatchObject({ stepA: 's4', stepB: 's5' });
    await userEvent.keyboard('{Shift>}n{/Shift}{Shift>}n{/Shift}{Shift>}n{/Shift}');
    expect(selected()).toContain('here the runs part');
    expect(useToast.getState().toast?.text).toContain('No difference before');
  });

  it('show only what differs, and say how much is left out', async () => {
    const alike = ['a', 'b', 'c', 'd'].map((name) => `  ${name} 0..10 tool`).join('\n');
    await shown({
      compare: () =>
        comparisonOf(
          treeOf(`run 0..90 agent\n${alike}\n  last 20..30 tool`),
          treeOf(`run 0..90 agent\n${alike}\n  last 20..30 tool error`),
        ),
    });
    await userEvent.keyboard('d');
    expect(names()).toEqual([
      'agent run',
      '⋯ 3 steps the same',
      'tool d',
      'tool last, ok → failed, here the runs part',
    ]);
    await userEvent.keyboard('kk');
    expect(selected(), 'walking goes over what is left out').toBe('agent run');
    await userEvent.keyboard('d');
    expect(names()).toHaveLength(6);
  });

  it('fold, and count what is folded away', async () => {
    await shown();
    fireEvent.click(row(/report/));
    await userEvent.keyboard('{ArrowLeft}');
    expect(row(/report/).getAttribute('aria-expanded')).toBe('false');
    expect(row(/report/).textContent).toContain('2 ≠ below');
    await userEvent.keyboard('{ArrowDown}');
    expect(selected()).toContain('tidy');
    await userEvent.keyboard('{Shift>}n{/Shift}');
    expect(selected(), 'a jump unfolds what hides it').toContain('send');
  });

  it('have one line for an operation, which unfolds into its tries as in a tree', async () => {
    const { asked } = await shown({
      compare: () =>
        comparisonOf(
          treeOf(`
            run 0..90 agent
              search 0..10 tool error #1/a
              search 20..30 tool #2/a
              buy 40..50 tool
          `),
          treeOf(`
            run 0..90 agent
              search 0..10 tool
              buy 40..50 tool
          `),
        ),
    });
    const folded = ['agent run', 'tool search, 2 tries in A, 1 in B', 'tool buy'];
    expect(names()).toEqual(folded);
    expect(row(/search/).textContent).toContain('2 tries');
    expect(row(/search/).textContent, 'with little room').toContain('2 → 1 tries');
    expect(row(/search/).textContent, 'from the first start to the last end').toContain('30 ms');
    fireEvent.click(row(/search/));
    const pair = screen.getByRole('region', { name: 'The two steps' });
    expect(pair.textContent, 'the same figure above its parts').toContain('30 ms in 2 tries, the last 10 ms');
    expect(screen.getByRole('button', { name: '1 difference' })).toBeTruthy();
    fireEvent.click(row(/search/));
    await userEvent.keyboard('{ArrowRight}');
    expect(row(/search, 2/).getAttribute('aria-expanded')).toBe('true');
    expect(row(/search, 2/).textContent, 'its row is the last try now').toContain('last of 2 tries');
    await userEvent.keyboard('{ArrowRight}');
    expect(selected()).toBe('tool search, try 1 of 2 in A');
    await waitFor(() => {
      expect(asked('compare_step').at(-1)?.request).toMatchObject({ a_span_id: 's1', b_span_id: null });
    });
    await userEvent.keyboard('{ArrowLeft}{ArrowLeft}');
    expect(names()).toEqual(folded);
    expect(selected()).toBe('tool search, 2 tries in A, 1 in B');
    act(() => {
      goTo({ view: 'compare', compare: { a: 1, b: 2, stepA: 's1', stepB: null } }, 'replace');
    });
    expect(selected(), 'what the address leads to is shown').toBe('tool search, try 1 of 2 in A');
  });

  it('list their differences to jump to', async () => {
    await shown();
    await userEvent.keyboard('l');
    const box = await screen.findByRole('dialog', { name: /^Differences/ });
    await userEvent.click(within(box).getByRole('button', { name: /did not call tidy/ }));
    expect(selected()).toContain('tidy');
  });

  it('list them with numbers that stand below each other, walked from the first to the last', async () => {
    await shown();
    await userEvent.keyboard('l');
    const box = await screen.findByRole('dialog', { name: /^Differences/ });
    const all = within(box).getAllByRole('button');
    expect(all[0]?.textContent).toMatch(/^1search ended otherwise.*step 3, Time \+/);
    // None is apart in tokens or cost, which would take room from the sentences.
    expect(within(box).queryByText('Tokens')).toBeNull();
    await waitFor(() => {
      expect(document.activeElement).toBe(all[0]);
    });
    await userEvent.keyboard('{End}');
    expect(document.activeElement).toBe(all.at(-1));
    await userEvent.keyboard('{Home}j');
    expect(document.activeElement).toBe(all[1]);
  });

  it('give the keys back to the steps when the list of differences closes', async () => {
    const { grid } = await shown();
    await userEvent.keyboard('l');
    await screen.findByRole('dialog', { name: /Differences/ });
    await userEvent.keyboard('{Escape}');
    await waitFor(() => {
      expect(document.activeElement).toBe(grid);
    });
  });

  it('pass over a level that one of them alone has, and say so', async () => {
    const level = comparison();
    const tidy = level.relation.indexOf(2);
    level.is_difference[tidy] = 0;
    // Nor is what stands beside it one.
    level.relation[tidy - 1] = 0;
    await shown({ compare: () => level });
    const row = screen.getByRole('row', { name: /tidy/ });
    expect(row.getAttribute('aria-label')).toContain('a level of A alone');
    expect(row.textContent).not.toContain('only in A');
    await userEvent.keyboard('d');
    await waitFor(() => {
      expect(screen.queryByRole('row', { name: /tidy/ })).toBeNull();
    });
  });

  it('are not said to be apart in time while one is under way', async () => {
    const going = comparison();
    going.b.summary = { ...going.b.summary, status: 'running' };
    await shown({ compare: () => going });
    const numbers = screen.getByLabelText('Numbers of both runs');
    expect(numbers.textContent).not.toContain('Duration');
    expect(numbers.textContent).toContain('900 → 1.2k');
    expect(numbers.textContent).toContain('so far');
  });

  it('swap sides, and are linked to with the pair that is looked at', async () => {
    const writeText = vi.fn(() => Promise.resolve());
    vi.stubGlobal(
      'navigator',
      Object.assign(Object.create(navigator) as object, { clipboard: { writeText } }),
    );
    const { asked } = await shown({
      link_make: ({ trace_id, compared_with }) => ({
        link: `tracellm://compare/${trace_id}/${compared_with?.trace_id}`,
      }),
    });
    await userEvent.keyboard('{Shift>}s{/Shift}');
    expect(usePlace.getState().compare).toEqual({ a: 2, b: 1, stepA: 's2', stepB: 's2' });
    await screen.findByRole('treegrid', { name: 'Aligned steps' });
    fireEvent.keyDown(window, { key: 'y' });
    await waitFor(() => {
      expect(writeText).toHaveBeenCalledWith('tracellm://compare/2/1');
    });
    expect(asked('link_make').at(-1)?.request).toEqual({
      trace_id: 2,
      span_id: 's2',
      compared_with: { trace_id: 1, span_id: 's2' },
    });
    expect(useToast.getState().toast?.text).toBe('The link to this comparison is copied.');
    vi.unstubAllGlobals();
  });

  it('open at the first difference where the runs do not part, else at the runs themselves', async () => {
    const retried = (tries: string) =>
      treeOf(`
        run 0..90 agent
          plan 0..10 llm
          search 20..30 tool error ${tries}
          search 40..50 tool ${tries.replace('#1', '#2')}
      `);
    const comparison = comparisonOf(treeOf(A), treeOf(A));
    await shown({ compare: () => ({ ...comparison, first_difference: null }) });
    expect(selected()).toBe('agent run');
    expect(screen.queryByText(/Choose a line/)).toBeNull();
    cleanup();
    goTo({ ...START, view: 'compare', compare: { a: 1, b: 2, stepA: null, stepB: null } }, 'replace');
    const tries = comparisonOf(retried('#1/a'), retried('#1/a'), undefined, { differs: { s3: 128 } });
    await shown({ compare: () => ({ ...tries, first_difference: null }) });
    expect(selected()).toContain('search');
  });

  it('take up keys that were pressed before they had come', async () => {
    let answer: () => void = () => undefined;
    const read = new Promise<void>((resolve) => (answer = resolve));
    const backend = fakeBackend({
      ...ANSWERS,
      compare: async () => {
        await read;
        return comparison();
      },
    });
    renderWith(backend, <Screen />);
    await screen.findByText('Lining both runs up…');
    await userEvent.keyboard('nnkd');
    answer();
    await screen.findByRole('treegrid', { name: 'Aligned steps' });
    await waitFor(() => {
      // From where they part to the second difference after it, and one line up.
      expect(selected()).toBe('chain report');
    });
    await waitFor(() => {
      expect(useLayout.getState().onlyDifferences).toBe(true);
    });
    await userEvent.keyboard('l');
    expect(await screen.findByRole('dialog', { name: /^Differences/ })).toBeTruthy();
  });

  it.each([
    [
      'the run that they were opened in',
      { traceId: 2, stepId: 's4' },
      { view: 'traces', traceId: 2, stepId: 's4' },
    ],
    ['the list', { traceId: null }, { view: 'traces', traceId: null }],
    ['the matrix', { matrix: { runs: [1, 2, 3], reference: null } }, { view: 'matrix' }],
  ] as [string, Partial<Place>, Partial<Place>][])('are left for %s', async (_, from, expected) => {
    goTo({ ...START, ...from, view: from.matrix ? 'matrix' : 'traces' }, 'replace');
    const compare = { a: 1, b: 2, stepA: null, stepB: null };
    if (from.matrix) goTo({ view: 'compare', compare }, 'push');
    else compareRuns(1, 2);
    await shown();
    // Also after the page was loaded anew.
    usePlace.setState(placeFromHash(window.location.hash));
    await userEvent.keyboard('{Escape}');
    expect(usePlace.getState()).toMatchObject(expected);
  });

  it('are told apart by more than their name', async () => {
    const facts = { name: 'triage', model: 'gpt-4.1' };
    const runs = comparisonOf(treeOf(A), treeOf(B), [
      { ...facts, key: 'demo-fd761ec0-1', duration_ns: 2e9 },
      { ...facts, key: 'demo-fd761ec0-2', status: 'failed', duration_ns: 4e9, model: 'claude-3-7-sonnet' },
    ]);
    await shown({ compare: () => runs });
    const head = (letter: string) => screen.getByRole('region', { name: `Run ${letter}` }).textContent;
    expect(head('A')).toMatch(/Success.*triage.*demo-fd7…c0-1.*gpt-4.1.*2.00 s/);
    expect(head('B')).toMatch(/Failed.*triage.*demo-fd7…c0-2.*claude-3-7-sonnet.*4.00 s/);
  });

  it('give their numbers in a line or in full, as the person chooses', async () => {
    await shown();
    const numbers = () => screen.getByLabelText('Numbers of both runs').textContent;
    expect(numbers()).not.toContain('100 ms → 180 ms');
    expect(numbers()).toContain('Duration+80 ms');
    expect(numbers(), 'what is the same has no place in a line').not.toContain('Failed steps');
    await userEvent.click(screen.getByRole('button', { name: 'Numbers' }));
    expect(numbers()).toContain('100 ms →  in A, in B 180 ms');
    expect(useLayout.getState().showsNumbers).toBe(true);
  });

  it('are saved as a page and as JSON', async () => {
    const saveComparison = vi
      .fn()
      .mockResolvedValueOnce({ bytes: 2048, masked: [{ kind: 'email', count: 1 }] })
      .mockRejectedValueOnce(new BackendError({ code: 'disk_full', message: 'the disk is full' }));
    await shown({}, { saveComparison });
    await userEvent.click(screen.getByRole('button', { name: 'Save' }));
    await userEvent.click(await screen.findByRole('menuitem', { name: /HTML/ }));
    await waitFor(() => {
      expect(useToast.getState().toast?.text).toBe(
        'Comparison saved (2.05 kB). 1 secret was masked: 1 e-mail address',
      );
    });
    await userEvent.click(screen.getByRole('button', { name: 'Save' }));
    await userEvent.click(await screen.findByRole('menuitem', { name: /JSON/ }));
    await waitFor(() => {
      expect(useToast.getState().toast?.text).toBe('Not saved: the disk is full');
    });
    const ignore = { ids: true, times: true, whitespace: true };
    expect(saveComparison.mock.calls).toEqual([
      [{ a: 1, b: 2, form: 'html', ignore }],
      [{ a: 1, b: 2, form: 'json', ignore }],
    ]);
  });

  it('pin one of them as the baseline', async () => {
    const { asked } = await shown();
    const head = screen.getByRole('region', { name: 'Run A' });
    await userEvent.click(within(head).getByRole('button', { name: /baseline/ }));
    await waitFor(() => {
      expect(asked('baseline_set')).toEqual([
        { name: 'baseline_set', request: { trace_id: 1, is_baseline: true } },
      ]);
    });
  });

  it('are read anew when one of them goes on', async () => {
    const { backend, asked } = await shown();
    act(() => {
      backend.notify({ traces: [9] });
      backend.notify({ traces: [2] });
    });
    await waitFor(() => {
      expect(asked('compare')).toHaveLength(2);
    });
  });

  it('say why they cannot be compared, and try again', async () => {
    const backend = fakeBackend({
      compare: () => {
        throw new BackendError({ code: 'not_found', message: 'trace 2 is gone' });
      },
    });
    renderWith(backend, <Screen />);
    expect((await screen.findByRole('alert')).textContent).toContain('trace 2 is gone');
    await userEvent.click(screen.getByRole('button', { name: 'Try again' }));
    await waitFor(() => {
      expect(backend.calls.filter(({ name }) => name === 'compare')).toHaveLength(2);
    });
  });

  it('draw only the lines near the screen, of however many pairs', async () => {
    await shown({
      compare: () => comparisonOf(roundsTree(3_000), roundsTree(3_000)),
    });
    expect(screen.getByRole('treegrid', { name: 'Aligned steps' }).getAttribute('aria-rowcount')).toBe(
      '30002',
    );
    expect(screen.getAllByRole('row').length).toBeLessThan(80);
  });

  it('draw the lines at the place they are scrolled to before the screen is painted', async () => {
    const { grid } = await shown({
      compare: () => comparisonOf(roundsTree(3_000), roundsTree(3_000)),
    });
    // No scroll is told of here: the browser does so a frame later, in which there would be no lines.
    for (const key of ['End', 'Home', 'End']) {
      fireEvent.keyDown(grid, { key });
      const at = key === 'End' ? 30_001 : 1;
      const drawn = screen.getAllByRole('row').map((each) => Number(each.getAttribute('aria-rowindex')));
      expect(drawn, `where ${key} leads`).toContain(at + 1);
      expect(drawn).toContain(at + (key === 'End' ? -5 : 7));
    }
  });

  it('put a line that was out of view into the middle, with those after it in sight', async () => {
    const steps = Array.from({ length: 200 }, (_, index) => `  step${index} 0..10 tool`);
    const other = steps.map((each, index) => (index === 120 ? `${each} error` : each));
    const { grid } = await shown({
      compare: () =>
        comparisonOf(
          treeOf(['run 0..90 agent', ...steps].join('\n')),
          treeOf(['run 0..90 agent', ...other].join('\n')),
        ),
    });
    expect(selected()).toContain('step120');
    const line_px = 121 * 24;
    const before_px = line_px - grid.scrollTop;
    expect(before_px).toBeGreaterThan(grid.clientHeight / 3);
    expect(before_px).toBeLessThan((2 * grid.clientHeight) / 3);
    // One that is in view stays where it is.
    const { scrollTop } = grid;
    await userEvent.keyboard('jjj');
    expect(grid.scrollTop).toBe(scrollTop);
  });
});

describe('the pair that is looked at', () => {
  it('shows each part as a difference, what is skipped said and markup as text', async () => {
    await shown();
    const sheet = await screen.findByRole('region', { name: 'Input: differences' });
    expect(sheet.textContent).toContain('12 lines the same, not shown');
    expect(within(sheet).getByText('<b>two</b>').tagName).toBe('MARK');
    expect(screen.getByText('Only the first 1 MB was compared.')).toBeTruthy();
    expect(within(sheet).getAllByRole('row')).toHaveLength(3);
    await userEvent.click(screen.getByRole('button', { name: 'Unified' }));
    expect(
      within(screen.getByRole('region', { name: 'Input: differences' })).getAllByRole('row'),
    ).toHaveLength(4);
  });

  it('asks anew for what is no difference, and keeps that', async () => {
    const { asked } = await shown();
    await screen.findByRole('region', { name: 'Input: differences' });
    await userEvent.click(screen.getByRole('button', { name: 'White space' }));
    await waitFor(() => {
      expect(asked('compare_step').at(-1)?.request).toEqual({
        a: 1,
        b: 2,
        a_span_id: 's2',
        b_span_id: 's2',
        ignore: { ids: true, times: true, whitespace: false },
      });
    });
    expect(useLayout.getState().ignored.whitespace).toBe(false);
  });

  it('is parted by hand, which can be taken back', async () => {
    const { asked } = await shown();
    await userEvent.click(screen.getByRole('button', { name: 'Not the same step' }));
    await waitFor(() => {
      expect(asked('compare')).toHaveLength(2);
    });
    act(() => {
      useToast.getState().toast?.action?.run();
    });
    await waitFor(() => {
      expect(asked('pair_set').map(({ request }) => request)).toEqual([
        { a: 1, b: 2, a_span_id: 's2', b_span_id: 's2', pairing: 'broken' },
        { a: 1, b: 2, a_span_id: 's2', b_span_id: 's2', pairing: 'detected' },
      ]);
    });
  });

  it('is made by hand: a step of the other side is chosen for it', async () => {
    const { asked } = await shown();
    fireEvent.click(row(/tidy/));
    await userEvent.click(screen.getByRole('button', { name: 'Pair with…' }));
    expect(await screen.findByText(/Choose the step of B that is the same as “tidy”/)).toBeTruthy();
    fireEvent.click(row(/only in B/));
    await waitFor(() => {
      expect(asked('pair_set').at(-1)?.request).toEqual({
        a: 1,
        b: 2,
        a_span_id: 's6',
        b_span_id: 's3',
        pairing: 'forced',
      });
    });
    expect(screen.queryByText(/Choose the step of B/)).toBeNull();
    // What is looked at is the pair that they are now, whichever it was before.
    expect(usePlace.getState().compare).toMatchObject({ stepA: 's6', stepB: 's3' });
  });
});

describe('the replay of two runs', () => {
  const soFar = (letter: string) => screen.getByRole('group', { name: `${letter} so far` }).textContent;
  const phases = (name: RegExp) =>
    [...row(name).querySelectorAll('[data-phase]')].map((cell) => cell.getAttribute('data-phase'));

  it('steps from moment to moment; both sides stand as they did, and wait for each other', async () => {
    await shown();
    expect(phases(/plan/), 'nothing is veiled at rest').toEqual([]);
    await userEvent.keyboard('.');
    expect(phases(/plan/)).toEqual(['done', 'done']);
    expect(phases(/search, ok/)).toEqual(['running', 'running']);
    expect(phases(/draft/)).toEqual(['coming', 'coming']);
    await userEvent.keyboard('.');
    expect(phases(/search, ok/), 'A has ended, and waits').toEqual(['done', 'running']);
    expect(soFar('A')).toContain('2/7 done');
    expect(soFar('B')).toContain('1/7 done');
    await userEvent.keyboard(',');
    expect(phases(/search, ok/)).toEqual(['running', 'running']);
    await userEvent.keyboard('0');
    expect(phases(/plan/)).toEqual([]);
  });

  it('shows an operation that is one line as running from its first try on', async () => {
    await shown({
      compare: () =>
        comparisonOf(
          treeOf(
            'run 0..90 agent\n  plan 0..5 tool\n  search 10..20 tool error #1/a\n  search 30..40 tool #2/a',
          ),
          treeOf('run 0..90 agent\n  plan 0..5 tool\n  search 10..20 tool'),
        ),
    });
    await userEvent.keyboard('.');
    expect(phases(/search/)).toEqual(['coming', 'coming']);
    await userEvent.keyboard('.');
    expect(phases(/search/), 'its first try').toEqual(['running', expect.any(String)]);
    await userEvent.keyboard('.');
    expect(phases(/search/)[0], 'between its tries').toBe('running');
    await userEvent.keyboard('{End}..........');
    expect(phases(/search/)).toEqual(['done', 'done']);
  });

  it('says what was said last', async () => {
    await shown();
    await userEvent.keyboard('.');
    await waitFor(() => {
      expect(soFar('A')).toContain('1 model call: “answer of s1”');
    });
  });

  it('plays, pauses, and goes faster', async () => {
    const frames: FrameRequestCallback[] = [];
    vi.spyOn(window, 'requestAnimationFrame').mockImplementation((frame) => frames.push(frame));
    vi.spyOn(performance, 'now').mockReturnValue(1000);
    const frame = (now_ms: number) => {
      act(() => {
        for (const each of frames.splice(0)) each(now_ms);
      });
    };
    await shown();
    await userEvent.keyboard(' ');
    expect(screen.getByRole('button', { name: 'Pause' })).toBeTruthy();
    frame(1015);
    expect(phases(/plan/)).toEqual(['done', 'done']);
    await userEvent.keyboard('+');
    expect(screen.getByRole('button', { name: 'Speed: 2 times' })).toBeTruthy();
    frame(1035);
    expect(phases(/report/), '55 ms are played').toEqual(['coming', 'coming']);
    frame(1500);
    expect(screen.getByRole('button', { name: 'Play' }), 'it stops at the end').toBeTruthy();
    expect(phases(/tidy/)).toEqual(['done']);
  });

  it('keeps time by each run alone, too', async () => {
    await shown();
    await userEvent.click(screen.getByRole('button', { name: 'Own time' }));
    const playhead = screen.getByRole('slider', { name: 'Playhead' });
    expect(playhead.getAttribute('aria-valuemax')).toBe('180');
    playhead.focus();
    await userEvent.keyboard('{End}');
    expect(phases(/agent run/)).toEqual(['done', 'done']);
    expect(playhead.getAttribute('aria-valuetext')).toBe('A at 100 ms, B at 180 ms');
    await userEvent.keyboard('{Home}{Shift>}{ArrowRight}{/Shift}');
    expect(phases(/search, ok/)).toEqual(['running', 'running']);
  });

  it('loops over a part of it', async () => {
    await shown();
    await userEvent.keyboard('.');
    fireEvent.keyDown(window, { key: '[' });
    await userEvent.keyboard('..');
    fireEvent.keyDown(window, { key: ']' });
    const loop = await screen.findByRole('button', { name: /^Loop 10 ms to/ });
    await userEvent.click(loop);
    expect(screen.queryByRole('button', { name: /^Loop/ })).toBeNull();
  });

  it('follows the playhead until the person scrolls', async () => {
    const { grid } = await shown();
    const follow = screen.getByRole('button', { name: 'Follow' });
    expect(follow.getAttribute('aria-pressed')).toBe('true');
    fireEvent.wheel(grid);
    expect(follow.getAttribute('aria-pressed')).toBe('false');
    await userEvent.click(follow);
    expect(follow.getAttribute('aria-pressed')).toBe('true');
  });

  it('can be put away', async () => {
    const { grid } = await shown();
    grid.focus();
    await userEvent.keyboard('.{Shift>}l{/Shift}');
    expect(screen.queryByRole('region', { name: 'Replay' })).toBeNull();
    expect(phases(/plan/)).toEqual([]);
  });
});
