import { cleanup, fireEvent, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Response } from '../../backend';
import type { Fact, Snippet, SpanTree, StepDetail } from '../../backend/bindings';
import { TextColumn } from '../../backend/columns';
import { fakeBackend, type Answers } from '../../backend/fake';
import { followNewest, useLayout } from '../../state/layout';
import { goBack } from '../../state/history';
import { useFind } from '../../state/find';
import { followAddress, goTo, START, usePlace } from '../../state/place';
import { useSteps } from '../../state/steps';
import { dismissToast, useToast } from '../../state/toast';
import { editFilter, readFilter } from '../../test/filters';
import { giveRoom, renderWith } from '../../test/screen';
import { contentOf, stepOf } from '../../test/stepFixture';
import { traceList, traceSummary } from '../../test/traces';
import { largeTree, treeOf } from '../../test/treeFixture';
import { useShortcuts } from '../shortcuts';
import { TraceScreen } from './TraceScreen';

const TREE = `
  run 0..100 agent
    plan 0..20 chain
      ask 0..10 llm
    act 20..100 chain
      fetch 20..30 tool error #1/a
      fetch 40..50 tool #2/a
    answer 60.. llm
`;

const fact = (label: string, value: string, provenance: Fact['provenance'] = 'measured'): Fact => ({
  label,
  value,
  provenance,
  explanation: `how ${label} is known`,
});

function Screen() {
  useShortcuts();
  return <TraceScreen traceId={1} />;
}

async function shown(tree: SpanTree = treeOf(TREE), answers: Answers = {}) {
  const backend = fakeBackend({
    trace_get: () => ({
      summary: traceSummary({ trace_id: 1, name: 'support run', status: 'warning' }),
      facts: [fact('Latency', '100 ms'), fact('Tokens', '812', 'estimated')],
      content: contentOf({ input: 'What is wrong?', output: 'Nothing <b>much</b>' }),
      attributes: null,
      long_texts: [],
    }),
    span_tree: () => tree,
    step_get: ({ span_id }) => stepOf({ span_id, name: `step ${span_id}` }),
    trace_find: () => ({ span_ids: [], looked: 1, total: 1 }),
    trace_hits: () => ({ hits: [], is_cut: false }),
    ...answers,
  });
  renderWith(backend, <Screen />);
  const grid = await screen.findByRole('treegrid', { name: 'Steps' });
  grid.focus();
  return { backend, grid };
}

const rowNames = () =>
  screen
    .getAllByRole('row')
    .slice(1)
    .map(
      (row) =>
        /[a-z]+/.exec(
          within(row).getAllByRole('gridcell')[0]?.querySelector('[title]:not([class*=chevron])')
            ?.textContent ?? '',
        )?.[0],
    );
const selectedLevel = () => screen.getByRole('row', { selected: true }).getAttribute('aria-level');

beforeEach(() => {
  giveRoom(1400, 700);
  vi.spyOn(HTMLCanvasElement.prototype, 'getContext').mockReturnValue(null);
  useLayout.setState(useLayout.getInitialState());
  useSteps.setState(useSteps.getInitialState());
  useFind.setState(useFind.getInitialState());
  dismissToast();
  goTo({ ...START, traceId: 1 }, 'replace');
});

describe('the card', () => {
  it('says where numbers come from, and folds prompt and response', async () => {
    await shown();
    expect(screen.getByRole('heading', { name: 'support run' })).toBeTruthy();
    expect(screen.getByText('≈ est.')).toBeTruthy();
    expect(screen.getByText(/how Tokens is known/)).toBeTruthy();
    const response = screen.getByRole('button', { name: /^Response/ });
    await userEvent.click(response);
    expect(response.getAttribute('aria-expanded')).toBe('true');
    expect(screen.getByRole('region', { name: 'Response' }).textContent).toContain('Nothing <b>much</b>');
  });
});

