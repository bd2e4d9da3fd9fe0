import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { beforeEach, describe, expect, it } from 'vitest';
import type { MatrixCell, RunMatrix } from '../../backend/bindings';
import { BackendError } from '../../backend';
import { fakeBackend } from '../../backend/fake';
import { goTo, START, usePlace } from '../../state/place';
import { runAction } from '../../state/actions';
import { giveRoom, renderWith } from '../../test/screen';
import { traceSummary } from '../../test/traces';
import { MatrixView } from './MatrixView';

const cell = (span_id: string, given: Partial<MatrixCell> = {}): MatrixCell => ({
  span_id,
  status: 'ok',
  duration_ns: 2e7,
  tokens: null,
  tries: 1,
  difference: 0,
  ...given,
});

const MATRIX: RunMatrix = {
  runs: [4, 7, 9].map((trace_id) => traceSummary({ trace_id, name: `run ${trace_id}` })),
  reference: 0,
  rows: [
    { name: 'agent', kind: 'agent', depth: 0, varies: false, cells: [cell('a4'), cell('a7'), cell('a9')] },
    {
      name: 'search',
      kind: 'tool',
      depth: 1,
      varies: true,
      cells: [cell('s4'), cell('s7', { status: 'error', tries: 3, difference: 4 + 128 }), cell('s9')],
    },
    { name: 'tidy', kind: 'tool', depth: 1, varies: true, cells: [cell('t4'), cell('t7'), null] },
    { name: 'say', kind: 'llm', depth: 1, varies: false, cells: [cell('y4'), cell('y7'), cell('y9')] },
  ],
  left_out: 12,
  left_out_varying: 0,
  remarks: ['Two runs are of another task.'],
};

async function shown() {
  const backend = fakeBackend({
    run_matrix: ({ reference }) => ({ ...MATRIX, reference: reference === 9 ? 2 : 0 }),
  });
  renderWith(backend, <MatrixView />);
  const grid = await screen.findByRole('grid', { name: 'Steps by runs' });
  await waitFor(() => {
    expect(document.activeElement).toBe(grid);
  });
  return { backend, grid };
}

const steps = () => screen.getAllByRole('rowheader').map((header) => header.getAttribute('title'));

beforeEach(() => {
  giveRoom(1200, 600);
  goTo({ ...START, view: 'matrix', matrix: { runs: [4, 7, 9], reference: null } }, 'replace');
});

