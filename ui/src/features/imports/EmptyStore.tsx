import { useMutation, useQuery } from '@tanstack/react-query';
import { backendErrorFrom, useBackend } from '../../backend';
import { Button } from '../../components/Button';
import { CopyButton } from '../../components/CopyButton';
import { Icon } from '../../components/icons';
import { Kbd } from '../../components/Kbd';
import { formatListQuery } from '../../queries/about';
import { addressesQuery } from '../../queries/sources';
import { openDialog } from '../../state/dialogs';
import { goTo } from '../../state/place';
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
        <LiveStart />
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

const DEMO_RUNS = 3;

/** The other way to begin: with an agent that runs, one's own or a made-up one. */
function LiveStart() {
  const backend = useBackend();
  const { data: addresses } = useQuery(addressesQuery(backend));
  const demo = useMutation({ mutationFn: () => backend.call('demo_start', { runs: DEMO_RUNS, seed: null }) });
  const endpoint = addresses?.otlp_http ?? null;
  const line = endpoint === null ? null : `OTEL_EXPORTER_OTLP_ENDPOINT=${endpoint}`;
  return (
    <div className={styles.live}>
      <p>Or watch an agent while it runs</p>
      <div className={styles.buttons}>
        <Button
          icon="play"
          disabled={demo.isPending}
          onClick={() => {
            demo.mutate();
          }}
        >
          Run the demo
        </Button>
        <Button
          icon="plug"
          onClick={() => {
            goTo({ view: 'sources' }, 'push');
          }}
        >
          Connect your agent…
        </Button>
      </div>
      {line !== null && (
        <p className={styles.endpoint}>
          <code>{line}</code>
          <CopyButton text={line} label="Copy the line" />
        </p>
      )}
      {demo.error && (
        <p className={styles.refused} role="alert">
          The demo could not be started: {backendErrorFrom(demo.error).message}
        </p>
      )}
    </div>
  );
}
