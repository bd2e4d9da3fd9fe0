// Pins and notes of the open trace, by key and by button.
import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { BackendError } from '../../backend';
import type { StepMark, StepMarkItem } from '../../backend/bindings';
import { fakeBackend, type Answers } from '../../backend/fake';
import { withMark } from '../../queries/stepMarks';
import { useLayout } from '../../state/layout';
import { goTo, START, usePlace } from '../../state/place';
import { useSteps } from '../../state/steps';
import { dismissToast } from '../../state/toast';
import { giveRoom, renderWith } from '../../test/screen';
import { stepOf } from '../../test/stepFixture';
import { traceSummary } from '../../test/traces';
import { treeOf } from '../../test/treeFixture';
import { ToastCard } from '../../features/curate/ToastCard';
import { useShortcuts } from '../shortcuts';
import { TraceScreen } from './TraceScreen';

const TREE = `
  run 0..100 agent
    plan 0..20 chain
      ask 0..10 llm
    answer 60..90 llm
`;

function Screen() {
  useShortcuts();
  return (
    <>
      <TraceScreen traceId={1} />
      <ToastCard />
    </>
  );
}

/** An engine that keeps marks. */
async function shown(marks: StepMarkItem[] = [], answers: Answers = {}) {
  let kept = marks;
  const backend = fakeBackend({
    trace_get: () => ({
      summary: traceSummary({ trace_id: 1, name: 'support run' }),
      facts: [],
      content: null,
      attributes: null,
      long_texts: [],
    }),
    span_tree: () => treeOf(TREE),
    step_get: ({ span_id }) => stepOf({ span_id, name: `step ${span_id}` }),
    step_marks: () => kept,
    step_mark: ({ span_id, pinned, note }: StepMark) => {
      const step = { name: span_id, kind: 'llm', status: 'ok' } as const;
      kept = withMark(
        kept,
        {
          spanId: span_id,
          step,
          ...(pinned === null ? {} : { pinned }),
          ...(note === null ? {} : { note }),
        },
        1000,
      );
      return kept;
    },
    ...answers,
  });
  renderWith(backend, <Screen />);
  const grid = await screen.findByRole('treegrid', { name: 'Steps' });
  grid.focus();
  const asked = () => backend.calls.filter(({ name }) => name === 'step_mark').map(({ request }) => request);
  return { backend, grid, asked };
}

const mark = (span_id: string, change: Partial<StepMarkItem> = {}): StepMarkItem => ({
  span_id,
  pinned_unix_ms: 1000,
  note: null,
  step: { name: `step ${span_id}`, kind: 'llm', status: 'ok' },
  ...change,
});
const selectedStep = () => usePlace.getState().stepId;
const selectedRow = () => screen.getByRole('row', { selected: true });

beforeEach(() => {
  giveRoom(1400, 700);
  vi.spyOn(HTMLCanvasElement.prototype, 'getContext').mockReturnValue(null);
  useLayout.setState(useLayout.getInitialState());
  useSteps.setState(useSteps.getInitialState());
  dismissToast();
  goTo({ ...START, traceId: 1 }, 'replace');
});

