import { useEffect } from 'react';
import { Button, IconButton } from '../components/Button';
import { Icon } from '../components/icons';
import { StatusIcon } from '../components/StatusIcon';
import { ALERT_WORDS } from '../domain/words';
import { plural } from '../domain/format';
import { dismissAlerts, useAlerts } from '../state/alerts';
import { goTo } from '../state/place';
import styles from './Alerts.module.css';

/** What is not read by then is still marked in the list. */
const SHOWN_MS = 20_000;

/** The followed run that failed or became slow last, and how many did before it: never more than one card. */
export function Alerts() {
  const told = useAlerts((alerts) => alerts.told);
  useEffect(() => {
    if (told.length === 0) return;
    const timer = setTimeout(dismissAlerts, SHOWN_MS);
    return () => {
      clearTimeout(timer);
    };
  }, [told]);
  const [latest] = told;
  return (
    <section className={styles.alerts} aria-label="Alerts" aria-live="polite">
      {latest && (
        <div className={styles.alert} data-alert={latest.alert}>
          {latest.alert === 'failed' ? <StatusIcon status="failed" /> : <Icon name="slow" size={14} />}
          <div className={styles.words}>
            <div className={styles.name}>
              <span className={styles.what}>{ALERT_WORDS[latest.alert].word}</span>{' '}
              {latest.name === '' ? 'Unnamed' : latest.name}
            </div>
            {latest.reason !== null && <div className={styles.reason}>{latest.reason}</div>}
            {told.length > 1 && (
              <div className={styles.others}>and {plural(told.length - 1, 'run')} before it</div>
            )}
          </div>
          <Button
            size="small"
            onClick={() => {
              dismissAlerts();
              goTo({ traceId: latest.trace_id }, 'push');
            }}
          >
            Open
          </Button>
          <IconButton size="small" icon="close" label="Dismiss" onClick={dismissAlerts} />
        </div>
      )}
    </section>
  );
}
