// The rows of the tree near the screen. A row gets plain values, so that it is drawn anew only when it changes.
import { memo } from 'react';
import type { SpanKind, StepMarkItem } from '../../backend/bindings';
import { Badge } from '../../components/Badge';
import { Icon } from '../../components/icons';
import { KindIcon } from '../../components/KindIcon';
import { NextTry } from '../../components/NextTry';
import type { RowWindow } from '../../components/rowWindow';
import { RunningTime } from '../../components/RunningTime';
import { StatusIcon, type StatusWord } from '../../components/StatusIcon';
import { Tooltip } from '../../components/Tooltip';
import { at, indexOf } from '../../domain/columns';
import { formatCompact, formatCostUsd, formatCount } from '../../domain/format';
import { countBelowRow, firstStepOf, isOperation, levelOf, triesOf } from '../../domain/operations';
import { isOutcomeKnown, type Phase } from '../../domain/replayState';
import {
  attemptsOf,
  idOf,
  kindOf,
  modelOf,
  nameOf,
  nextTryAt,
  runningSince,
  standingOf,
  type StepStanding,
  type StepTree,
} from '../../domain/stepTree';
import { isOpenOnLine, rowOnLine, type TreeLines } from '../../domain/treeRows';
import { visibleText } from '../../domain/visibleText';
import {
  attemptOutcome,
  attemptsSentence,
  attemptTone,
  CAUSE_WORDS,
  durationText,
  flagWords,
  KIND_WORDS,
  NEXT_TRY_MEANING,
  SHAPE_FLAGS,
  STATUS_WORDS,
} from '../../domain/words';
import { OperationRow } from './OperationRow';
import { RowFrame, type RowFrameProps } from './RowFrame';
import styles from './Tree.module.css';

interface TreeRowsProps {
  tree: StepTree;
  lines: TreeLines;
  window: RowWindow;
  /** The selected row. */
  selected: number;
  row_px: number;
  /** Steps that the search has found, ascending; `null` while nothing is searched for. */
  found: Uint32Array | null;
  /** What the person says of steps, by step id. */
  marks: ReadonlyMap<string, StepMarkItem>;
  onSelect: (row: number) => void;
  onToggle: (row: number, all: boolean) => void;
  /** How far a row has come in a replay; `null` while nothing is replayed. */
  phaseOf?: ((row: number) => Phase | null) | null;
}

export function TreeRows({
  tree,
  lines,
  window,
  selected,
  row_px,
  found,
  marks,
  onSelect,
  onToggle,
  phaseOf = null,
}: TreeRowsProps) {
  const rows = [];
  for (let index = window.first; index < Math.min(window.end, lines.count); index++) {
    const row = rowOnLine(tree, lines, index);
    const common = {
      tree,
      row,
      index,
      row_px,
      open: isOpenOnLine(tree, lines, index),
      selected: row === selected,
      phase: phaseOf && phaseOfRow(tree, row, phaseOf),
      onSelect,
      onToggle,
    };
    if (isOperation(tree, row)) {
      const match = found === null ? null : countBelowRow(tree, found, row) > 0;
      // The first try has the id of the step itself.
      const key = `operation ${idOf(tree, firstStepOf(tree, row))}`;
      rows.push(<OperationRow key={key} {...common} match={match} />);
      continue;
    }
    const mark = marks.get(tree.spanId.get(row) ?? '');
    rows.push(
      <TreeRow
        key={`step ${idOf(tree, row)}`}
        {...common}
        match={found === null ? null : indexOf(found, row) >= 0}
        pinned={(mark?.pinned_unix_ms ?? null) !== null}
        note={mark?.note ?? null}
      />,
    );
  }
  return rows;
}

/** How far a row has come: of what was tried more than once, as its tries have. */
function phaseOfRow(tree: StepTree, row: number, phaseOf: (row: number) => Phase | null): Phase | null {
  const tries = triesOf(tree, row)?.rows;
  const first = phaseOf(tries?.[0] ?? row);
  const last = phaseOf(tries?.at(-1) ?? row);
  return first === last ? first : 'running';
}

const STATUS_ICONS: Record<StepStanding, StatusWord | null> = {
  ok: null,
  unset: null,
  error: 'failed',
  open: 'running',
  lost: 'lost',
};

type TreeRowProps = Omit<RowFrameProps, 'level' | 'below' | 'wide' | 'name' | 'children'> & {
  tree: StepTree;
  pinned: boolean;
  note: string | null;
};