describe('a run that goes on', () => {
  const answers = (status: 'running' | 'lost' | 'success'): Answers => ({
    trace_get: () => ({
      summary: traceSummary({
        trace_id: 1,
        name: 'support run',
        status,
        start_unix_ms: Date.now() - 5000,
        heard_unix_ms: Date.now(),
      }),
      facts: [],
      content: null,
      attributes: null,
      long_texts: [],
    }),
  });
  const going = (text: string): SpanTree => ({ ...treeOf(text), start_unix_ms: Date.now() - 5000 });
  const lastCells = () =>
    within(screen.getAllByRole('row').at(-1) as HTMLElement)
      .getAllByRole('gridcell')
      .map((cell) => cell.textContent);

  it('is visibly running, and so are its steps', async () => {
    await shown(going(TREE), answers('running'));
    expect(screen.getByRole('heading', { name: 'support run' }).parentElement?.textContent).toMatch(
      /Running\d/,
    );
    expect(lastCells()[1]).toBe('Running');
    expect(lastCells().at(-1)).toMatch(/^\d+(\.\d+)? s$/);
  });

  it('keeps selection, folding and place as steps arrive', async () => {
    const { backend, grid } = await shown(going(TREE), answers('running'));
    await userEvent.keyboard('jj{ArrowLeft}j');
    expect(usePlace.getState().stepId).toBe('s3');
    backend.answer({ span_tree: () => ({ ...going(`${TREE}    more 70.. tool\n`), revision: 2 }) });
    backend.notify({ traces: [1], revision: 2 });
    await screen.findByText('more');
    expect(usePlace.getState().stepId).toBe('s3');
    expect(rowNames()).toEqual(['run', 'plan', 'act', 'fetch', 'fetch', 'fetch', 'answer', 'more']);
    expect(document.activeElement).toBe(grid);
  });

  it('keeps its newest step in view while followed, until the person looks at another', async () => {
    followNewest(true);
    const { backend, grid } = await shown(going(TREE), answers('running'));
    const many = Array.from({ length: 60 }, (_, index) => `    step${index} ${61 + index}.. tool`).join('\n');
    backend.answer({ span_tree: () => ({ ...going(`${TREE}${many}\n`), revision: 2 }) });
    backend.notify({ traces: [1], revision: 2 });
    await waitFor(() => {
      expect(grid.scrollTop).toBeGreaterThan(800);
    });
    await userEvent.keyboard('{Home}');
    expect(useLayout.getState().followsNewest).toBe(false);
  });

  it('is lost without steps that seem to go on', async () => {
    await shown(going(TREE), answers('lost'));
    expect(screen.getByTitle(/^Lost\. Its sender went silent/)).toBeTruthy();
    expect(lastCells().slice(1)).toEqual(['No end', '', '', '…']);
  });
});

