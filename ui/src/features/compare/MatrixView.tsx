// Several runs of one task side by side: a row a step, a column a run, so that the step that varies stands out. One stop of
// the Tab key: arrow keys walk the cells; Enter compares that run with the one that the others are held against.
import { useQuery } from '@tanstack/react-query';
import { useEffect, useLayoutEffect, useMemo, useState, type KeyboardEvent } from 'react';
import { useBackend } from '../../backend';
import type { MatrixCell, MatrixRow, RunMatrix, SpanStatus } from '../../backend/bindings';
import { Button } from '../../components/Button';
import { Icon } from '../../components/icons';
import { KindIcon } from '../../components/KindIcon';
import { mostRows, scrollRowsTo, useRowWindow } from '../../components/rowWindow';
import { RunStatus } from '../../components/RunStatus';
import { EmptyState, ErrorState } from '../../components/States';
import { StatusIcon, type StatusWord } from '../../components/StatusIcon';
import { formatCount, formatDateTime, formatDurationNs, plural } from '../../domain/format';
import { visibleText } from '../../domain/visibleText';
import { KIND_WORDS, STATUS_WORDS } from '../../domain/words';
import { runMatrixQuery } from '../../queries/comparing';
import { useActions } from '../../state/actions';
import { useFocusWish, wishFocus } from '../../state/focus';
import { useHeldKeys } from '../../state/heldKeys';
import { goTo, usePlace, type MatrixPlace } from '../../state/place';
import styles from './Matrix.module.css';
import { shortId } from './shortId';

const ROW_PX = 24;
const HEAD_PX = 58;
const NAME_PX = 300;
const CELL_PX = 220;
const MOST_ROWS = mostRows(ROW_PX);

export function MatrixView() {
  const place = usePlace(({ matrix }) => matrix);
  if (!place) {
    return (
      <EmptyState
        icon="compare"
        title="No runs are compared"
        text="Select three or more runs of one task in the list, and press Compare."
      />
    );
  }
  return <Read place={place} />;
}

function Read({ place }: { place: MatrixPlace }) {
  const backend = useBackend();
  const { data, error, refetch } = useQuery(runMatrixQuery(backend, place.runs, place.reference));
  useHeldKeys(!data && !error, data !== undefined);
  if (data) return <Matrix key={place.runs.join()} matrix={data} place={place} />;
  if (error) {
    return (
      <ErrorState title="These runs cannot be compared" error={error}>
        <Button onClick={() => void refetch()}>Try again</Button>
        <Button
          onClick={() => {
            goTo({ traceId: null }, 'push');
          }}
        >
          Back to the list
        </Button>
      </ErrorState>
    );
  }
  return (
    <p className={styles.note} role="status">
      Lining the runs up…
    </p>
  );
}

