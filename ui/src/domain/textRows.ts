// A text of any length as rows of a screen: where each begins, found a slice at a time so that nothing waits for it.

export interface TextRow {
  /** Begin and end in the text, without the line's end. */
  from: number;
  to: number;
  /** Counted from 1; a row that goes on with a broken line has the number of its line. */
  line: number;
  continues: boolean;
}

/** How many rows are found per step of `TextRows.find`. */
const STEP = 20_000;

export class TextRows {
  readonly text: string;
  /** Longer lines are broken after so many characters. */
  readonly columns: number;
  /** Rows found so far. */
  count = 0;
  /** Whether all rows are found. */
  isComplete = false;
  private starts = new Uint32Array(1024);
  private lines = new Uint32Array(1024);
  private at = 0;
  private line = 1;
  /** The next line's end, if it is known. */
  private end = -1;

  constructor(text: string, columns: number) {
    this.text = text;
    this.columns = Math.max(1, columns);
    this.find(200);
  }

  /** Finds so many more rows. */
  find(most = STEP): void {
    for (let found = 0; found < most && !this.isComplete; found++) this.findOne();
  }

  row(index: number): TextRow {
    const from = this.starts[index] ?? this.text.length;
    const next = index + 1 < this.count ? (this.starts[index + 1] ?? this.at) : this.at;
    let to = next;
    if (to > from && this.text.charCodeAt(to - 1) === 10) to--;
    if (to > from && this.text.charCodeAt(to - 1) === 13) to--;
    const line = this.lines[index] ?? 0;
    return { from, to, line, continues: index > 0 && this.lines[index - 1] === line };
  }

  /** The row that a place of the text is in, among those found. */
  rowAt(place: number): number {
    let low = 0;
    let high = this.count - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.starts[middle] ?? 0) <= place) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  private findOne() {
    const { text, columns } = this;
    if (this.at >= text.length) {
      // A text that ends with a line's end has no empty row after it; an empty text has one row.
      if (this.count === 0) this.add(0);
      this.isComplete = true;
      return;
    }
    if (this.end < this.at) {
      const found = text.indexOf('\n', this.at);
      this.end = found < 0 ? text.length : found;
    }
    this.add(this.at);
    if (this.end - this.at <= columns) {
      this.at = this.end + 1;
      this.line++;
    } else {
      this.at += columns;
      // Both halves of a character stay together.
      const code = text.charCodeAt(this.at);
      if (columns > 1 && code >= 0xdc00 && code <= 0xdfff) this.at--;
    }
    if (this.at >= text.length) {
      this.at = text.length;
      this.isComplete = true;
    }
  }

  private add(start: number) {
    if (this.count === this.starts.length) {
      this.starts = grown(this.starts);
      this.lines = grown(this.lines);
    }
    this.starts[this.count] = start;
    this.lines[this.count] = this.line;
    this.count++;
  }
}

function grown(numbers: Uint32Array<ArrayBuffer>): Uint32Array<ArrayBuffer> {
  const more = new Uint32Array(numbers.length * 2);
  more.set(numbers);
  return more;
}