describe('the views of the time', () => {
  const SLOW = `
    lead 0..60000 agent
      plan 0..2000 llm
      coder 2000..9000 agent
        edit 2000..9000 tool error
      report 50000..60000 llm
  `;
  const isOn = (name: string | RegExp) => screen.getByRole('button', { name }).getAttribute('aria-pressed');
  const bars = () => screen.queryByRole('img', { name: /^(Flame|Lanes):/ })?.getAttribute('aria-label');

  it('are switched by key and by button, remembered, and say what they show', async () => {
    await shown(treeOf(SLOW));
    expect(isOn('Waterfall')).toBe('true');
    expect(bars(), 'beside the rows, the rows say it').toBeUndefined();
    await userEvent.keyboard('2');
    expect(isOn('Flame')).toBe('true');
    expect(bars()).toBe('Flame: All steps by depth, parents above; 5 steps, 1 failed, in 1 min');
    await userEvent.keyboard('v');
    expect(isOn('Lanes')).toBe('true');
    expect(bars()).toContain('Lanes: All steps by agent');
    await userEvent.keyboard('v');
    expect(isOn('Waterfall')).toBe('true');
    await userEvent.click(screen.getByRole('button', { name: 'Flame' }));
    expect(useLayout.getState().arrangement).toBe('flame');
    cleanup();
    await shown(treeOf(SLOW));
    expect(isOn('Flame')).toBe('true');
  });

  it('leave the tree and its keys as they are', async () => {
    const { grid } = await shown(treeOf(SLOW));
    await userEvent.keyboard('3jje');
    expect(usePlace.getState().stepId).toBe('s3');
    expect(document.activeElement).toBe(grid);
    expect(rowNames()).toHaveLength(5);
    expect(screen.getByText('edit, failed step 1 of 1')).toBeTruthy();
  });

  it('tell the time of day, and fold quiet time', async () => {
    await shown(treeOf(SLOW));
    await userEvent.keyboard('ti');
    expect(isOn('Time of day on the axis')).toBe('true');
    expect(isOn('Fold quiet time, in which nothing was called (1 stretch)')).toBe('true');
    await userEvent.keyboard('ti');
    expect(useLayout.getState()).toMatchObject({ timeOfDay: false, foldsIdle: false });
  });

  it('offer neither where the source has no times', async () => {
    await shown({ ...treeOf(SLOW), clock: 'order_only' });
    await userEvent.keyboard('ti');
    expect(useLayout.getState()).toMatchObject({ timeOfDay: false, foldsIdle: false });
    for (const name of ['The source gives no time of day', 'No quiet time to fold'])
      expect(screen.getByRole('button', { name }).hasAttribute('disabled')).toBe(true);
  });

  it('keep how far one has zoomed, also while another view of the app is shown', async () => {
    const fit = () => screen.getByRole('button', { name: 'Show the whole trace in the timeline' });
    await shown(treeOf(SLOW));
    expect(fit().hasAttribute('disabled')).toBe(true);
    await userEvent.keyboard('jjf');
    expect(fit().hasAttribute('disabled')).toBe(false);
    await userEvent.keyboard('2');
    expect(fit().hasAttribute('disabled'), 'flame shows the same').toBe(false);
    cleanup();
    await shown(treeOf(SLOW));
    expect(fit().hasAttribute('disabled')).toBe(false);
    expect(useSteps.getState().views.get(1)).toMatchObject({ start_ns: -240e6 });
    await userEvent.keyboard('0');
    expect(fit().hasAttribute('disabled')).toBe(true);
    cleanup();
    expect(useSteps.getState().views.has(1)).toBe(false);
  });
});

