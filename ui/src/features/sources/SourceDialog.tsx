// Sets a source up: a new one, or one that is there.
import { useState } from 'react';
import { backendErrorFrom, useBackend } from '../../backend';
import type { SourceConfig } from '../../backend/bindings';
import { Button } from '../../components/Button';
import { CopyButton } from '../../components/CopyButton';
import { Dialog } from '../../components/Dialog';
import styles from './Sources.module.css';
import { fieldText, KIND_WORDS, kindFrom, type KindName } from './sourceWords';

/** What is set up: a source that is there, or a kind of which one is added. */
export type Draft = { config: SourceConfig } | { add: KindName };

interface SourceDialogProps {
  draft: Draft | null;
  onClose: () => void;
  /** Stores it; fails with what is wrong. */
  onSave: (config: SourceConfig) => Promise<unknown>;
}

export function SourceDialog({ draft, onClose, onSave }: SourceDialogProps) {
  if (!draft) return null;
  return <Form key={JSON.stringify(draft)} draft={draft} onClose={onClose} onSave={onSave} />;
}

function Form({ draft, onClose, onSave }: SourceDialogProps & { draft: Draft }) {
  const config = 'config' in draft ? draft.config : null;
  const type = 'config' in draft ? draft.config.kind.type : draft.add;
  const { name, about, field } = KIND_WORDS[type];
  const [text, setText] = useState(config ? fieldText(config.kind) : '');
  const [token, setToken] = useState(config?.kind.type === 'feed_tcp' ? config.kind.token : '');
  const [error, setError] = useState<string | null>(null);
  const [isBusy, setBusy] = useState(false);
  const backend = useBackend();
  const picker =
    field.pick === 'folder' ? backend.pickFolder : field.pick === 'file' ? backend.pickFiles : null;

  const pick = async () => {
    try {
      const [path] = (await picker?.()) ?? [];
      if (path !== undefined) setText(path);
    } catch (failure) {
      setError(backendErrorFrom(failure).message);
    }
  };
  const save = async () => {
    const kind = kindFrom(type, text, token);
    if ('error' in kind) {
      setError(kind.error);
      return;
    }
    setBusy(true);
    try {
      // Who sets up what cannot run wants it to run.
      await onSave({ id: config?.id ?? '', enabled: config?.enabled ?? true, kind });
      onClose();
    } catch (failure) {
      setError(backendErrorFrom(failure).message);
      setBusy(false);
    }
  };
  return (
    <Dialog
      open
      onClose={onClose}
      title={config ? name : `Add: ${name.toLowerCase()}`}
      description={about}
      width_px={520}
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button look="primary" disabled={isBusy} onClick={() => void save()}>
            {config ? 'Save' : 'Add'}
          </Button>
        </>
      }
    >
      <form
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault();
          void save();
        }}
      >
        <p className={styles.quiet}>{about}</p>
        <label className={styles.field}>
          <span>{field.label}</span>
          <input
            data-autofocus=""
            value={text}
            spellCheck={false}
            autoComplete="off"
            aria-invalid={error !== null}
            aria-describedby={error === null ? undefined : 'source-error'}
            onChange={(event) => {
              setText(event.target.value);
              setError(null);
            }}
          />
          <small>{field.hint}</small>
        </label>
        {picker && (
          <Button size="small" icon={field.pick === 'folder' ? 'folder' : 'file'} onClick={() => void pick()}>
            Choose…
          </Button>
        )}
        {type === 'feed_tcp' && (
          <div className={styles.field}>
            <span>Token</span>
            <div className={styles.token}>
              <code>{token === '' ? 'made when it is saved' : token}</code>
              {token !== '' && <CopyButton text={token} label="Copy the token" />}
              {token !== '' && (
                <Button
                  size="small"
                  onClick={() => {
                    setToken('');
                  }}
                >
                  Renew
                </Button>
              )}
            </div>
            <small>A sender says it in its first line. Renewing it turns away who has the old one.</small>
          </div>
        )}
        {error !== null && (
          <p id="source-error" className={styles.error} role="alert">
            {error}
          </p>
        )}
      </form>
    </Dialog>
  );
}
