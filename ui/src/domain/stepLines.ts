// Where steps stand in a timeline: on lines from top to bottom, and on each line by start, none over another.
//
//   waterfall   a line a visible row of the tree; that of an operation has no places, its tries have theirs below it
//   flame       lines by depth, parents above; a depth takes further lines where its steps run at once
//   lanes       lines by agent, under its name; as many for each as steps run at once
//
// Worked out once for a tree. As no steps of a line overlap, both their starts and their ends ascend, so whatever is at a
// time is found by halving. A step's place is its index into `rows`.
import { at, countBelow, indexOf } from './columns';
import { ascending } from './ordering';
import { rowAbove } from './operations';
import { kindOf, STATUS_ERROR, type StepTree } from './stepTree';
import { lineOfRow, type TreeLines } from './treeRows';

export const ARRANGEMENTS = ['waterfall', 'flame', 'lanes'] as const;
export type Arrangement = (typeof ARRANGEMENTS)[number];

/** What stands above the lines of an agent. */
export interface LaneHeading {
  /** The agent's name; empty if it has none, `null` for steps that are no agent's. */
  agent: string | null;
  steps: number;
  errors: number;
}

export interface StepLines {
  readonly arrangement: Arrangement;
  /** Number of lines. */
  readonly count: number;
  /** Where each line's places begin; one more than there are lines. */
  readonly first: Uint32Array;
  /** Rows of the tree by place. */
  readonly rows: Uint32Array;
  /** Starts by place. */
  readonly start_ns: Float64Array;
  /** Failed steps at all places before each; one more than there are places. */
  readonly errorsBefore: Uint32Array;
  /** Places of failed steps and of further attempts, ascending: what is never merged with others. */
  readonly notable: Uint32Array;
  /** By line; such a line has no steps. */
  readonly headings: ReadonlyMap<number, LaneHeading>;
  /** The lines of the tree, of a waterfall. */
  readonly ofTree: TreeLines | null;
  /** Place by row, -1 for one that has none; `null` where rows ascend by place. */
  readonly places: Int32Array | null;
}

/** The line a row stands on, -1 if it is on none. */
export function lineOf(lines: StepLines, row: number): number {
  const place = placeOf(lines, row);
  return place < 0 ? -1 : countBelow(lines.first, place + 1) - 1;
}

/** The line of a step, or of what hides it; -1 if it is on none. */
export function lineShowing(tree: StepTree, lines: StepLines, row: number): number {
  if (!lines.ofTree) return lineOf(lines, row);
  for (let shown = row; shown >= 0; shown = rowAbove(tree, shown)) {
    const line = lineOfRow(tree, lines.ofTree, shown);
    if (line >= 0) return line;
  }
  return -1;
}

/** The place of a row, -1 if it has none. */
export function placeOf(lines: StepLines, row: number): number {
  if (row < 0) return -1;
  return lines.places ? (lines.places[row] ?? -1) : indexOf(lines.rows, row);
}

/** Places that are not merged away: notable ones, and those of `found` rows. Ascending. */
export function keptPlaces(lines: StepLines, found: Iterable<number> | null): Uint32Array {
  if (!found) return lines.notable;
  const isKept = new Uint8Array(lines.rows.length);
  for (const place of lines.notable) isKept[place] = 1;
  for (const row of found) {
    const place = placeOf(lines, row);
    if (place >= 0) isKept[place] = 1;
  }
  return new Uint32Array(placesWhere(isKept.length, (place) => isKept[place] === 1));
}

/** Of so many places those of which `holds` says so, ascending. */
function placesWhere(count: number, holds: (place: number) => boolean): number[] {
  const places: number[] = [];
  for (let place = 0; place < count; place++) if (holds(place)) places.push(place);
  return places;
}

/** A line for each line of the tree. */
export function waterfallLines(tree: StepTree, ofTree: TreeLines): StepLines {
  const first = new Uint32Array(ofTree.count + 1);
  let headed = 0;
  for (let line = 0; line < first.length; line++) {
    first[line] = line - headed;
    if (ofTree.line[headed] === line) headed++;
  }
  return linesFrom(tree, {
    arrangement: 'waterfall',
    first,
    rows: ofTree.steps,
    headings: new Map(),
    places: null,
    ofTree,
  });
}

/** Lines by depth. */
export function flameLines(tree: StepTree): StepLines {
  return stacked(tree, 'flame', tree.depth, tree.maxDepth + 1, null);
}

/** Lines by agent: a step is of the nearest agent above it, or of itself if it is one. Agents of one name are one. */
export function laneLines(tree: StepTree): StepLines {
  const agent = agentNames(tree);
  // Lanes in the order in which they begin.
  const laneByName = new Map<number, number>();
  const names: number[] = [];
  const bands = new Uint32Array(tree.count);
  for (const row of ascending(tree.start_ns)) {
    if (row === tree.orphanRow) continue;
    const name = agent[row] ?? -1;
    let lane = laneByName.get(name);
    if (lane === undefined) {
      lane = names.push(name) - 1;
      laneByName.set(name, lane);
    }
    bands[row] = lane;
  }
  return stacked(tree, 'lanes', bands, names.length, (lane) => {
    const name = names[lane] ?? -1;
    return name < 0 ? null : (tree.strings.get(name) ?? '');
  });
}