describe('the tree', () => {
  it('shows steps with level, state and attempts', async () => {
    await shown();
    const levels = () =>
      screen
        .getAllByRole('row')
        .slice(1)
        .map((row) => row.getAttribute('aria-level'));
    expect(rowNames()).toEqual(['run', 'plan', 'ask', 'act', 'fetch', 'answer']);
    expect(screen.getByText(/^2 tries/)).toBeTruthy();
    expect(levels()).toEqual(['1', '2', '3', '2', '3', '2']);
    await userEvent.keyboard('*');
    expect(rowNames()).toEqual(['run', 'plan', 'ask', 'act', 'fetch', 'fetch', 'fetch', 'answer']);
    expect(screen.getByText('1/2')).toBeTruthy();
    expect(screen.getByText('recovered')).toBeTruthy();
    expect(levels()).toEqual(['1', '2', '3', '2', '3', '4', '4', '2']);
  });

  it('is walked by the keyboard, and the address follows', async () => {
    await shown();
    await userEvent.keyboard('jj');
    expect(usePlace.getState().stepId).toBe('s1');
    await userEvent.keyboard('{ArrowRight}');
    expect(usePlace.getState().stepId, 'right goes to the first child').toBe('s2');
    await userEvent.keyboard('{ArrowLeft}{ArrowLeft}');
    expect(rowNames(), 'left goes to the parent, then collapses it').toEqual([
      'run',
      'plan',
      'act',
      'fetch',
      'answer',
    ]);
    await userEvent.keyboard('{ArrowRight}{End}');
    expect(usePlace.getState().stepId).toBe('s6');
    await userEvent.keyboard('{Home}{Shift>}{ArrowLeft}{/Shift}');
    expect(rowNames()).toEqual(['run']);
    await userEvent.keyboard('*');
    expect(rowNames()).toHaveLength(8);
  });

  it('jumps to failed steps and retries, expanding what hides them', async () => {
    const { grid } = await shown();
    await userEvent.keyboard('{Home}{ArrowLeft}');
    expect(rowNames()).toEqual(['run']);
    await userEvent.keyboard('e');
    expect(usePlace.getState().stepId).toBe('s4');
    expect(rowNames()).toContain('fetch');
    expect(grid.getAttribute('aria-activedescendant')).toBe(screen.getByRole('row', { selected: true }).id);
    await userEvent.keyboard('r');
    expect(usePlace.getState().stepId).toBe('s5');
  });

  it('finds steps by name', async () => {
    await shown();
    await userEvent.click(screen.getByRole('button', { name: 'Names' }));
    await userEvent.keyboard('{Control>}f{/Control}fetch');
    expect(screen.getByText('1 of 2 steps')).toBeTruthy();
    expect(usePlace.getState().stepId).toBe('s4');
    await userEvent.keyboard('{Enter}');
    expect(usePlace.getState().stepId).toBe('s5');
    await userEvent.keyboard('{Escape}{Escape}k');
    expect(usePlace.getState().stepId, 'the keyboard is back in the tree').toBe('s4');
  });

  it('leads to the parent, and to the cause of a failure', async () => {
    await shown(
      treeOf(`
        run 0..100 agent error
          act 20..100 chain error
            fetch 20..30 tool error #1/a
            fetch 40..50 tool error #2/a
      `),
    );
    await userEvent.keyboard('{End}u');
    expect(usePlace.getState().stepId).toBe('s1');
    await userEvent.keyboard('uu');
    expect(usePlace.getState().stepId, 'nothing is above the run').toBe('s0');
    await userEvent.keyboard('{Shift>}U{/Shift}');
    expect(usePlace.getState().stepId).toBe('s3');
    await userEvent.keyboard('{Shift>}U{/Shift}');
    expect(usePlace.getState().stepId, 'it began there').toBe('s3');
    expect(useToast.getState().toast?.text).toContain('it began here');
    await userEvent.keyboard('{Home}');
    await userEvent.click(await screen.findByRole('button', { name: 'Caused by: fetch' }));
    expect(usePlace.getState().stepId).toBe('s3');
  });

  it('says the way to a step, and leads back up', async () => {
    const deep = Array.from({ length: 200 }, (_, depth) => `${'  '.repeat(depth)}level${depth} 0..9 tool`);
    await shown(treeOf(deep.join('\n')));
    await userEvent.keyboard('{End}');
    const way = within(await screen.findByRole('navigation', { name: 'Path to this step' }));
    expect(way.getAllByRole('listitem').map(({ textContent }) => textContent)).toEqual([
      'level0',
      '…',
      'level197',
      'level198',
      'level199',
    ]);
    await userEvent.click(way.getByRole('button', { name: '196 steps between' }));
    const items = await screen.findAllByRole('menuitem');
    expect(items).toHaveLength(41);
    expect(items.at(-1)?.textContent).toBe('and 156 above');
    await userEvent.click(screen.getByRole('menuitem', { name: 'level190' }));
    expect(usePlace.getState().stepId).toBe('s190');
    await userEvent.click(way.getByRole('button', { name: 'level0' }));
    expect(usePlace.getState().stepId).toBe('s0');
  });

  it('copies a link to the step, or to the trace where none is selected', async () => {
    const user = userEvent.setup();
    const { backend } = await shown(treeOf(TREE), {
      link_make: ({ trace_id, span_id }) => ({ link: `tracellm://trace/${trace_id}/step/${span_id}` }),
    });
    const copied = (expected: string) =>
      waitFor(async () => {
        expect(await navigator.clipboard.readText()).toBe(expected);
      });
    await user.keyboard('y');
    await copied('tracellm://trace/1/step/null');
    await user.keyboard('jy');
    await copied('tracellm://trace/1/step/s0');
    expect(backend.calls).toContainEqual({
      name: 'link_make',
      request: { trace_id: 1, span_id: 's0', compared_with: null },
    });
    await waitFor(() => {
      expect(useToast.getState().toast?.text).toBe('The link to this step is copied.');
    });
  });

  it('jumps to places that one can come back to, and walks over others', async () => {
    await shown();
    const stop = followAddress();
    await userEvent.keyboard('{Home}e');
    expect(usePlace.getState().stepId).toBe('s4');
    await userEvent.keyboard('jj');
    expect(usePlace.getState().stepId).toBe('s6');
    await userEvent.click(screen.getByRole('row', { name: /plan/ }));
    await userEvent.keyboard('{ArrowLeft}');
    expect(rowNames()).not.toContain('ask');
    goTo({ stepId: 's2' }, 'push');
    await waitFor(() => {
      expect(rowNames(), 'nothing hides where one gets').toContain('ask');
    });
    for (const expected of ['s1', 's6', 's0']) {
      goBack();
      await waitFor(() => {
        expect(usePlace.getState().stepId).toBe(expected);
      });
    }
    stop();
  });

  it('keeps selection and folding when it is read again', async () => {
    const { backend } = await shown();
    await userEvent.keyboard('e');
    useSteps.setState({ collapsed: new Map([[1, new Set(['s1'])]]) });
    const grown = treeOf(TREE.replace('  plan', '  first 0..1 tool\n    plan'));
    // The same steps, one row further down.
    grown.span_id = TextColumn.of(['s0', 'new', 's1', 's2', 's3', 's4', 's5', 's6']);
    backend.answer({ span_tree: () => grown });
    backend.notify({ revision: 2, traces: [1] });
    await waitFor(() => {
      expect(rowNames()).toEqual(['run', 'first', 'plan', 'act', 'fetch', 'fetch', 'fetch', 'answer']);
    });
    expect(usePlace.getState().stepId).toBe('s4');
    expect(selectedLevel()).toBe('4');
  });

  it('draws only rows near the screen', async () => {
    const { grid } = await shown(largeTree(20_000));
    expect(grid.getAttribute('aria-rowcount')).toBe('20001');
    expect(screen.getAllByRole('row').length).toBeLessThan(80);
  });
});

