// A text with places in it marked.

export interface MarkedPart {
  text: string;
  isMarked: boolean;
}

/**
 * The text in parts, marked or not. `marks` are begin and end of each, in any order; what overlaps is marked once. More than
 * `lead` letters before the first mark are left out, and `…` says so.
 */
export function markedParts(
  text: string,
  marks: readonly (readonly [number, number])[],
  lead: number,
): MarkedPart[] {
  const inOrder = [...marks].sort((a, b) => a[0] - b[0]);
  const begin = Math.max(0, (inOrder[0]?.[0] ?? 0) - lead);
  const parts: MarkedPart[] = [];
  const add = (part: string, isMarked: boolean) => {
    if (part !== '') parts.push({ text: part, isMarked });
  };
  if (begin > 0) add('…', false);
  let done = begin;
  for (const [from, to] of inOrder) {
    add(text.slice(done, Math.max(from, done)), false);
    add(text.slice(Math.max(from, done), Math.max(to, done)), true);
    done = Math.max(to, done);
  }
  add(text.slice(done), false);
  return parts;
}
