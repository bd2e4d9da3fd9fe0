// A run as messages: a feed of its model calls, each with what it added to the conversation. One conversation at a time;
// those of sub-agents are chosen at the top, or where their tool was called.
import { useQuery } from '@tanstack/react-query';
import { useEffect, useEffectEvent, useMemo, useRef, useState, type KeyboardEvent } from 'react';
import { useBackend } from '../../backend';
import type { ConversationOutline } from '../../backend/bindings';
import { Button, IconButton } from '../../components/Button';
import { StatusIcon } from '../../components/StatusIcon';
import { EmptyState, ErrorState } from '../../components/States';
import { Tooltip } from '../../components/Tooltip';
import { nextFailed, turnAt, turnOf } from '../../domain/conversation';
import { formatCount, plural } from '../../domain/format';
import type { StepTree } from '../../domain/stepTree';
import { visibleText } from '../../domain/visibleText';
import { conversationOutlineQuery } from '../../queries/conversation';
import { useActions } from '../../state/actions';
import { useFocusWish, wishFocus } from '../../state/focus';
import { goTo, usePlace } from '../../state/place';
import styles from './Conversation.module.css';
import { Feed, type FeedHandle } from './Feed';

interface ConversationViewProps {
  traceId: number;
  tree: StepTree;
  onInspect: () => void;
  /** Shows the selected step in the tree. */
  onShowSteps: () => void;
}

type Direction = 1 | -1;

export function ConversationView({ traceId, tree, onInspect, onShowSteps }: ConversationViewProps) {
  const { data: outline, error, refetch } = useQuery(conversationOutlineQuery(useBackend(), traceId));
  const stepId = usePlace((place) => place.stepId);
  const frame = useRef<HTMLElement>(null);
  const feed = useRef<FeedHandle>(null);
  const [chosen, setChosen] = useState<{ thread: number; stepId: string | null } | null>(null);
  const place = useMemo(() => (outline ? turnOf(outline, stepId) : null), [outline, stepId]);
  // Where one comes from, until one has chosen for oneself.
  const [from, setFrom] = useState<{ thread: number; turn: number } | null>(null);
  if (outline && from === null && outline.threads.length > 0) setFrom(turnAt(outline, tree, stepId));
  const isChosen = chosen !== null && (chosen.stepId === stepId || place === null);
  const thread = isChosen ? chosen.thread : (place?.thread ?? from?.thread ?? 0);
  const shown = outline?.threads[Math.min(thread, outline.threads.length - 1)];
  const selected = place?.thread === thread ? place.turn : -1;

  // A key that is pressed before the turns are known waits for them.
  const pending = useRef<((outline: ConversationOutline) => void)[]>([]);
  const whenKnown = (act: (outline: ConversationOutline) => void) => {
    if (outline) act(outline);
    else pending.current.push(act);
  };
  const catchUp = useEffectEvent((known: ConversationOutline) => {
    for (const act of pending.current.splice(0)) act(known);
  });
  useEffect(() => {
    if (outline) catchUp(outline);
  }, [outline]);

  const choose = (next: number) => {
    setChosen({ thread: next, stepId });
    setFrom({ thread: next, turn: 0 });
  };
  const selectTurn = (turn: number, known: ConversationOutline) => {
    const id = known.threads[thread]?.span_ids[turn];
    if (id === undefined) return;
    setChosen({ thread, stepId: id });
    goTo({ stepId: id }, 'replace');
  };
  const start = from?.thread === thread ? from.turn : 0;
  const move = (by: Direction) => {
    whenKnown((known) => {
      const count = known.threads[thread]?.span_ids.length ?? 0;
      const now = turnOf(known, usePlace.getState().stepId);
      const at = now?.thread === thread ? now.turn + by : start;
      selectTurn(Math.max(0, Math.min(count - 1, at)), known);
    });
  };
  const toFailed = (direction: Direction) => {
    whenKnown((known) => {
      const before = selected >= 0 ? selected : direction > 0 ? -1 : Infinity;
      const own = nextFailed(known.threads[thread]?.failed ?? [], before, direction);
      if (own >= 0) selectTurn(own, known);
      else {
        const other = known.threads.findIndex(({ failed }) => failed.length > 0);
        const first = known.threads[other]?.failed[0];
        const id = first === undefined ? undefined : known.threads[other]?.span_ids[first];
        if (id === undefined) return;
        setChosen({ thread: other, stepId: id });
        goTo({ stepId: id }, 'replace');
      }
    });
  };
  const focusFeed = () => frame.current?.querySelector<HTMLElement>('[role="feed"]')?.focus();
  const isWished = useFocusWish(({ wish }) => wish === 'steps');
  useEffect(() => {
    if (!isWished || !shown) return;
    wishFocus(null);
    frame.current?.querySelector<HTMLElement>('[role="feed"]')?.focus({ preventScroll: true });
  }, [isWished, shown]);
  useActions([
    { id: 'steps.focus', label: 'Go to the conversation', group: 'Trace', keys: ['Mod+2'], run: focusFeed },
    { id: 'steps.inspect', label: 'Go to the inspector', group: 'Trace', keys: ['Mod+3'], run: onInspect },
    ...(
      [
        ['conversation.error', 'Next turn that failed', 'e', toFailed, 1],
        ['conversation.errorBefore', 'Previous turn that failed', 'Shift+E', toFailed, -1],
        ['conversation.next', 'Next turn', 'j', move, 1],
        ['conversation.before', 'Previous turn', 'k', move, -1],
      ] as const
    ).map(([id, label, key, act, by]) => ({
      id,
      label,
      group: 'Trace',
      keys: [key],
      run: () => {
        act(by);
      },
    })),
    // In the feed itself:
    { id: 'conversation.show', label: 'Show the turn among the steps', group: 'Trace', keys: ['Enter'] },
  ]);
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.target !== event.currentTarget || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === 'Enter') onShowSteps();
    else if (event.key === 'ArrowDown') move(1);
    else if (event.key === 'ArrowUp') move(-1);
    else if (event.key === 'Home' && outline) selectTurn(0, outline);
    else if (event.key === 'End' && outline) selectTurn((shown?.span_ids.length ?? 0) - 1, outline);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };

  return (
    <section ref={frame} className={styles.view} aria-label="Conversation">
      {outline && shown ? (
        <>
          <ThreadBar
            outline={outline}
            thread={thread}
            onChoose={choose}
            onFailed={() => {
              toFailed(1);
            }}
            onEnd={() => {
              feed.current?.toEnd();
            }}
          />
          <Feed
            key={thread}
            ref={feed}
            traceId={traceId}
            thread={thread}
            outline={outline}
            selected={selected}
            start={selected >= 0 ? selected : start}
            isLive={tree.isLive}
            onSelect={(turn) => {
              selectTurn(turn, outline);
            }}
            onChooseThread={choose}
            onShowStep={(id) => {
              setChosen({ thread, stepId: id });
              goTo({ stepId: id }, 'replace');
            }}
            onKeyDown={onKeyDown}
          />
          <span className="visually-hidden" role="status">
            {selected >= 0 && `Turn ${selected + 1} of ${shown.span_ids.length}`}
          </span>
        </>
      ) : outline ? (
        <EmptyState
          icon="conversation"
          title="No conversation"
          text={outline.empty_reason ?? 'This run has no model calls.'}
        >
          <Button onClick={onShowSteps}>Show the steps</Button>
        </EmptyState>
      ) : error ? (
        <ErrorState title="The conversation cannot be read" error={error}>
          <Button onClick={() => void refetch()}>Try again</Button>
        </ErrorState>
      ) : (
        <p className={styles.reading} role="status">
          Reading the conversation…
        </p>
      )}
    </section>
  );
}