describe('a trace without times', () => {
  it('says so, and shows no durations', async () => {
    const remark = 'The source gives no times: steps are laid out in their order.';
    const tree = treeOf('run 0..2 agent\n  ask 0..1 llm\n  fetch 1..2 tool error');
    await shown(
      {
        ...tree,
        clock: 'order_only',
        start_unix_ms: null,
        remarks: [{ about: 'times_unknown', steps: 0, text: remark }],
      },
      { step_get: ({ span_id }) => stepOf({ span_id, start_unix_ms: null, duration_ns: null }) },
    );
    expect(screen.getByText(remark)).toBeTruthy();
    expect(screen.getByRole('img', { name: 'Steps in order' })).toBeTruthy();
    const durations = screen
      .getAllByRole('row')
      .slice(1)
      .map((row) => within(row).getAllByRole('gridcell').at(-1)?.textContent);
    expect(durations).toEqual(['–', '–', '–']);
    await userEvent.keyboard('e');
    expect(await screen.findByText('step 2')).toBeTruthy();
    expect(screen.queryByText('no end')).toBeNull();
  });

  it('has a column for tokens only where a step has some', async () => {
    await shown();
    const pane = () => screen.getByRole('treegrid').parentElement;
    expect(pane()?.hasAttribute('data-no-tokens')).toBe(true);
    cleanup();
    await shown({ ...treeOf(TREE), tokens: treeOf(TREE).tokens.map((_, row) => (row === 1 ? 12 : -1)) });
    expect(pane()?.hasAttribute('data-no-tokens')).toBe(false);
  });
});

