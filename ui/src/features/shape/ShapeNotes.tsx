// What is odd about where the selected step stands, in sentences: its parent, its times, its id.
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useBackend } from '../../backend';
import { Icon } from '../../components/icons';
import { at } from '../../domain/columns';
import { formatCount, formatDateTime, formatDurationNs } from '../../domain/format';
import { nameOf, standingOf, type StepTree } from '../../domain/stepTree';
import { flagWords, SHAPE_FLAGS } from '../../domain/words';
import { traceShapeQuery } from '../../queries/shape';
import styles from './ShapeNotes.module.css';

const CYCLE = 16;
const ORPHAN = 8;
const ADJUSTED = 4096;

interface ShapeNotesProps {
  traceId: number;
  tree: StepTree;
  row: number;
  /** What the source gives for the step, where that has been read: the id of its parent, and when it began. */
  parentId: string | null;
  recorded_unix_ms: number | null;
  onGo: (spanId: string) => void;
}

export function ShapeNotes({ traceId, tree, row, parentId, recorded_unix_ms, onGo }: ShapeNotesProps) {
  const flags = at(tree.flags, row) & SHAPE_FLAGS;
  const isLost = standingOf(tree, row) === 'lost' && at(tree.duration_ns, row) < 0;
  if (flags === 0 && !isLost) return null;
  return (
    <ul className={styles.notes} aria-label="What is odd about this step">
      {flagWords(flags & ~(CYCLE | ORPHAN | ADJUSTED)).map(({ word, meaning }) => (
        <Note key={word}>{meaning}</Note>
      ))}
      {(flags & ORPHAN) !== 0 && (
        <Note>
          It names a parent that is not in the trace{parentId !== null && ': '}
          {parentId !== null && <code>{parentId}</code>}. That one was not exported, sampled out, or is still
          to come.
        </Note>
      )}
      {(flags & CYCLE) !== 0 && (
        <Note>
          <Cycle traceId={traceId} tree={tree} row={row} onGo={onGo} />
        </Note>
      )}
      {(flags & ADJUSTED) !== 0 && <Note>{adjustedText(tree, row, recorded_unix_ms)}</Note>}
      {isLost && <Note>It was begun, and its end was never told: what was read stops before it.</Note>}
    </ul>
  );
}

function Note({ children }: { children: ReactNode }) {
  return (
    <li className={styles.note}>
      <Icon name="warning" size={14} />
      <span>{children}</span>
    </li>
  );
}

/** `Shifted by +120 ms; recorded 12:00:01.120.` */
function adjustedText(tree: StepTree, row: number, recorded_unix_ms: number | null): string {
  if (recorded_unix_ms === null || tree.start_unix_ms === null) return 'Shifted, since clocks disagree.';
  const shift_ns = (tree.start_unix_ms - recorded_unix_ms) * 1e6 + at(tree.start_ns, row);
  const by = `${shift_ns < 0 ? '−' : '+'}${formatDurationNs(Math.abs(shift_ns))}`;
  return `Shifted by ${by}, since clocks disagree; recorded ${formatDateTime(recorded_unix_ms).slice(11)}.`;
}

/** The steps that are each other's parents, as ways to them. */
function Cycle({ traceId, tree, row, onGo }: Pick<ShapeNotesProps, 'traceId' | 'tree' | 'row' | 'onGo'>) {
  const { data } = useQuery(traceShapeQuery(useBackend(), traceId));
  const cycle = data?.cycles.find(({ span_ids }) => span_ids[0] === tree.spanId.get(row));
  if (!cycle) return 'It was its own ancestor; the loop of parents was cut here.';
  const [first = '', ...rest] = cycle.span_ids;
  if (cycle.total === 1) return 'It names itself as its parent; it is shown as a root.';
  const more = cycle.total - cycle.span_ids.length;
  return (
    <>
      A loop of parents was cut here. Each of these names the next as its parent, and the last this one:{' '}
      {[first, ...rest].map((spanId, index) => (
        <span key={spanId}>
          {index > 0 && ' → '}
          <button
            type="button"
            className={styles.step}
            title={spanId}
            onClick={() => {
              onGo(spanId);
            }}
          >
            {nameOf(tree, tree.rowById.get(spanId) ?? -1) || spanId}
          </button>
        </span>
      ))}
      {more > 0 && ` → … ${formatCount(more)} more`}
    </>
  );
}