interface ThreadBarProps {
  outline: ConversationOutline;
  thread: number;
  onChoose: (thread: number) => void;
  onFailed: () => void;
  onEnd: () => void;
}

/** Which conversation is shown, how long it is, and jumps in it. */
function ThreadBar({ outline, thread, onChoose, onFailed, onEnd }: ThreadBarProps) {
  const { threads } = outline;
  const failed = threads.reduce((sum, each) => sum + each.failed.length, 0);
  const shown = threads[thread];
  return (
    <div className={styles.bar}>
      {threads.length > 1 ? (
        <select
          className={styles.threads}
          aria-label="Conversation shown"
          value={thread}
          onChange={(event) => {
            onChoose(Number(event.target.value));
          }}
        >
          {threads.map(({ name, depth, span_ids }, index) => (
            <option key={index} value={index}>
              {`${'\u2003'.repeat(depth)}${visibleText(name)} · ${plural(span_ids.length, 'turn')}`}
            </option>
          ))}
        </select>
      ) : (
        <span className={styles.count}>{plural(shown?.span_ids.length ?? 0, 'turn')}</span>
      )}
      {threads.length > 1 && <span className={styles.count}>{plural(threads.length, 'conversation')}</span>}
      <span className={styles.room} />
      {failed > 0 && (
        <Tooltip text={`Next of ${plural(failed, 'turn')} that failed`} shortcut="e">
          <button
            type="button"
            className={styles.jump}
            aria-label={`Next of ${plural(failed, 'turn')} that failed`}
            onClick={onFailed}
          >
            <StatusIcon status="failed" />
            {formatCount(failed)}
          </button>
        </Tooltip>
      )}
      <IconButton size="small" icon="down" label="To the end" onClick={onEnd} />
    </div>
  );
}
