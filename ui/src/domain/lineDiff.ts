// What an edit does to a file, line by line, with the words that differ marked; and patches as they are written down. What
// differs between two steps, be it tries or steps of two runs, is found by the engine (`query::compare`).
import { diffArrays, diffWordsWithSpace } from 'diff';

export interface DiffPart {
  text: string;
  /** Whether these are the words that differ. */
  isMarked: boolean;
}

export interface DiffLine {
  kind: 'same' | 'added' | 'removed' | 'gap';
  /** Line numbers before and after, counted from 1; `null` where the line is not, or its number is not known. */
  before: number | null;
  after: number | null;
  parts: DiffPart[];
}

export interface FileChange {
  path: string | null;
  /** What becomes of the file as a whole, where it is said. */
  action: 'add' | 'update' | 'delete' | null;
  lines: DiffLine[];
  /** Whether the texts were too long or too different to be lined up: all lines removed, all added. */
  isRough: boolean;
}

/** Lines that stand around a change; more are folded into a gap. */
const CONTEXT = 3;
const LONGEST_LINED_UP = 400_000;
const MOST_EDITS = 4000;
/** Longer lines get no marked words. */
const LONGEST_MARKED = 1000;

const plain = (text: string): DiffPart[] => [{ text, isMarked: false }];
const linesOf = (text: string) => (text === '' ? [] : text.replace(/\r?\n$/, '').split(/\r?\n/));

/** The change from one text to another. Numbers are of the lines of these texts, or `null` if they are `pieces` of a file. */
export function changeOf(before: string, after: string, path: string | null, isPiece: boolean): FileChange {
  const old = linesOf(before);
  const now = linesOf(after);
  const found =
    before.length + after.length > LONGEST_LINED_UP
      ? undefined
      : diffArrays(old, now, { maxEditLength: MOST_EDITS });
  const lines: DiffLine[] = [];
  let a = 0;
  let b = 0;
  const add = (kind: 'same' | 'added' | 'removed', texts: readonly string[]) => {
    for (const text of texts) {
      if (kind !== 'added') a++;
      if (kind !== 'removed') b++;
      lines.push({
        kind,
        before: kind === 'added' || isPiece ? null : a,
        after: kind === 'removed' || isPiece ? null : b,
        parts: plain(text),
      });
    }
  };
  if (found)
    for (const part of found) add(part.added ? 'added' : part.removed ? 'removed' : 'same', part.value);
  else {
    add('removed', old);
    add('added', now);
  }
  const action = isPiece ? null : before === '' ? 'add' : null;
  return {
    path,
    action,
    lines: withGaps(found ? withMarks(lines) : lines),
    isRough: found === undefined,
  };
}

/** Folds what is the same, except for a few lines around each change. */
function withGaps(lines: DiffLine[]): DiffLine[] {
  const isNear = new Uint8Array(lines.length);
  lines.forEach(({ kind }, index) => {
    if (kind !== 'same') isNear.fill(1, Math.max(0, index - CONTEXT), index + CONTEXT + 1);
  });
  if (!isNear.includes(1)) return lines;
  const shown: DiffLine[] = [];
  for (let index = 0; index < lines.length;) {
    const line = lines[index];
    if (!line) break;
    let end = index;
    while (end < lines.length && !isNear[end]) end++;
    if (end - index > 1) {
      shown.push({ kind: 'gap', before: null, after: null, parts: plain(`${end - index} unchanged lines`) });
      index = end;
    } else {
      shown.push(line);
      index++;
    }
  }
  return shown;
}

/** Marks the words that differ where as many lines were added as removed: they are most likely one another. */
function withMarks(lines: DiffLine[]): DiffLine[] {
  const marked = [...lines];
  for (let index = 0; index < lines.length;) {
    const runOf = (kind: DiffLine['kind'], from: number) => {
      let end = from;
      while (lines[end]?.kind === kind) end++;
      return end;
    };
    const mid = runOf('removed', index);
    const end = runOf('added', mid);
    if (mid > index && end - mid === mid - index) {
      for (let at = 0; at < mid - index; at++) markPair(marked, index + at, mid + at);
    }
    index = Math.max(end, index + 1);
  }
  return marked;
}

