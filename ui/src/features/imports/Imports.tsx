// All of importing: the ways in, and what becomes of them.
import { useCallback, useEffect } from 'react';
import { useBackend } from '../../backend';
import { useActions } from '../../state/actions';
import { openDialog } from '../../state/dialogs';
import { DropOverlay } from './DropOverlay';
import { ImportTray } from './ImportTray';
import { PasteDialog } from './PasteDialog';
import { useImporting } from './useImporting';
import { usePasting } from './usePasting';

export function Imports() {
  const backend = useBackend();
  const importing = useImporting();
  const { importText, importDropped, openWaiting } = importing;

  useActions([
    { id: 'open', label: 'Open files…', group: 'Import', keys: ['Mod+O'], run: importing.openFiles },
    {
      id: 'open_folder',
      label: 'Open a folder…',
      group: 'Import',
      keys: ['Mod+Shift+O'],
      run: importing.openFolder,
    },
    {
      id: 'paste',
      label: 'Paste traces…',
      group: 'Import',
      run: () => {
        openDialog('paste');
      },
    },
    {
      id: 'paste.direct',
      label: 'Import the clipboard, or open the link on it',
      group: 'Import',
      keys: ['Mod+V'],
    },
  ]);

  const importFiles = useCallback(
    (files: File[]) => {
      importDropped({ kind: 'files', files });
    },
    [importDropped],
  );
  usePasting(importText, importFiles);

  useEffect(() => backend.onOpened(openWaiting), [backend, openWaiting]);
  useEffect(openWaiting, [openWaiting]);

  return (
    <>
      <ImportTray importing={importing} />
      <PasteDialog onImport={importText} />
      <DropOverlay onDrop={importDropped} />
    </>
  );
}
