// A text in the store, of which the page has what is on screen and no more.
import type { Backend } from '../backend/backend';
import type { LongText, TextRef, TextRow } from '../backend/bindings';
import { formatBytes, formatCount } from './format';
import { MOST_PLACES } from './textFind';
import {
  MOST_COPIED_BYTES,
  type ShownRow,
  type SourcePlaces,
  type SourceRows,
  type TextSource,
} from './textSource';

type Call = Backend['call'];

const PAGE_ROWS = 200;
/** Pages of rows that are kept, the last ones on screen. */
const MOST_PAGES = 40;
const STRETCH_BYTES = 2 << 20;

export interface StoredText extends TextSource {
  readonly place: TextRef;
  /** Its size, where that is known. */
  readonly bytes: number | null;
  /** The whole text, read in stretches. Fails if it is longer than `most_bytes`. */
  read(most_bytes: number, signal?: AbortSignal): Promise<string>;
}

/** A text by its place. `cut` says how long it is, where that is known. */
export function storedText(
  call: Call,
  place: TextRef,
  cut: Pick<LongText, 'bytes' | 'items'> | null,
): StoredText {
  const read = async (most_bytes: number, signal?: AbortSignal) => {
    let whole = '';
    let from_byte = 0;
    for (;;) {
      const stretch = await call('text_read', { text: place, from_byte, limit_bytes: STRETCH_BYTES }, signal);
      if (stretch.total_bytes > most_bytes)
        throw new Error(`It is longer than ${formatBytes(most_bytes)}: ${formatBytes(stretch.total_bytes)}.`);
      whole += stretch.text;
      if (stretch.to_byte >= stretch.total_bytes) return whole;
      from_byte = stretch.to_byte;
    }
  };
  const bytes = cut?.bytes ?? null;
  return {
    place,
    bytes,
    size: sizeWords(cut),
    rows: (columns) => new StoredRows(call, place, columns),
    find: (wanted) => new StoredPlaces(call, place, wanted),
    copy: bytes !== null && bytes > MOST_COPIED_BYTES ? null : () => read(MOST_COPIED_BYTES),
    read,
  };
}

function sizeWords(cut: Pick<LongText, 'bytes' | 'items'> | null): string {
  if (cut === null || (cut.bytes === null && cut.items === null)) return 'all';
  return cut.bytes === null ? `${formatCount(cut.items)} items` : formatBytes(cut.bytes);
}

class StoredRows implements SourceRows {
  count = 1;
  lines = 1;
  most_lines = 999_999;
  isComplete = false;
  failure: string | null = null;
  private readonly pages = new Map<number, readonly TextRow[]>();
  private readonly listeners = new Set<() => void>();
  private wanted: readonly number[] = [0];
  private isLoading = false;

  constructor(
    private readonly call: Call,
    private readonly text: TextRef,
    private readonly columns: number,
  ) {}

  /** Gets the first page, which says how many there are. */
  async step(): Promise<void> {
    await this.load(0);
    // A failure is told, and not tried again by itself.
    this.isComplete = true;
    void this.loadWanted();
  }

  want(first: number, end: number): void {
    const wanted: number[] = [];
    for (let page = Math.floor(first / PAGE_ROWS); page * PAGE_ROWS < end; page++) wanted.push(page);
    this.wanted = wanted;
    // Before the first page has come the width may still change, and every width is a pass over the text.
    if (this.isComplete) void this.loadWanted();
  }

  row(index: number): ShownRow | null {
    const row = this.pages.get(Math.floor(index / PAGE_ROWS))?.[index % PAGE_ROWS];
    if (!row) return null;
    const { from_byte, line, continues, text } = row;
    return {
      from: from_byte,
      to: from_byte + bytesOf(text),
      line,
      continues,
      text,
      indexOf: (place) => indexOfByte(text, place - from_byte),
    };
  }

  async rowAt(place: number): Promise<number> {
    const page = await this.ask({ first_row: 0, at_byte: place, rows: 1 });
    return page.first_row;
  }

  subscribe(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => {
      this.listeners.delete(listener);
    };
  }

  /** One page after another, always of those that are wanted now: what was scrolled past is not asked for. */
  private async loadWanted() {
    if (this.isLoading) return;
    this.isLoading = true;
    for (;;) {
      const next = this.wanted.find((page) => !this.pages.has(page));
      if (next === undefined || this.failure !== null) break;
      await this.load(next);
    }
    this.isLoading = false;
  }

  private async load(page: number): Promise<void> {
    try {
      const got = await this.ask({ first_row: page * PAGE_ROWS, at_byte: null, rows: PAGE_ROWS });
      this.count = got.total_rows;
      this.lines = got.total_lines;
      this.most_lines = got.total_lines;
      this.pages.set(page, got.rows);
      for (const old of this.pages.keys()) {
        if (this.pages.size <= MOST_PAGES) break;
        if (!this.wanted.includes(old)) this.pages.delete(old);
      }
    } catch (error) {
      this.failure = error instanceof Error ? error.message : String(error);
    }
    for (const listener of this.listeners) listener();
  }

  private ask(which: { first_row: number; at_byte: number | null; rows: number }) {
    return this.call('text_rows', { text: this.text, columns: this.columns, ...which });
  }
}

class StoredPlaces implements SourcePlaces {
  readonly places: number[] = [];
  share = 0;
  isComplete: boolean;
  private readonly ends: number[] = [];
  private next_byte = 0;

  constructor(
    private readonly call: Call,
    private readonly text: TextRef,
    private readonly wanted: string,
  ) {
    this.isComplete = wanted === '';
  }

  async step(): Promise<void> {
    const { text, wanted: needle, next_byte: from_byte } = this;
    try {
      const found = await this.call('text_find', { text, needle, from_byte });
      for (let at = 0; at + 1 < found.places.length && this.places.length < MOST_PLACES; at += 2) {
        this.places.push(found.places[at] ?? 0);
        this.ends.push(found.places[at + 1] ?? 0);
      }
      this.next_byte = found.next_byte;
      this.share = found.total_bytes === 0 ? 1 : found.next_byte / found.total_bytes;
      this.isComplete = found.is_complete || this.places.length >= MOST_PLACES;
    } catch {
      // The rows say what is wrong: they come from the same place.
      this.isComplete = true;
    }
  }

  after(place: number): number {
    const index = this.firstFrom(place);
    return index < this.places.length ? index : 0;
  }

  within(from: number, to: number): [number, number][] {
    const found: [number, number][] = [];
    for (let index = Math.max(0, this.firstFrom(from) - 1); index < this.places.length; index++) {
      const start = this.places[index] ?? to;
      const end = this.ends[index] ?? to;
      if (start >= to) break;
      if (end > from) found.push([Math.max(start, from), Math.min(end, to)]);
    }
    return found;
  }

  private firstFrom(place: number): number {
    let low = 0;
    let high = this.places.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.places[middle] ?? 0) < place) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** Bytes of a character as UTF-8, by its code. */
const bytesOfCode = (code: number) => (code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4);

/** Size of a text as UTF-8. */
export function bytesOf(text: string): number {
  let bytes = 0;
  for (const letter of text) bytes += bytesOfCode(letter.codePointAt(0) ?? 0);
  return bytes;
}

/** Which character of a text stands at a byte of it. */
export function indexOfByte(text: string, byte: number): number {
  let bytes = 0;
  let index = 0;
  for (const letter of text) {
    if (bytes >= byte) break;
    bytes += bytesOfCode(letter.codePointAt(0) ?? 0);
    index += letter.length;
  }
  return index;
}
