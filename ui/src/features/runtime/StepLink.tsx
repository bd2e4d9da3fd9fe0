// A step in a list, with its own time; leads to it.
import { KindIcon } from '../../components/KindIcon';
import { formatDurationNs } from '../../domain/format';
import { kindOf, nameOf, type StepTree } from '../../domain/stepTree';
import { startText } from '../../domain/words';
import { visibleText } from '../../domain/visibleText';
import styles from './TimeBudget.module.css';

interface StepLinkProps {
  /** Empty for the run itself. */
  spanId: string;
  tree: StepTree;
  /** Whether it may be the pause before the step that is meant. */
  pause?: boolean;
  own_ns: number;
  /** What else is said of it. */
  note?: string;
  onShow: (spanId: string) => void;
}

export function StepLink({ spanId, tree, pause = false, own_ns, note, onShow }: StepLinkProps) {
  const row = tree.rowById.get(spanId) ?? -1;
  const kind = row < 0 ? 'other' : kindOf(tree, row);
  const name = row < 0 ? 'a step still to come' : nameOf(tree, row) || 'unnamed';
  // A wait is the step itself; of another step, it is the pause before it.
  const isPause = pause && row >= 0 && kind !== 'wait' && (tree.pause_ns[row] ?? 0) > 0;
  return (
    <button
      type="button"
      className={styles.step}
      disabled={row < 0}
      onClick={() => {
        onShow(spanId);
      }}
    >
      <KindIcon kind={isPause ? 'wait' : kind} />
      <span className={styles.name} title={row < 0 ? name : `${name}\n${startText(tree, row)}`}>
        {isPause && <span className={styles.muted}>pause before </span>}
        {visibleText(name)}
      </span>
      {note !== undefined && <span className={styles.muted}>{note}</span>}
      <span className={styles.time}>{formatDurationNs(own_ns)}</span>
    </button>
  );
}
