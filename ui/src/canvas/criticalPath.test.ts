import { describe, expect, it } from 'vitest';
import { NO_FOLDS } from '../domain/timeFolds';
import { flameLines, waterfallLines, type StepLines } from '../domain/stepLines';
import { stepTreeFrom, type StepTree } from '../domain/stepTree';
import { linesOfPath, timePathOf } from '../domain/timePath';
import { treeLines, UNFOLDED } from '../domain/treeRows';
import { drawLog } from '../test/drawLog';
import { runTimeOf, type Stretch } from '../test/runTimeFixture';
import { TEST_PALETTE as palette } from '../test/testPalette';
import { treeOf } from '../test/treeFixture';
import { drawCriticalPath, drawPathInLittle } from './criticalPath';
import type { BarsScene } from './scene';

const MS = 1e6;
const TREE = `
  run 0..100 agent
    ask 10..40 llm
    look 40..90 tool
`;
const STRETCHES: Stretch[] = [
  ['s0', 'own', 10],
  ['s1', 'model', 40],
  ['s2', 'tool', 90],
  ['s0', 'own', 100],
];
const tree = stepTreeFrom(treeOf(TREE));
const path = timePathOf(runTimeOf(STRETCHES), tree);

function drawn(lines: StepLines, change: Partial<BarsScene> = {}, of: StepTree = tree) {
  const log = drawLog();
  drawCriticalPath(
    log.pen,
    {
      tree: of,
      lines,
      path: { path, lines: linesOfPath(path, of, lines) },
      kept: lines.notable,
      found: null,
      pinned: new Set(),
      first: 0,
      end: lines.count,
      height_px: lines.count * 24,
      view: { start_ns: 0, end_ns: 100 * MS },
      folds: NO_FOLDS,
      width_px: 1000,
      line_px: 24,
      ticks: { step_ns: 1, at_ns: [], labels: [] },
      selected: -1,
      hovered: -1,
      cursor_px: null,
      band_px: null,
      ...change,
    },
    palette,
  );
  const boxes = log.of('fillRect');
  return {
    lines: boxes.filter(({ alpha }) => alpha === 1).map(({ args }) => args),
    hairs: boxes.filter(({ alpha }) => alpha < 1).map(({ args }) => args),
  };
}

const waterfall = (collapsed: string[] = []) =>
  waterfallLines(tree, treeLines(tree, { ...UNFOLDED, steps: new Set(collapsed) }));

describe('the critical path over the bars', () => {
  it('is a line below each bar, and a hair to the next', () => {
    const { lines, hairs } = drawn(waterfall());
    expect(lines).toEqual([
      [0, 20, 100, 2],
      [100, 44, 300, 2],
      [400, 68, 500, 2],
      [900, 20, 100, 2],
    ]);
    expect(hairs).toEqual([
      [100, 20, 1, 26],
      [400, 44, 1, 26],
      [900, 20, 1, 50],
    ]);
  });

  it('stands where the steps stand, in every arrangement', () => {
    expect(drawn(flameLines(tree)).lines.map(([, y_px]) => y_px)).toEqual([20, 44, 44, 20]);
    // What is folded away is drawn on what hides it, and needs no hairs.
    const folded = drawn(waterfall(['s0']));
    expect(folded.lines.map(([, y_px]) => y_px)).toEqual([20, 20, 20, 20]);
    expect(folded.hairs).toEqual([]);
  });

  it('draws only what is in view', () => {
    const view = { start_ns: 45 * MS, end_ns: 50 * MS };
    expect(drawn(waterfall(), { view })).toEqual({ lines: [[0, 68, 1000, 2]], hairs: [] });
    expect(drawn(waterfall(), { first: 1, end: 2 }).lines).toEqual([[100, 20, 300, 2]]);
    expect(drawn(waterfall(), { path: null })).toEqual({ lines: [], hairs: [] });
  });

  it('is seen in little, too', () => {
    const log = drawLog();
    const little = { folds: NO_FOLDS, total_ns: 100 * MS, width_px: 500, lanes: 2, lane_px: 6, top_px: 7 };
    drawPathInLittle(log.pen, { path, ...little }, palette);
    expect(log.of('fillRect').map(({ args }) => args[1])).toEqual([12, 18, 18, 12]);
  });
});
