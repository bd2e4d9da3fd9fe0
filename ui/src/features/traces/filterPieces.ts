// A filter text cut into what is drawn in one colour. What it means is the engine's business; here is only arithmetic of places.
import type { FilterMistake, FilterReading, FilterTerm } from '../../backend/bindings';

export interface Piece {
  text: string;
  /** `plain`: between the conditions, as parentheses. */
  kind: 'not' | 'field' | 'value' | 'text' | 'plain';
  isWrong: boolean;
}

export const NOTHING_READ: FilterReading = { error: null, terms: [] };

/** A minus sign or `not`, the name of a field, and what parts it from its value. */
const HEAD = /^(-|not\s+)?(?:([^\s":<>=()]+\s*)([:<>=]+))?/i;

/** All of `text`, in order. */
export function piecesOf(text: string, { terms, error }: FilterReading): Piece[] {
  const pieces: Piece[] = [];
  let done = 0;
  const add = (to: number, kind: Piece['kind']) => {
    if (to <= done) return;
    pieces.push(...parted(text, done, Math.min(to, text.length), kind, error));
    done = to;
  };
  for (const term of terms) {
    add(term.from, 'plain');
    const [, not = '', name = '', sign = ''] = HEAD.exec(text.slice(term.from, term.to)) ?? [];
    if (term.negated) add(term.from + not.length, 'not');
    if (term.field === null) add(term.to, 'text');
    else {
      const named = term.from + not.length + name.length;
      add(Math.min(named + (sign.startsWith(':') ? 1 : 0), term.to), 'field');
      add(term.to, 'value');
    }
  }
  add(text.length, 'plain');
  // What is missing at the end has no letters to stand under.
  if (error && error.from >= text.length) pieces.push({ text: ' ', kind: 'plain', isWrong: true });
  return pieces;
}

/** A stretch of one kind, parted where a mistake begins and ends. */
function parted(
  text: string,
  from: number,
  to: number,
  kind: Piece['kind'],
  mistake: FilterMistake | null,
): Piece[] {
  const cut = (at: number) => Math.min(Math.max(at, from), to);
  const [begin, end] = mistake ? [cut(mistake.from), cut(mistake.to)] : [to, to];
  return [
    { text: text.slice(from, begin), kind, isWrong: false },
    { text: text.slice(begin, end), kind, isWrong: true },
    { text: text.slice(end, to), kind, isWrong: false },
  ].filter((piece) => piece.text !== '');
}

/** What was read of `known`, moved along with what was typed since, until `text` itself has been read. */
export function carried(reading: FilterReading, known: string, text: string): FilterReading {
  if (known === text) return reading;
  const shortest = Math.min(known.length, text.length);
  let before = 0;
  while (before < shortest && known[before] === text[before]) before++;
  const moved = (at: number) => (at < before ? at : Math.max(at + text.length - known.length, before));
  const moveEnds = <T extends { from: number; to: number }>(part: T): T => ({
    ...part,
    from: moved(part.from),
    to: moved(part.to),
  });
  const terms = reading.terms.map(moveEnds).filter(({ from, to }) => from < to);
  return { error: reading.error && moveEnds(reading.error), terms };
}

/** Whether a condition stands by itself and asks for just this. */
export function asks(reading: FilterReading, field: string, is: (values: string[]) => boolean): boolean {
  const isIt = (term: FilterTerm) => term.field === field && term.is_alone && !term.negated;
  return reading.terms.some((term) => isIt(term) && is(term.values));
}
