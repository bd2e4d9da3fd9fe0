// Every place of a text in another, found a slice at a time.

/** More are not counted. */
export const MOST_PLACES = 100_000;

const SLICE = 1_000_000;

export class TextFind {
  /** Where each begins, in order. */
  readonly places: number[] = [];
  /** Whether all of the text has been looked through, or as many places found as are counted. */
  isComplete: boolean;
  private readonly text: string;
  private readonly length: number;
  private readonly pattern: RegExp;
  private at = 0;

  /** Capitals make no difference. */
  constructor(text: string, wanted: string) {
    this.text = text;
    this.length = wanted.length;
    this.pattern = new RegExp(wanted.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'), 'gi');
    this.isComplete = wanted === '';
  }

  /** Looks through the next million characters. */
  step(): void {
    if (this.isComplete) return;
    const { text, length, at } = this;
    // A place that begins in this slice may end in the next one.
    const slice = text.slice(at, at + SLICE + length - 1);
    this.pattern.lastIndex = 0;
    let next = at + SLICE;
    for (let match = this.pattern.exec(slice); match; match = this.pattern.exec(slice)) {
      this.places.push(at + match.index);
      next = Math.max(next, at + match.index + length);
      if (this.places.length === MOST_PLACES) {
        this.isComplete = true;
        return;
      }
    }
    this.at = next;
    this.isComplete = next >= text.length;
  }

  /** How much of the text has been looked through, 0 to 1. */
  get looked(): number {
    return this.text === '' ? 1 : Math.min(1, this.at / this.text.length);
  }

  /** The first place at or after `place` in the order of the text, as an index; the first of all if there is none. */
  after(place: number): number {
    const index = this.firstFrom(place);
    return index < this.places.length ? index : 0;
  }

  /** Begin and end of the places that touch a stretch of the text. */
  within(from: number, to: number): [number, number][] {
    const found: [number, number][] = [];
    for (let index = this.firstFrom(from - this.length + 1); index < this.places.length; index++) {
      const start = this.places[index] ?? to;
      if (start >= to) break;
      found.push([Math.max(start, from), Math.min(start + this.length, to)]);
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
