import { useEffect } from 'react';
import type { RunAlert } from '../backend/bindings';
import { Button, IconButton } from '../components/Button';
import { Icon } from '../components/icons';
import { StatusIcon } from '../components/StatusIcon';
import { ALERT_WORDS } from '../domain/words';
import { dismissAlert, useAlerts } from '../state/alerts';
import { goTo } from '../state/place';
import styles from './Alerts.module.css';

/** What is not read by then is still marked in the list. */
const SHOWN_MS = 20_000;

/** Followed runs that have just failed, or become slow. */
export function Alerts() {
  const told = useAlerts((alerts) => alerts.told);
  return (
    <section className={styles.alerts} aria-label="Alerts" aria-live="polite">
      {told.map((alert) => (
        <AlertCard key={`${alert.trace_id} ${alert.alert}`} alert={alert} />
      ))}
    </section>
  );
}

function AlertCard({ alert }: { alert: RunAlert }) {
  const { trace_id, name, reason } = alert;
  useEffect(() => {
    const timer = setTimeout(() => {
      dismissAlert(trace_id);
    }, SHOWN_MS);
    return () => {
      clearTimeout(timer);
    };
  }, [trace_id]);
  return (
    <div className={styles.alert} data-alert={alert.alert}>
      {alert.alert === 'failed' ? <StatusIcon status="failed" /> : <Icon name="slow" size={14} />}
      <div className={styles.words}>
        <div className={styles.name}>
          <span className={styles.what}>{ALERT_WORDS[alert.alert].word}</span>{' '}
          {name === '' ? 'Unnamed' : name}
        </div>
        {reason !== null && <div className={styles.reason}>{reason}</div>}
      </div>
      <Button
        size="small"
        onClick={() => {
          dismissAlert(trace_id);
          goTo({ traceId: trace_id }, 'push');
        }}
      >
        Open
      </Button>
      <IconButton
        size="small"
        icon="close"
        label="Dismiss"
        onClick={() => {
          dismissAlert(trace_id);
        }}
      />
    </div>
  );
}
