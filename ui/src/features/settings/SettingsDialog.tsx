import { useState } from 'react';
import { backendErrorFrom } from '../../backend';
import type { Settings, Theme } from '../../backend/bindings';
import { Button } from '../../components/Button';
import { Dialog } from '../../components/Dialog';
import type { IconName } from '../../components/icons';
import { Tabs } from '../../components/Tabs';
import { useSaveSettings, useSettings } from '../../queries/about';
import { closeDialog, useDialogs } from '../../state/dialogs';
import { NumberInput } from './NumberInput';
import styles from './SettingsDialog.module.css';
import { Following } from './Following';
import { setPatternDraft, unsavedPatterns, usePatternDraft } from './patternDraft';
import { Privacy } from './Privacy';
import { Projects } from './Projects';
import { Storage } from './Storage';
import { millisecondsFrom, thresholdError } from './thresholds';

export function SettingsDialog() {
  const open = useDialogs((dialogs) => dialogs.open === 'settings');
  const leaving = useLeaving();
  return (
    <Dialog
      open={open}
      onClose={leaving.leave}
      title="Settings"
      width_px={640}
      actions={
        leaving.why !== null && (
          <>
            <p role="alert" className={styles.unsaved}>
              Your patterns are not saved: {leaving.why.replace(/\.$/, '')}.
            </p>
            <Button onClick={leaving.discard}>Discard them</Button>
            <Button look="primary" onClick={leaving.stay}>
              Go on editing
            </Button>
          </>
        )
      }
    >
      {open && (
        <Tabs
          label="Settings"
          pages={[
            { id: 'general', label: 'General', content: <SettingsForm /> },
            { id: 'storage', label: 'Storage', content: <Storage /> },
            { id: 'privacy', label: 'Privacy', content: <Privacy /> },
            { id: 'projects', label: 'Projects', content: <Projects /> },
          ]}
        />
      )}
    </Dialog>
  );
}

/** Closing stores the patterns that were typed; where they can't be, it asks first, and `why` says why. */
function useLeaving() {
  const settings = useSettings();
  const save = useSaveSettings();
  const [why, setWhy] = useState<string | null>(null);
  const discard = () => {
    setPatternDraft(null);
    setWhy(null);
    closeDialog();
  };
  const leave = () => {
    const patterns = unsavedPatterns(usePatternDraft.getState().patterns, settings.masking.patterns);
    if (patterns === null) {
      discard();
      return;
    }
    save.mutate(
      { ...settings, masking: { ...settings.masking, patterns } },
      {
        onSuccess: discard,
        onError: (error) => {
          setWhy(backendErrorFrom(error).message);
        },
      },
    );
  };
  const stay = () => {
    setWhy(null);
  };
  return { why, leave, discard, stay };
}

const THEMES: { id: Theme; label: string; icon: IconName }[] = [
  { id: 'system', label: 'System', icon: 'system' },
  { id: 'light', label: 'Light', icon: 'light' },
  { id: 'dark', label: 'Dark', icon: 'dark' },
];

function SettingsForm() {
  const settings = useSettings();
  const save = useSaveSettings();
  const store = (change: Partial<Settings>) => {
    save.mutate({ ...settings, ...change });
  };
  return (
    <>
      <section className={styles.group}>
        <h3 className={styles.heading}>Appearance</h3>
        <div className={styles.row}>
          <span id="theme-label">Theme</span>
          <div className={styles.themes} role="group" aria-labelledby="theme-label">
            {THEMES.map(({ id, label, icon }) => (
              <Button
                key={id}
                size="small"
                icon={icon}
                aria-pressed={settings.theme === id}
                onClick={() => {
                  store({ theme: id });
                }}
              >
                {label}
              </Button>
            ))}
          </div>
        </div>
      </section>
      {/* Typed text starts anew when other limits have been stored. */}
      <Thresholds
        key={`${settings.slow_ms} ${settings.slow_warning_ms}`}
        settings={settings}
        onStore={store}
      />
      <Following
        key={`${settings.alert_slow_ms} ${settings.lost_after_ms}`}
        settings={settings}
        onStore={store}
      />
      {save.error && (
        <p className={styles.error} role="alert">
          The settings could not be stored: {backendErrorFrom(save.error).message}
        </p>
      )}
    </>
  );
}

function Thresholds({
  settings,
  onStore,
}: {
  settings: Settings;
  onStore: (change: Partial<Settings>) => void;
}) {
  const [slow, setSlow] = useState(String(settings.slow_ms));
  const [warning, setWarning] = useState(String(settings.slow_warning_ms));
  const error = thresholdError(slow, warning);
  const commit = () => {
    const slow_ms = millisecondsFrom(slow);
    const slow_warning_ms = millisecondsFrom(warning);
    if (error || slow_ms === null || slow_warning_ms === null) return;
    if (slow_ms !== settings.slow_ms || slow_warning_ms !== settings.slow_warning_ms) {
      onStore({ slow_ms, slow_warning_ms });
    }
  };
  const field = (label: string, hint: string, text: string, set: (text: string) => void) => (
    <label className={styles.row}>
      <span>
        {label}
        <small>{hint}</small>
      </span>
      <NumberInput
        text={text}
        unit="ms"
        isWrong={millisecondsFrom(text) === null}
        errorId={error ? 'threshold-error' : undefined}
        onChange={set}
        onCommit={commit}
      />
    </label>
  );
  return (
    <section className={styles.group}>
      <h3 className={styles.heading}>Slow traces</h3>
      {field('Getting slow from', 'Underlined in the list', warning, setWarning)}
      {field('Slow from', 'Marked in the list, and what the Slow filter finds', slow, setSlow)}
      {error && (
        <p id="threshold-error" className={styles.error} role="alert">
          {error}
        </p>
      )}
    </section>
  );
}
