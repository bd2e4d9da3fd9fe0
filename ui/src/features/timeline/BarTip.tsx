// What stands beside the pointer over a bar. It is drawn anew when the bar changes, and only moved otherwise.
import { useEffect, useLayoutEffect, useRef, useState } from 'react';
import type { Hit } from '../../canvas/hits';
import type { Merged } from '../../canvas/merging';
import { NextTry } from '../../components/NextTry';
import { KindIcon } from '../../components/KindIcon';
import { at } from '../../domain/columns';
import { formatCount, formatDurationNs, plural } from '../../domain/format';
import {
  attemptsOf,
  kindOf,
  modelOf,
  nameOf,
  nextTryAt,
  standingOf,
  type StepTree,
} from '../../domain/stepTree';
import {
  attemptOutcome,
  attemptsWaste,
  CAUSE_WORDS,
  flagWords,
  KIND_WORDS,
  startText,
  STATUS_WORDS,
} from '../../domain/words';
import styles from './BarTip.module.css';
import type { TimelineHandle } from './useTimeline';

const BESIDE_PX = 14;

export function BarTip({ tree, timeline }: { tree: StepTree; timeline: TimelineHandle }) {
  const [hit, setHit] = useState<Hit | null>(null);
  const tip = useRef<HTMLDivElement>(null);
  const pointer = useRef({ x_px: 0, y_px: 0 });
  const { onHover } = timeline;

  const place = () => {
    const element = tip.current;
    if (!element) return;
    const { offsetWidth, offsetHeight } = element;
    const { x_px, y_px } = pointer.current;
    const flips = x_px + BESIDE_PX + offsetWidth > window.innerWidth - 8;
    const left_px = Math.max(8, flips ? x_px - BESIDE_PX - offsetWidth : x_px + BESIDE_PX);
    const top_px = Math.min(y_px + BESIDE_PX, window.innerHeight - offsetHeight - 8);
    element.style.transform = `translate(${left_px}px, ${top_px}px)`;
  };
  // What a key changes, the tip would cover: it is gone with the first key, until the pointer moves again.
  const isKeyed = useRef(false);
  useEffect(() => {
    const seen = { x_px: -1, y_px: -1 };
    const onKey = () => {
      isKeyed.current = true;
      setHit(null);
    };
    // Browsers tell of a move, too, when something moves under a pointer at rest.
    const onMove = ({ clientX, clientY }: MouseEvent) => {
      if (clientX === seen.x_px && clientY === seen.y_px) return;
      Object.assign(seen, { x_px: clientX, y_px: clientY });
      isKeyed.current = false;
    };
    window.addEventListener('keydown', onKey, { capture: true });
    window.addEventListener('mousemove', onMove, { capture: true });
    window.addEventListener('pointermove', onMove, { capture: true });
    return () => {
      window.removeEventListener('keydown', onKey, { capture: true });
      window.removeEventListener('mousemove', onMove, { capture: true });
      window.removeEventListener('pointermove', onMove, { capture: true });
    };
  }, []);
  useEffect(
    () =>
      onHover((hovered) => {
        if (isKeyed.current) return;
        if (hovered) {
          pointer.current = { x_px: hovered.client_x_px, y_px: hovered.client_y_px };
          place();
        }
        setHit((last) => {
          const next = hovered?.hit ?? null;
          return isSame(last, next) ? last : next;
        });
      }),
    [onHover],
  );
  useLayoutEffect(place);

  if (!hit || hit.row >= tree.count) return null;
  return (
    <div ref={tip} className={styles.tip} aria-hidden="true">
      {hit.part === 'merged' ? (
        <MergedFacts tree={tree} merged={hit.merged} />
      ) : hit.part === 'pause' ? (
        <PauseFacts tree={tree} row={hit.row} />
      ) : hit.row === tree.orphanRow ? (
        <OrphanFacts tree={tree} />
      ) : (
        <StepFacts tree={tree} row={hit.row} />
      )}
    </div>
  );
}

