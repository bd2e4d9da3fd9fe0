// What holds still on screen while rows come and go: the uppermost in view that stands under the same one as before. A step that
// has found its parent moves, and the others do not.

export interface Anchor {
  stepId: string;
  /** Whether it is the operation that this step is the first try of. */
  isOperation?: boolean;
  /** What it stands under: its parent, or the depth of its line. */
  under: string;
  /** From the top of its place to the top of the screen. */
  offset_px: number;
}

export interface Place {
  under: string;
  top_px: number;
}

/** Where to scroll to, so that what can stand still does; `null` if nothing of it is there any more. */
export function anchoredTop_px(
  anchors: readonly Anchor[],
  placeOf: (stepId: string, isOperation: boolean) => Place | null,
): number | null {
  let movedTop_px: number | null = null;
  for (const { stepId, isOperation = false, under, offset_px } of anchors) {
    const place = placeOf(stepId, isOperation);
    if (!place) continue;
    if (place.under === under) return place.top_px + offset_px;
    movedTop_px ??= place.top_px + offset_px;
  }
  return movedTop_px;
}