describe('the inspector', () => {
  const failing = (span_id: string): StepDetail =>
    stepOf({
      span_id,
      status: 'error',
      error: 'boom',
      content: {
        input: { a: 1 },
        errors: [{ kind: 'Timeout', message: '<img src=x onerror=alert(1)>', stack: 'at x\nat y' }],
      },
    });

  it('begins with the error of a failed step, as text whatever it says', async () => {
    await shown(undefined, { step_get: ({ span_id }) => failing(span_id) });
    await userEvent.keyboard('e');
    const panel = await screen.findByRole('tabpanel');
    expect(panel.textContent).toContain('<img src=x onerror=alert(1)>');
    expect(panel.querySelector('img')).toBeNull();
    expect(panel.textContent).toContain('at x\nat y');
  });

  it('remembers the section for steps of a kind', async () => {
    await shown(undefined, { step_get: ({ span_id }) => failing(span_id) });
    await userEvent.keyboard('e');
    await userEvent.click(await screen.findByRole('tab', { name: 'Input & output' }));
    screen.getByRole('treegrid').focus();
    await userEvent.keyboard('r');
    await waitFor(() => {
      expect(screen.getByRole('tab', { selected: true }).textContent).toBe('Input & output');
    });
  });

  it('shows images that came along and loads no others', async () => {
    const media = (reference: string) => ({
      type: 'media' as const,
      modality: 'image',
      mime_type: null,
      reference,
    });
    const parts = [
      media('https://evil.example/x.png'),
      media('data:image/svg+xml;base64,AAAA'),
      media('data:image/png;base64,iVBORw0KGgo='),
    ];
    const message = { role: 'user', name: null, parts, finish_reason: null };
    await shown(undefined, {
      step_get: ({ span_id }) => stepOf({ span_id, content: { input_messages: [message] } }),
    });
    await userEvent.keyboard('j');
    const panel = await screen.findByText('https://evil.example/x.png');
    const images = [...(panel.closest('[role=tabpanel]')?.querySelectorAll('img') ?? [])];
    expect(images.map((image) => image.getAttribute('src'))).toEqual(['data:image/png;base64,iVBORw0KGgo=']);
  });

  it('keeps the last step until the next is there, and says so when it takes long', async () => {
    let answer: ((step: StepDetail) => void) | undefined;
    const { backend } = await shown();
    await userEvent.keyboard('j');
    await screen.findByRole('heading', { name: 'step s0' });
    backend.answer({ step_get: () => new Promise<Response<'step_get'>>((resolve) => (answer = resolve)) });
    fireEvent.keyDown(screen.getByRole('treegrid'), { key: 'j' });
    expect(screen.getByRole('heading', { name: 'step s0' })).toBeTruthy();
    expect(await screen.findByRole('status', { name: 'Reading the step…' })).toBeTruthy();
    await waitFor(() => {
      expect(answer).toBeTruthy();
    });
    answer?.(stepOf({ span_id: 's1', name: 'step s1' }));
    await screen.findByRole('heading', { name: 'step s1' });
  });

  it('says when nothing was recorded, and why a step cannot be read', async () => {
    const { backend } = await shown(undefined, { step_get: ({ span_id }) => stepOf({ span_id, raw: null }) });
    await userEvent.keyboard('j');
    expect(await screen.findByText('Nothing recorded')).toBeTruthy();
    backend.answer({
      step_get: () => {
        throw new Error('The database is gone.');
      },
    });
    await userEvent.keyboard('j');
    expect(await screen.findByText('The database is gone.')).toBeTruthy();
  });

  it('gets the keyboard with Enter and gives it back with Escape', async () => {
    const { grid } = await shown();
    await userEvent.keyboard('{Enter}');
    expect(usePlace.getState().stepId).toBe('s0');
    await screen.findByRole('heading', { name: 'step s0' });
    expect(document.activeElement).toBe(screen.getByRole('complementary', { name: 'Inspector' }));
    await userEvent.keyboard('{ArrowRight}');
    const shownTab = screen.getByRole('tab', { selected: true });
    expect(document.activeElement, 'the arrows walk the sections').toBe(shownTab);
    await userEvent.keyboard('{Escape}');
    expect(document.activeElement).toBe(grid);
  });
});

describe('a trace that is not as hoped', () => {
  it('says what is wrong, and that there are no steps', async () => {
    const fails = fakeBackend({
      trace_get: () => {
        throw new Error('There is no trace 1.');
      },
      span_tree: () => treeOf(TREE),
    });
    const { unmount } = renderWith(fails, <Screen />);
    expect(await screen.findByText('There is no trace 1.')).toBeTruthy();
    unmount();
    const empty = fakeBackend({
      trace_get: () => ({
        summary: traceSummary({ trace_id: 1 }),
        facts: [],
        content: null,
        attributes: null,
        long_texts: [],
      }),
      span_tree: () => treeOf(''),
    });
    renderWith(empty, <Screen />);
    expect(await screen.findByText('No steps')).toBeTruthy();
  });
});

