// The turns of one conversation, of which only those near the screen exist. It stays where it is while turns come, and keeps
// to the end only where it stood there.
import { useQueries } from '@tanstack/react-query';
import { useVirtualizer } from '@tanstack/react-virtual';
import {
  useCallback,
  useEffect,
  useImperativeHandle,
  useLayoutEffect,
  useRef,
  useState,
  type KeyboardEvent,
  type Ref,
} from 'react';
import { useBackend } from '../../backend';
import type { ConversationOutline, ConversationTurn } from '../../backend/bindings';
import { visibleText } from '../../domain/visibleText';
import { conversationTurnsQuery, TURNS_PER_PAGE } from '../../queries/conversation';
import styles from './Conversation.module.css';
import { Turn } from './Turn';
import { callsOf, type Calls } from './toolCalls';

export interface FeedHandle {
  toEnd: () => void;
}

interface FeedProps {
  ref: Ref<FeedHandle>;
  traceId: number;
  thread: number;
  outline: ConversationOutline;
  /** The selected turn, -1 for none. */
  selected: number;
  /** The turn that is in view at first. */
  start: number;
  isLive: boolean;
  onSelect: (turn: number) => void;
  onChooseThread: (thread: number) => void;
  onShowStep: (spanId: string) => void;
  onKeyDown: (event: KeyboardEvent) => void;
}

const ESTIMATE_PX = 240;
/** This near to the end is at the end. */
const AT_END_PX = 40;

export function Feed(props: FeedProps) {
  const { ref, traceId, thread, outline, selected, start, isLive, onSelect } = props;
  const count = outline.threads[thread]?.span_ids.length ?? 0;
  const [scroller, setScroller] = useState<HTMLDivElement | null>(null);
  const list = useVirtualizer({
    count,
    getScrollElement: () => scroller,
    estimateSize: () => ESTIMATE_PX,
    getItemKey: (index) => outline.threads[thread]?.span_ids[index] ?? index,
    overscan: 3,
    paddingStart: 8,
    paddingEnd: 24,
  });
  const items = list.getVirtualItems();
  const turns = useTurns(traceId, thread, items[0]?.index ?? start, items.at(-1)?.index ?? start);

  useImperativeHandle(ref, () => ({
    toEnd() {
      list.scrollToIndex(count - 1, { align: 'end' });
    },
  }));

  // A selection made elsewhere is brought into view; one that is in view stays where it is.
  const first = useRef(start);
  useLayoutEffect(() => {
    if (scroller && first.current > 0) list.scrollToIndex(first.current, { align: 'start' });
    // Once, when there is something to scroll.
  }, [scroller, list]);
  useEffect(() => {
    if (!scroller || selected < 0) return;
    const item = scroller.querySelector<HTMLElement>(`[data-index="${selected}"]`);
    const box = item?.getBoundingClientRect();
    const view = scroller.getBoundingClientRect();
    const isSeen = box && box.top >= view.top - 1 && box.top < view.bottom - 60;
    if (!isSeen) list.scrollToIndex(selected, { align: 'start' });
  }, [scroller, selected, list]);

  const isAtEnd = useRef(false);
  const noteEnd = () => {
    if (scroller)
      isAtEnd.current = scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < AT_END_PX;
  };
  const total_px = list.getTotalSize();
  useLayoutEffect(() => {
    if (scroller && isLive && isAtEnd.current) scroller.scrollTop = scroller.scrollHeight;
  }, [scroller, isLive, total_px]);

  const measure = useCallback(
    (element: HTMLElement | null) => {
      list.measureElement(element);
    },
    [list],
  );
  return (
    <div
      ref={setScroller}
      className={styles.feed}
      data-scrolls
      role="feed"
      tabIndex={0}
      aria-label="Turns of the conversation"
      aria-busy={items.some(({ index }) => !turns.has(index))}
      onScroll={noteEnd}
      onKeyDown={props.onKeyDown}
    >
      <div className={styles.body} style={{ height: total_px }} role="presentation">
        {items.map(({ index, key, start: top_px }) => (
          <article
            key={key}
            ref={measure}
            data-index={index}
            aria-posinset={index + 1}
            aria-setsize={count}
            aria-label={titleOf(index, turns.get(index))}
            {...(index === selected ? { 'aria-current': 'true' as const } : {})}
            className={styles.item}
            style={{ transform: `translateY(${top_px}px)` }}
          >
            <Slot
              {...props}
              index={index}
              turn={turns.get(index)}
              calls={callsBefore(turns, index)}
              onSelect={() => {
                onSelect(index);
              }}
            />
          </article>
        ))}
      </div>
    </div>
  );
}

interface SlotProps extends Omit<FeedProps, 'onSelect'> {
  index: number;
  turn: ConversationTurn | undefined;
  calls: Calls;
  onSelect: () => void;
}

/** A turn, or its place until it has come. */
function Slot({
  index,
  turn,
  calls,
  selected,
  traceId,
  outline,
  onSelect,
  onShowStep,
  onChooseThread,
}: SlotProps) {
  if (!turn) {
    return (
      <div className={styles.waiting}>
        <i style={{ width: '40%' }} />
        <i style={{ width: '75%' }} />
        <i style={{ width: '60%' }} />
      </div>
    );
  }
  return (
    <Turn
      traceId={traceId}
      index={index}
      turn={turn}
      calls={calls}
      outline={outline}
      isSelected={index === selected}
      onSelect={onSelect}
      onShowStep={onShowStep}
      onChooseThread={onChooseThread}
    />
  );
}

const titleOf = (index: number, turn: ConversationTurn | undefined) =>
  `Turn ${index + 1}, ${turn ? visibleText(turn.model ?? turn.name) : 'still to come'}`;

/** The calls of tools that the results of a turn may answer: those of the turns shortly before it. */
function callsBefore(turns: ReadonlyMap<number, ConversationTurn>, index: number): Calls {
  const near = [index - 2, index - 1, index].map((each) => turns.get(each));
  return callsOf(near.flatMap((turn) => (turn ? [...turn.added, ...turn.answer] : [])));
}

/** The turns of the pages that these places lie in, as far as they have come. */
function useTurns(
  traceId: number,
  thread: number,
  first: number,
  last: number,
): Map<number, ConversationTurn> {
  const backend = useBackend();
  const firstPage = Math.floor(first / TURNS_PER_PAGE);
  const lastPage = Math.floor(last / TURNS_PER_PAGE);
  const pages = Array.from({ length: lastPage - firstPage + 1 }, (_, at) => firstPage + at);
  return useQueries({
    queries: pages.map((page) => conversationTurnsQuery(backend, traceId, thread, page)),
    combine: (answers) => {
      const turns = new Map<number, ConversationTurn>();
      answers.forEach(({ data }, at) => {
        data?.turns.forEach((turn, place) => {
          turns.set((firstPage + at) * TURNS_PER_PAGE + place, turn);
        });
      });
      return turns;
    },
  });
}