function Matrix({ matrix, place }: { matrix: RunMatrix; place: MatrixPlace }) {
  const { runs, reference, left_out, left_out_varying, remarks } = matrix;
  const [onlyVarying, setOnlyVarying] = useState(false);
  const [scroller, setScroller] = useState<HTMLDivElement | null>(null);
  /** Row -1 is the heads of the columns, column -1 the names of the steps. */
  const [cell, setCell] = useState({ row: 0, column: 0 });
  const varying = useMemo(() => matrix.rows.filter(({ varies }) => varies), [matrix]);
  const rows = onlyVarying ? varying : matrix.rows;
  const shown = Math.min(rows.length, MOST_ROWS);
  const window = useRowWindow(scroller, shown, ROW_PX, HEAD_PX);
  const row = Math.min(cell.row, shown - 1);
  const column = Math.min(cell.column, runs.length - 1);
  const base = runs[reference];
  const usual = useMemo(() => commonest(runs.map(({ model }) => model)), [runs]);

  useEffect(() => {
    wishFocus('steps');
  }, []);
  const isWished = useFocusWish(({ wish }) => wish === 'steps');
  useLayoutEffect(() => {
    if (!isWished || !scroller) return;
    wishFocus(null);
    scroller.focus({ preventScroll: true });
  }, [isWished, scroller]);
  useLayoutEffect(() => {
    if (!scroller || row < 0) return;
    const top_px = row * ROW_PX;
    const room_px = scroller.clientHeight - HEAD_PX;
    if (top_px < scroller.scrollTop) scrollRowsTo(scroller, top_px);
    else if (top_px + ROW_PX > scroller.scrollTop + room_px)
      scrollRowsTo(scroller, top_px + ROW_PX - room_px);
    const left_px = Math.max(0, column) * CELL_PX;
    const wide_px = scroller.clientWidth - NAME_PX;
    if (left_px < scroller.scrollLeft) scroller.scrollLeft = left_px;
    else if (left_px + CELL_PX > scroller.scrollLeft + wide_px)
      scroller.scrollLeft = left_px + CELL_PX - wide_px;
  }, [scroller, row, column]);

  const holdAgainst = (index: number) => {
    const run = runs[index];
    if (run) goTo({ view: 'matrix', matrix: { ...place, reference: run.trace_id } }, 'push');
  };
  const open = (at: number, index: number) => {
    const run = runs[index];
    const step = rows[at];
    if (!run || !base || !step) return;
    const stepOf = (each: number) => step.cells[each]?.span_id ?? null;
    if (index === reference) {
      goTo({ view: 'traces', traceId: run.trace_id, stepId: stepOf(index) }, 'push');
      return;
    }
    const compare = { a: base.trace_id, b: run.trace_id, stepA: stepOf(reference), stepB: stepOf(index) };
    goTo({ view: 'compare', compare }, 'push');
  };
  /** To the next varying row, forwards or backwards. */
  const walk = (direction: 1 | -1) => {
    for (let each = row + direction; each >= 0 && each < shown; each += direction) {
      if (!rows[each]?.varies) continue;
      setCell({ row: each, column });
      return;
    }
  };
  const action = (id: string, label: string, keys: string[], run: () => void) => ({
    id: `matrix.${id}`,
    label,
    group: 'Matrix of runs',
    keys,
    run,
  });
  useActions([
    action('varying', 'Show only steps that vary, or all', ['d'], () => {
      setOnlyVarying(!onlyVarying);
    }),
    action('next', 'Next step that varies', ['n'], () => {
      walk(1);
    }),
    action('previous', 'Previous step that varies', ['Shift+N'], () => {
      walk(-1);
    }),
    action('leave', 'Back to all traces', ['Escape'], () => {
      goTo({ traceId: null }, 'push');
    }),
  ]);
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const page = Math.max(1, Math.floor(((scroller?.clientHeight ?? 0) - HEAD_PX) / ROW_PX) - 1);
    const to = (nextRow: number, nextColumn: number) => {
      setCell({
        row: Math.min(Math.max(nextRow, -1), shown - 1),
        column: Math.min(Math.max(nextColumn, 0), runs.length - 1),
      });
    };
    if (event.key === 'ArrowDown' || event.key === 'j') to(row + 1, column);
    else if (event.key === 'ArrowUp' || event.key === 'k') to(row - 1, column);
    else if (event.key === 'ArrowRight') to(row, column + 1);
    else if (event.key === 'ArrowLeft') to(row, column - 1);
    else if (event.key === 'PageDown') to(row + page, column);
    else if (event.key === 'PageUp') to(row - page, column);
    else if (event.key === 'Home') to(row, 0);
    else if (event.key === 'End') to(row, runs.length - 1);
    else if (event.key === 'Enter' && row < 0) holdAgainst(column);
    else if (event.key === 'Enter') open(row, column);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };

  const drawn = [];
  for (let index = window.first; index < window.end; index++) {
    const step = rows[index];
    if (!step) continue;
    const odd = step.varies ? oddOneOut(step.cells) : -1;
    drawn.push(
      <div
        key={index}
        role="row"
        aria-rowindex={index + 2}
        className={styles.row}
        data-varies={step.varies ? '' : undefined}
        style={{ transform: `translateY(${index * ROW_PX}px)`, height: ROW_PX }}
      >
        <StepName step={step} />
        {step.cells.map((each, at) => {
          const base = step.cells[reference] ?? null;
          const how = step.varies ? howAll(each, base) : [];
          const isOdd = at === odd;
          return (
            <div
              key={at}
              id={cellId(index, at)}
              role="gridcell"
              className={styles.cell}
              data-reference={at === reference ? '' : undefined}
              data-differs={how.length > 0 ? '' : undefined}
              data-absent={each === null ? '' : undefined}
              data-odd={isOdd ? '' : undefined}
              data-current={row === index && column === at ? '' : undefined}
              aria-selected={row === index && column === at}
              title={isOdd ? oddTitle(each) : cellTitle(each, base, how, at === reference)}
              onClick={() => {
                setCell({ row: index, column: at });
                open(index, at);
              }}
            >
              <Cell cell={each} how={how} isOdd={isOdd} />
            </div>
          );
        })}
      </div>,
    );
  }
  const width_px = NAME_PX + runs.length * CELL_PX;
  return (
    <div className={styles.view}>
      <div className={styles.tools}>
        <h1 className={styles.title}>{plural(runs.length, 'run')} side by side</h1>
        <span className={styles.words}>{varyingWords(matrix)}</span>
        <Button
          size="small"
          look="quiet"
          icon="differs"
          aria-pressed={onlyVarying}
          title="Show only steps that vary (d)"
          onClick={() => {
            setOnlyVarying(!onlyVarying);
          }}
        >
          Only what varies
        </Button>
        {left_out > 0 && <span className={styles.words}>{leftOutWords(left_out, left_out_varying)}</span>}
        {place.runs.length > runs.length && (
          <span className={styles.words}>
            {plural(place.runs.length - runs.length, 'further run')} not shown.
          </span>
        )}
        {remarks.map((remark) => (
          <span key={remark} className={styles.words}>
            <Icon name="info" size={12} /> {remark}
          </span>
        ))}
      </div>
      <div
        ref={setScroller}
        className={styles.scroller}
        data-scrolls
        role="grid"
        tabIndex={0}
        aria-label="Steps by runs"
        aria-rowcount={rows.length + 1}
        aria-colcount={runs.length + 1}
        aria-activedescendant={row < 0 ? headId(column) : cellId(row, column)}
        onKeyDown={onKeyDown}
      >
        <div
          role="row"
          aria-rowindex={1}
          className={styles.heads}
          style={{ height: HEAD_PX, width: width_px }}
        >
          <div role="columnheader" className={styles.corner}>
            Step
          </div>
          {runs.map((run, at) => (
            <div
              key={run.trace_id}
              id={headId(at)}
              role="columnheader"
              className={styles.head}
              data-reference={at === reference ? '' : undefined}
              data-current={row < 0 && column === at ? '' : undefined}
              title={`${visibleText(run.name)}\nId ${visibleText(run.key)}\n${at === reference ? 'The others are held against this run' : 'Hold the others against this run'}`}
              onClick={() => {
                holdAgainst(at);
              }}
            >
              <span className={styles.run}>
                <RunStatus trace={run} />
                <span className={styles.runName}>{visibleText(run.name) || 'unnamed'}</span>
                {at === reference && <span className={styles.reference}>Reference</span>}
              </span>
              <span className={styles.runFacts}>
                {formatDurationNs(run.duration_ns)} · {formatDateTime(run.start_unix_ms).slice(0, 19)}
              </span>
              <span className={styles.runFacts}>
                <span
                  className={styles.model}
                  data-differs={usual.has(run.model) ? undefined : ''}
                  title={usual.has(run.model) ? undefined : 'Most of these runs asked another model'}
                >
                  {run.model === null ? 'no model' : visibleText(run.model)}
                </span>
                <span className={styles.id}>{shortId(run.key)}</span>
              </span>
            </div>
          ))}
        </div>
        <div className={styles.body} style={{ height: shown * ROW_PX, width: width_px }} role="presentation">
          {drawn}
        </div>
        {rows.length > shown && <p className={styles.note}>{plural(rows.length - shown, 'further row')}.</p>}
      </div>
    </div>
  );
}

