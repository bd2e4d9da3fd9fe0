// Answers with columns: lists of numbers and texts that come as bytes (src-tauri/engine/src/dto/columns.rs has the layout).
// Numbers are looked at where they lie, nothing is copied; texts are read one at a time, when they are asked for.
import { BackendError } from './backend';

/** Texts by index, each decoded when it is asked for. */
export class TextColumn {
  private readonly known = new Map<number, string>();
  private places: Uint32Array | null = null;

  /** `ends`: where each text ends in `bytes`, which are UTF-8. */
  constructor(
    private readonly ends: Uint32Array,
    private readonly bytes: Uint8Array,
  ) {}

  static of(texts: readonly string[]): TextColumn {
    const encoded = texts.map((text) => encoder.encode(text));
    const ends = new Uint32Array(texts.length);
    let end = 0;
    encoded.forEach((each, index) => {
      end += each.length;
      ends[index] = end;
    });
    const bytes = new Uint8Array(end);
    encoded.forEach((each, index) => {
      bytes.set(each, TextColumn.start(ends, index));
    });
    return new TextColumn(ends, bytes);
  }

  get length(): number {
    return this.ends.length;
  }

  /** The text at `index`, `undefined` where there is none. */
  get(index: number): string | undefined {
    if (index < 0 || index >= this.ends.length) return undefined;
    const known = this.known.get(index);
    if (known !== undefined) return known;
    const text = decoder.decode(this.bytes.subarray(TextColumn.start(this.ends, index), this.ends[index]));
    if (this.known.size >= MOST_KNOWN) this.known.clear();
    this.known.set(index, text);
    return text;
  }

  /** Where a text stands (of equal ones, the first), -1 if it is none of these. The first question costs a pass over all. */
  indexOf(text: string): number {
    this.places ??= this.hashed();
    const wanted = encoder.encode(text);
    const mask = this.places.length - 1;
    for (let slot = hashOf(wanted, 0, wanted.length) & mask; ; slot = (slot + 1) & mask) {
      const place = this.places[slot] ?? 0;
      if (place === 0) return -1;
      if (this.isAt(place - 1, wanted)) return place - 1;
    }
  }

  private isAt(index: number, wanted: Uint8Array): boolean {
    const start = TextColumn.start(this.ends, index);
    if ((this.ends[index] ?? 0) - start !== wanted.length) return false;
    for (let each = 0; each < wanted.length; each++) {
      if (this.bytes[start + each] !== wanted[each]) return false;
    }
    return true;
  }

  /** A table by hash: index + 1, 0 where nothing is. At least half of it is empty. */
  private hashed(): Uint32Array {
    const { ends, bytes } = this;
    const places = new Uint32Array(2 ** Math.ceil(Math.log2(2 * ends.length + 2)));
    const mask = places.length - 1;
    let start = 0;
    for (let index = 0; index < ends.length; index++) {
      const end = ends[index] ?? 0;
      let slot = hashOf(bytes, start, end) & mask;
      while (places[slot] !== 0) slot = (slot + 1) & mask;
      places[slot] = index + 1;
      start = end;
    }
    return places;
  }

  private static start(ends: Uint32Array, index: number): number {
    return index === 0 ? 0 : (ends[index - 1] ?? 0);
  }
}

/** So many texts are kept once decoded: far more than a screen shows. */
const MOST_KNOWN = 20_000;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** FNV-1a. */
function hashOf(bytes: Uint8Array, start: number, end: number): number {
  let hash = 0x811c9dc5;
  for (let index = start; index < end; index++) hash = Math.imul(hash ^ (bytes[index] ?? 0), 0x01000193);
  // Its low bits are the worse ones.
  return (hash ^ (hash >>> 15)) >>> 0;
}

const MAGIC = 0x43_58_4c_54; // "TLXC"
const VERSION = 1;
const PREAMBLE_BYTES = 16;

interface NumbersType<Column> {
  readonly BYTES_PER_ELEMENT: number;
  new (buffer: ArrayBuffer, byteOffset: number, length: number): Column;
}

