// A trace of a million steps: everything is worked out for it, and a frame draws no more than there is room for.
import { describe, expect, it } from 'vitest';
import { flameLines, laneLines, lineOf, waterfallLines, type StepLines } from '../domain/stepLines';
import { idOf, rowOf, stepTreeFrom } from '../domain/stepTree';
import { quietFolds, NO_FOLDS } from '../domain/timeFolds';
import { fitted } from '../domain/timeScale';
import { lineOfRow, treeLines, UNFOLDED } from '../domain/treeRows';
import { drawLog } from '../test/drawLog';
import { TEST_PALETTE as palette } from '../test/testPalette';
import { roundsTree } from '../test/treeFixture';
import { drawBars } from './bars';
import { hitAt } from './hits';
import { drawMinimap, lanesOf } from './minimap';
import type { BarsScene } from './scene';

const ROUNDS = 100_000;
const tree = stepTreeFrom(roundsTree(ROUNDS));

function sceneOf(lines: StepLines, view = fitted(tree.total_ns)): BarsScene {
  return {
    tree,
    lines,
    kept: lines.notable,
    found: null,
    pinned: new Set(),
    first: 0,
    end: Math.min(40, lines.count),
    height_px: 800,
    view,
    folds: NO_FOLDS,
    width_px: 1000,
    line_px: 20,
    ticks: { step_ns: 1, at_ns: [], labels: [] },
    selected: -1,
    hovered: -1,
    cursor_px: null,
    band_px: null,
  };
}

describe('a million steps', () => {
  it('are counted, folded and found by id', () => {
    expect(tree.count).toBe(1_000_001);
    expect(tree.errorRows.length).toBe(3_333);
    expect(tree.errorsBelow[0]).toBe(3_333);
    expect(rowOf(tree, 's999999')).toBe(999_999);
    expect(idOf(tree, 1_000_000)).toBe('s1000000');
    expect(rowOf(tree, 's1000001')).toBe(-1);
    const visible = treeLines(tree, { ...UNFOLDED, steps: new Set(['s1', 's999991']) });
    expect(visible.count).toBe(tree.count - 18);
    expect(lineOfRow(tree, visible, 11)).toBe(2);
    expect(quietFolds(tree)).toBe(NO_FOLDS);
  });

  it.each([
    ['waterfall', waterfallLines(tree, treeLines(tree)), 1_000_001],
    ['flame', flameLines(tree), 3],
    ['lanes', laneLines(tree), 4],
  ] as const)('as %s are drawn for the lines in view, no more than these have pixels', (_, lines, count) => {
    expect(lines.count).toBe(count);
    expect(lineOf(lines, 1_000_000)).toBeGreaterThanOrEqual(count === 1_000_001 ? 1_000_000 : 2);
    const log = drawLog();
    drawBars(log.pen, sceneOf(lines), palette);
    expect(log.drawn.length).toBeGreaterThan(10);
    expect(log.drawn.length).toBeLessThan(4 * 1000 * Math.min(count, 4));
    expect(hitAt(sceneOf(lines), 500, 30)).not.toBeNull();
  });

  it('in the minimap are as many columns as it has', () => {
    const log = drawLog();
    const lanes = lanesOf(tree, NO_FOLDS, 800);
    const { total_ns } = tree;
    const scene = { lanes, folds: NO_FOLDS, view: fitted(total_ns), total_ns, width_px: 800, height_px: 56 };
    drawMinimap(log.pen, { ...scene, found: null, selected_ns: null, pins_ns: [] }, palette);
    expect(log.of('fillRect').length).toBeLessThan(9 * 800);
  });
});
