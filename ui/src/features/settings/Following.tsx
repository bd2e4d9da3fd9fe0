// How runs are followed: of what the person is told, and when silence means that a run is lost.
import { useState } from 'react';
import type { Settings } from '../../backend/bindings';
import { Switch } from '../../components/Switch';
import { NumberInput } from './NumberInput';
import styles from './SettingsDialog.module.css';
import { millisecondsFromSeconds } from './thresholds';

interface FollowingProps {
  settings: Settings;
  onStore: (change: Partial<Settings>) => void;
}

const secondsText = (ms: number | null) => (ms === null ? '' : String(ms / 1000));

export function Following({ settings, onStore }: FollowingProps) {
  const [slow, setSlow] = useState(secondsText(settings.alert_slow_ms));
  const [lost, setLost] = useState(secondsText(settings.lost_after_ms));
  const isSlowWrong = slow.trim() !== '' && millisecondsFromSeconds(slow) === null;
  const isLostWrong = millisecondsFromSeconds(lost) === null;
  const commit = () => {
    const alert_slow_ms = millisecondsFromSeconds(slow);
    const lost_after_ms = millisecondsFromSeconds(lost);
    if (isSlowWrong || lost_after_ms === null) return;
    if (alert_slow_ms !== settings.alert_slow_ms || lost_after_ms !== settings.lost_after_ms) {
      onStore({ alert_slow_ms, lost_after_ms });
    }
  };
  const field = (
    label: string,
    hint: string,
    text: string,
    set: (text: string) => void,
    isWrong: boolean,
  ) => (
    <label className={styles.row}>
      <span>
        {label}
        <small>{hint}</small>
      </span>
      <NumberInput
        text={text}
        unit="s"
        placeholder="never"
        isWrong={isWrong}
        errorId={isWrong ? 'following-error' : undefined}
        onChange={set}
        onCommit={commit}
      />
    </label>
  );
  return (
    <section className={styles.group}>
      <h3 className={styles.heading}>Followed runs</h3>
      <div className={styles.row}>
        <span>
          Tell me when a run fails
          <small>In the window, and on the desktop while another window is in front</small>
        </span>
        <Switch
          on={settings.alert_failed}
          label="Tell me when a run fails"
          onChange={(alert_failed) => {
            onStore({ alert_failed });
          }}
        />
      </div>
      {field('Tell me when a run takes', 'Empty for never', slow, setSlow, isSlowWrong)}
      {field(
        'Lost after a silence of',
        'For senders that come and go; where a connection breaks, it takes seconds',
        lost,
        setLost,
        isLostWrong,
      )}
      {(isSlowWrong || isLostWrong) && (
        <p id="following-error" className={styles.error} role="alert">
          Give a number of seconds above zero.
        </p>
      )}
    </section>
  );
}
