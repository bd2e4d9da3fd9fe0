// The colours drawn with, read from the stylesheet's tokens, so that the canvas follows the theme like all else.
import { SPAN_KINDS } from '../backend/bindings';

export interface Palette {
  /** By kind code. */
  kinds: readonly string[];
  onKind: string;
  surface: string;
  sunken: string;
  border: string;
  borderStrong: string;
  text: string;
  muted: string;
  accent: string;
  failed: string;
  failedSoft: string;
  warning: string;
  running: string;
  font: string;
}

/** Reads the tokens that hold for `element`. */
export function paletteOf(element: Element): Palette {
  const style = getComputedStyle(element);
  const token = (name: string) => style.getPropertyValue(`--${name}`).trim() || '#888888';
  const family = style.getPropertyValue('--font').trim() || 'sans-serif';
  return {
    kinds: SPAN_KINDS.map((kind) => token(`kind-${kind}`)),
    onKind: token('on-kind'),
    surface: token('surface'),
    sunken: token('surface-sunken'),
    border: token('border'),
    borderStrong: token('border-strong'),
    text: token('text'),
    muted: token('text-muted'),
    accent: token('accent'),
    failed: token('status-failed'),
    failedSoft: token('status-failed-soft'),
    warning: token('status-warning'),
    running: token('status-running'),
    font: `11px ${family}`,
  };
}

/** Calls back whenever the theme changes, be it the system's or the person's choice. */
export function onThemeChange(callback: () => void): () => void {
  const dark = window.matchMedia('(prefers-color-scheme: dark)');
  dark.addEventListener('change', callback);
  const chosen = new MutationObserver(callback);
  chosen.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme'] });
  return () => {
    dark.removeEventListener('change', callback);
    chosen.disconnect();
  };
}