const TreeRow = memo(function TreeRow({ tree, pinned, note, ...frame }: TreeRowProps) {
  const { row, open, phase } = frame;
  // In a replay, how a step ended is not told before it has.
  const isTold = isOutcomeKnown(phase);
  const isOrphanRow = row === tree.orphanRow;
  const descendants = at(tree.descendants, row);
  const kind = kindOf(tree, row);
  const status = standingOf(tree, row);
  const since_unix_ms = runningSince(tree, row);
  const name = nameOf(tree, row);
  const model = modelOf(tree, row);
  const used = usedBy(tree, row, !open && descendants > 0);
  const below = isTold ? at(tree.errorsBelow, row) : 0;
  const statusIcon = isTold ? STATUS_ICONS[status] : null;
  return (
    <RowFrame
      {...frame}
      level={levelOf(tree, row)}
      below={descendants}
      wide={used.tokens < 0 && used.cost_usd < 0}
      name={
        <>
          {isOrphanRow ? (
            <span className={styles.odd}>
              <Icon name="warning" size={14} />
            </span>
          ) : (
            <>
              <KindIcon kind={kind} />
              <span className="visually-hidden">{KIND_WORDS[kind]}</span>
            </>
          )}
          <span
            className={`${styles.text} ${isTold && status === 'error' ? styles.failed : ''} ${isOrphanRow ? styles.noStep : ''}`}
            title={name}
          >
            <StepName name={name} kind={kind} />
          </span>
          {model !== null && !name.includes(model) && <span className={styles.model}>{model}</span>}
          <ShapeSign flags={at(tree.flags, row)} />
          {pinned && <Sign icon="pinned" text="Pinned" />}
          {note !== null && <Sign icon="note" text={`Note: ${note}`} />}
          {!open && descendants > 0 && (
            <span className={styles.hidden}>
              {formatCompact(descendants)}
              {below > 0 && (
                <span className={styles.failed} title={`${formatCount(below)} failed below`}>
                  {' '}
                  · {formatCompact(below)} ✕
                </span>
              )}
            </span>
          )}
        </>
      }
    >
      <div role="gridcell" className={styles.marks}>
        <Attempt tree={tree} row={row} isTold={isTold} />
        {isOrphanRow || !isTold ? null : statusIcon ? (
          <StatusIcon status={statusIcon} label={STATUS_WORDS[status]} />
        ) : (
          <span className="visually-hidden">{STATUS_WORDS[status]}</span>
        )}
      </div>
      <div role="gridcell" className={styles.tokens} title={used.tokensTitle}>
        {used.tokens >= 0 ? formatCompact(used.tokens) : ''}
      </div>
      <div role="gridcell" className={styles.cost} title={used.costTitle}>
        {used.cost_usd >= 0 ? formatCostUsd(used.cost_usd) : ''}
      </div>
      <div role="gridcell" className={styles.duration}>
        {isOrphanRow ? (
          ''
        ) : since_unix_ms === null ? (
          durationText(tree, row)
        ) : (
          <RunningTime since_unix_ms={since_unix_ms} />
        )}
      </div>
    </RowFrame>
  );
});

/** A name without what the icon beside it says: OpenTelemetry calls a tool's step `execute_tool` and its name. */
function StepName({ name, kind }: { name: string; kind: SpanKind }) {
  if (name === '') return <i>unnamed</i>;
  if (kind !== 'tool' || !name.startsWith(TOOL_PREFIX) || name === TOOL_PREFIX) return name;
  return (
    <>
      <span className="visually-hidden">{TOOL_PREFIX}</span>
      {name.slice(TOOL_PREFIX.length)}
    </>
  );
}

const TOOL_PREFIX = 'execute_tool ';

/** What a row says that was used: its own, or, where it hides steps, that of everything below as well. */
function usedBy(tree: StepTree, row: number, isFolded: boolean) {
  const tokens = at(isFolded ? tree.belowTokens : tree.tokens, row);
  const cost_usd = at(isFolded ? tree.belowCost_usd : tree.cost_usd, row);
  const of = isFolded ? 'with everything below' : 'of this step alone';
  return {
    tokens,
    cost_usd,
    tokensTitle: tokens >= 0 ? `${formatCount(tokens)} tokens, ${of}` : undefined,
    costTitle: cost_usd >= 0 ? `${formatCostUsd(cost_usd)}, ${of}` : undefined,
  };
}

/** What is odd about where a step stands, as a sign whose tip says it in words. */
function ShapeSign({ flags }: { flags: number }) {
  const words = flagWords(flags & SHAPE_FLAGS);
  if (words.length === 0) return null;
  const text = words.map(({ word, meaning }) => `${word}: ${meaning}`).join('\n');
  return (
    <span className={styles.odd} title={text}>
      <Icon name="warning" size={12} />
      <span className="visually-hidden">{words.map(({ word }) => word).join(', ')}</span>
    </span>
  );
}

/** A sign of what the person says of a step. */
function Sign({ icon, text }: { icon: 'pinned' | 'note'; text: string }) {
  return (
    <span className={styles.mark} title={visibleText(text.slice(0, MOST_TIP))}>
      <Icon name={icon} size={12} />
      <span className="visually-hidden">{icon === 'pinned' ? 'Pinned' : 'Has a note'}</span>
    </span>
  );
}

/** Characters of a note that a tip shows. */
const MOST_TIP = 400;

function Attempt({ tree, row, isTold }: { tree: StepTree; row: number; isTold: boolean }) {
  const attempts = attemptsOf(tree, row);
  if (!isTold) return attempts && <Badge>{at(tree.attempt, row)}</Badge>;
  const next_unix_ms = nextTryAt(tree, row);
  if (next_unix_ms !== null) {
    return (
      <Tooltip text={NEXT_TRY_MEANING}>
        <Badge>
          {attempts && `${at(tree.attempt, row)}/${attempts.rows.length} `}
          <NextTry until_unix_ms={next_unix_ms} />
        </Badge>
      </Tooltip>
    );
  }
  if (!attempts) return null;
  const isLast = attempts.rows.at(-1) === row;
  const tone = isLast ? attemptTone(attempts) : 'plain';
  const cause = attempts.causes[attempts.rows.indexOf(row)] ?? null;
  return (
    <Tooltip text={attemptsSentence(attempts)}>
      <Badge tone={tone}>
        {at(tree.attempt, row)}/{attempts.rows.length}
        {!isLast && cause !== null && <span className={styles.outcome}>{CAUSE_WORDS[cause]}</span>}
        {isLast && <span className={styles.outcome}>{attemptOutcome(attempts)}</span>}
      </Badge>
    </Tooltip>
  );
}