/** The name (as an index of strings) of each row's agent, -1 for none. */
function agentNames(tree: StepTree): Int32Array {
  const agent = new Int32Array(tree.count).fill(-1);
  for (let row = 0; row < tree.count; row++) {
    const above = tree.parent[row] ?? -1;
    if (kindOf(tree, row) === 'agent') agent[row] = at(tree.name, row);
    else if (above >= 0 && above < row) agent[row] = agent[above] ?? -1;
  }
  return agent;
}

/** Lines for bands of rows one below the other, each as high as it must be. `agentOf` names bands that have a heading. */
function stacked(
  tree: StepTree,
  arrangement: Arrangement,
  bandOf: ArrayLike<number>,
  bands: number,
  agentOf: ((band: number) => string | null) | null,
): StepLines {
  // Of steps that start together, parents come first. The row above orphans is no agent's work.
  const byStart = ascending(tree.start_ns);
  const isOut = agentOf !== null && tree.orphanRow >= 0;
  const shown = isOut ? byStart.filter((row) => row !== tree.orphanRow) : byStart;
  const { order, first: bandFirst } = grouped(shown, bandOf, bands);
  // A step that goes on keeps its line to itself from then on, so that nothing has to move as it grows.
  const end_ns = tree.openRows.length > 0 ? tree.end_ns.slice() : tree.end_ns;
  for (const row of tree.openRows) end_ns[row] = Infinity;
  const line = new Uint32Array(tree.count);
  const headings = new Map<number, LaneHeading>();
  let count = 0;
  for (let band = 0; band < bands; band++) {
    const rows = order.subarray(at(bandFirst, band), at(bandFirst, band + 1));
    if (rows.length === 0) continue;
    if (agentOf) {
      let errors = 0;
      for (const row of rows) if (tree.status[row] === STATUS_ERROR) errors++;
      headings.set(count++, { agent: agentOf(band), steps: rows.length, errors });
    }
    count += packed(rows, tree.start_ns, end_ns, line, count);
  }
  const { order: rows, first } = grouped(order, line, count);
  const places = new Int32Array(tree.count).fill(-1);
  for (let place = 0; place < rows.length; place++) places[at(rows, place)] = place;
  return linesFrom(tree, { arrangement, first, rows, headings, places, ofTree: null });
}

/** Rows by group, in their order within each, and where each group begins. */
function grouped(rows: Uint32Array, groupOf: ArrayLike<number>, groups: number) {
  const first = new Uint32Array(groups + 1);
  for (const row of rows) first[at(groupOf, row) + 1] = at(first, at(groupOf, row) + 1) + 1;
  for (let group = 0; group < groups; group++) first[group + 1] = at(first, group + 1) + at(first, group);
  const next = first.slice();
  const order = new Uint32Array(rows.length);
  for (const row of rows) {
    const group = at(groupOf, row);
    const place = at(next, group);
    order[place] = row;
    next[group] = place + 1;
  }
  return { order, first };
}

/**
 * Puts rows (by start) each on the first line that is free by then, and says how many lines that took. Lines are counted from
 * `base`. The first free line is found in a tree of least ends, so that many steps at once cost no more than few.
 */
function packed(
  rows: Uint32Array,
  start_ns: Float64Array,
  end_ns: Float64Array,
  line: Uint32Array,
  base: number,
): number {
  let room = 1;
  let leastEnd_ns = new Float64Array(2).fill(-Infinity);
  let used = 0;
  for (const row of rows) {
    const from_ns = at(start_ns, row);
    if (at(leastEnd_ns, 1) > from_ns) {
      // All lines are taken: twice as many, the old ones on the left.
      const wider_ns = new Float64Array(4 * room).fill(-Infinity);
      for (let each = 0; each < room; each++) wider_ns[2 * room + each] = at(leastEnd_ns, room + each);
      room *= 2;
      for (let node = room - 1; node > 0; node--)
        wider_ns[node] = Math.min(at(wider_ns, 2 * node), at(wider_ns, 2 * node + 1));
      leastEnd_ns = wider_ns;
    }
    let node = 1;
    while (node < room) node = at(leastEnd_ns, 2 * node) <= from_ns ? 2 * node : 2 * node + 1;
    line[row] = base + node - room;
    used = Math.max(used, node - room + 1);
    leastEnd_ns[node] = Math.max(at(end_ns, row), from_ns);
    for (node >>= 1; node > 0; node >>= 1)
      leastEnd_ns[node] = Math.min(at(leastEnd_ns, 2 * node), at(leastEnd_ns, 2 * node + 1));
  }
  return used;
}

function linesFrom(
  tree: StepTree,
  arranged: Pick<StepLines, 'arrangement' | 'first' | 'rows' | 'headings' | 'places' | 'ofTree'>,
): StepLines {
  const { rows, first } = arranged;
  const start_ns = new Float64Array(rows.length);
  const errorsBefore = new Uint32Array(rows.length + 1);
  const isFailed = (place: number) => tree.status[at(rows, place)] === STATUS_ERROR;
  for (let place = 0; place < rows.length; place++) {
    start_ns[place] = at(tree.start_ns, at(rows, place));
    errorsBefore[place + 1] = at(errorsBefore, place) + (isFailed(place) ? 1 : 0);
  }
  const notable = placesWhere(
    rows.length,
    (place) => isFailed(place) || at(tree.attempt, at(rows, place)) > 1,
  );
  return {
    ...arranged,
    count: first.length - 1,
    start_ns,
    errorsBefore,
    notable: new Uint32Array(notable),
  };
}

/** A lane's name on screen. */
export function laneTitle({ agent }: LaneHeading): string {
  return agent === null ? 'No agent' : agent || 'unnamed';
}