const NUMBERS = new Map<string, NumbersType<ArrayLike<number>>>([
  ['u8', Uint8Array],
  ['u16', Uint16Array],
  ['u32', Uint32Array],
  ['i32', Int32Array],
  ['f64', Float64Array],
]);

/** What a header says in a column's place. */
interface Described {
  column: string;
  length: number;
  bytes: unknown;
  ends?: unknown;
}

/** Whether bytes are an answer with columns, rather than JSON. */
export function hasColumns(bytes: ArrayBuffer): boolean {
  return bytes.byteLength >= PREAMBLE_BYTES && new DataView(bytes).getUint32(0, true) === MAGIC;
}

/**
 * The answer that an envelope holds, its columns as views of `bytes`. Fails with a `BackendError` (code `internal`) where it
 * does not hold what it says.
 */
export function columnsFrom(bytes: ArrayBuffer): unknown {
  if (!hasColumns(bytes)) throw broken('it does not begin as one');
  const view = new DataView(bytes);
  if (view.getUint32(4, true) !== VERSION) throw broken('it is of another version of this program');
  const header = placed(bytes, Uint8Array, [view.getUint32(8, true), view.getUint32(12, true)], 'the header');
  let answer: unknown;
  try {
    answer = JSON.parse(decoder.decode(header));
  } catch {
    throw broken('its header is no JSON');
  }
  if (typeof answer !== 'object' || answer === null) throw broken('its header is no object');
  fillColumns(bytes, answer as Record<string, unknown>);
  return answer;
}

/** Puts the columns in their places, also in the objects that an answer is made of; lists hold none. */
function fillColumns(bytes: ArrayBuffer, answer: Record<string, unknown>): void {
  for (const [name, value] of Object.entries(answer)) {
    if (isColumn(value)) answer[name] = columnFrom(bytes, name, value);
    else if (typeof value === 'object' && value !== null && !Array.isArray(value))
      fillColumns(bytes, value as Record<string, unknown>);
  }
}

function isColumn(value: unknown): value is Described {
  return typeof value === 'object' && value !== null && typeof (value as Described).column === 'string';
}

function columnFrom(bytes: ArrayBuffer, name: string, described: Described): ArrayLike<number> | TextColumn {
  if (described.column === 'text') return textsFrom(bytes, name, described);
  const type = NUMBERS.get(described.column);
  if (!type) throw broken(`${name} is of the unknown type ${described.column}`);
  const column = placed(bytes, type, described.bytes, name);
  if (column.length !== described.length) throw broken(`${name} is not as long as it says`);
  return column;
}

function textsFrom(bytes: ArrayBuffer, name: string, described: Described): TextColumn {
  const ends = placed(bytes, Uint32Array, described.ends, name);
  const texts = placed(bytes, Uint8Array, described.bytes, name);
  if (ends.length !== described.length) throw broken(`${name} is not as long as it says`);
  let last = 0;
  for (const end of ends) {
    if (end < last) throw broken(`${name} has a text that ends before it begins`);
    last = end;
  }
  if (last !== texts.length) throw broken(`${name} has texts that are not there`);
  return new TextColumn(ends, texts);
}

/** The numbers at a place (`[from, bytes]`) of an envelope. */
function placed<Column>(bytes: ArrayBuffer, type: NumbersType<Column>, place: unknown, name: string): Column {
  const [from, length] = (Array.isArray(place) ? place : []) as unknown[];
  const each = type.BYTES_PER_ELEMENT;
  const isPlace = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;
  if (!isPlace(from) || !isPlace(length)) throw broken(`${name} has no place`);
  if (from % each !== 0 || length % each !== 0) throw broken(`${name} lies between two numbers`);
  if (from + length > bytes.byteLength) throw broken(`${name} reaches beyond the end`);
  return new type(bytes, from, length / each);
}

function broken(why: string): BackendError {
  return new BackendError({
    code: 'internal',
    message: `The engine's answer cannot be read: ${why}.`,
  });
}
