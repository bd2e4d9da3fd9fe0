// Strokes that several drawings share. A pen is a 2D context whose unit is a CSS pixel.

export type Pen = Pick<
  CanvasRenderingContext2D,
  | 'beginPath'
  | 'clearRect'
  | 'clip'
  | 'closePath'
  | 'fill'
  | 'fillRect'
  | 'fillStyle'
  | 'fillText'
  | 'font'
  | 'globalAlpha'
  | 'lineTo'
  | 'lineWidth'
  | 'measureText'
  | 'moveTo'
  | 'rect'
  | 'restore'
  | 'roundRect'
  | 'save'
  | 'setLineDash'
  | 'stroke'
  | 'strokeStyle'
  | 'textAlign'
  | 'textBaseline'
>;

export interface Box {
  x_px: number;
  y_px: number;
  width_px: number;
  height_px: number;
}

const HATCH_PX = 5;
const ROUND_FROM_PX = 6;

/** A box as a path, with round corners where there is room for them. */
export function boxPath(pen: Pen, box: Box, radius_px = 3, inset_px = 0): void {
  const { x_px, y_px, width_px, height_px } = box;
  pen.beginPath();
  const sides = [
    x_px + inset_px,
    y_px + inset_px,
    width_px - 2 * inset_px,
    height_px - 2 * inset_px,
  ] as const;
  if (width_px < ROUND_FROM_PX) pen.rect(...sides);
  else pen.roundRect(...sides, radius_px);
}

/** Slanted lines inside a box: a second signal beside colour. */
export function hatch(pen: Pen, box: Box, colour: string, alpha: number): void {
  const { x_px, y_px, width_px, height_px } = box;
  pen.save();
  boxPath(pen, box);
  pen.clip();
  pen.globalAlpha *= alpha;
  pen.strokeStyle = colour;
  pen.lineWidth = 1.25;
  pen.beginPath();
  // Lines start at multiples of the distance, so that they stand still while the box grows.
  const first_px = Math.floor((x_px - height_px) / HATCH_PX) * HATCH_PX;
  for (let x = first_px; x < x_px + width_px; x += HATCH_PX) {
    pen.moveTo(x, y_px + height_px);
    pen.lineTo(x + height_px, y_px);
  }
  pen.stroke();
  pen.restore();
}

/** A cross, `size_px` wide, with its left edge at `x_px`. */
export function cross(pen: Pen, x_px: number, middle_px: number, size_px: number, colour: string): void {
  const half_px = size_px / 2;
  pen.strokeStyle = colour;
  pen.lineWidth = 1.6;
  pen.beginPath();
  pen.moveTo(x_px, middle_px - half_px);
  pen.lineTo(x_px + size_px, middle_px + half_px);
  pen.moveTo(x_px + size_px, middle_px - half_px);
  pen.lineTo(x_px, middle_px + half_px);
  pen.stroke();
}

/** A vertical hair, sharp on screens of one pixel a pixel. */
export function hair(pen: Pen, x_px: number, top_px: number, height_px: number, colour: string): void {
  pen.fillStyle = colour;
  pen.fillRect(Math.round(x_px), top_px, 1, height_px);
}
