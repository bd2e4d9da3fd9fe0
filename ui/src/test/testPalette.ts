// Colours whose names say what they are, for draw logs.
import { SPAN_KINDS } from '../backend/bindings';
import type { Palette } from '../canvas/palette';

export const TEST_PALETTE: Palette = {
  kinds: SPAN_KINDS.map((kind) => `kind-${kind}`),
  onKind: 'on-kind',
  surface: 'surface',
  sunken: 'sunken',
  border: 'border',
  borderStrong: 'border-strong',
  text: 'text',
  muted: 'muted',
  accent: 'accent',
  failed: 'failed',
  failedSoft: 'failed-soft',
  warning: 'warning',
  running: 'running',
  font: '11px test',
};
