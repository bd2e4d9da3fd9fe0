// An address from a trace. A click shows where it goes, and only from there it is opened, outside of the app.
import { useMemo, useState, type ReactNode } from 'react';
import { useHost } from '../backend';
import { openableLink } from '../domain/links';
import { visibleText } from '../domain/visibleText';
import styles from './Address.module.css';
import { Button } from './Button';
import { CopyButton } from './CopyButton';
import { Popover } from './Popover';

interface AddressProps {
  target: string;
  /** What stands for it; the address itself if nothing does. */
  children?: ReactNode;
}

const LONGEST_SHOWN = 600;

export function Address({ target, children }: AddressProps) {
  const [open, setOpen] = useState(false);
  const shown = visibleText(target.slice(0, LONGEST_SHOWN));
  return (
    <Popover
      open={open}
      onOpenChange={setOpen}
      label="Where this link goes"
      trigger={
        <button type="button" className={styles.link}>
          {children ?? shown}
        </button>
      }
    >
      <Destination
        target={target}
        onOpened={() => {
          setOpen(false);
        }}
      />
    </Popover>
  );
}

/** The whole address, and what can be done with it. */
function Destination({ target, onOpened }: { target: string; onOpened: () => void }) {
  const host = useHost();
  const link = useMemo(() => openableLink(target), [target]);
  const [failure, setFailure] = useState<string | null>(null);
  const address = link?.address ?? target;
  const at = link ? address.indexOf(link.host) : -1;
  return (
    <div className={styles.card}>
      <p className={styles.target}>
        {link && at >= 0 ? (
          <>
            {address.slice(0, at)}
            <b>{link.host}</b>
            {visibleText(address.slice(at + link.host.length))}
          </>
        ) : (
          visibleText(address.slice(0, 8000))
        )}
      </p>
      <p className={styles.note}>
        {!link
          ? 'From the trace. Only addresses of web pages and mail are opened from here.'
          : link.scheme === 'mailto'
            ? `From the trace. Your mail program opens it: mail to ${link.host}.`
            : `From the trace. Your browser opens it: a page of ${link.host}${link.scheme === 'http' ? ', not encrypted' : ''}.`}
      </p>
      {failure !== null && (
        <p className={styles.note} role="alert">
          {failure}
        </p>
      )}
      <div className={styles.actions}>
        {link && host && (
          <Button
            size="small"
            onClick={() => {
              host.openLink(link.address).then(onOpened, (error: unknown) => {
                setFailure(error instanceof Error ? error.message : String(error));
              });
            }}
          >
            {link.scheme === 'mailto' ? 'Write a mail' : 'Open in the browser'}
          </Button>
        )}
        <CopyButton text={target} label="Copy address" withLabel />
      </div>
    </div>
  );
}
