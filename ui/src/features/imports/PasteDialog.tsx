import { useState } from 'react';
import { Button } from '../../components/Button';
import { Dialog } from '../../components/Dialog';
import { Kbd } from '../../components/Kbd';
import { formatBytes } from '../../domain/format';
import { isLink } from '../../domain/traceLinks';
import { closeDialog, useDialogs } from '../../state/dialogs';
import styles from './Imports.module.css';

/** Takes a trace as text. */
export function PasteDialog({ onImport }: { onImport: (name: string, text: string) => void }) {
  const open = useDialogs((dialogs) => dialogs.open === 'paste');
  return open ? <OpenPasteDialog onImport={onImport} /> : null;
}

function OpenPasteDialog({ onImport }: { onImport: (name: string, text: string) => void }) {
  const [text, setText] = useState('');
  const empty = text.trim() === '';
  const submit = () => {
    if (empty) return;
    onImport('Pasted text', text);
    closeDialog();
  };
  return (
    <Dialog
      open
      onClose={closeDialog}
      title="Paste traces"
      width_px={680}
      actions={
        <>
          <Button onClick={closeDialog}>Cancel</Button>
          <Button look="primary" disabled={empty} onClick={submit}>
            {empty ? 'Import' : isLink(text) ? 'Open the link' : `Import ${formatBytes(text.length)}`}
          </Button>
        </>
      }
    >
      <p className={styles.pasteHint}>
        JSON or JSON lines in any format this app reads, or a link to a step. <Kbd keys="Mod+Enter" />{' '}
        imports.
      </p>
      <textarea
        className={styles.paste}
        aria-label="Traces as text"
        autoFocus
        spellCheck={false}
        value={text}
        onChange={(event) => {
          setText(event.target.value);
        }}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) submit();
        }}
      />
    </Dialog>
  );
}