describe('finding in all texts', () => {
  const hit = (span_id: string, place: string): Snippet => ({
    span_id,
    name: `step ${span_id}`,
    place,
    text: 'over the rate limit again',
    marks: [[9, 19]],
  });
  const answers: Answers = {
    filter_read: ({ filter }) => readFilter(filter),
    trace_find: ({ filter }) => ({
      span_ids: filter.includes('rate limit') ? ['s5', 's0', 's4', 's5'] : [],
      looked: 9,
      total: 9,
    }),
    trace_hits: ({ span_id }) => ({ hits: [hit(span_id ?? '', 'error')], is_cut: false }),
  };
  const field = () => screen.getByRole('textbox', { name: 'Find in this trace' });
  const places = () => screen.findByRole('region', { name: /^Places/ });

  it('begins with the text of the list, and leads from step to step, also into what is folded', async () => {
    goTo({ filter: '"rate limit"' }, 'replace');
    useSteps.setState({ collapsed: new Map([[1, new Set(['s3'])]]) });
    await shown(treeOf(TREE), answers);
    await screen.findByText('3 steps');
    expect(field()).toHaveProperty('value', 'rate limit');
    expect(usePlace.getState().stepId, 'nobody asked to go there').toBeNull();
    await userEvent.keyboard('{F3}{F3}');
    expect(usePlace.getState().stepId).toBe('s4');
    expect(screen.getByText('2 of 3 steps')).toBeTruthy();
    expect(within(await places()).getByText('rate limit').tagName).toBe('MARK');
    expect(await screen.findByRole('row', { selected: true })).toBeTruthy();
    await userEvent.keyboard(',,');
    expect(usePlace.getState().stepId, 'it goes round').toBe('s5');
  });

  it('goes on with F3 from its field, and sets nothing back where nothing is found', async () => {
    await shown(treeOf(TREE), answers);
    const dimmed = () => screen.getAllByRole('row').filter(({ className }) => className.includes('dim'));
    await userEvent.type(field(), 'rate limit');
    await screen.findByText('1 of 3 steps');
    expect(dimmed().length).toBeGreaterThan(0);
    await userEvent.keyboard('{F3}');
    await screen.findByText('2 of 3 steps');
    expect(document.activeElement).toBe(field());
    await userEvent.clear(field());
    await userEvent.type(field(), 'nowhere');
    await screen.findByText('none');
    expect(dimmed()).toEqual([]);
  });

  it('is taken back with Escape, and F3 brings the text of the list back', async () => {
    goTo({ filter: '"rate limit"' }, 'replace');
    await shown(treeOf(TREE), answers);
    await screen.findByText('3 steps');
    await userEvent.click(field());
    await userEvent.keyboard('{Escape}{Escape}');
    expect(field()).toHaveProperty('value', '');
    expect(screen.queryByRole('region', { name: /^Places/ })).toBeNull();
    await userEvent.keyboard('{F3}');
    expect(field()).toHaveProperty('value', 'rate limit');
    await waitFor(() => {
      expect(usePlace.getState().stepId).toBe('s0');
    });
  });

  it('has nothing to begin with where the filter looks for no text', async () => {
    goTo({ filter: 'status:failed -"rate limit"' }, 'replace');
    const { backend } = await shown(treeOf(TREE), answers);
    await waitFor(() => {
      expect(backend.calls.map(({ name }) => name)).toContain('filter_read');
    });
    expect(field()).toHaveProperty('value', '');
    await userEvent.keyboard('{F3}');
    expect(document.activeElement, 'there is something to type first').toBe(field());
    expect(backend.calls.map(({ name }) => name)).not.toContain('trace_find');
  });

  it('asks for piece after piece, says how far it is, and waits with what was pressed', async () => {
    let goOn = (): void => undefined;
    const later = new Promise<void>((done) => {
      goOn = done;
    });
    const { backend } = await shown(treeOf(TREE), {
      ...answers,
      trace_find: async ({ from }) => {
        if (from === 0) return { span_ids: [], looked: 4, total: 8 };
        await later;
        return { span_ids: ['s2', 's5', 's6'], looked: 8, total: 8 };
      },
    });
    await userEvent.keyboard('/rate');
    await screen.findByText('looking · 50 %');
    await userEvent.keyboard('{Enter}');
    expect(usePlace.getState().stepId).toBeNull();
    goOn();
    await waitFor(() => {
      expect(usePlace.getState().stepId, 'the first, and one further').toBe('s5');
    });
    expect(screen.getByText('2 of 3 steps')).toBeTruthy();
    expect(backend.calls).toContainEqual({
      name: 'trace_find',
      request: { trace_id: 1, filter: '"rate"', from: 4 },
    });
  });

  it('says where in the step it stands, and shows the section', async () => {
    await shown(treeOf(TREE), {
      ...answers,
      step_get: ({ span_id }) =>
        stepOf({ span_id, error: 'over the rate limit', content: contentOf({ input: 'x' }) }),
    });
    await userEvent.keyboard('/rate limit');
    await waitFor(() => {
      expect(usePlace.getState().stepId).toBe('s0');
    });
    await userEvent.click(await screen.findByRole('tab', { name: 'Input & output' }));
    const match = await within(await places()).findByRole('button', { name: /^error/ });
    await userEvent.click(match);
    expect(screen.getByRole('tab', { name: 'Error' }).getAttribute('aria-selected')).toBe('true');
  });
});