function isSame(a: Hit | null, b: Hit | null): boolean {
  if (a?.row !== b?.row || a?.part !== b?.part) return false;
  if (a?.part !== 'merged' || b?.part !== 'merged') return true;
  return a.merged.from === b.merged.from && a.merged.to === b.merged.to;
}

function MergedFacts({ tree, merged }: { tree: StepTree; merged: Merged }) {
  const { steps, errors, start_ns, end_ns } = merged;
  return (
    <>
      <div className={styles.name}>
        {plural(steps, 'step')}
        {errors > 0 && <span className={styles.failed}>{plural(errors, 'error')}</span>}
      </div>
      <div className={styles.muted}>
        {tree.clock === 'order_only'
          ? 'Too narrow to tell apart'
          : `In ${formatDurationNs(end_ns - start_ns)}, too short to tell apart`}
        ; a double click zooms in
      </div>
    </>
  );
}

function PauseFacts({ tree, row }: { tree: StepTree; row: number }) {
  return (
    <>
      <div className={styles.name}>Pause before attempt {at(tree.attempt, row)}</div>
      <div>
        {formatDurationNs(at(tree.pause_ns, row))} <span className={styles.muted}>of waiting</span>
      </div>
    </>
  );
}

/** The row above the orphans: no step, so it has no facts of its own. */
function OrphanFacts({ tree }: { tree: StepTree }) {
  return (
    <>
      <div className={styles.name}>{nameOf(tree, tree.orphanRow)}</div>
      <div className={styles.muted}>No step: the time of all below, whose parents are not in the trace</div>
    </>
  );
}

function StepFacts({ tree, row }: { tree: StepTree; row: number }) {
  const duration_ns = at(tree.duration_ns, row);
  const attempts = attemptsOf(tree, row);
  const cause = attempts?.causes[attempts.rows.indexOf(row)] ?? null;
  const tokens = at(tree.tokens, row);
  const model = modelOf(tree, row);
  const flags = flagWords(at(tree.flags, row));
  const below = at(tree.errorsBelow, row);
  const share = tree.total_ns > 0 && duration_ns >= 0 ? (100 * duration_ns) / tree.total_ns : null;
  const status = standingOf(tree, row);
  const next_unix_ms = nextTryAt(tree, row);
  return (
    <>
      <div className={styles.name}>
        <KindIcon kind={kindOf(tree, row)} />
        {nameOf(tree, row)}
      </div>
      <div className={styles.muted}>
        {KIND_WORDS[kindOf(tree, row)]}
        {model !== null && ` · ${model}`}
        <span className={status === 'error' ? styles.failed : undefined}> · {STATUS_WORDS[status]}</span>
      </div>
      {tree.clock === 'order_only' ? (
        <div className={styles.muted}>{startText(tree, row)}; the source gives no times</div>
      ) : (
        <div>
          {duration_ns >= 0
            ? formatDurationNs(duration_ns)
            : status === 'open'
              ? 'No end so far'
              : 'No end seen'}
          <span className={styles.muted}>
            {share !== null && ` · ${share < 1 ? '<1' : Math.round(share)}% of the trace`}
            {tree.clock === 'measured' && ` · from ${formatDurationNs(at(tree.start_ns, row))}`}
          </span>
        </div>
      )}
      {tokens >= 0 && <div>{formatCount(tokens)} tokens</div>}
      {attempts && (
        <div>
          Attempt {at(tree.attempt, row)} of {attempts.rows.length}, {attemptOutcome(attempts)}
          <div className={styles.muted}>
            {cause !== null && `${CAUSE_WORDS[cause]}; `}
            {tree.clock !== 'order_only' && attemptsWaste(attempts) && `${attemptsWaste(attempts)} lost; `}
            {attempts.signal}
          </div>
        </div>
      )}
      {next_unix_ms !== null && (
        <div>
          <NextTry until_unix_ms={next_unix_ms} /> <span className={styles.muted}>reported</span>
        </div>
      )}
      {below > 0 && <div className={styles.failed}>{formatCount(below)} failed below</div>}
      {flags.length > 0 && <div className={styles.muted}>{flags.map(({ word }) => word).join(', ')}</div>}
    </>
  );
}
