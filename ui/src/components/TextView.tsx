// A text of any length in a box of its own: only the rows on screen are drawn, and all of it can be searched, copied and
// saved. Rows and places are found in slices between frames, or come from the store; nobody waits for them.
import {
  useEffect,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
  type CSSProperties,
  type KeyboardEvent,
} from 'react';
import { formatCount, plural } from '../domain/format';
import { markedParts } from '../domain/marks';
import { MOST_PLACES } from '../domain/textFind';
import {
  TOO_LONG_TO_COPY,
  type ShownRow,
  type SourcePlaces,
  type TextSource,
  type Work,
} from '../domain/textSource';
import { visibleText } from '../domain/visibleText';
import { IconButton } from './Button';
import { CopyButton } from './CopyButton';
import { Icon } from './icons';
import { SaveButton, type Saveable } from './SaveButton';
import { TextWithMasks } from './TextWithMasks';
import styles from './TextView.module.css';

interface TextViewProps {
  source: TextSource;
  /** What Save writes. */
  saves: Saveable;
  /** What it is, for the screen reader. */
  label: string;
  /** The number of its first line. */
  first_line?: number;
  /** Whether the keyboard goes to it once it is there, for the person has just asked for it. */
  takesFocus?: boolean;
}

const ROW_PX = 18;
const SPARE_ROWS = 10;
/** The box is no lower. */
const LEAST_ROWS = 4;
/** Its bar and its foot, and some space around it. */
const AROUND_PX = 84;
/** Browsers draw no element that is higher; beyond it the scrollbar stands for more than it measures. */
const HIGHEST_PX = 30_000_000;
const SLICE_MS = 8;
/** Where nothing is laid out. */
const USUAL_COLUMNS = 100;

