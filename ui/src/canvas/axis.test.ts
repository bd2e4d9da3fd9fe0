import { describe, expect, it } from 'vitest';
import { ticksFor } from '../domain/stepScale';
import { fitted, ticksOf } from '../domain/timeScale';
import { drawLog } from '../test/drawLog';
import { TEST_PALETTE } from '../test/testPalette';
import { drawAxis, LABEL_EVERY_PX } from './axis';

const view = { start_ns: 0, end_ns: 1e9 };
const scene = {
  scale: { clock: 'measured' as const, total_ns: 1e9 },
  view,
  width_px: 500,
  height_px: 22,
  ticks: ticksOf(view, 500, LABEL_EVERY_PX),
  cursor_px: null,
  band_px: null,
};

describe('the axis', () => {
  it('numbers the steps where there are no times, and tells which is under the pointer', () => {
    const log = drawLog();
    const scale = { clock: 'order_only' as const, total_ns: 12e6 };
    const inOrder = fitted(12e6);
    const ticks = ticksFor(scale, inOrder, 500, LABEL_EVERY_PX);
    drawAxis(log.pen, { ...scene, scale, view: inOrder, ticks, cursor_px: 499 }, TEST_PALETTE);
    expect(log.texts().slice(0, 3)).toEqual(['step 1', '5', '10']);
    expect(log.texts().at(-1), 'there is no thirteenth').toBe('step 12');
  });

  it('labels its ticks', () => {
    const log = drawLog();
    drawAxis(log.pen, scene, TEST_PALETTE);
    expect(log.texts()).toEqual(['0', '200 ms', '400 ms', '600 ms', '800 ms']);
  });

  it('leaves out a label that would be cut', () => {
    const log = drawLog();
    drawAxis(
      log.pen,
      { ...scene, width_px: 420, ticks: { step_ns: 1, at_ns: [0.95e9], labels: ['950 ms'] } },
      TEST_PALETTE,
    );
    expect(log.texts()).toEqual([]);
  });

  it('shows the time under the pointer, as precise as a pixel, and keeps it inside', () => {
    const log = drawLog();
    drawAxis(log.pen, { ...scene, cursor_px: 499 }, TEST_PALETTE);
    expect(log.texts().at(-1)).toBe('998 ms');
    const pill = log.of('roundRect')[0]?.args.map(Number) ?? [];
    expect((pill[0] ?? 0) + (pill[2] ?? 0)).toBeLessThanOrEqual(500);
  });
});
