import { describe, expect, it } from 'vitest';
import { flameLines, waterfallLines, type StepLines } from '../domain/stepLines';
import { idOf, stepTreeFrom, type StepTree } from '../domain/stepTree';
import { NO_FOLDS } from '../domain/timeFolds';
import { ticksOf } from '../domain/timeScale';
import { treeLines, UNFOLDED } from '../domain/treeRows';
import { drawLog } from '../test/drawLog';
import { TEST_PALETTE as palette } from '../test/testPalette';
import { treeOf } from '../test/treeFixture';
import { drawBrackets } from './brackets';
import type { BarsScene } from './scene';

const MS = 1e6;
const LINE_PX = 20;

const TRIED = `
  run 0..100 agent
    call 20..30 tool error #1/a
    other 30..35 tool
    call 40..60 tool #2/a
    answer 70..90 llm
`;

function sceneOf(tree: StepTree, lines: StepLines, change: Partial<BarsScene> = {}): BarsScene {
  const view = change.view ?? { start_ns: 0, end_ns: 100 * MS };
  return {
    tree,
    lines,
    kept: lines.notable,
    found: null,
    pinned: new Set(),
    first: 0,
    end: lines.count,
    height_px: lines.count * LINE_PX,
    view,
    folds: NO_FOLDS,
    width_px: 1000,
    line_px: LINE_PX,
    ticks: ticksOf(view, 1000, 100),
    selected: -1,
    hovered: -1,
    cursor_px: null,
    band_px: null,
    ...change,
  };
}

function strokes(scene: BarsScene): string[] {
  const { pen, drawn } = drawLog();
  drawBrackets(pen, scene, palette);
  return drawn
    .filter(({ call }) => call === 'moveTo' || call === 'lineTo')
    .map(({ call, args }) => `${call} ${args.join(' ')}`);
}

describe('brackets in the waterfall', () => {
  const tree = stepTreeFrom(treeOf(TRIED));
  const lines = waterfallLines(tree, treeLines(tree));

  it('run down the left of the tries, with a tick to each', () => {
    expect(strokes(sceneOf(tree, lines))).toEqual([
      'moveTo 194.5 30.5',
      'lineTo 194.5 70.5',
      'moveTo 194.5 30.5',
      'lineTo 198.5 30.5',
      'moveTo 194.5 70.5',
      'lineTo 198.5 70.5',
    ]);
  });

  it('are there when only what lies between the tries is in view', () => {
    expect(strokes(sceneOf(tree, lines, { first: 2, end: 3, height_px: LINE_PX }))).toContain(
      'lineTo 194.5 30.5',
    );
    expect(strokes(sceneOf(tree, lines, { first: 4, end: 5, height_px: LINE_PX }))).toEqual([]);
  });

  it('stay at the edge when the tries began left of the view, and go when they ended there', () => {
    expect(strokes(sceneOf(tree, lines, { view: { start_ns: 25 * MS, end_ns: 100 * MS } }))[0]).toBe(
      'moveTo 1.5 30.5',
    );
    expect(strokes(sceneOf(tree, lines, { view: { start_ns: 65 * MS, end_ns: 100 * MS } }))).toEqual([]);
  });

  it('are not there for a try that is folded away', () => {
    const folded = waterfallLines(tree, treeLines(tree, { ...UNFOLDED, steps: new Set([idOf(tree, 0)]) }));
    expect(strokes(sceneOf(tree, folded))).toEqual([]);
  });
});

describe('brackets on lines of many', () => {
  it('stand above the tries, with a tick where each begins', () => {
    const tree = stepTreeFrom(treeOf(TRIED));
    expect(strokes(sceneOf(tree, flameLines(tree)))).toEqual([
      'moveTo 200.5 24.5',
      'lineTo 200.5 21.5',
      'lineTo 599.5 21.5',
      'lineTo 599.5 24.5',
      'moveTo 400.5 21.5',
      'lineTo 400.5 24.5',
    ]);
  });
});
