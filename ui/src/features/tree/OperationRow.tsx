// The row of what was tried more than once. It is no step: what it says is of all its tries together.
import { memo } from 'react';
import type { AttemptGroup } from '../../backend/bindings';
import { Badge } from '../../components/Badge';
import { Icon } from '../../components/icons';
import { NextTry } from '../../components/NextTry';
import { RunningTime } from '../../components/RunningTime';
import { StatusIcon } from '../../components/StatusIcon';
import { Tooltip } from '../../components/Tooltip';
import { at } from '../../domain/columns';
import { formatCompact, formatCostUsd, formatCount, formatDurationNs, UNKNOWN } from '../../domain/format';
import { countBelowRow, extentOf, firstStepOf, levelOf, stepsBelow, triesOf } from '../../domain/operations';
import { isOutcomeKnown } from '../../domain/replayState';
import { kindOf, modelOf, nameOf, nextTryAt, runningSince, type StepTree } from '../../domain/stepTree';
import {
  attemptCauses,
  attemptOutcome,
  attemptsSentence,
  attemptTone,
  KIND_WORDS,
  NEXT_TRY_MEANING,
  operationName,
  triesWord,
} from '../../domain/words';
import { RowFrame, type RowFrameProps } from './RowFrame';
import styles from './Tree.module.css';

type OperationRowProps = Omit<RowFrameProps, 'level' | 'below' | 'wide' | 'name' | 'children'> & {
  tree: StepTree;
};

export const OperationRow = memo(function OperationRow({ tree, ...frame }: OperationRowProps) {
  const { row, open, phase } = frame;
  const attempts = triesOf(tree, row);
  if (!attempts) return null;
  const below = stepsBelow(tree, row);
  // In a replay, what came of it is not told before it has.
  const isTold = isOutcomeKnown(phase);
  const failed = isTold ? countBelowRow(tree, tree.errorRows, row) : 0;
  const name = operationName(tree, row);
  const used = usedBy(tree, attempts);
  const next_unix_ms = nextTryAt(tree, attempts.rows.at(-1) ?? -1);
  const isGoing = attempts.outcome === 'trying' && next_unix_ms === null;
  const hasFailed = isTold && (attempts.outcome === 'gaveup' || attempts.outcome === 'abandoned');
  return (
    <RowFrame
      {...frame}
      level={levelOf(tree, row)}
      below={below}
      wide={open || (used.tokens < 0 && used.cost_usd < 0)}
      name={
        <>
          <span className={styles.retry}>
            <Icon name="retry" size={14} />
          </span>
          <span className="visually-hidden">
            {KIND_WORDS[kindOf(tree, firstStepOf(tree, row))]}, tried more than once
          </span>
          <span className={`${styles.text} ${hasFailed ? styles.failed : ''}`} title={name}>
            {name || <i>unnamed</i>}
          </span>
          <span className={styles.model}>
            {(isTold ? [byWhom(tree, attempts), attemptCauses(attempts)] : [])
              .filter((part) => part !== '')
              .join(' · ')}
          </span>
          {!open && (
            <span className={styles.hidden}>
              {formatCompact(below)}
              {failed > 0 && (
                <span className={styles.failed} title={`${formatCount(failed)} failed below`}>
                  {' '}
                  · {formatCompact(failed)} ✕
                </span>
              )}
            </span>
          )}
        </>
      }
    >
      <div role="gridcell" className={styles.marks}>
        {isTold && (
          <Tooltip
            text={
              next_unix_ms === null
                ? attemptsSentence(attempts)
                : `${attemptsSentence(attempts)} ${NEXT_TRY_MEANING}`
            }
          >
            <Badge tone={attemptTone(attempts)}>
              <span>
                {triesWord(attempts)}
                {next_unix_ms === null ? (
                  <span className={styles.outcome}>: {attemptOutcome(attempts)}</span>
                ) : (
                  <>
                    : <NextTry until_unix_ms={next_unix_ms} />
                  </>
                )}
              </span>
            </Badge>
          </Tooltip>
        )}
        {hasFailed && <StatusIcon status="failed" label="Failed" />}
        {isTold && isGoing && tree.isLive && <StatusIcon status="running" label="Running" />}
      </div>
      <div
        role="gridcell"
        className={styles.tokens}
        title={used.tokens >= 0 ? 'Of all tries together' : undefined}
      >
        {!open && used.tokens >= 0 ? formatCompact(used.tokens) : ''}
      </div>
      <div
        role="gridcell"
        className={styles.cost}
        title={used.cost_usd >= 0 ? 'Of all tries together' : undefined}
      >
        {!open && used.cost_usd >= 0 ? formatCostUsd(used.cost_usd) : ''}
      </div>
      <div role="gridcell" className={styles.duration}>
        <Took tree={tree} row={row} attempts={attempts} />
      </div>
    </RowFrame>
  );
});

/** From the first start to the last end, pauses included. */
function Took({ tree, row, attempts }: { tree: StepTree; row: number; attempts: AttemptGroup }) {
  if (tree.clock === 'order_only') return UNKNOWN;
  const open = attempts.rows.find((step) => at(tree.duration_ns, step) < 0);
  const { start_ns, end_ns } = extentOf(tree, row);
  if (open === undefined) return formatDurationNs(end_ns - start_ns);
  const since_unix_ms = runningSince(tree, open);
  if (since_unix_ms === null) return '…';
  return <RunningTime since_unix_ms={since_unix_ms - (at(tree.start_ns, open) - start_ns) / 1e6} />;
}

/** The models or tools that took the tries over from one another; the model alone where all asked one. */
function byWhom(tree: StepTree, attempts: AttemptGroup): string {
  const models = attempts.rows.map((step) => modelOf(tree, step)).filter((model) => model !== null);
  const names = attempts.relation === 'fallback' ? attempts.rows.map((step) => nameOf(tree, step)) : [];
  const inTurn = (texts: readonly string[]) => [...new Set(texts)].join(' → ');
  return new Set(names).size > 1 && new Set(models).size < 2 ? inTurn(names) : inTurn(models);
}

/** What all tries used with everything below them; -1 where none says so. */
function usedBy(tree: StepTree, { rows }: AttemptGroup) {
  const sum = (column: Float64Array) => {
    const known = rows.map((step) => at(column, step)).filter((value) => value >= 0);
    return known.length === 0 ? -1 : known.reduce((all, each) => all + each, 0);
  };
  return { tokens: sum(tree.belowTokens), cost_usd: sum(tree.belowCost_usd) };
}
