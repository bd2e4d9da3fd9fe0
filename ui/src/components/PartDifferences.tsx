// What differs between two steps, part by part, as the engine found it: side by side, or one below the other.
import { Fragment } from 'react';
import type { DiffLine, DiffPiece, PartDifference } from '../backend/bindings';
import { plural } from '../domain/format';
import { visibleText } from '../domain/visibleText';
import { Icon } from './icons';
import styles from './PartDifferences.module.css';

/** What the two sides are called: `only in A`. */
interface SideNames {
  a: string;
  b: string;
}

interface PartDifferencesProps {
  /** Whether what went and what came stand one below the other. */
  unified: boolean;
  names: SideNames;
}

export function PartDifferences({
  parts,
  ...rest
}: PartDifferencesProps & { parts: readonly PartDifference[] }) {
  return parts.map((part, index) => <Part key={`${index} ${part.title}`} part={part} {...rest} />);
}

function Part({ part, unified, names }: PartDifferencesProps & { part: PartDifference }) {
  const { title, is_same, lines, remark } = part;
  return (
    <details className={styles.part} open={!is_same}>
      <summary>
        <span className={styles.title}>{visibleText(title)}</span>
        <span className={styles.same}>{is_same ? 'the same' : countsOf(lines, names)}</span>
      </summary>
      {remark !== null && (
        <p className={styles.remark}>
          <Icon name="info" size={12} /> {visibleText(remark)}
        </p>
      )}
      {lines.length > 0 && (
        <div
          className={styles.sheet}
          tabIndex={0}
          role="region"
          aria-label={`${visibleText(title)}: differences`}
        >
          <table className={styles.lines} data-unified={unified ? '' : undefined}>
            <colgroup>
              {(unified ? ['a'] : ['a', 'b']).map((side) => (
                <Fragment key={side}>
                  <col className={styles.signs} />
                  <col />
                </Fragment>
              ))}
            </colgroup>
            <tbody>
              {lines.map((line, index) => (
                <Line key={index} line={line} unified={unified} names={names} />
              ))}
            </tbody>
          </table>
        </div>
      )}
      {lines.length === 0 && is_same && <p className={styles.nothing}>Nothing in it differs.</p>}
    </details>
  );
}

function countsOf(lines: readonly DiffLine[], { a, b }: SideNames): string {
  const of = (change: DiffLine['change']) => lines.filter((line) => line.change === change).length;
  const counts = [
    [of('changed'), 'changed'],
    [of('removed'), `only in ${a}`],
    [of('added'), `only in ${b}`],
  ] as const;
  return counts.flatMap(([count, word]) => (count > 0 ? [`${count} ${word}`] : [])).join(', ');
}

function Line({ line, unified, names }: { line: DiffLine; unified: boolean; names: SideNames }) {
  const { change, skipped, a, b } = line;
  if (skipped > 0) {
    return (
      <tr className={styles.skipped}>
        <td colSpan={unified ? 2 : 4}>⋯ {plural(skipped, 'line')} the same, not shown</td>
      </tr>
    );
  }
  if (!unified) {
    return (
      <tr data-change={change}>
        <Half pieces={a} side={change === 'same' ? null : 'a'} names={names} />
        <Half pieces={b} side={change === 'same' ? null : 'b'} names={names} />
      </tr>
    );
  }
  if (change === 'same') {
    return (
      <tr>
        <Half pieces={b ?? a} side={null} names={names} />
      </tr>
    );
  }
  return (
    <>
      {a !== null && (
        <tr data-change={change}>
          <Half pieces={a} side="a" names={names} />
        </tr>
      )}
      {b !== null && (
        <tr data-change={change}>
          <Half pieces={b} side="b" names={names} />
        </tr>
      )}
    </>
  );
}

interface HalfProps {
  pieces: readonly DiffPiece[] | null;
  /** Which side it is of; `null` where both have it. */
  side: 'a' | 'b' | null;
  names: SideNames;
}

/** One side of a line: its sign, and its text with what the other side does not have marked. */
function Half({ pieces, side, names }: HalfProps) {
  if (pieces === null) return <td className={styles.empty} colSpan={2} />;
  return (
    <>
      <td className={styles.sign} data-side={side ?? undefined}>
        {side !== null && (
          <>
            <span aria-hidden="true">{side === 'a' ? '−' : '+'}</span>
            <span className="visually-hidden">in {names[side]}</span>
          </>
        )}
      </td>
      <td className={styles.text} data-side={side ?? undefined}>
        {pieces.map(({ text, differs }, index) =>
          differs ? (
            <mark key={index}>{visibleText(text)}</mark>
          ) : (
            <span key={index}>{visibleText(text)}</span>
          ),
        )}
      </td>
    </>
  );
}
