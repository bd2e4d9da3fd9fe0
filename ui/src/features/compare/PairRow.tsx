// A line of two aligned runs: the step of A, what differs, the step of B, and by how much. It gets plain values besides the
// runs, so that it is drawn anew only when it changes.
import { memo } from 'react';
import { Badge } from '../../components/Badge';
import { Icon } from '../../components/icons';
import { KindIcon } from '../../components/KindIcon';
import { RunningTime } from '../../components/RunningTime';
import { StatusIcon, type StatusWord } from '../../components/StatusIcon';
import {
  differenceWords,
  isTry,
  pairName,
  pairSentence,
  passedOverWords,
  relationOf,
  rowOn,
  stepNumber,
  standsForRuns,
  sumOfTries,
  took_ns,
  triesOf,
  tryWords,
  type AlignedRuns,
  type Side,
} from '../../domain/alignedRuns';
import { at } from '../../domain/columns';
import { signedText } from '../../domain/comparison';
import { formatCompact, formatCostUsd, formatCount, formatDurationNs } from '../../domain/format';
import { isOutcomeKnown, PHASE_WORDS, type Phase } from '../../domain/replayState';
import {
  kindOf,
  modelOf,
  nameOf,
  runningSince,
  standingOf,
  type StepStanding,
  type StepTree,
} from '../../domain/stepTree';
import { durationText, KIND_WORDS, STATUS_WORDS } from '../../domain/words';
import styles from './Pairs.module.css';

export const pairElementId = (pair: number) => `pair-${pair}`;

const INDENT_PX = 12;
const DEEPEST_INDENT = 12;

const STATUS_ICONS: Record<StepStanding, StatusWord | null> = {
  ok: null,
  unset: null,
  error: 'failed',
  open: 'running',
  lost: 'lost',
};

export interface PairRowProps {
  runs: AlignedRuns;
  pair: number;
  line: number;
  row_px: number;
  isOpen: boolean;
  isSelected: boolean;
  /** How far the replay has come with it on each side; `null` while nothing is replayed. */
  phaseA: Phase | null;
  phaseB: Phase | null;
  /** Longest difference in time of any pair, for the bars. */
  most_ns: number;
  onSelect: (pair: number) => void;
  onToggle: (pair: number) => void;
}

export const PairRow = memo(function PairRow(props: PairRowProps) {
  const { runs, pair, line, row_px, isOpen, isSelected, phaseA, phaseB, most_ns, onSelect, onToggle } = props;
  const relation = relationOf(runs, pair);
  const descendants = at(runs.descendants, pair);
  const isFirst = pair === runs.first;
  const isFolded = !isOpen && descendants > 0;
  const hidden = isOpen ? 0 : at(runs.differentBelow, pair);
  const sure = surenessText(runs, pair);
  const classes = [styles.row, isSelected && styles.selected, isFirst && styles.first];
  const chevron =
    descendants > 0 ? (
      <span
        className={`${styles.chevron} ${isOpen ? styles.open : ''}`}
        title={isOpen ? 'Collapse' : `Expand ${formatCount(descendants)} below`}
        onClick={(event) => {
          event.stopPropagation();
          onToggle(pair);
        }}
      >
        <Icon name="next" size={12} />
      </span>
    ) : (
      <span className={styles.chevron} />
    );
  return (
    <div
      id={pairElementId(pair)}
      role="row"
      className={classes.filter(Boolean).join(' ')}
      data-relation={relation}
      data-passed-over={runs.passedOver[pair] === 1 ? '' : undefined}
      style={{ transform: `translateY(${line * row_px}px)`, height: row_px }}
      aria-level={at(runs.depth, pair) + 1}
      aria-rowindex={line + 2}
      aria-selected={isSelected}
      aria-label={pairSentence(runs, pair)}
      {...(descendants > 0 ? { 'aria-expanded': isOpen } : {})}
      onClick={() => {
        onSelect(pair);
      }}
      onDoubleClick={() => {
        onToggle(pair);
      }}
    >
      <StepCell runs={runs} side="a" pair={pair} phase={phaseA} chevron={chevron} isFolded={isFolded} />
      <div role="gridcell" className={styles.differs} title={pairSentence(runs, pair)}>
        <span className={styles.said}>
          <Words runs={runs} pair={pair} />
          {hidden > 0 && (
            <span className={styles.hidden} title={`${formatCount(hidden)} that differ are folded away`}>
              {formatCompact(hidden)} ≠ below
            </span>
          )}
          {sure !== null && (
            <span className={`${styles.slight} ${styles.wideOnly}`} title={SURENESS}>
              probably the same step,{' '}
            </span>
          )}
        </span>
        {sure !== null && (
          <span className={styles.sure} title={SURENESS}>
            {sure}
          </span>
        )}
      </div>
      <StepCell runs={runs} side="b" pair={pair} phase={phaseB} chevron={chevron} isFolded={isFolded} />
      <Deltas runs={runs} pair={pair} most_ns={most_ns} isFolded={isFolded} />
    </div>
  );
});

