// Terminal output as styled pieces of text. Colours become the names of tones, so that they can be read on any ground;
// what moves the cursor, sets a title or links somewhere is left out, and hidden text is shown.

export type AnsiTone = 'red' | 'green' | 'yellow' | 'blue' | 'magenta' | 'cyan' | 'muted';

export interface AnsiStyle {
  tone: AnsiTone | null;
  /** The tone of the ground. */
  ground: AnsiTone | null;
  bold: boolean;
  dim: boolean;
  italic: boolean;
  underline: boolean;
  struck: boolean;
}

export interface AnsiPiece extends AnsiStyle {
  text: string;
}

const PLAIN: AnsiStyle = {
  tone: null,
  ground: null,
  bold: false,
  dim: false,
  italic: false,
  underline: false,
  struck: false,
};

/** The eight colours of a terminal; black and white are the text's own. */
const EIGHT = [null, 'red', 'green', 'yellow', 'blue', 'magenta', 'cyan', null] as const;

// A control sequence (CSI), a string (OSC, DCS, SOS, PM, APC) up to its end, or another escape of two or three characters.
const SEQUENCE =
  // eslint-disable-next-line no-control-regex
  /(?:\u001b\[|\u009b)([0-9:;<=>?]*)[ -/]*([@-~])|(?:\u001b[\]PX^_]|[\u0090\u0098\u009d-\u009f])[^\u0007\u001b\u009c]*(?:\u0007|\u001b\\|\u009c)|\u001b[ -/]*[0-Z\\^-~]/g;

/** Whether there is any sequence to take out of a text. */
export function hasAnsi(text: string): boolean {
  return text.includes('\u001b') || text.includes('\u009b');
}

/** The text without its sequences. */
export function withoutAnsi(text: string): string {
  return lineEnds(text).replace(SEQUENCE, '');
}

/** The text in pieces of one style each. Unfinished sequences stay in it. */
export function ansiPieces(source: string): AnsiPiece[] {
  const text = lineEnds(source);
  const pieces: AnsiPiece[] = [];
  let style = PLAIN;
  let done = 0;
  const add = (end: number) => {
    if (end > done) pieces.push({ ...style, text: text.slice(done, end) });
  };
  for (const match of text.matchAll(SEQUENCE)) {
    add(match.index);
    done = match.index + match[0].length;
    if (match[2] === 'm') style = styleAfter(style, match[1] ?? '');
  }
  add(text.length);
  return pieces;
}

/** A lone carriage return begins a progress line anew; here it begins the next line, so that nothing is overwritten. */
function lineEnds(text: string): string {
  const lines = text.replace(/\r+\n/g, '\n').replace(/\r/g, '\n');
  // What a terminal would have taken back, as spinners do.
  return lines.includes('\b') ? lines.replace(/[^\n\b]?[\b]/g, '') : lines;
}

function styleAfter(before: AnsiStyle, parameters: string): AnsiStyle {
  const codes = parameters.split(/[;:]/).map((code) => Number(code === '' ? 0 : code));
  let style = { ...before };
  for (let at = 0; at < codes.length; at++) {
    const code = codes[at] ?? 0;
    if (code === 0) style = { ...PLAIN };
    else if (code === 1) style.bold = true;
    else if (code === 2) style.dim = true;
    else if (code === 3) style.italic = true;
    else if (code === 4) style.underline = true;
    else if (code === 9) style.struck = true;
    else if (code === 22) style.bold = style.dim = false;
    else if (code === 23) style.italic = false;
    else if (code === 24) style.underline = false;
    else if (code === 29) style.struck = false;
    else if (code >= 30 && code <= 37) style.tone = EIGHT[code - 30] ?? null;
    else if (code === 39) style.tone = null;
    else if (code >= 40 && code <= 47) style.ground = EIGHT[code - 40] ?? null;
    else if (code === 49) style.ground = null;
    else if (code >= 90 && code <= 97) style.tone = code === 90 ? 'muted' : (EIGHT[code - 90] ?? null);
    else if (code >= 100 && code <= 107) style.ground = EIGHT[code - 100] ?? null;
    else if (code === 38 || code === 48) {
      const isIndexed = codes[at + 1] === 5;
      const tone = isIndexed
        ? toneOfIndex(codes[at + 2] ?? 0)
        : toneOfRgb(codes[at + 2] ?? 0, codes[at + 3] ?? 0, codes[at + 4] ?? 0);
      if (code === 38) style.tone = tone;
      else style.ground = tone;
      at += isIndexed ? 2 : 4;
    }
  }
  return style;
}

function toneOfIndex(index: number): AnsiTone | null {
  if (index < 16) return index === 8 ? 'muted' : (EIGHT[index % 8] ?? null);
  if (index >= 232) return index < 250 ? 'muted' : null;
  const level = (steps: number) => (Math.floor((index - 16) / steps) % 6) * 51;
  return toneOfRgb(level(36), level(6), level(1));
}

/** The tone whose hue is nearest; greys have none. */
function toneOfRgb(red: number, green: number, blue: number): AnsiTone | null {
  const most = Math.max(red, green, blue);
  const range = most - Math.min(red, green, blue);
  if (range < 40) return most > 60 && most < 190 ? 'muted' : null;
  const turn =
    most === red
      ? ((green - blue) / range + 6) % 6
      : most === green
        ? (blue - red) / range + 2
        : (red - green) / range + 4;
  return (['red', 'yellow', 'green', 'cyan', 'blue', 'magenta'] as const)[Math.round(turn) % 6] ?? null;
}
