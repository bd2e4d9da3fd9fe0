// Pinned steps and notes of a run, in order, each a way to its step. Shown while no step is selected.
import type { StepMarkItem } from '../../backend/bindings';
import { Icon } from '../../components/icons';
import { KindIcon } from '../../components/KindIcon';
import { StatusIcon } from '../../components/StatusIcon';
import { plural } from '../../domain/format';
import { visibleText } from '../../domain/visibleText';
import { plainStarts } from './plainStarts';
import styles from './MarkedSteps.module.css';

interface MarkedStepsProps {
  marks: readonly StepMarkItem[];
  onGo: (spanId: string) => void;
  /** Takes away what is said of a step that is not there any more. */
  onForget: (spanId: string) => void;
}

export function MarkedSteps({ marks, onGo, onForget }: MarkedStepsProps) {
  if (marks.length === 0) return null;
  return (
    <section className={styles.section} aria-label="Pinned">
      <h3 className={styles.title}>
        Pinned <span className={styles.count}>{plural(marks.length, 'step')}</span>
      </h3>
      <ul className={styles.list} data-scrolls>
        {marks.map(({ span_id, pinned_unix_ms, note, step }) => (
          <li key={span_id} className={styles.item}>
            <span className={styles.sign} title={pinned_unix_ms === null ? 'Has a note' : 'Pinned'}>
              <Icon name={pinned_unix_ms === null ? 'note' : 'pinned'} size={14} />
            </span>
            {step ? (
              <button
                type="button"
                className={styles.go}
                onClick={() => {
                  onGo(span_id);
                }}
              >
                <span className={styles.name}>
                  <KindIcon kind={step.kind} />
                  <span className={styles.text}>{step.name || <i>unnamed</i>}</span>
                  {step.status === 'error' && <StatusIcon status="failed" />}
                </span>
                {note !== null && <span className={styles.note}>{plainStarts(note)}</span>}
              </button>
            ) : (
              <span className={styles.gone}>
                <span className={styles.text}>
                  <code>{visibleText(span_id)}</code> is not in the trace any more
                </span>
                {note !== null && <span className={styles.note}>{plainStarts(note)}</span>}
                <button
                  type="button"
                  className={styles.forget}
                  aria-label={`Forget the mark on ${visibleText(span_id)}`}
                  onClick={() => {
                    onForget(span_id);
                  }}
                >
                  <Icon name="close" size={12} />
                </button>
              </span>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}