describe('a run of a conversation', () => {
  it('says which it is, and leads to those beside it', async () => {
    const turn = (trace_id: number) =>
      traceSummary({
        trace_id,
        conversation: 'shop',
        conversation_place: trace_id + 1,
        conversation_runs: 3,
      });
    const { backend } = await shown(treeOf(TREE), {
      trace_get: () => ({ summary: turn(1), facts: [], content: null, attributes: null, long_texts: [] }),
      filter_edit: editFilter,
      trace_list: () => traceList([turn(0), turn(1), turn(2)]),
    });
    expect(screen.getByText(/^Run 2 of 3/)).toBeTruthy();
    await waitFor(() => {
      expect(
        screen.getByRole('button', { name: 'Next run of the conversation' }).hasAttribute('disabled'),
      ).toBe(false);
    });
    expect(backend.calls).toContainEqual({
      name: 'trace_list',
      request: { filter: 'conversation:shop', sort: 'started', descending: false, offset: 0, limit: 3 },
    });
    await userEvent.keyboard('>');
    expect(usePlace.getState().traceId).toBe(2);
  });

  it('a key pressed before those beside it are known leads there once they are', async () => {
    const turn = (trace_id: number) =>
      traceSummary({ trace_id, conversation: 'shop', conversation_place: trace_id, conversation_runs: 2 });
    let answer = (): void => undefined;
    const later = new Promise<void>((done) => {
      answer = done;
    });
    await shown(treeOf(TREE), {
      trace_get: () => ({ summary: turn(1), facts: [], content: null, attributes: null, long_texts: [] }),
      filter_edit: editFilter,
      trace_list: async () => {
        await later;
        return traceList([turn(1), turn(2)]);
      },
    });
    await screen.findByText(/^Run 1 of 2/);
    await userEvent.keyboard('>');
    expect(usePlace.getState().traceId).toBe(1);
    answer();
    await waitFor(() => {
      expect(usePlace.getState().traceId).toBe(2);
    });
  });
});

describe('what is out of the ordinary', () => {
  it('is said in words', async () => {
    const outliers = [
      { measure: 'tokens', value: 30_000, median: 1000, limit: 4000, score: 6, runs: 40 },
      { measure: 'retries', value: 4, median: 0, limit: 0, score: null, runs: 40 },
    ];
    await shown(treeOf(TREE), {
      trace_get: () => ({
        summary: traceSummary({ trace_id: 1, outliers }),
        facts: [],
        content: null,
        attributes: null,
        long_texts: [],
      }),
    });
    await userEvent.click(screen.getByRole('button', { name: /^Out of the ordinary/ }));
    const words = screen.getByRole('region', { name: 'Out of the ordinary' }).textContent;
    expect(words).toContain('Tokens: 30× the median of 40 runs of this task (median 1k, limit 4k)');
    expect(words).toContain('Retries: 4, where the median of 40 runs of this task is 0');
  });
});