describe('runs side by side as a matrix', () => {
  it('have a row a step and a column a run, and say what varies and what is not there', async () => {
    await shown();
    expect(steps()).toEqual(['agent', 'search', 'tidy', 'say']);
    const search = screen.getByRole('row', { name: /search/ });
    expect(within(search).getByText('varies')).toBeTruthy();
    const cells = within(search).getAllByRole('gridcell');
    expect(cells.map((each) => each.textContent)).toEqual([
      'Ok20 ms',
      'Failed20 ms3 tries≠ status +1',
      'Ok20 ms',
    ]);
    expect(cells[1]?.title).toContain('Differs from the reference in status, tries');
    expect(screen.getByRole('row', { name: /tidy/ }).textContent).toContain('− missing only here');
    expect(screen.getByText('2 of 16 steps vary.')).toBeTruthy();
    expect(screen.getByText('12 further rows not listed, in which nothing varies.')).toBeTruthy();
    expect(screen.getByText(/Two runs are of another task/)).toBeTruthy();
  });

  it('do not count the run itself as a step', async () => {
    const ofRun = {
      name: 'run',
      kind: 'agent' as const,
      depth: 0,
      varies: true,
      cells: [cell(''), cell('', { difference: 2 }), cell('')],
    };
    const rows = [ofRun, ...MATRIX.rows.slice(1)];
    renderWith(fakeBackend({ run_matrix: () => ({ ...MATRIX, rows }) }), <MatrixView />);
    expect(await screen.findByText('The run itself and 2 of 15 steps vary.')).toBeTruthy();
    expect(screen.getByText('≠ model')).toBeTruthy();
  });

  it('mark no cell in a row that does not vary', async () => {
    const level = {
      name: 'level',
      kind: 'chain' as const,
      depth: 1,
      varies: false,
      cells: [cell('l4'), null, null],
    };
    renderWith(
      fakeBackend({ run_matrix: () => ({ ...MATRIX, rows: [...MATRIX.rows, level] }) }),
      <MatrixView />,
    );
    const row = await screen.findByRole('row', { name: /level/ });
    expect(row.textContent).not.toContain('≠');
  });

  it('are narrowed to the steps that vary, and walked from one to the next', async () => {
    const { grid } = await shown();
    await userEvent.click(screen.getByRole('button', { name: 'Only what varies' }));
    expect(steps()).toEqual(['search', 'tidy']);
    await userEvent.click(screen.getByRole('button', { name: 'Only what varies' }));
    grid.focus();
    runAction('matrix.next');
    await waitFor(() => {
      expect(grid.getAttribute('aria-activedescendant')).toBe('matrix-1-0');
    });
    runAction('matrix.next');
    await waitFor(() => {
      expect(grid.getAttribute('aria-activedescendant')).toBe('matrix-2-0');
    });
  });

  it('are walked by keys; a cell opens its pair against the reference', async () => {
    await shown();
    await userEvent.keyboard('{ArrowDown}{ArrowRight}{Enter}');
    expect(usePlace.getState()).toMatchObject({
      view: 'compare',
      compare: { a: 4, b: 7, stepA: 's4', stepB: 's7' },
    });
  });

  it('a cell of the reference opens it in its run', async () => {
    await shown();
    await userEvent.keyboard('{ArrowDown}{Enter}');
    expect(usePlace.getState()).toMatchObject({ view: 'traces', traceId: 4, stepId: 's4' });
  });

  it('mark a step that the reference alone lacks', async () => {
    await shown();
    await userEvent.keyboard('{ArrowUp}{ArrowRight}{ArrowRight}{Enter}');
    await waitFor(() => {
      const cells = within(screen.getByRole('row', { name: /tidy/ })).getAllByRole('gridcell');
      expect(cells.map((each) => each.textContent)).toEqual([
        'Ok20 ms≠ added',
        'Ok20 ms≠ added',
        '− missing only here',
      ]);
    });
  });

  it('make out the one run that lacks a step, or alone has it, whichever is the reference', async () => {
    const alone = { name: 'ask again', kind: 'llm', depth: 1, varies: true } as const;
    const backend = fakeBackend({
      run_matrix: () => ({
        ...MATRIX,
        rows: [
          { ...alone, cells: [null, null, cell('x9')] },
          { ...alone, cells: [null, cell('x7'), cell('x9')] },
          { ...alone, cells: [cell('x4'), cell('x7'), cell('x9')] },
        ],
      }),
    });
    renderWith(backend, <MatrixView />);
    await screen.findByRole('grid', { name: 'Steps by runs' });
    const odd = screen.getAllByRole('row').map((each) =>
      within(each)
        .queryAllByRole('gridcell')
        .findIndex((at) => at.hasAttribute('data-odd')),
    );
    expect(odd).toEqual([-1, 2, 0, -1]);
    expect(screen.getByTitle('No other run has this step').textContent).toContain('+ only here');
    expect(screen.getByTitle('All other runs have this step').textContent).toBe('− missing only here');
  });

  it('say which models they asked where that is not the same', async () => {
    const [first, ...others] = MATRIX.runs;
    const runs = [{ ...first, model: 'claude' }, ...others.map((run) => ({ ...run, model: 'gpt' }))];
    renderWith(fakeBackend({ run_matrix: () => ({ ...MATRIX, runs }) as RunMatrix }), <MatrixView />);
    await screen.findByRole('grid', { name: 'Steps by runs' });
    expect(
      screen.getAllByTitle('Most of these runs asked another model').map((each) => each.textContent),
      'the odd one alone stands out',
    ).toEqual(['claude']);
  });

  it('lead back to the list where a run is gone', async () => {
    const gone = fakeBackend({
      run_matrix: () => {
        throw new BackendError({ code: 'not_found', message: 'One of these runs is gone.' });
      },
    });
    renderWith(gone, <MatrixView />);
    await userEvent.click(await screen.findByRole('button', { name: 'Back to the list' }));
    expect(usePlace.getState()).toMatchObject({ view: 'traces', traceId: null });
  });

  it('are held against another run when its head is chosen', async () => {
    const { backend } = await shown();
    await userEvent.keyboard('{ArrowUp}{ArrowRight}{ArrowRight}{Enter}');
    expect(usePlace.getState().matrix).toEqual({ runs: [4, 7, 9], reference: 9 });
    await waitFor(() => {
      expect(screen.getByRole('columnheader', { name: /run 9/ }).textContent).toContain('Reference');
    });
    expect(backend.calls.at(-1)?.request).toEqual({ trace_ids: [4, 7, 9], reference: 9 });
  });
});
