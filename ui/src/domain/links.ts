// Addresses in a trace: which may be opened, and where they lead.

export interface OpenableLink {
  /** The address as it would be opened: letters that look like others written out. */
  address: string;
  /** `https`, `mailto`. */
  scheme: string;
  /** Whose page it is, or whose mail box. */
  host: string;
}

const SCHEMES = ['http:', 'https:', 'mailto:'];

/** What there is to know of an address before it is opened; `null` for what is not opened from here. */
export function openableLink(target: string): OpenableLink | null {
  // An address without a scheme would be taken to be one of this page's.
  if (!/^[a-z]+:/i.test(target) || target.length > 8000) return null;
  let url: URL;
  try {
    url = new URL(target);
  } catch {
    return null;
  }
  if (!SCHEMES.includes(url.protocol)) return null;
  const isMail = url.protocol === 'mailto:';
  const host = isMail ? url.pathname : url.host;
  if (host === '' || (isMail && !host.includes('@'))) return null;
  // A name before the host is there to be taken for it.
  if (url.username !== '' || url.password !== '') return null;
  return { address: url.href, scheme: url.protocol.slice(0, -1), host };
}
