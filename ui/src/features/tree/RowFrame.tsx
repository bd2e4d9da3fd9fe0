// What rows of the tree have in common, be they steps or operations: where they stand, the chevron, and what a click does.
import type { ReactNode } from 'react';
import { Icon } from '../../components/icons';
import { formatCount } from '../../domain/format';
import { PHASE_WORDS, type Phase } from '../../domain/replayState';
import styles from './Tree.module.css';

/** The id of a row's element, for `aria-activedescendant`. */
export const rowElementId = (row: number) => `step-${row}`;

const INDENT_PX = 14;
/** Deeper rows are not indented further; they say their depth instead. */
const DEEPEST_INDENT = 8;

export interface RowFrameProps {
  row: number;
  /** Its line. */
  index: number;
  row_px: number;
  /** Rows that it stands under. */
  level: number;
  /** Steps that it holds. */
  below: number;
  open: boolean;
  /** Has no tokens and no cost to show: its name has their room. */
  wide: boolean;
  selected: boolean;
  /** Whether a search has found it; `null` while nothing is searched for. */
  match: boolean | null;
  /** How far it has come in a replay; `null` while nothing is replayed. */
  phase: Phase | null;
  onSelect: (row: number) => void;
  onToggle: (row: number, all: boolean) => void;
  /** What stands in the first cell … */
  name: ReactNode;
  /** … and the other cells. */
  children: ReactNode;
}

export function RowFrame(props: RowFrameProps) {
  const { row, index, row_px, level, below, open, wide, selected, match, phase } = props;
  const { onSelect, onToggle } = props;
  const classes = [
    styles.row,
    wide && styles.wide,
    match === false && styles.dim,
    match === true && styles.match,
  ];
  return (
    <div
      id={rowElementId(row)}
      role="row"
      className={classes.filter(Boolean).join(' ')}
      style={{ transform: `translateY(${index * row_px}px)`, height: row_px }}
      aria-level={level + 1}
      aria-rowindex={index + 2}
      aria-selected={selected}
      data-phase={phase ?? undefined}
      {...(below > 0 ? { 'aria-expanded': open } : {})}
      onClick={() => {
        onSelect(row);
      }}
      onDoubleClick={() => {
        onToggle(row, false);
      }}
    >
      <div role="gridcell" className={styles.name}>
        <span
          className={styles.indent}
          style={{ width: Math.min(level, DEEPEST_INDENT) * INDENT_PX }}
          aria-hidden="true"
        />
        {level > DEEPEST_INDENT && (
          <span className={styles.depth} title={`Depth ${level}`}>
            {level}
          </span>
        )}
        {below > 0 ? (
          <span
            className={`${styles.chevron} ${open ? styles.open : ''}`}
            title={open ? 'Collapse (Shift: all below)' : `Expand ${formatCount(below)} below`}
            onClick={(event) => {
              event.stopPropagation();
              onToggle(row, event.shiftKey);
            }}
            onDoubleClick={(event) => {
              event.stopPropagation();
            }}
          >
            <Icon name="next" size={12} />
          </span>
        ) : (
          <span className={styles.chevron} />
        )}
        {phase !== null && (
          <span className={styles.phase} title={PHASE_WORDS[phase].word}>
            <span aria-hidden="true">{PHASE_WORDS[phase].sign}</span>
            <span className="visually-hidden">{PHASE_WORDS[phase].word}</span>
          </span>
        )}
        {props.name}
      </div>
      {props.children}
    </div>
  );
}