interface StepCellProps {
  runs: AlignedRuns;
  side: Side;
  pair: number;
  phase: Phase | null;
  chevron: React.ReactNode;
  isFolded: boolean;
}

function StepCell({ runs, side, pair, phase, chevron, isFolded }: StepCellProps) {
  const tree = runs[side];
  const row = rowOn(runs, side, pair);
  const depth = at(runs.depth, pair);
  const indent = (
    <span
      className={styles.indent}
      style={{ width: Math.min(depth, DEEPEST_INDENT) * INDENT_PX }}
      aria-hidden="true"
    />
  );
  if (row < 0) {
    return (
      <div role="gridcell" className={`${styles.step} ${styles.none}`}>
        {indent}
        {chevron}
        <span
          className={runs.passedOver[pair] === 1 ? styles.slight : styles.gap}
          title={`${side.toUpperCase()} has no such step`}
        >
          {runs.isAwaited[pair] === 1 ? 'not yet in' : 'not in'} {side.toUpperCase()}
        </span>
      </div>
    );
  }
  const name = nameOf(tree, row);
  const kind = kindOf(tree, row);
  const status = standingOf(tree, row);
  // In a replay, how a step ended is not told before it has.
  const isTold = isOutcomeKnown(phase);
  const icon = isTold ? STATUS_ICONS[status] : null;
  const model = modelOf(tree, row);
  const tries = isTry(runs, pair) ? 1 : triesOf(tree, row);
  const tried = tryWords(runs, side, pair);
  const number = stepNumber(runs, side, pair);
  const operation_ns = isFolded && tries > 1 ? took_ns(runs, side, pair, isFolded) : null;
  const took = operation_ns === null ? durationText(tree, row) : formatDurationNs(operation_ns);
  const since_unix_ms = runningSince(tree, row);
  return (
    <div role="gridcell" className={styles.step} data-phase={phase ?? undefined}>
      {indent}
      {chevron}
      {phase !== null && (
        <span className={styles.phase} title={PHASE_WORDS[phase].word}>
          <span aria-hidden="true">{PHASE_WORDS[phase].sign}</span>
          <span className="visually-hidden">{PHASE_WORDS[phase].word}</span>
        </span>
      )}
      <KindIcon kind={kind} />
      <span className="visually-hidden">{KIND_WORDS[kind]}</span>
      {number > 0 && (
        <span className={styles.number} title={`Step ${formatCount(number)} of ${side.toUpperCase()}`}>
          {formatCount(number)}
        </span>
      )}
      <span className={`${styles.name} ${isTold && status === 'error' ? styles.failed : ''}`} title={name}>
        {name || <i>unnamed</i>}
      </span>
      {tried !== null && <span className={styles.model}>{tried}</span>}
      {model !== null && !name.includes(model) && <span className={styles.model}>{model}</span>}
      <span className={styles.end}>
        {tries > 1 && (
          <Badge title={`Tried ${formatCount(tries)} times`}>
            {isFolded ? '' : 'last of '}
            {formatCount(tries)} tries
          </Badge>
        )}
        {icon ? (
          <StatusIcon status={icon} label={STATUS_WORDS[status]} />
        ) : (
          isTold && <span className="visually-hidden">{STATUS_WORDS[status]}</span>
        )}
        <span className={styles.duration}>
          {since_unix_ms === null ? took : <RunningTime since_unix_ms={since_unix_ms} />}
        </span>
      </span>
    </div>
  );
}

/** So many words of what differs stand in a row, fewer beside the sign that the runs part; the rest is counted. */
const WORDS = 3;
const WORDS_BESIDE_PART = 2;

