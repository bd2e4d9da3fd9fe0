// Pictures and sounds that came inside a trace, decoded when they come into view. Nothing is ever fetched.
import { useEffect, useRef, useState } from 'react';
import { formatBytes } from '../domain/format';
import { describeDataUrl, LARGEST_MEDIA, mediaDataOf, type MediaData } from '../domain/mediaData';
import { visibleText } from '../domain/visibleText';
import { Address } from './Address';
import { Button } from './Button';
import { Icon } from './icons';
import styles from './MediaView.module.css';

interface MediaViewProps {
  /** A `data:` URL, an address or an id. */
  reference: string;
  /** What the source calls it: `image`, `file`. */
  modality: string;
  mime_type: string | null;
}

export function MediaView({ reference, modality, mime_type }: MediaViewProps) {
  const data = mediaDataOf(reference);
  if (data?.kind === 'image') return <Picture reference={reference} data={data} />;
  if (data?.kind === 'audio') return <Sound reference={reference} data={data} />;
  const told = describeDataUrl(reference);
  const what = visibleText([modality, mime_type ?? told?.mime_type].filter(Boolean).join(', '));
  return (
    <div className={styles.chip}>
      <Icon name="file" size={14} />
      <span>
        <b>{what}</b>
        {told ? (
          <span className={styles.note}>
            {formatBytes(told.bytes)}
            {reference.length > LARGEST_MEDIA ? ', too large to be shown' : ', not shown'}
          </span>
        ) : (
          <span className={styles.note}>
            {reference === '' ? (
              'not in the trace'
            ) : (
              <>
                not in the trace, not loaded from elsewhere: <Address target={reference} />
              </>
            )}
          </span>
        )}
      </span>
    </div>
  );
}

function Picture({ reference, data }: { reference: string; data: MediaData }) {
  const frame = useRef<HTMLDivElement>(null);
  const [isNear, setNear] = useState(typeof IntersectionObserver === 'undefined');
  const [isBroken, setBroken] = useState(false);
  useEffect(() => {
    const element = frame.current;
    if (isNear || !element) return;
    const seen = new IntersectionObserver(
      (entries) => {
        if (entries.some((entry) => entry.isIntersecting)) setNear(true);
      },
      { rootMargin: '400px' },
    );
    seen.observe(element);
    return () => {
      seen.disconnect();
    };
  }, [isNear]);
  return (
    <div ref={frame} className={styles.picture}>
      {isNear && !isBroken && (
        <img
          className={styles.image}
          src={reference}
          alt={`From the trace, ${data.mime_type}`}
          decoding="async"
          onError={() => {
            setBroken(true);
          }}
        />
      )}
      <span className={styles.note}>
        {data.mime_type}, {formatBytes(data.bytes)}
        {isBroken && ', cannot be decoded'}
      </span>
    </div>
  );
}

type Playing = 'idle' | 'decoding' | 'playing' | 'failed';

/** Decoded and played in memory: an audio element would need leave to load, and nothing here has it. */
function Sound({ reference, data }: { reference: string; data: MediaData }) {
  const [state, setState] = useState<Playing>('idle');
  const player = useRef<AudioContext>(null);
  const stop = () => {
    void player.current?.close();
    player.current = null;
  };
  useEffect(() => stop, []);
  const play = async () => {
    setState('decoding');
    const context = new AudioContext();
    player.current = context;
    try {
      const sound = await context.decodeAudioData(bytesOf(reference));
      const source = context.createBufferSource();
      source.buffer = sound;
      source.connect(context.destination);
      source.onended = () => {
        stop();
        setState('idle');
      };
      source.start();
      setState('playing');
    } catch {
      // Closing it while it decodes ends here too.
      const wasStopped = player.current !== context;
      stop();
      setState(wasStopped ? 'idle' : 'failed');
    }
  };
  const isBusy = state === 'playing' || state === 'decoding';
  return (
    <div className={styles.chip}>
      <Button
        size="small"
        icon={isBusy ? 'close' : 'play'}
        onClick={() => {
          if (isBusy) {
            stop();
            setState('idle');
          } else void play();
        }}
      >
        {isBusy ? 'Stop' : 'Play'}
      </Button>
      <span className={styles.note}>
        {data.mime_type}, {formatBytes(data.bytes)}
        {state === 'failed' && ', cannot be decoded'}
      </span>
    </div>
  );
}

function bytesOf(reference: string): ArrayBuffer {
  const text = atob(reference.slice(reference.indexOf(',') + 1).replace(/\s/g, ''));
  return Uint8Array.from(text, (character) => character.charCodeAt(0)).buffer;
}
