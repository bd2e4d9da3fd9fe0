// Edits of the filter text by the quick toggles. What the text means is the engine's business; here it is only cut
// into terms, so that a toggle can add its own, see it and take it out, leaving the rest as typed.

export interface Quick {
  id: 'failed' | 'slow' | 'retried';
  label: string;
  /** The term it adds. */
  term: string;
  /** Whether a term is its own, perhaps in other words. */
  is: (term: string) => boolean;
  /** Whether a term would contradict it, and gives way. */
  replaces: (term: string) => boolean;
}

/** Cuts at white space outside quotes; in quotes, a backslash protects the next character. */
export function termsOf(text: string): string[] {
  return text.match(/(?:"(?:\\.|[^"\\])*"?|[^\s"])+/gs) ?? [];
}

const MS_PER: Record<string, number> = {
  '': 1,
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  ms: 1,
  s: 1e3,
  m: 6e4,
  min: 6e4,
  h: 3.6e6,
};

function isAtLeast(term: string, wanted_ms: number): boolean {
  const [, number, unit] = /^duration:?>=(\d+(?:\.\d+)?)(\D*)$/i.exec(term) ?? [];
  const factor = MS_PER[unit?.toLowerCase() ?? 'none'];
  return number !== undefined && factor !== undefined && Math.abs(Number(number) * factor - wanted_ms) < 1e-6;
}

/** The quick toggles. Slow is what the settings call slow. */
export function quickToggles(slow_ms: number): Quick[] {
  return [
    {
      id: 'failed',
      label: 'Failed',
      term: 'status:failed',
      is: (term) => term.toLowerCase() === 'status:failed',
      replaces: (term) => /^-?status:/i.test(term),
    },
    {
      id: 'slow',
      label: 'Slow',
      term: `duration:>=${slow_ms}ms`,
      is: (term) => isAtLeast(term, slow_ms),
      replaces: (term) => /^duration:?[<>=\d]/i.test(term),
    },
    {
      id: 'retried',
      label: 'Retried',
      term: 'retries:>0',
      is: (term) => /^(retries:?(>0|>=1)|has:retr(y|ies))$/i.test(term),
      replaces: (term) => /^(-?retries:?[<>=\d]|-has:retr(y|ies)$)/i.test(term),
    },
  ];
}

export function isOn(text: string, quick: Quick): boolean {
  return termsOf(text).some(quick.is);
}

/** The text with the toggle's term added, or taken out if it is there. */
export function toggled(text: string, quick: Quick): string {
  const terms = termsOf(text);
  const kept = terms.some(quick.is)
    ? terms.filter((term) => !quick.is(term))
    : [...terms.filter((term) => !quick.replaces(term)), quick.term];
  return kept.join(' ');
}
