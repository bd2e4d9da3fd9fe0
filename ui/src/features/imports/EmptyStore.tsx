import { useQuery } from '@tanstack/react-query';
import { useBackend } from '../../backend';
import { Button } from '../../components/Button';
import { Icon } from '../../components/icons';
import { Kbd } from '../../components/Kbd';
import { formatListQuery } from '../../queries/about';
import { openDialog } from '../../state/dialogs';
import styles from './EmptyStore.module.css';
import { formatNames } from './summary';
import { useImporting } from './useImporting';

/** What a person sees first: what this is, and how to get traces into it. */
export function EmptyStore() {
  const importing = useImporting();
  const { data: formats } = useQuery(formatListQuery(useBackend()));
  return (
    <section className={styles.screen} aria-label="No traces yet">
      <div className={styles.box}>
        <header>
          <h1 className={styles.title}>See what your agents did</h1>
          <p className={styles.lead}>
            Open traces of LLM agents and look at every step, retry and token of a run. Everything stays on
            this machine.
          </p>
        </header>
        <div className={styles.drop}>
          <Icon name="open" size={28} />
          <p>Drop trace files or folders anywhere in this window, or</p>
          <div className={styles.buttons}>
            <Button look="primary" icon="file" onClick={importing.openFiles}>
              Open files…
            </Button>
            <Button icon="folder" onClick={importing.openFolder}>
              Open a folder…
            </Button>
            <Button
              icon="paste"
              onClick={() => {
                openDialog('paste');
              }}
            >
              Paste…
            </Button>
          </div>
          <p className={styles.hint}>
            <Kbd keys="Mod+V" /> imports what is on the clipboard.
          </p>
        </div>
        {formats && formats.length > 0 && (
          <div className={styles.reads}>
            <h2 className={styles.formatsTitle}>Formats it reads, whatever a file is called</h2>
            <ul className={styles.formats}>
              {formatNames(formats).map((name) => (
                <li key={name}>{name}</li>
              ))}
            </ul>
          </div>
        )}
      </div>
    </section>
  );
}