/** How many steps vary, and whether the run itself does, which is none of them. */
function varyingWords({ rows, left_out, left_out_varying }: RunMatrix): string {
  const steps = rows.filter(({ cells }) => !cells.some((cell) => cell?.span_id === ''));
  const varying = steps.filter(({ varies }) => varies).length + left_out_varying;
  const runVaries = rows.some((row) => row.varies && !steps.includes(row));
  const ofSteps = `${formatCount(varying)} of ${plural(steps.length + left_out, 'step')}`;
  if (runVaries) return varying === 0 ? 'Only the run itself varies.' : `The run itself and ${ofSteps} vary.`;
  return varying === 0 ? 'No step varies.' : `${ofSteps} ${varying === 1 ? 'varies' : 'vary'}.`;
}

/** What occurs most often; of several that occur equally often none stands out, and none is the odd one. */
function commonest<T>(values: readonly T[]): ReadonlySet<T> {
  const counts = new Map<T, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  const most = Math.max(0, ...counts.values());
  return new Set([...counts].filter(([, count]) => count === most).map(([value]) => value));
}

const headId = (column: number) => `matrix-head-${column}`;
const cellId = (row: number, column: number) => `matrix-${row}-${column}`;

function StepName({ step: { name: given, kind, depth, varies } }: { step: MatrixRow }) {
  const name = visibleText(given);
  return (
    <div role="rowheader" className={styles.name} title={name}>
      <span style={{ width: Math.min(depth, 12) * 12, flex: 'none' }} aria-hidden="true" />
      <KindIcon kind={kind} />
      <span className="visually-hidden">{KIND_WORDS[kind]}</span>
      <span className={styles.text}>{name || 'unnamed'}</span>
      {varies && (
        <span className={styles.varies} title="The runs differ in it in substance">
          <span aria-hidden="true">≠</span>
          <span className="visually-hidden">varies</span>
        </span>
      )}
    </div>
  );
}

