// The corrections that the person can make to the attempts a step is among.
import { Button } from '../../components/Button';
import { KindIcon } from '../../components/KindIcon';
import { Popover } from '../../components/Popover';
import { StatusIcon } from '../../components/StatusIcon';
import { kindOf, nameOf, statusOf, type StepTree } from '../../domain/stepTree';
import { startText } from '../../domain/words';
import styles from './CorrectAttempts.module.css';
import type { AttemptCorrection } from './useAttemptCorrection';

export function CorrectAttempts({ tree, correction }: { tree: StepTree; correction: AttemptCorrection }) {
  const { isOpen, isSaving, candidates, takeOut, dissolve, asDetected } = correction;
  return (
    <Popover
      open={isOpen}
      onOpenChange={correction.open}
      label="Attempts, corrected by hand"
      trigger={
        <Button
          size="small"
          look="quiet"
          disabled={isSaving}
          title="Say yourself which steps are attempts (h)"
        >
          Correct…
        </Button>
      }
    >
      <div className={styles.choices}>
        {takeOut && <Choice onClick={takeOut}>Take this step out of these attempts</Choice>}
        {dissolve && <Choice onClick={dissolve}>These are not attempts at one operation</Choice>}
        {asDetected && <Choice onClick={asDetected}>As detected</Choice>}
        {candidates.length > 0 && (
          <>
            <p className={styles.head} id="join-attempts">
              An attempt at the same operation as
            </p>
            <ul className={styles.list} aria-labelledby="join-attempts">
              {candidates.map((row) => (
                <li key={row}>
                  <Choice
                    onClick={() => {
                      correction.join(row);
                    }}
                  >
                    <KindIcon kind={kindOf(tree, row)} />
                    <span className={styles.name}>{nameOf(tree, row) || 'unnamed'}</span>
                    {statusOf(tree, row) === 'error' && <StatusIcon status="failed" label="failed" />}
                    <span className={styles.muted}>{startText(tree, row)}</span>
                  </Choice>
                </li>
              ))}
            </ul>
          </>
        )}
        <p className={styles.muted}>
          {candidates.length > 0
            ? 'Another step: pin it (p), and it stands here, too.'
            : 'To join this step with another, pin that one (p): it stands here then.'}
        </p>
      </div>
    </Popover>
  );
}

function Choice({ onClick, children }: { onClick: () => void; children: React.ReactNode }) {
  return (
    <button type="button" className={styles.choice} onClick={onClick}>
      {children}
    </button>
  );
}
