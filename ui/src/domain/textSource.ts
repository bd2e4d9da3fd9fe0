// A text as a box shows it, wherever it is: rows of a screen, and places of a text in it. One that is in memory is gone
// through in slices; one in the store (`domain/storedText`) is asked for, a stretch at a time.
import { formatBytes } from './format';
import { lengthWords } from './json';
import { TextFind } from './textFind';
import { TextRows } from './textRows';

/** A row as it is drawn. Places are counted in units of the source: characters, or bytes of a stored text. */
export interface ShownRow {
  /** Begin and end in the text, without the line's end. */
  from: number;
  to: number;
  /** Counted from 1; a row that goes on with a broken line has the number of its line. */
  line: number;
  continues: boolean;
  text: string;
  /** Where in `text` a place between `from` and `to` is. */
  indexOf(place: number): number;
}

/** Work that is done a step at a time, between frames or by somebody else. */
export interface Work {
  readonly isComplete: boolean;
  /** Does some more; a promise if that takes waiting. */
  step(): void | Promise<void>;
}

/** A text broken into rows. */
export interface SourceRows extends Work {
  /** Rows known so far. */
  readonly count: number;
  /** Lines known so far. */
  readonly lines: number;
  /** Says which rows are on screen, for those that have to be asked for. */
  want(first: number, end: number): void;
  /** A row; `null` while it is on its way. */
  row(index: number): ShownRow | null;
  /** The row that a place is in. */
  rowAt(place: number): number | Promise<number>;
  /** Tells when rows have come or could not be got. */
  subscribe(listener: () => void): () => void;
  /** Why rows can't be got, if so. */
  readonly failure: string | null;
  /** The most lines there can be, for the room that their numbers take. */
  readonly most_lines: number;
}

/** Every place of a text in another, in order. */
export interface SourcePlaces extends Work {
  /** Where each begins. */
  readonly places: readonly number[];
  /** How much has been looked through, 0 to 1. */
  readonly share: number;
  after(place: number): number;
  within(from: number, to: number): [number, number][];
}

export interface TextSource {
  /** How much there is: `12,431 characters`, `105 MB`. */
  readonly size: string;
  rows(columns: number): SourceRows;
  /** Capitals make no difference. */
  find(wanted: string): SourcePlaces;
  /** The whole text, to be copied; `null` if it is too long for that. */
  readonly copy: (() => Promise<string>) | null;
}

/** More is not copied, but can be saved. */
export const MOST_COPIED_BYTES = 16_000_000;
export const TOO_LONG_TO_COPY = `Too long to copy (over ${formatBytes(MOST_COPIED_BYTES)}); save it to a file`;

/** A text in memory. */
export function textInMemory(text: string): TextSource {
  return {
    size: lengthWords(text),
    rows: (columns) => new MemoryRows(text, columns),
    find: (wanted) => new MemoryPlaces(text, wanted),
    copy: text.length > MOST_COPIED_BYTES ? null : () => Promise.resolve(text),
  };
}

class MemoryRows implements SourceRows {
  readonly failure = null;
  readonly most_lines: number;
  private readonly found: TextRows;

  constructor(text: string, columns: number) {
    this.found = new TextRows(text, columns);
    this.most_lines = Math.floor(text.length / 10);
  }

  get count() {
    return this.found.count;
  }

  get isComplete() {
    return this.found.isComplete;
  }

  get lines() {
    return this.found.row(this.found.count - 1).line;
  }

  step() {
    this.found.find();
  }

  want() {
    // All of it is here.
  }

  row(index: number): ShownRow {
    const row = this.found.row(index);
    const text = this.found.text.slice(row.from, row.to);
    return { ...row, text, indexOf: (place) => place - row.from };
  }

  rowAt(place: number): number {
    const { found } = this;
    // The row of a place may not have been found yet.
    while (!found.isComplete && found.row(found.count - 1).from <= place) found.find();
    return found.rowAt(place);
  }

  subscribe() {
    return () => undefined;
  }
}

class MemoryPlaces extends TextFind implements SourcePlaces {
  get share() {
    return this.isComplete ? 1 : this.looked;
  }
}
