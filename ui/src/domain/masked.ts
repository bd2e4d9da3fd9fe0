// Masks in texts (`[masked:bearer-token]`), and what was masked, in words.
import type { MaskedKind } from '../backend/bindings';
import { formatCount } from './format';

const NAMES: Record<string, readonly [one: string, many: string]> = {
  email: ['e-mail address', 'e-mail addresses'],
  'api-key': ['API key', 'API keys'],
  'basic-credentials': ['name with its password', 'names with their passwords'],
  'url-password': ['password in an address', 'passwords in addresses'],
  'aws-access-key': ['AWS access key', 'AWS access keys'],
  authorization: ['authorisation header', 'authorisation headers'],
  jwt: ['JSON web token', 'JSON web tokens'],
  cookie: ['cookie', 'cookies'],
  password: ['password', 'passwords'],
  secret: ['secret', 'secrets'],
  token: ['token', 'tokens'],
  signature: ['signature', 'signatures'],
};

/** What a mask of this kind stands for: `bearer token`; a pattern of the person's own by its name. */
export function maskedThing(kind: string, count = 1): string {
  const known = NAMES[kind];
  if (known) return count === 1 ? known[0] : known[1];
  if (!/^[a-z]+(-[a-z]+)*-(key|token|secret|webhook)$/.test(kind)) return `“${kind}”`;
  return `${kind.replaceAll('-', ' ')}${count === 1 ? '' : 's'}`;
}

/** `3 secrets were masked: 2 bearer tokens, 1 e-mail address`; empty where nothing was. */
export function maskedWords(masked: readonly MaskedKind[]): string {
  const total = masked.reduce((sum, { count }) => sum + count, 0);
  if (total === 0) return '';
  const kinds = masked.map(({ kind, count }) => `${formatCount(count)} ${maskedThing(kind, count)}`);
  return `${total === 1 ? '1 secret was' : `${formatCount(total)} secrets were`} masked: ${kinds.join(', ')}`;
}

export interface PartByMask {
  text: string;
  /** What was masked here; `null` for text. */
  kind: string | null;
}

// What a mask can say: `masking::own` holds names to the same letters.
const MASK = /\[masked:([\p{L}\p{N} ._-]{1,40})\]/gu;

/** The text in parts, masks apart from what is around them. */
export function partsByMask(text: string): PartByMask[] {
  if (!text.includes('[masked:')) return [{ text, kind: null }];
  const parts: PartByMask[] = [];
  let done = 0;
  for (const found of text.matchAll(MASK)) {
    if (found.index > done) parts.push({ text: text.slice(done, found.index), kind: null });
    parts.push({ text: found[0], kind: found[1] ?? '' });
    done = found.index + found[0].length;
  }
  if (done < text.length) parts.push({ text: text.slice(done), kind: null });
  return parts;
}
