// How high the rows of the list are and where each stands. All are of one height, but a row that begins a group has the group's
// line above it.
import type { TraceSummary } from '../../backend/bindings';
import { countBelow } from '../../domain/columns';
import { rowAt, sameList, type Held } from './listWindow';

export const ROW_PX = 28;
/** With a line below of where a text was found. */
export const FOUND_ROW_PX = 48;
export const GROUP_PX = 26;

export interface Geometry {
  row_px: number;
  /** The rows known to begin a group, ascending. */
  begins: readonly number[];
}

export const UNGROUPED: readonly number[] = [];

/** Where a row begins, from the top of the first; the line of its group included. */
export function offsetOf({ row_px, begins }: Geometry, index: number): number {
  return index * row_px + countBelow(begins, index) * GROUP_PX;
}

export function beginsGroup({ begins }: Geometry, index: number): boolean {
  return begins[countBelow(begins, index)] === index;
}

export function sizeOf(geometry: Geometry, index: number): number {
  return geometry.row_px + (beginsGroup(geometry, index) ? GROUP_PX : 0);
}

/** The row at a distance from the top of the first. */
export function indexAt(geometry: Geometry, offset_px: number): number {
  // No later than this, for groups only push rows down.
  let index = Math.max(0, Math.floor(offset_px / geometry.row_px));
  while (index > 0 && offsetOf(geometry, index) > offset_px) {
    index -= Math.max(1, Math.floor((offsetOf(geometry, index) - offset_px) / (geometry.row_px + GROUP_PX)));
  }
  return Math.max(0, index);
}

/** Which rows begin a conversation, as far as the rows held tell; what was known of others stays. */
export function groupsIn(held: Held, before: Held | null, known: readonly number[]): readonly number[] {
  const { offset } = held.request;
  const end = offset + held.list.items.length;
  const stays = before !== null && sameList(before.request, held.request);
  const inside: number[] = [];
  for (let index = offset; index < end; index++) {
    const isFirstHeld = index === offset && offset > 0;
    // Of the first row held, what stands before it may be known from earlier.
    const earlier = isFirstHeld ? (stays ? rowAt(before, index - 1) : undefined) : rowAt(held, index - 1);
    if (isFirstHeld && !earlier) {
      if (stays && known.includes(index)) inside.push(index);
      continue;
    }
    if (index === 0 || rowAt(held, index)?.conversation !== earlier?.conversation) inside.push(index);
  }
  if (!stays) return inside;
  return [...known.filter((index) => index < offset), ...inside, ...known.filter((index) => index >= end)];
}

/** The rows of a group that are held, from its first on. */
export function groupFrom(held: Held | null, first: number): TraceSummary[] {
  const rows: TraceSummary[] = [];
  for (let index = first; ; index++) {
    const row = rowAt(held, index);
    if (!row || (rows[0] && row.conversation !== rows[0].conversation)) return rows;
    rows.push(row);
  }
}
