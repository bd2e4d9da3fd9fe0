// A value as a tree that unfolds. Children are made when they are asked for, a page at a time, so that a value of many
// megabytes costs no more than what is on screen. Strings that hold JSON unfold too, and say that they are strings.
import { useMemo, useState } from 'react';
import type { JsonValue } from '../backend/bindings';
import {
  type Branch,
  entriesOf,
  fitsInLine,
  isBranch,
  jsonInside,
  preview,
  sizeOf,
  sizeWords,
  textOf,
  hasMoreNodes,
} from '../domain/json';
import { formatCount } from '../domain/format';
import { visibleText } from '../domain/visibleText';
import { Icon } from './icons';
import styles from './JsonView.module.css';
import { JsonTree } from './JsonTree';
import { LongText } from './LongText';
import { useCutText } from './LongTexts';

interface JsonViewProps {
  value: JsonValue;
  /** Levels that are unfolded at first. */
  levels?: number;
  /** Whether the outermost level shows its entries alone, without a line that folds them. */
  bare?: boolean;
}

const PAGE = 100;
const LINE = 56;
/** Deeper levels of a value with more entries than this begin folded. */
const FEW = 24;

/** A value of more parts than this is shown as a list of lines, of which only those on screen are drawn. */
const MOST_DRAWN_NODES = 2_000;

export function JsonView({ value, levels = 2, bare = false }: JsonViewProps) {
  const isLarge = useMemo(() => isBranch(value) && hasMoreNodes(value, MOST_DRAWN_NODES), [value]);
  if (isLarge && isBranch(value)) return <JsonTree value={value} />;
  if (bare && isBranch(value) && sizeOf(value) > 0) {
    return (
      <div className={styles.view}>
        <Entries branch={value} levels={levels - 1} />
      </div>
    );
  }
  return (
    <div className={styles.view}>
      <Node name={null} value={value} levels={levels} />
    </div>
  );
}

interface NodeProps {
  name: string | null;
  value: JsonValue;
  levels: number;
}

function Node({ name, value, levels }: NodeProps) {
  const inside = typeof value === 'string' ? jsonInside(value) : null;
  const branch = isBranch(value) ? value : inside;
  if (!branch) return <Leaf name={name} value={value} />;
  return <BranchNode name={name} value={value} branch={branch} wasText={inside !== null} levels={levels} />;
}

interface BranchProps extends NodeProps {
  branch: Branch;
  wasText: boolean;
}

function BranchNode({ name, value, branch, wasText, levels }: BranchProps) {
  const size = sizeOf(branch);
  const startsOpen = name === null || (levels > 0 && size <= FEW && !fitsInLine(branch, LINE));
  const [open, setOpen] = useState(startsOpen);
  if (size === 0 && !wasText) return <Leaf name={name} value={value} />;
  return (
    <div>
      <div className={styles.line}>
        <button
          type="button"
          className={styles.toggle}
          aria-expanded={open}
          onClick={() => {
            setOpen(!open);
          }}
        >
          <span className={`${styles.chevron} ${open ? styles.open : ''}`}>
            <Icon name="next" size={10} />
          </span>
          {name !== null && <span className={styles.key}>{visibleText(name)}</span>}
          <span className={styles.summary}>
            {open ? sizeWords(branch) : visibleText(preview(branch, 90))}
          </span>
          {wasText && (
            <span
              className={styles.mark}
              title="This value was a string that holds JSON; it is unfolded here."
            >
              from text
            </span>
          )}
        </button>
        <Copy value={value} />
      </div>
      {open && (
        <div className={styles.children}>
          <Entries branch={branch} levels={levels - 1} />
        </div>
      )}
    </div>
  );
}

/** A page of entries, and the offer of more. */
function Entries({ branch, levels }: { branch: Branch; levels: number }) {
  const [shown, setShown] = useState(PAGE);
  const left = sizeOf(branch) - shown;
  return (
    <>
      {entriesOf(branch, shown).map(([key, each]) => (
        <Node key={key} name={key} value={each} levels={levels} />
      ))}
      {left > 0 && (
        <button
          type="button"
          className={styles.more}
          onClick={() => {
            setShown(shown + 10 * PAGE);
          }}
        >
          Show more ({formatCount(left)} left)
        </button>
      )}
    </>
  );
}

function Leaf({ name, value }: { name: string | null; value: JsonValue }) {
  const isCut = useCutText(name ?? '') !== null;
  const isMark = useCutText(typeof value === 'string' ? value : '')?.start === '';
  // The last line of an object or list that was cut, which says so itself.
  if (isCut || isMark) {
    return (
      <div className={`${styles.leaf} ${styles.block}`}>
        <LongText mono text={isCut ? (name ?? '') : String(value)} />
      </div>
    );
  }
  const block = typeof value === 'string' && (value.includes('\n') || value.length > 200);
  return (
    <div className={`${styles.leaf} ${block ? styles.block : ''}`}>
      {name !== null && <span className={styles.key}>{visibleText(name)}</span>}
      {typeof value === 'string' ? (
        <span className={`${styles.string} ${block ? '' : styles.quoted}`}>
          {value === '' ? <i className={styles.nothing}>empty text</i> : <LongText text={value} most={600} />}
        </span>
      ) : (
        <span className={typeof value === 'number' ? styles.number : styles.word}>
          {isBranch(value) ? (Array.isArray(value) ? '[]' : '{}') : String(value)}
        </span>
      )}
      <Copy value={value} />
    </div>
  );
}

/** Shown under the pointer only; a tree may have a thousand of them, so it is as light as can be. */
function Copy({ value }: { value: JsonValue }) {
  const [done, setDone] = useState<boolean | null>(null);
  const words = done === null ? 'Copy value' : done ? 'Copied' : 'Copying failed';
  return (
    <button
      type="button"
      className={styles.copy}
      title={words}
      aria-label={words}
      onClick={() => {
        navigator.clipboard.writeText(textOf(value)).then(
          () => {
            setDone(true);
          },
          () => {
            setDone(false);
          },
        );
      }}
      onPointerLeave={() => {
        setDone(null);
      }}
    >
      <Icon name={done === null ? 'copy' : done ? 'check' : 'warning'} size={12} />
    </button>
  );
}
