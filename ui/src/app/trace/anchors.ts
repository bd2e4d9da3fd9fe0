// What holds still on screen while steps come and go: the uppermost step in view that stands under the same one as before. A
// step that has found its parent moves, and the others do not.

export interface Anchor {
  stepId: string;
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
  placeOf: (stepId: string) => Place | null,
): number | null {
  let movedTop_px: number | null = null;
  for (const { stepId, under, offset_px } of anchors) {
    const place = placeOf(stepId);
    if (!place) continue;
    if (place.under === under) return place.top_px + offset_px;
    movedTop_px ??= place.top_px + offset_px;
  }
  return movedTop_px;
}
