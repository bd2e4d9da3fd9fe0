// A value of very many parts as a tree of lines, all equally high, of which only those on screen are drawn. What does not fit
// into its line is shown below the tree when its line is chosen.
import { useCallback, useId, useMemo, useState, type KeyboardEvent } from 'react';
import { isBranch, preview, sizeWords, textOf, type Branch } from '../domain/json';
import { linesOf, parentOf, toggled, type JsonLine } from '../domain/jsonLines';
import { plural } from '../domain/format';
import { visibleText } from '../domain/visibleText';
import { CopyButton } from './CopyButton';
import { Icon } from './icons';
import { TextWithMasks } from './TextWithMasks';
import styles from './JsonTree.module.css';
import { LongText } from './LongText';
import { useCutText } from './LongTexts';
import { scrollRowsTo, useRowWindow } from './rowWindow';

const ROW_PX = 20;
/** A line shows no more of a value than fits on a wide screen. */
const MOST_SHOWN = 300;

export function JsonTree({ value }: { value: Branch }) {
  const id = useId();
  const [lines, setLines] = useState(() => linesOf(value));
  const [shownValue, setShownValue] = useState(value);
  const [chosen, setChosen] = useState(0);
  const [scroller, setScroller] = useState<HTMLElement | null>(null);
  // Another value begins anew; the same one, read again, would too, and is the same object (structural sharing).
  if (shownValue !== value) {
    setShownValue(value);
    setLines(linesOf(value));
    setChosen(0);
  }
  const { first, end } = useRowWindow(scroller, lines.length, ROW_PX, 0);
  const line = lines[chosen];

  const choose = useCallback(
    (index: number, count: number) => {
      const next = Math.max(0, Math.min(count - 1, index));
      setChosen(next);
      if (!scroller) return;
      const top_px = next * ROW_PX;
      if (top_px < scroller.scrollTop) scrollRowsTo(scroller, top_px);
      else if (top_px + ROW_PX > scroller.scrollTop + scroller.clientHeight)
        scrollRowsTo(scroller, top_px + ROW_PX - scroller.clientHeight);
    },
    [scroller],
  );
  const toggle = (index: number) => {
    setLines((now) => toggled(now, index));
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const page = Math.max(1, Math.floor((scroller?.clientHeight ?? 0) / ROW_PX) - 1);
    const moves: Record<string, number> = {
      ArrowDown: chosen + 1,
      ArrowUp: chosen - 1,
      PageDown: chosen + page,
      PageUp: chosen - page,
      Home: 0,
      End: lines.length - 1,
    };
    const to = moves[event.key];
    if (to !== undefined) choose(to, lines.length);
    else if (event.key === 'ArrowRight' && line?.branch) {
      if (line.isOpen) choose(chosen + 1, lines.length);
      else toggle(chosen);
    } else if (event.key === 'ArrowLeft') {
      if (line?.isOpen) toggle(chosen);
      else choose(parentOf(lines, chosen), lines.length);
    } else if ((event.key === 'Enter' || event.key === ' ') && line?.branch) toggle(chosen);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };

  return (
    <div className={styles.frame}>
      <div
        ref={setScroller}
        className={styles.scroller}
        style={{ height: `min(${lines.length * ROW_PX + 8}px, 50vh)` }}
        role="tree"
        aria-label="Value"
        tabIndex={0}
        aria-activedescendant={`${id}${chosen}`}
        onKeyDown={onKeyDown}
      >
        <div className={styles.sheet} style={{ height: lines.length * ROW_PX }} role="presentation">
          <div
            className={styles.rows}
            style={{ transform: `translateY(${first * ROW_PX}px)` }}
            role="presentation"
          >
            {lines.slice(first, end).map((each, offset) => (
              <Line
                key={first + offset}
                id={`${id}${first + offset}`}
                line={each}
                isChosen={first + offset === chosen}
                onChoose={() => {
                  setChosen(first + offset);
                  scroller?.focus({ preventScroll: true });
                }}
                onToggle={() => {
                  toggle(first + offset);
                }}
              />
            ))}
          </div>
        </div>
      </div>
      <div className={styles.foot}>
        <span>{plural(lines.length, 'line')} unfolded</span>
        {line && <CopyButton text={() => textOf(line.value)} label="Copy the chosen value" />}
      </div>
      {line && <Chosen line={line} />}
    </div>
  );
}

interface LineProps {
  id: string;
  line: JsonLine;
  isChosen: boolean;
  onChoose: () => void;
  onToggle: () => void;
}

function Line({ id, line, isChosen, onChoose, onToggle }: LineProps) {
  const { name, value, branch, wasText, depth, isOpen } = line;
  const isCut = useCutText(name ?? '') !== null;
  return (
    <div
      id={id}
      role="treeitem"
      aria-level={depth + 1}
      aria-selected={isChosen}
      {...(branch ? { 'aria-expanded': isOpen } : {})}
      className={`${styles.line} ${isChosen ? styles.chosen : ''}`}
      style={{ paddingLeft: 4 + depth * 14 }}
      onClick={() => {
        onChoose();
        if (branch) onToggle();
      }}
    >
      <span className={`${styles.chevron} ${isOpen ? styles.open : ''}`}>
        {branch && <Icon name="next" size={10} />}
      </span>
      {name !== null && (
        <span className={styles.key}>{isCut ? 'cut here' : visibleText(name.slice(0, 200))}</span>
      )}
      <span className={branch ? styles.summary : typeof value === 'number' ? styles.number : styles.value}>
        {branch && isOpen ? sizeWords(branch) : <TextWithMasks text={shownValueOf(value, branch)} />}
      </span>
      {wasText && <span className={styles.mark}>from text</span>}
    </div>
  );
}

function shownValueOf(value: JsonLine['value'], branch: Branch | null): string {
  if (branch) return preview(branch, 120);
  return typeof value === 'string' ? JSON.stringify(value.slice(0, MOST_SHOWN)) : String(value);
}

/** A text that is longer than its line, or an end that was cut. */
function Chosen({ line: { name, value, branch } }: { line: JsonLine }) {
  const isCut = useCutText(name ?? '') !== null;
  const text = isCut ? (name ?? '') : typeof value === 'string' && branch === null ? value : '';
  const isCutText = useCutText(text) !== null;
  const isLong = useMemo(() => text.length > 60 || text.includes('\n'), [text]);
  if (!(isLong || isCutText) || isBranch(value)) return null;
  return (
    <div className={styles.text}>
      <LongText key={text.length} mono text={text} most={600} label="the chosen text" />
    </div>
  );
}