export default function TextView({
  source,
  saves,
  label,
  first_line = 1,
  takesFocus = false,
}: TextViewProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const field = useRef<HTMLInputElement>(null);
  const [columns, setColumns] = useState(USUAL_COLUMNS);
  const [view, setView] = useState({ top_px: 0, height_px: 400 });
  const [wanted, setWanted] = useState('');
  const [current, setCurrent] = useState<number | null>(null);
  /** How often a place was gone to; the same one may be, again. */
  const [goings, setGoings] = useState(0);
  /** A step that was asked for before any place was found. */
  const waiting = useRef<number | null>(null);
  const rows = useMemo(() => source.rows(columns), [source, columns]);
  const find = useMemo(() => source.find(wanted), [source, wanted]);
  const [, setComings] = useState(0);
  useSlices(rows);
  useSlices(find);
  useEffect(
    () =>
      rows.subscribe(() => {
        setComings((comings) => comings + 1);
      }),
    [rows],
  );

  useEffect(() => {
    if (takesFocus) scroller.current?.focus();
  }, [takesFocus]);

  useLayoutEffect(() => {
    const element = scroller.current;
    if (!element) return;
    const measure = () => {
      const letter = element.querySelector<HTMLElement>('[data-measure]')?.getBoundingClientRect();
      const width_px = element.clientWidth - (letter?.left ?? 0) + element.getBoundingClientRect().left;
      if (letter && letter.width > 0)
        setColumns(Math.max(20, Math.floor((width_px / letter.width) * 10) - 1));
      if (element.clientHeight > 0) setView((last) => ({ ...last, height_px: element.clientHeight }));
    };
    measure();
    const resized = new ResizeObserver(measure);
    resized.observe(element);
    return () => {
      resized.disconnect();
    };
  }, []);

  const whole_px = rows.count * ROW_PX;
  const high_px = Math.min(whole_px, HIGHEST_PX);
  const scale = high_px > view.height_px ? (whole_px - view.height_px) / (high_px - view.height_px) : 1;
  const top_px = view.top_px * scale;
  const first = Math.max(0, Math.floor(top_px / ROW_PX) - SPARE_ROWS);
  const end = Math.min(rows.count, Math.ceil((top_px + view.height_px) / ROW_PX) + SPARE_ROWS);

  useEffect(() => {
    rows.want(first, end);
  }, [rows, first, end]);

  /** A row that was gone to and has to come into view yet. */
  const showing = useRef<number | null>(null);
  // Where the place stands at which one is: anew when rows are broken elsewhere, for then it stands in another one.
  const target = useRef<number | null>(null);
  const place = current === null ? undefined : find.places[current];
  useEffect(() => {
    if (place === undefined) return;
    let isWanted = true;
    const show = (row: number) => {
      if (!isWanted) return;
      target.current = row;
      setComings((comings) => comings + 1);
    };
    const row = rows.rowAt(place);
    if (typeof row === 'number') show(row);
    // Why it could not be got, the rows say.
    else row.then(show, () => undefined);
    return () => {
      isWanted = false;
    };
  }, [rows, place, goings]);
  // Once there are as many rows as it takes to get there.
  useLayoutEffect(() => {
    const element = scroller.current;
    const row = target.current;
    if (!element || row === null || row >= rows.count) return;
    target.current = null;
    const target_px = row * ROW_PX;
    if (target_px < top_px || target_px + ROW_PX > top_px + view.height_px)
      element.scrollTop = Math.max(0, target_px - view.height_px / 3) / scale;
    showing.current = row;
  });
  // The box may itself reach out of what scrolls around it.
  useLayoutEffect(() => {
    if (showing.current === null) return;
    const shown = scroller.current?.querySelector(`[data-row="${showing.current}"]`);
    if (!shown) return;
    showing.current = null;
    shown.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  });
  const goTo = (index: number) => {
    if (find.places[index] === undefined) return;
    setCurrent(index);
    setGoings(goings + 1);
  };
  const step = (by: number) => {
    const { length } = find.places;
    if (length === 0) {
      if (!find.isComplete) waiting.current = by;
      return;
    }
    const top = rows.row(Math.min(rows.count - 1, Math.floor(top_px / ROW_PX)));
    goTo(current === null ? find.after(top?.from ?? 0) : (current + by + length) % length);
  };
  useEffect(() => {
    const by = waiting.current;
    if (by === null || find.places.length === 0) return;
    waiting.current = null;
    step(by);
  });
  const onKeyDown = (event: KeyboardEvent) => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'f') {
      event.preventDefault();
      event.stopPropagation();
      field.current?.focus();
      field.current?.select();
    }
  };
  // From the length, not from the lines found so far: the text must not move while they are found.
  const digits = Math.max(3, String(first_line + rows.most_lines).length);
  return (
    <div className={styles.view} role="group" aria-label={label} onKeyDown={onKeyDown}>
      <div className={styles.bar}>
        <label className={styles.find}>
          <Icon name="search" size={12} />
          <input
            ref={field}
            value={wanted}
            placeholder="Find in this text"
            aria-label={`Find in ${label}`}
            spellCheck={false}
            onChange={(event) => {
              setWanted(event.target.value);
              setCurrent(null);
              waiting.current = null;
            }}
            onKeyDown={(event) => {
              if (event.key === 'Enter') {
                event.preventDefault();
                step(event.shiftKey ? -1 : 1);
              } else if (event.key === 'Escape') {
                event.preventDefault();
                event.stopPropagation();
                setWanted('');
                setCurrent(null);
                scroller.current?.focus();
              }
            }}
          />
        </label>
        {wanted !== '' && (
          <span className={styles.count} role="status">
            {countWords(find, current)}
          </span>
        )}
        <IconButton
          size="small"
          icon="up"
          label="Previous place"
          disabled={find.places.length === 0}
          onClick={() => {
            step(-1);
          }}
        />
        <IconButton
          size="small"
          icon="down"
          label="Next place"
          disabled={find.places.length === 0}
          onClick={() => {
            step(1);
          }}
        />
        {source.copy ? (
          <CopyButton text={source.copy} label="Copy all" />
        ) : (
          <IconButton size="small" icon="copy" label={TOO_LONG_TO_COPY} aria-disabled="true" />
        )}
        <SaveButton saves={saves} />
      </div>
      <div
        ref={scroller}
        className={styles.scroller}
        // So high as its rows, up to a limit: it fits, with its bar and foot, into what scrolls around it.
        style={{
          height: `min(${Math.max(2, rows.count) * ROW_PX + 10}px, 60vh, max(${LEAST_ROWS * ROW_PX}px, 100cqh - ${AROUND_PX}px))`,
        }}
        tabIndex={0}
        role="region"
        aria-label={`${label}: text`}
        onScroll={(event) => {
          const { scrollTop, clientHeight } = event.currentTarget;
          setView({ top_px: scrollTop, height_px: clientHeight || view.height_px });
        }}
        onKeyDown={(event) => {
          if (!/^(Arrow|Page|Home|End| )/.test(event.key)) return;
          event.stopPropagation();
          // What is scrolled is seen, also where the box reaches out of what scrolls around it.
          event.currentTarget.scrollIntoView({ block: 'nearest' });
        }}
      >
        <div className={styles.sheet} style={{ height: high_px, '--digits': `${digits}ch` } as CSSProperties}>
          <span className={styles.measure} data-measure aria-hidden="true">
            0000000000
          </span>
          <div
            className={styles.rows}
            style={{ transform: `translateY(${view.top_px - top_px + first * ROW_PX}px)` }}
          >
            {Array.from({ length: end - first }, (_, index) => {
              const row = rows.row(first + index);
              return (
                <div key={first + index} data-row={first + index} className={styles.row}>
                  <span className={styles.number} aria-hidden="true">
                    {row === null ? '…' : row.continues ? '' : first_line + row.line - 1}
                  </span>
                  {row && <RowText row={row} find={find} current={place} />}
                </div>
              );
            })}
          </div>
        </div>
      </div>
      <div className={styles.foot}>
        {rows.failure !== null ? (
          <span role="alert">{rows.failure}</span>
        ) : rows.isComplete ? (
          `${source.size} · ${plural(rows.lines, 'line')}`
        ) : (
          `${source.size} · ${formatCount(rows.lines)} lines so far`
        )}
      </div>
    </div>
  );
}

