// Patterns that were typed and are not stored yet. They outlive the page of the settings that they are typed on, so that going to
// another page loses nothing, and that whoever closes the settings can be asked.
import { create } from 'zustand';
import type { MaskingPattern } from '../../backend/bindings';

interface PatternDraft {
  /** `null`: nothing was typed since they were stored. */
  patterns: MaskingPattern[] | null;
}

export const usePatternDraft = create<PatternDraft>(() => ({ patterns: null }));

export function setPatternDraft(patterns: MaskingPattern[] | null): void {
  usePatternDraft.setState({ patterns });
}

/** A row that nothing has been written in yet is not stored. */
export const isBlank = ({ name, pattern }: MaskingPattern) => name.trim() === '' && pattern === '';

/** What of the draft is to be stored; `null` where it is stored already. */
export function unsavedPatterns(
  draft: MaskingPattern[] | null,
  stored: readonly MaskingPattern[],
): MaskingPattern[] | null {
  const written = draft?.filter((pattern) => !isBlank(pattern)) ?? null;
  return written === null || JSON.stringify(written) === JSON.stringify(stored) ? null : written;
}
