// Pictures and sounds that came inside a trace, decoded when they come into view. Nothing is ever fetched.
import { useEffect, useRef, useState, type RefObject } from 'react';
import { formatBytes } from '../domain/format';
import { describeDataUrl, LARGEST_MEDIA, mediaDataOf, type MediaData } from '../domain/mediaData';
import { visibleText } from '../domain/visibleText';
import { Address } from './Address';
import { Button } from './Button';
import { Icon } from './icons';
import { useCutText, type CutText } from './LongTexts';
import styles from './MediaView.module.css';
import { SaveButton, type Saveable } from './SaveButton';

interface MediaViewProps {
  /** A `data:` URL, an address or an id. */
  reference: string;
  /** What the source calls it: `image`, `file`. */
  modality: string;
  mime_type: string | null;
}

export function MediaView({ reference, modality, mime_type }: MediaViewProps) {
  const cut = useCutText(reference);
  if (cut) return <CutMedia cut={cut} modality={modality} mime_type={mime_type} />;
  const media = { mime_type };
  const saves = { text: reference };
  const data = mediaDataOf(reference);
  if (data?.kind === 'image') return <Picture reference={reference} data={data} saves={saves} />;
  if (data?.kind === 'audio') return <Sound reference={reference} data={data} saves={saves} />;
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
            <SaveButton saves={saves} media={media} />
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

type CutMediaProps = Omit<MediaViewProps, 'reference'> & { cut: CutText };

type Fetched = { state: 'waiting' | 'loading' } | { state: 'here'; reference: string } | { state: 'failed' };

/** Media of which only the start came with the step: the rest is got when the place comes into view. */
function CutMedia({ cut, modality, mime_type }: CutMediaProps) {
  const frame = useRef<HTMLDivElement>(null);
  const isNear = useIsNear(frame);
  const [fetched, setFetched] = useState<Fetched>({ state: 'waiting' });
  // What stands before the text itself, where a `data:` URL was made of it.
  const head = cut.start.startsWith('data:') ? cut.start.slice(0, cut.start.indexOf(',') + 1) : '';
  const told = describeDataUrl(cut.start);
  const { source } = cut;
  const fits = source.bytes !== null && source.bytes <= LARGEST_MEDIA;
  const isShowable = fits && mediaDataOf(`${head}AAAA`) !== null;
  useEffect(() => {
    if (!isNear || !isShowable) return;
    const stop = new AbortController();
    setFetched({ state: 'loading' });
    source.read(LARGEST_MEDIA, stop.signal).then(
      (whole) => {
        setFetched({ state: 'here', reference: whole.startsWith('data:') ? whole : head + whole });
      },
      () => {
        if (!stop.signal.aborted) setFetched({ state: 'failed' });
      },
    );
    return () => {
      stop.abort();
    };
  }, [isNear, isShowable, source, head]);
  const saves = { place: source.place };
  const media = { mime_type: mime_type ?? told?.mime_type ?? null };
  const data = fetched.state === 'here' ? mediaDataOf(fetched.reference) : null;
  if (fetched.state === 'here' && data?.kind === 'image')
    return <Picture reference={fetched.reference} data={data} saves={saves} />;
  if (fetched.state === 'here' && data?.kind === 'audio')
    return <Sound reference={fetched.reference} data={data} saves={saves} />;
  const what = visibleText([modality, media.mime_type].filter(Boolean).join(', '));
  return (
    <div ref={frame} className={styles.chip}>
      <Icon name="file" size={14} />
      <b>{what}</b>
      <span className={styles.note}>
        {formatBytes(source.bytes === null ? null : Math.floor((source.bytes * 3) / 4))}
        {!fits
          ? ', too large to be shown'
          : fetched.state === 'loading'
            ? ', loading…'
            : fetched.state === 'failed'
              ? ', cannot be read'
              : ', not shown'}
      </span>
      <SaveButton saves={saves} media={media} />
    </div>
  );
}

/** Whether an element has come near the screen. */
function useIsNear(frame: RefObject<HTMLElement | null>): boolean {
  const [isNear, setNear] = useState(typeof IntersectionObserver === 'undefined');
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
  }, [frame, isNear]);
  return isNear;
}

interface ShownMediaProps {
  reference: string;
  data: MediaData;
  saves: Saveable;
}

function Picture({ reference, data, saves }: ShownMediaProps) {
  const frame = useRef<HTMLDivElement>(null);
  const isNear = useIsNear(frame);
  const [isBroken, setBroken] = useState(false);
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
        <SaveButton saves={saves} media={{ mime_type: data.mime_type }} />
      </span>
    </div>
  );
}

type Playing = 'idle' | 'decoding' | 'playing' | 'failed';

/** Decoded and played in memory: an audio element would need leave to load, and nothing here has it. */
function Sound({ reference, data, saves }: ShownMediaProps) {
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
      <SaveButton saves={saves} media={{ mime_type: data.mime_type }} />
    </div>
  );
}

function bytesOf(reference: string): ArrayBuffer {
  const text = atob(reference.slice(reference.indexOf(',') + 1).replace(/\s/g, ''));
  return Uint8Array.from(text, (character) => character.charCodeAt(0)).buffer;
}