interface RowTextProps {
  row: ShownRow;
  find: SourcePlaces;
  /** Where the place begins that one stands at. */
  current: number | undefined;
}

function RowText({ row, find, current }: RowTextProps) {
  const places = find.within(row.from, row.to);
  const shown = row.text;
  if (places.length === 0) {
    return (
      <span>
        <TextWithMasks text={shown} />
      </span>
    );
  }
  const marks = places.map(([from, to]): [number, number] => [row.indexOf(from), row.indexOf(to)]);
  const isCurrent = places.some(([from, to]) => current !== undefined && from <= current && current < to);
  return (
    <span className={isCurrent ? styles.current : undefined}>
      {markedParts(shown, marks, Infinity).map((part, index) =>
        part.isMarked ? (
          <mark key={index} className={styles.mark}>
            {visibleText(part.text)}
          </mark>
        ) : (
          <span key={index}>{visibleText(part.text)}</span>
        ),
      )}
    </span>
  );
}

function countWords(find: SourcePlaces, current: number | null): string {
  const { length } = find.places;
  const many = length === MOST_PLACES ? `over ${formatCount(length)}` : formatCount(length);
  const looked = `${Math.floor(find.share * 100)}% looked through`;
  if (length === 0) return find.isComplete ? 'not found' : looked;
  const so = find.isComplete ? many : `${many} so far, ${looked}`;
  return current === null ? so : `${formatCount(current + 1)} of ${so}`;
}

/** Does a piece of work in slices of a few milliseconds until it is complete, and draws anew as it goes on. */
function useSlices(work: Work) {
  const [, setSlices] = useState(0);
  useEffect(() => {
    if (work.isComplete) return;
    let timer: ReturnType<typeof setTimeout>;
    let isWanted = true;
    const slice = async () => {
      const stop_ms = performance.now() + SLICE_MS;
      do {
        const more = work.step();
        if (more) await more;
        if (!isWanted) return;
      } while (!work.isComplete && performance.now() < stop_ms);
      setSlices((slices) => slices + 1);
      if (!work.isComplete) timer = setTimeout(() => void slice());
    };
    timer = setTimeout(() => void slice());
    return () => {
      isWanted = false;
      clearTimeout(timer);
    };
  }, [work]);
}