function markPair(lines: DiffLine[], old: number, now: number) {
  const before = lines[old];
  const after = lines[now];
  if (!before || !after) return;
  const textOf = (line: DiffLine) => line.parts.map(({ text }) => text).join('');
  const [a, b] = [textOf(before), textOf(after)];
  if (a.length > LONGEST_MARKED || b.length > LONGEST_MARKED) return;
  const words = diffWordsWithSpace(a, b);
  const kept = words.reduce(
    (sum, each) => sum + (each.added || each.removed ? 0 : each.value.trim().length),
    0,
  );
  // Marking nearly everything says nothing.
  if (kept * 3 < Math.max(a.trim().length, b.trim().length)) return;
  const of = (isOther: (each: (typeof words)[number]) => boolean) =>
    words
      .filter((each) => !isOther(each))
      .map((each) => ({ text: each.value, isMarked: each.added || each.removed }));
  lines[old] = { ...before, parts: of((each) => each.added) };
  lines[now] = { ...after, parts: of((each) => each.removed) };
}

/** Reads a patch as agents write it (`*** Begin Patch`) or as `diff -u` and git do; `null` if the text is neither. */
export function readPatch(text: string): FileChange[] | null {
  if (/^\*\*\* Begin Patch/m.test(text)) return readAgentPatch(text);
  if (/^@@ -\d+(?:,\d+)? \+\d+(?:,\d+)? @@/m.test(text) && /^(?:---|diff) /m.test(text))
    return readUnified(text);
  return null;
}

const HEADERS = [
  ['*** Add File: ', 'add'],
  ['*** Update File: ', 'update'],
  ['*** Delete File: ', 'delete'],
] as const;

function readAgentPatch(text: string): FileChange[] {
  const changes: FileChange[] = [];
  for (const line of linesOf(text)) {
    const header = HEADERS.find(([start]) => line.startsWith(start));
    const current = changes.at(-1);
    if (header)
      changes.push({ path: line.slice(header[0].length), action: header[1], lines: [], isRough: false });
    else if (!current || /^\*\*\* (?:Begin|End)/.test(line)) continue;
    else if (line.startsWith('*** Move to: ')) current.path = `${current.path} → ${line.slice(13)}`;
    else if (line.startsWith('@@')) {
      if (current.lines.length > 0 || line.length > 3) current.lines.push(gap(line.slice(2).trim()));
    } else current.lines.push(signed(line, null, null));
  }
  return changes.map((change) => ({ ...change, lines: withMarks(change.lines) }));
}

function readUnified(text: string): FileChange[] {
  const changes: FileChange[] = [];
  let before = 0;
  let after = 0;
  let left = { before: 0, after: 0 };
  for (const line of linesOf(text)) {
    const current = changes.at(-1);
    const isInside = current !== undefined && (left.before > 0 || left.after > 0);
    const hunk = isInside ? null : /^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@ ?(.*)/.exec(line);
    if (hunk && current) {
      before = Number(hunk[1]);
      after = Number(hunk[3]);
      left = { before: Number(hunk[2] ?? 1), after: Number(hunk[4] ?? 1) };
      if (current.lines.length > 0 || hunk[5]) current.lines.push(gap(hunk[5] ?? ''));
    } else if (isInside && !line.startsWith('\\')) {
      const read = signed(line, before, after);
      current.lines.push(read);
      if (read.kind !== 'added') {
        before++;
        left.before--;
      }
      if (read.kind !== 'removed') {
        after++;
        left.after--;
      }
    } else if (line.startsWith('--- ')) {
      changes.push({ path: pathIn(line), action: null, lines: [], isRough: false });
    } else if (line.startsWith('+++ ') && current) {
      const path = pathIn(line);
      if (path === null) current.action = 'delete';
      else if (current.path === null) [current.path, current.action] = [path, 'add'];
    }
  }
  return changes.map((change) => ({ ...change, lines: withMarks(change.lines) }));
}

const gap = (text: string): DiffLine => ({ kind: 'gap', before: null, after: null, parts: plain(text) });

function signed(line: string, before: number | null, after: number | null): DiffLine {
  const kind = line.startsWith('+') ? 'added' : line.startsWith('-') ? 'removed' : 'same';
  return {
    kind,
    before: kind === 'added' ? null : before,
    after: kind === 'removed' ? null : after,
    parts: plain(line.slice(1)),
  };
}

function pathIn(line: string): string | null {
  const path = line.slice(4).split('\t')[0] ?? '';
  return path === '/dev/null' ? null : path.replace(/^[ab]\//, '');
}

/** Lines added and removed. */
export function changeCounts(change: FileChange): { added: number; removed: number } {
  const count = (kind: DiffLine['kind']) => change.lines.filter((line) => line.kind === kind).length;
  return { added: count('added'), removed: count('removed') };
}
