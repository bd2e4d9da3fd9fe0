// Ctrl+V anywhere but in a text field imports what is on the clipboard. Some webviews give a page the clipboard only
// in a text field: there the paste dialog opens instead, and the next Ctrl+V goes into its field.
import { useEffect, useRef } from 'react';
import { openDialog } from '../../state/dialogs';

const inField = (target: EventTarget | null) =>
  target instanceof Element &&
  target.closest('input, textarea, select, [contenteditable="true"], [role="dialog"]') !== null;

export function usePasting(
  importText: (name: string, text: string) => void,
  importFiles: (files: File[]) => void,
): void {
  const latest = useRef({ importText, importFiles });
  useEffect(() => {
    latest.current = { importText, importFiles };
  });
  useEffect(() => {
    const stop = new AbortController();
    const { signal } = stop;
    let awaited = false;

    const onKeyDown = (event: KeyboardEvent) => {
      const isPaste = event.key.toLowerCase() === 'v' && (event.ctrlKey || event.metaKey) && !event.altKey;
      if (isPaste && !event.repeat && !inField(event.target)) awaited = true;
    };
    const onKeyUp = (event: KeyboardEvent) => {
      if (event.key.toLowerCase() !== 'v' || !awaited) return;
      awaited = false;
      openDialog('paste');
    };
    const onPaste = (event: ClipboardEvent) => {
      awaited = false;
      if (inField(event.target)) return;
      const files = [...(event.clipboardData?.files ?? [])];
      const text = event.clipboardData?.getData('text/plain') ?? '';
      if (files.length === 0 && text.trim() === '') return;
      event.preventDefault();
      if (files.length > 0) latest.current.importFiles(files);
      else latest.current.importText('Clipboard', text);
    };
    window.addEventListener('keydown', onKeyDown, { signal });
    window.addEventListener('keyup', onKeyUp, { signal });
    window.addEventListener('paste', onPaste, { signal });
    return () => {
      stop.abort();
    };
  }, []);
}
