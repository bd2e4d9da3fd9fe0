// Level of detail: neighbours on a line that are each narrower than a pixel, and less than a pixel apart, are one block.
// A block follows from the view alone, wherever one begins to look for it, so drawing and pointing agree. Both leap from
// pixel to pixel by halving; how many steps lie in between does not matter.
import { at, countBelow } from '../domain/columns';
import { px_from_time, rowAt, time_from_px, type BarsScene, type Places } from './scene';

/** Bars narrower than this are merged with neighbours nearer than this. */
const MERGE_PX = 1;

/** Several steps drawn as one block. */
export interface Merged extends Places {
  steps: number;
  errors: number;
  start_ns: number;
  end_ns: number;
}

const left_px = (scene: BarsScene, place: number) => px_from_time(scene, at(scene.lines.start_ns, place));
const right_px = (scene: BarsScene, place: number) =>
  px_from_time(scene, at(scene.tree.end_ns, rowAt(scene, place)));

export function isNarrow(scene: BarsScene, place: number): boolean {
  return right_px(scene, place) - left_px(scene, place) < MERGE_PX;
}

const touches = (scene: BarsScene, before: number, after: number) =>
  left_px(scene, after) - right_px(scene, before) < MERGE_PX;

/**
 * Up to where the block reaches that `from` begins, not further than `to`; `from` itself if it is too wide for one.
 * `onPixel` is told of the first step in each pixel.
 */
export function blockEnd(
  scene: BarsScene,
  { from, to }: Places,
  onPixel: (place: number) => void = () => undefined,
): number {
  let place = from;
  if (!isNarrow(scene, place)) return place;
  for (;;) {
    onPixel(place);
    const next = Math.max(place + 1, nextPixel(scene, place, to));
    // All that another follows within the pixel are narrow; the last need not be.
    if (!isNarrow(scene, next - 1)) return next - 1;
    if (next >= to || !isNarrow(scene, next) || !touches(scene, next - 1, next)) return next;
    place = next;
  }
}

/** Where the block begins that a narrow step is in, not before `from`. */
export function blockStart(scene: BarsScene, inside: number, from: number): number {
  const { start_ns } = scene.lines;
  let place = inside;
  while (place > from) {
    const pixel_ns = time_from_px(scene, left_px(scene, place) - MERGE_PX);
    let first = Math.min(countBelow(start_ns, pixel_ns, from, place), place);
    if (first < place && !isNarrow(scene, first)) first++;
    if (first === place) {
      if (!isNarrow(scene, place - 1) || !touches(scene, place - 1, place)) break;
      first = place - 1;
    }
    place = first;
  }
  return place;
}

/** The first place, up to `to`, whose step begins at least a pixel after that of `place`. */
export function nextPixel(scene: BarsScene, place: number, to: number): number {
  const pixel_ns = time_from_px(scene, left_px(scene, place) + MERGE_PX);
  return countBelow(scene.lines.start_ns, pixel_ns, place + 1, Math.max(to, place + 1));
}

/** What a block holds. */
export function mergedOf(scene: BarsScene, { from, to }: Places): Merged {
  const { errorsBefore, start_ns } = scene.lines;
  return {
    from,
    to,
    steps: to - from,
    errors: at(errorsBefore, to) - at(errorsBefore, from),
    start_ns: at(start_ns, from),
    end_ns: at(scene.tree.end_ns, rowAt(scene, to - 1)),
  };
}

/** Kept places from left to right, one a pixel. */
export function forKept(scene: BarsScene, { from, to }: Places, each: (place: number) => void): void {
  const { kept } = scene;
  const end = countBelow(kept, to);
  for (let index = countBelow(kept, from); index < end;) {
    const place = at(kept, index);
    each(place);
    index = Math.max(index + 1, countBelow(kept, nextPixel(scene, place, to), index, end));
  }
}