/** What differs, as words; how a pair came to be, where that is not plain. */
function Words({ runs, pair }: { runs: AlignedRuns; pair: number }) {
  const relation = relationOf(runs, pair);
  const repeats = runs.repeats[pair] ?? -1;
  const passedOver = passedOverWords(runs, pair);
  // A try counts with its operation, which says how many there were.
  const isAlone = passedOver === null && !isTry(runs, pair) && !standsForRuns(runs, pair);
  const isFirst = pair === runs.first;
  const words = differenceWords(runs, pair);
  const room = isFirst ? WORDS_BESIDE_PART : WORDS;
  // One more takes no more room than the count of it.
  const shown = words.length <= room + 1 && !isFirst ? words : words.slice(0, room);
  const others = words.slice(shown.length);
  return (
    <>
      {isFirst && (
        <span className={styles.part} title="Here the runs part: all before it is the same in substance">
          <span className={styles.wideOnly}>Here the runs part</span>
          <span className={styles.narrowOnly} aria-hidden="true">
            Part here
          </span>
        </span>
      )}
      {passedOver !== null && (
        <span className={styles.slight} title="No difference of what the runs did">
          {passedOver}
        </span>
      )}
      {isAlone && relation === 'only_a' && <Sign sign="−" tone="a" word="only in A" />}
      {isAlone && relation === 'only_b' && (
        <Sign
          sign="+"
          tone="b"
          word={repeats >= 0 ? 'again in B' : 'only in B'}
          {...(repeats >= 0 ? { meaning: `B does ${pairName(runs, repeats)} over again` } : {})}
        />
      )}
      {relation === 'moved' && (
        <Sign sign="↕" tone="plain" word="moved" meaning="The same step, at another place" />
      )}
      {shown.map(({ word, short, weight, meaning }) => (
        <span key={word} className={styles.word} data-weight={weight} title={meaning}>
          {weight !== 'slight' && <span aria-hidden="true">≠ </span>}
          {short ?? word}
        </span>
      ))}
      {others.length > 0 && (
        <span className={styles.word} title={others.map(({ meaning }) => meaning).join('\n')}>
          +{others.length}
        </span>
      )}
      {runs.byHand[pair] === 1 && (
        <span className={styles.slight} title="You said that these two are the same step">
          paired by hand
        </span>
      )}
    </>
  );
}

const SURENESS = 'How sure it is that these two are the same step';

/** How sure a pair is, where that is not plain; 1 is certain. `null` for all others. */
function surenessText(runs: AlignedRuns, pair: number): string | null {
  const sureness = at(runs.sureness, pair);
  const isPair = rowOn(runs, 'a', pair) >= 0 && rowOn(runs, 'b', pair) >= 0;
  return isPair && sureness < 0.995 ? sureness.toFixed(2).replace(/0$/, '') : null;
}

function Sign(props: { sign: string; tone: Side | 'plain'; word: string; meaning?: string }) {
  const { sign, tone, word, meaning } = props;
  return (
    <span className={styles.sign} data-tone={tone} title={meaning}>
      <span aria-hidden="true">{sign} </span>
      {word}
    </span>
  );
}

interface DeltasProps {
  runs: AlignedRuns;
  pair: number;
  most_ns: number;
  isFolded: boolean;
}

function Deltas({ runs, pair, most_ns, isFolded }: DeltasProps) {
  const time_ns = delta_ns(runs, pair, isFolded);
  const tokens = by(runs, pair, isFolded, (tree) => (isFolded ? tree.belowTokens : tree.tokens));
  const cost_usd = by(runs, pair, isFolded, (tree) => (isFolded ? tree.belowCost_usd : tree.cost_usd));
  const share = most_ns > 0 && time_ns !== null ? Math.abs(time_ns) / most_ns : 0;
  // Parents sum up, and may go beyond.
  const isBeyond = share > 1;
  return (
    <>
      <div
        role="gridcell"
        className={styles.deltaTime}
        title={isBeyond ? 'Time of B against A, more than its bar can show' : 'Time of B against A'}
      >
        <span className={styles.track} aria-hidden="true">
          {time_ns !== null && share > 0.004 && (
            <i
              data-side={time_ns > 0 ? 'b' : 'a'}
              data-beyond={isBeyond ? '' : undefined}
              style={{ width: `${(50 * Math.min(1, share)).toFixed(1)}%` }}
            />
          )}
        </span>
        <span>{time_ns === null || time_ns === 0 ? '' : signedText(time_ns, formatDurationNs)}</span>
      </div>
      <div role="gridcell" className={styles.delta} title="Tokens of B against A">
        {tokens === null || tokens === 0 ? '' : signedText(tokens, formatCompact)}
      </div>
      <div role="gridcell" className={styles.delta} title="Cost of B against A">
        {cost_usd === null || cost_usd === 0 ? '' : signedText(cost_usd, formatCostUsd)}
      </div>
    </>
  );
}

/** How much longer B took for a pair; what one of them does not have took it no time. `null` where it is not known. */
export function delta_ns(runs: AlignedRuns, pair: number, isFolded: boolean): number | null {
  // What a run is under way to may yet take its time there.
  if (runs.isAwaited[pair] === 1) return null;
  const [a, b] = [took_ns(runs, 'a', pair, isFolded), took_ns(runs, 'b', pair, isFolded)];
  return a === null || b === null ? null : b - a;
}

function by(
  runs: AlignedRuns,
  pair: number,
  isFolded: boolean,
  of: (tree: StepTree) => Float64Array,
): number | null {
  if (runs.isAwaited[pair] === 1) return null;
  const value = (side: Side) => sumOfTries(runs, side, pair, isFolded, of(runs[side]));
  const [a, b] = [value('a'), value('b')];
  return a < 0 || b < 0 ? null : b - a;
}
