// Saves a text, or what media hold, to a file: the host asks where to.
import { useState } from 'react';
import { useHost } from '../backend';
import type { TextRef } from '../backend/bindings';
import { formatBytes } from '../domain/format';
import { maskedWords } from '../domain/masked';
import { Button, IconButton } from './Button';

/** What is saved: by its place in the store, or the text itself where the page has all of it. */
export type Saveable = { place: TextRef } | { text: string };

interface SaveButtonProps {
  saves: Saveable;
  /** Media, of which the bytes are saved that they stand for, and their type where their text does not say it. */
  media?: { mime_type: string | null };
  /** Whether the label stands beside the icon. */
  withLabel?: boolean;
}

type State =
  | { state: 'idle' }
  | { state: 'saving' }
  | { state: 'done'; words: string }
  | { state: 'failed'; words: string };

export function SaveButton({ saves, media, withLabel = false }: SaveButtonProps) {
  const host = useHost();
  const [now, setNow] = useState<State>({ state: 'idle' });
  if (!host) return null;
  const save = async () => {
    setNow({ state: 'saving' });
    try {
      const saved = await host.saveText({
        place: 'place' in saves ? saves.place : null,
        text: 'text' in saves ? saves.text : null,
        is_media: media !== undefined,
        mime_type: media?.mime_type ?? null,
      });
      if (!saved) setNow({ state: 'idle' });
      else {
        const masked = maskedWords(saved.masked);
        setNow({ state: 'done', words: `Saved ${formatBytes(saved.bytes)}${masked && `; ${masked}`}` });
      }
    } catch (error) {
      setNow({ state: 'failed', words: error instanceof Error ? error.message : String(error) });
    }
  };
  const words =
    now.state === 'saving'
      ? 'Saving…'
      : now.state === 'idle'
        ? 'Save to file…'
        : now.state === 'failed'
          ? `Not saved: ${now.words}`
          : now.words;
  const icon = now.state === 'done' ? 'check' : now.state === 'failed' ? 'warning' : 'download';
  const onClick = () => {
    if (now.state !== 'saving') void save();
  };
  return (
    <>
      {withLabel ? (
        <Button size="small" icon={icon} onClick={onClick}>
          {words}
        </Button>
      ) : (
        <IconButton size="small" icon={icon} label={words} onClick={onClick} />
      )}
      <span className="visually-hidden" role="status">
        {now.state === 'idle' ? '' : words}
      </span>
    </>
  );
}
