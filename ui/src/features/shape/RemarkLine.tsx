// What is odd about the trace, on one line: the worst remark with its reason, the others behind it, each with a way through the
// steps it is about. Where clocks disagree, it offers to show times adjusted.
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { backendErrorFrom, useBackend } from '../../backend';
import type { ClockSkew, Remark, RemarkAbout } from '../../backend/bindings';
import { Button, IconButton } from '../../components/Button';
import { Icon } from '../../components/icons';
import { Popover } from '../../components/Popover';
import { formatCount, formatDurationNs, plural } from '../../domain/format';
import { rowsAbout } from '../../domain/remarks';
import type { StepTree } from '../../domain/stepTree';
import { ordinalIn } from '../../domain/treeMoves';
import { visibleText } from '../../domain/visibleText';
import { clockSkewQuery, useAdjustClocks } from '../../queries/shape';
import styles from './RemarkLine.module.css';

interface RemarkLineProps {
  traceId: number;
  tree: StepTree;
  /** Selected row, -1 for none. */
  selected: number;
  /** The remark whose steps are being walked through. */
  walked: RemarkAbout | null;
  /** Goes to the next (1) or previous (-1) of the steps of a remark. */
  onWalk: (about: RemarkAbout, direction: 1 | -1) => void;
  onStop: () => void;
}

export function RemarkLine({ traceId, tree, selected, walked, onWalk, onStop }: RemarkLineProps) {
  const [isOpen, setOpen] = useState(false);
  const { remarks } = tree;
  const offer = useSkewOffer(traceId, tree);
  const adjusting = useAdjustClocks(traceId);
  const [worst, ...others] = remarks;
  // Once there it stays, and a run that goes on has it from the beginning: what is below must not jump.
  const [wasShown, setShown] = useState(tree.isLive);
  const isNeeded = worst !== undefined || offer !== null;
  if (isNeeded && !wasShown) setShown(true);
  if (!isNeeded && !wasShown) return null;
  const isAdjusted = remarks.some(({ about }) => about === 'times_adjusted');
  const walk = (about: RemarkAbout) => {
    setOpen(false);
    onWalk(about, 1);
  };
  return (
    <div className={styles.line} role="group" aria-label="Remarks">
      {!worst && (
        <span className={styles.none}>Nothing odd {tree.isLive ? 'so far' : 'about this trace'}</span>
      )}
      {worst && (
        <>
          <Icon name={isSerious(worst) ? 'warning' : 'info'} size={14} />
          <span className={styles.worst} title={visibleText(worst.text)}>
            {visibleText(worst.text)}
          </span>
          <ShowSteps remark={worst} tree={tree} onWalk={walk} />
        </>
      )}
      {others.length > 0 && (
        <Popover
          open={isOpen}
          onOpenChange={setOpen}
          label="All remarks"
          trigger={
            <Button size="small" look="quiet">
              {others.length} more
            </Button>
          }
        >
          <ul className={styles.all}>
            {remarks.map((remark) => (
              <li key={remark.about} className={styles.remark}>
                <Icon name={isSerious(remark) ? 'warning' : 'info'} size={14} />
                <span>{remark.text}</span>
                <ShowSteps remark={remark} tree={tree} onWalk={walk} />
              </li>
            ))}
          </ul>
        </Popover>
      )}
      {walked !== null && (
        <Walk tree={tree} about={walked} selected={selected} onWalk={onWalk} onStop={onStop} />
      )}
      {(isAdjusted || offer) && (
        <span className={styles.clocks}>
          {offer && !isAdjusted && (
            <span title={`${offerText(offer)}\n${offerDetail(offer)}`}>{offerText(offer)}</span>
          )}
          <Button
            size="small"
            icon="slow"
            disabled={adjusting.isPending}
            {...(isAdjusted ? {} : { title: 'Only what is shown changes; what is stored stays as it is' })}
            onClick={() => {
              adjusting.mutate(!isAdjusted);
            }}
          >
            {isAdjusted ? 'Show as recorded' : 'Adjust times'}
          </Button>
          {adjusting.error && (
            <span className={styles.failed} role="alert">
              Not changed: {backendErrorFrom(adjusting.error).message}
            </span>
          )}
        </span>
      )}
    </div>
  );
}

/** What could be adjusted; `null` where nothing can, or it is done already. Only asked for where a step lies outside its parent. */
function useSkewOffer(traceId: number, tree: StepTree): ClockSkew | null {
  const isOutside = tree.remarks.some(({ about }) => about === 'outside_parents');
  const { data } = useQuery({ ...clockSkewQuery(useBackend(), traceId), enabled: isOutside });
  return isOutside && data && !data.is_adjusted && data.steps > 0 ? data : null;
}

function offerText({ steps, shifts }: ClockSkew): string {
  const largest_ns = Math.abs(shifts[0]?.offset_ns ?? 0);
  return `Clocks seem to disagree: ${plural(steps, 'step')} would move by up to ${formatDurationNs(largest_ns)}`;
}

const MOST_TOLD = 8;

/** Which steps would move, a line each. */
function offerDetail({ shifts, shifts_total }: ClockSkew): string {
  const lines = shifts
    .slice(0, MOST_TOLD)
    .map(
      ({ name, offset_ns, steps }) =>
        `${offset_ns > 0 ? '+' : '−'}${formatDurationNs(Math.abs(offset_ns))}  ${name}${steps > 1 ? ` and ${plural(steps - 1, 'step')} below` : ''}`,
    );
  const more = shifts_total - lines.length;
  return [...lines, ...(more > 0 ? [`and ${formatCount(more)} more`] : [])].join('\n');
}

const MILD: readonly RemarkAbout[] = ['times_adjusted', 'parents_unknown', 'times_unknown', 'masked'];
const isSerious = ({ about }: Remark) => !MILD.includes(about);

/** Remarks that steps can be shown for. */
function ShowSteps({
  remark,
  tree,
  onWalk,
}: {
  remark: Remark;
  tree: StepTree;
  onWalk: (about: RemarkAbout) => void;
}) {
  if (remark.steps === 0 || rowsAbout(tree, remark.about).length === 0) return null;
  return (
    <Button
      size="small"
      look="quiet"
      onClick={() => {
        onWalk(remark.about);
      }}
    >
      Show {remark.steps === 1 ? 'it' : 'them'}
    </Button>
  );
}

/** Where one is among the steps of a remark, and on and back. */
function Walk({
  tree,
  about,
  selected,
  onWalk,
  onStop,
}: Pick<RemarkLineProps, 'tree' | 'selected' | 'onWalk' | 'onStop'> & { about: RemarkAbout }) {
  const rows = rowsAbout(tree, about);
  const ordinal = ordinalIn(rows, selected);
  return (
    <span className={styles.walk}>
      <span role="status">
        {ordinal || '–'}/{formatCount(rows.length)}
      </span>
      <IconButton
        size="small"
        icon="up"
        label="Previous of these steps"
        onClick={() => {
          onWalk(about, -1);
        }}
      />
      <IconButton
        size="small"
        icon="down"
        label="Next of these steps"
        onClick={() => {
          onWalk(about, 1);
        }}
      />
      <IconButton size="small" icon="close" label="Show all steps alike again" onClick={onStop} />
    </span>
  );
}
