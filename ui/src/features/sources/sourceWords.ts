// Live sources in words: what they are, how they stand, and what can be set about them.
import type { SourceKind, SourceState, SourceStatus } from '../../backend/bindings';
import type { IconName } from '../../components/icons';

export type KindName = SourceKind['type'];

/** What a person gives to set a source up. */
export interface SourceField {
  /** What it is ("Port"). */
  label: string;
  hint: string;
  /** Whether it may be left empty. */
  optional?: true;
  /** What the host can be asked for it. */
  pick?: 'file' | 'folder';
}

export interface KindWords {
  name: string;
  icon: IconName;
  /** What it is for, in a sentence. */
  about: string;
  field: SourceField;
}

export const KIND_WORDS: Record<KindName, KindWords> = {
  feed_socket: {
    name: 'Feed socket',
    icon: 'socket',
    about: 'Agents on this machine write lines of JSON to it.',
    field: { label: 'Path', hint: 'Empty for the usual place', optional: true },
  },
  feed_tcp: {
    name: 'Feed over TCP',
    icon: 'network',
    about: 'The same lines, for what cannot reach a socket of the file system. Senders say a token first.',
    field: { label: 'Port', hint: '1 to 65535, on this machine only' },
  },
  feed_client: {
    name: 'Agent’s own socket',
    icon: 'socket',
    about: 'Connects to an agent that listens for the feed protocol itself.',
    field: { label: 'Address', hint: 'A socket’s path, or host:port on this machine' },
  },
  otlp_http: {
    name: 'OTLP over HTTP',
    icon: 'network',
    about: 'What OpenTelemetry exporters send to.',
    field: { label: 'Port', hint: 'Exporters look for 4318' },
  },
  otlp_grpc: {
    name: 'OTLP over gRPC',
    icon: 'network',
    about: 'What OpenTelemetry exporters send to.',
    field: { label: 'Port', hint: 'Exporters look for 4317' },
  },
  trace_llm: {
    name: 'TraceLLM backend',
    icon: 'network',
    about: 'Its WebSocket, and its list of traces to catch up.',
    field: {
      label: 'Address',
      hint: 'Like http://127.0.0.1:8000; empty to look where it usually listens',
      optional: true,
    },
  },
  trace_llm_database: {
    name: 'TraceLLM database',
    icon: 'database',
    about: 'A traces.db, read and never written.',
    field: { label: 'File', hint: 'The full path of a traces.db', pick: 'file' },
  },
  file: {
    name: 'Followed file',
    icon: 'file',
    about: 'A log that grows.',
    field: { label: 'File', hint: 'Its full path', pick: 'file' },
  },
  folder: {
    name: 'Followed folder',
    icon: 'folder',
    about: 'What is new in it is imported, what grows is followed.',
    field: { label: 'Folder', hint: 'Its full path', pick: 'folder' },
  },
};

/** Kinds that a person can add, in the order in which they are offered. */
export const ADDED_KINDS: readonly KindName[] = [
  'file',
  'folder',
  'feed_client',
  'trace_llm',
  'trace_llm_database',
];

/** What a kind's field says now. */
export function fieldText(kind: SourceKind): string {
  switch (kind.type) {
    case 'feed_tcp':
    case 'otlp_http':
    case 'otlp_grpc':
      return String(kind.port);
    case 'feed_client':
      return kind.address;
    case 'trace_llm':
      return kind.url ?? '';
    case 'feed_socket':
      return kind.path ?? '';
    default:
      return kind.path;
  }
}

/** A kind set up by what was typed into its field, or why that makes no sense. */
export function kindFrom(type: KindName, typed: string, token = ''): SourceKind | { error: string } {
  const text = typed.trim();
  const { field } = KIND_WORDS[type];
  if (text === '' && !field.optional) return { error: `${field.label} is missing.` };
  switch (type) {
    case 'feed_tcp':
    case 'otlp_http':
    case 'otlp_grpc': {
      const port = /^\d{1,5}$/.test(text) ? Number(text) : NaN;
      if (!(port >= 1 && port <= 65_535)) return { error: 'A port is a number from 1 to 65535.' };
      return type === 'feed_tcp' ? { type, port, token } : { type, port };
    }
    case 'feed_client':
      return { type, address: text };
    case 'trace_llm':
      return { type, url: text === '' ? null : text };
    case 'feed_socket':
      return { type, path: text === '' ? null : text };
    default:
      return { type, path: text };
  }
}

const WATCHES: readonly KindName[] = ['file', 'folder', 'trace_llm_database'];

/** How a source stands, in a word or two. */
export function stateWord({ state, config }: Pick<SourceStatus, 'state' | 'config'>): string {
  const words: Record<SourceState, string> = {
    off: 'Off',
    starting: 'Starting…',
    listening: WATCHES.includes(config.kind.type) ? 'Following' : 'Listening',
    connected: 'Connected',
    retrying: 'Not there',
    failed: 'Can’t run',
  };
  return words[state];
}

/** When a source is tried again, as of `now_ms`: `trying again in 4 s`. */
export function retryWords(retry_in_ms: number, read_at_ms: number, now_ms: number): string {
  const left_s = Math.ceil((read_at_ms + retry_in_ms - now_ms) / 1000);
  return left_s <= 0 ? 'trying again…' : `trying again in ${left_s} s`;
}

/** All sources in one line: `2 listening · 1 can’t run`. */
export function summaryWords(sources: readonly SourceStatus[]): string {
  const on = sources.filter(({ config }) => config.enabled);
  const failing = on.filter(({ state }) => state === 'failed').length;
  const waiting = on.filter(({ state }) => state === 'retrying').length;
  const parts = [
    on.length === 0 ? 'all off' : `${on.length} on`,
    failing > 0 ? `${failing} can’t run` : null,
    waiting > 0 ? `${waiting} not there` : null,
  ];
  return parts.filter((part) => part !== null).join(' · ');
}