describe('a pin', () => {
  it('is set and taken off by key, and taking it off can be undone', async () => {
    const { asked } = await shown();
    await userEvent.keyboard('jjp');
    await within(selectedRow()).findByText('Pinned');
    await userEvent.keyboard('p');
    await waitFor(() => {
      expect(within(selectedRow()).queryByText('Pinned')).toBeNull();
    });
    expect(asked()).toMatchObject([
      { trace_id: 1, span_id: 's1', pinned: true, note: null },
      { trace_id: 1, span_id: 's1', pinned: false, note: null },
    ]);
    await userEvent.click(await screen.findByRole('button', { name: 'Undo' }));
    await within(selectedRow()).findByText('Pinned');
  });

  it('leads from one to the next, also into what is folded, and is listed while no step is selected', async () => {
    useSteps.setState({ collapsed: new Map([[1, new Set(['s1'])]]) });
    const marks = [mark('s2'), mark('s3', { note: 'too **long**' }), mark('gone', { step: null })];
    await shown(marks);
    const list = await screen.findByRole('region', { name: 'Pinned' });
    expect(
      within(list)
        .getAllByRole('listitem')
        .map((item) => item.textContent),
    ).toEqual(['step s2', 'step s3too **long**', 'gone is not in the trace any more']);
    await userEvent.keyboard('{Shift>}p{/Shift}');
    await waitFor(() => {
      expect(selectedStep()).toBe('s2');
    });
    await userEvent.keyboard('{Shift>}p{/Shift}');
    await waitFor(() => {
      expect(selectedStep()).toBe('s3');
    });
    await userEvent.keyboard('{Shift>}p{/Shift}');
    await waitFor(() => {
      expect(selectedStep(), 'round the end').toBe('s2');
    });
  });

  it('waits for what is known, and is not lost', async () => {
    let answer: (marks: StepMarkItem[]) => void = () => undefined;
    const late = new Promise<StepMarkItem[]>((resolve) => {
      answer = resolve;
    });
    const { asked } = await shown([], { step_marks: () => late });
    await userEvent.keyboard('jp');
    expect(asked()).toEqual([]);
    answer([mark('s0')]);
    await waitFor(() => {
      expect(asked()).toMatchObject([{ span_id: 's0', pinned: false }]);
    });
  });

  it('goes back to what it was where it cannot be stored', async () => {
    await shown([], {
      step_mark: () => Promise.reject(new BackendError({ code: 'disk_full', message: 'the disk is full' })),
    });
    await userEvent.keyboard('jp');
    expect(await screen.findByText('Not changed: the disk is full')).toBeTruthy();
    await waitFor(() => {
      expect(within(selectedRow()).queryByText('Pinned')).toBeNull();
    });
  });
});

describe('a note on a step', () => {
  it('is written by key, shown safely, and removing it can be undone', async () => {
    const { asked, grid } = await shown();
    await userEvent.keyboard('jo');
    await userEvent.type(
      await screen.findByRole('textbox', { name: 'Note' }),
      'it <img src=x> loops here{Enter}**why**?{Control>}{Enter}{/Control}',
    );
    const note = await screen.findByRole('note', { name: 'Note' });
    await within(note).findByText('why');
    expect(note.querySelector('img'), 'no HTML').toBeNull();
    expect(within(selectedRow()).getByText('Has a note')).toBeTruthy();
    await waitFor(() => {
      expect(document.activeElement, 'the keyboard is back in the tree').toBe(grid);
    });
    await userEvent.click(screen.getByRole('button', { name: 'Change the note' }));
    await userEvent.clear(await screen.findByRole('textbox', { name: 'Note' }));
    await userEvent.keyboard('{Control>}{Enter}{/Control}');
    await screen.findByText('Note removed');
    await userEvent.click(screen.getByRole('button', { name: 'Undo' }));
    await waitFor(() => {
      expect(asked().at(-1)).toMatchObject({ span_id: 's0', note: 'it <img src=x> loops here\n**why**?' });
    });
  });

  it('shows its beginning, until the person wants all of it', async () => {
    const long = 'word '.repeat(3000);
    const { grid } = await shown([
      mark('s0', { note: long }),
      mark('s1', { note: 'a\nb\nc\nd\ne' }),
      mark('s2', { note: 'brief' }),
    ]);
    await userEvent.keyboard('j');
    const note = await screen.findByRole('note', { name: 'Note' });
    const all = await within(note).findByRole('button', { name: /^Show all/ });
    expect(note.textContent.length).toBeLessThan(400);
    await userEvent.click(all);
    await waitFor(() => {
      expect(note.textContent.length).toBeGreaterThan(14_000);
    });
    await userEvent.click(within(note).getByRole('button', { name: 'Show less' }));
    grid.focus();
    await userEvent.keyboard('j');
    await screen.findByRole('button', { name: 'Show all 9 characters' });
    await userEvent.keyboard('j');
    const brief = await screen.findByText('brief');
    expect(within(brief.closest('[role=note]') as HTMLElement).queryByRole('button')).toBeNull();
  });

  it('is bounded, and Escape leaves it as it was', async () => {
    const { asked } = await shown([mark('s0', { note: 'x'.repeat(20_000) })]);
    await userEvent.keyboard('jo');
    const field = await screen.findByRole('textbox', { name: 'Note' });
    await userEvent.type(field, 'yy');
    expect(screen.getByRole('alert').textContent).toBe('2 characters too many.');
    expect(screen.getByRole('button', { name: 'Save' }).hasAttribute('disabled')).toBe(true);
    await userEvent.keyboard('{Escape}');
    expect(screen.queryByRole('textbox', { name: 'Note' })).toBeNull();
    expect(asked()).toEqual([]);
  });
});
