// Pictures and sounds that came inside a trace. Only what a `data:` URL of a known kind holds is ever decoded.

/** SVG is not among them: it is a document that can ask for others. */
const SHOWN =
  /^data:((?:image\/(?:png|jpeg|jpg|gif|webp|avif|bmp))|(?:audio\/(?:wav|x-wav|wave|mpeg|mp3|ogg|webm|aac|mp4|flac)));base64,/i;
const BASE64 = /^[a-z0-9+/\s]*=*\s*$/i;

/** Larger ones are named and not decoded. In characters of base64. */
export const LARGEST_MEDIA = 16_000_000;

export interface MediaData {
  kind: 'image' | 'audio';
  mime_type: string;
  /** Length once decoded. */
  bytes: number;
}

/** What a reference holds, without decoding it; `null` for all that must not be decoded. */
export function mediaDataOf(reference: string): MediaData | null {
  const head = SHOWN.exec(reference.slice(0, 64));
  if (!head?.[1] || reference.length > LARGEST_MEDIA) return null;
  const body = reference.slice(head[0].length);
  if (!BASE64.test(body)) return null;
  return {
    kind: head[1].toLowerCase().startsWith('image') ? 'image' : 'audio',
    mime_type: head[1].toLowerCase(),
    bytes: Math.floor((body.length * 3) / 4),
  };
}

/** Type and size of any `data:` URL, for naming it. */
export function describeDataUrl(reference: string): { mime_type: string; bytes: number } | null {
  const head = /^data:([^,;]{0,100})[^,]{0,200},/i.exec(reference.slice(0, 320));
  if (!head) return null;
  const length = reference.length - head[0].length;
  const isBase64 = /;base64,$/i.test(head[0]);
  return { mime_type: head[1] || 'text/plain', bytes: isBase64 ? Math.floor((length * 3) / 4) : length };
}