const SIGNS: Record<SpanStatus, StatusWord> = {
  ok: 'success',
  unset: 'unset',
  error: 'failed',
  open: 'running',
};

interface CellProps {
  cell: MatrixCell | null;
  /** How it differs from the cell of the reference. */
  how: readonly string[];
  isOdd: boolean;
}

function Cell({ cell, how, isOdd }: CellProps) {
  if (cell === null)
    return (
      <span className={styles.absent}>
        {isOdd ? '− missing only here' : how.length > 0 ? '≠ not there' : 'not there'}
      </span>
    );
  const { status, duration_ns, tries } = cell;
  return (
    <>
      <StatusIcon status={SIGNS[status]} label={STATUS_WORDS[status]} />
      <span className={styles.duration}>{formatDurationNs(duration_ns)}</span>
      {tries > 1 && <span className={styles.tries}>{formatCount(tries)} tries</span>}
      {isOdd ? (
        <span className={styles.how}>+ only here</span>
      ) : (
        how.length > 0 && <span className={styles.how}>{howWords(how)}</span>
      )}
    </>
  );
}

/** The column of the one run of several that lacks a step which all others have, or has one that all others lack; -1 for none. */
function oddOneOut(cells: readonly (MatrixCell | null)[]): number {
  if (cells.length < 3) return -1;
  const without = cells.filter((cell) => cell === null).length;
  if (without === 1) return cells.indexOf(null);
  return without === cells.length - 1 ? cells.findIndex((cell) => cell !== null) : -1;
}

const HOW: [bit: number, word: string][] = [
  [4, 'status'],
  [256, 'error'],
  [1, 'name'],
  [32, 'answer'],
  [8, 'input'],
  [128, 'tries'],
  [2, 'model'],
];

/** By what a cell differs from that of the reference, in words. */
function howAll(cell: MatrixCell | null, base: MatrixCell | null): string[] {
  if (cell === null || base === null) return cell === base ? [] : [cell === null ? 'not there' : 'added'];
  return HOW.flatMap(([bit, word]) => ((cell.difference & bit) !== 0 ? [word] : []));
}

/** The same in a word, and how much else. */
function howWords([first = '', ...others]: readonly string[]): string {
  return `≠ ${first}${others.length > 0 ? ` +${others.length}` : ''}`;
}

const oddTitle = (cell: MatrixCell | null) =>
  cell === null ? 'All other runs have this step' : 'No other run has this step';

/** All by which a cell differs, and where it leads. */
function cellTitle(
  cell: MatrixCell | null,
  base: MatrixCell | null,
  how: readonly string[],
  isReference: boolean,
): string {
  if (isReference) return cell === null ? 'The reference lacks this step' : 'Open it in its run';
  if (cell === null) return how.length > 0 ? 'The reference has this step, this run does not' : '';
  if (base === null) return 'This run has this step, the reference does not\nCompare with the reference';
  const words = how.length > 0 ? `Differs from the reference in ${how.join(', ')}\n` : '';
  return `${words}Compare with the reference`;
}

function leftOutWords(leftOut: number, varying: number): string {
  const rows = plural(leftOut, 'further row');
  return varying > 0
    ? `${rows} not listed, ${formatCount(varying)} of which vary.`
    : `${rows} not listed, in which nothing varies.`;
}
