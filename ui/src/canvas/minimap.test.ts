import { describe, expect, it } from 'vitest';
import { NO_FOLDS } from '../domain/timeFolds';
import { stepTreeFrom } from '../domain/stepTree';
import { aroundStretch, fitted, px_from_ns, type TimeView } from '../domain/timeScale';
import { drawLog } from '../test/drawLog';
import { TEST_PALETTE as palette } from '../test/testPalette';
import { largeTree, treeOf } from '../test/treeFixture';
import { centredAt, dragged, drawMinimap, gripAt, lanesOf } from './minimap';

const tree = stepTreeFrom(
  treeOf(`
    run 0..1000 agent
      call 0..200 tool error #1/a
      call 400..600 tool #2/a
  `),
);
const { total_ns } = tree;
const width_px = 500;
const x = (ms: number) => px_from_ns(fitted(total_ns), width_px, ms * 1e6);

describe('lanes', () => {
  it('hold kinds by depth, and columns of failures and retries', () => {
    const lanes = lanesOf(tree, NO_FOLDS, width_px);
    expect(lanes.lanes).toBe(2);
    const lane = (depth: number, ms: number) => lanes.kinds[depth * width_px + Math.floor(x(ms))];
    expect([lane(0, 500), lane(1, 100), lane(1, 300), lane(1, 500)]).toEqual([2, 4, 0, 4]);
    expect(lanes.errors[Math.floor(x(0))]).toBe(1);
    expect(lanes.retries[Math.floor(x(400))]).toBe(1);
    expect(lanes.errors.filter(Boolean)).toHaveLength(1);
  });

  it('fold deep trees into the room there is', () => {
    const deep = stepTreeFrom(largeTree(5000, 130));
    expect(lanesOf(deep, NO_FOLDS, 300)).toMatchObject({ lanes: 9 });
  });

  it('draw in few strokes however many steps there are', () => {
    const large = stepTreeFrom(largeTree(100_000));
    const lanes = lanesOf(large, NO_FOLDS, 800);
    const log = drawLog();
    const scene = {
      lanes,
      folds: NO_FOLDS,
      view: fitted(large.total_ns),
      total_ns: large.total_ns,
      width_px: 800,
      height_px: 56,
      found: null,
      selected_ns: null,
      pins_ns: [],
    };
    drawMinimap(log.pen, scene, palette);
    expect(log.of('fillRect').length).toBeLessThan(9 * 800);
    expect(log.of('fillRect').length).toBeGreaterThan(5);
  });
});

describe('the brush', () => {
  const view = aroundStretch(400e6, 600e6, total_ns);
  const left_px = px_from_ns(fitted(total_ns), width_px, view.start_ns);
  const right_px = px_from_ns(fitted(total_ns), width_px, view.end_ns);
  const drag = (grip: 'left' | 'right' | 'inside' | 'outside', from_px: number, to_px: number): TimeView =>
    dragged({ grip, from_px, view }, total_ns, width_px, to_px);

  it('is only drawn where not all is in view', () => {
    const lanes = lanesOf(tree, NO_FOLDS, width_px);
    const marks = (of: TimeView) => {
      const log = drawLog();
      drawMinimap(
        log.pen,
        {
          lanes,
          folds: NO_FOLDS,
          view: of,
          total_ns,
          width_px,
          height_px: 56,
          found: null,
          selected_ns: null,
          pins_ns: [],
        },
        palette,
      );
      return log.of('fillRect').filter(({ fill }) => fill === palette.sunken).length;
    };
    expect(marks(fitted(total_ns))).toBe(0);
    expect(marks(view)).toBe(2);
  });

  it('shows where the selected step is, brush or not', () => {
    const log = drawLog();
    const scene = {
      lanes: lanesOf(tree, NO_FOLDS, width_px),
      folds: NO_FOLDS,
      view,
      total_ns,
      width_px,
      height_px: 56,
      found: null,
      selected_ns: 400e6,
      pins_ns: [],
    };
    drawMinimap(log.pen, scene, palette);
    expect(log.drawn.at(-1)).toMatchObject({
      args: [Math.round(x(400)) - 1, 0, 2, 56],
      fill: palette.accent,
    });
  });

  it('is taken by its edges, its inside, or not at all', () => {
    expect(gripAt(view, total_ns, width_px, left_px + 2)).toBe('left');
    expect(gripAt(view, total_ns, width_px, right_px - 3)).toBe('right');
    expect(gripAt(view, total_ns, width_px, (left_px + right_px) / 2)).toBe('inside');
    expect(gripAt(view, total_ns, width_px, 5)).toBe('outside');
    expect(gripAt(fitted(total_ns), total_ns, width_px, 200)).toBe('outside');
  });

  it('moves, grows, and begins anew', () => {
    const moved = drag('inside', 200, 150);
    expect(moved.end_ns - moved.start_ns).toBeCloseTo(view.end_ns - view.start_ns, 0);
    expect(moved.start_ns).toBeLessThan(view.start_ns);
    expect(drag('left', left_px, 100)).toMatchObject({ end_ns: view.end_ns });
    const turned = drag('left', left_px, right_px + 50);
    expect(turned.start_ns).toBeCloseTo(view.end_ns, 0);
    const fresh = drag('outside', x(100), x(200));
    expect(fresh.start_ns / 1e6).toBeCloseTo(100, 3);
    expect(fresh.end_ns / 1e6).toBeCloseTo(200, 3);
  });

  it('stays inside the trace', () => {
    expect(drag('inside', 200, -900).start_ns).toBe(fitted(total_ns).start_ns);
    expect(drag('right', right_px, 9000).end_ns).toBeCloseTo(fitted(total_ns).end_ns, 0);
  });

  it('comes to where it is called', () => {
    const centred = centredAt(view, total_ns, width_px, x(800));
    expect((centred.start_ns + centred.end_ns) / 2e6).toBeCloseTo(800, 3);
  });
});
