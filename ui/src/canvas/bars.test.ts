import { describe, expect, it } from 'vitest';
import { NO_FOLDS } from '../domain/timeFolds';
import { waterfallLines, type StepLines } from '../domain/stepLines';
import { ALL_FOLDED } from '../domain/operations';
import { stepTreeFrom, type StepTree } from '../domain/stepTree';
import { ticksOf } from '../domain/timeScale';
import { toggled, treeLines, UNFOLDED } from '../domain/treeRows';
import { drawLog } from '../test/drawLog';
import { largeTree, treeOf } from '../test/treeFixture';
import { barLabel } from './barLabels';
import { drawBars } from './bars';
import { hitAt } from './hits';
import { barBox, NARROWEST_PX, pauseBox, type BarsScene } from './scene';
import { TEST_PALETTE as palette } from '../test/testPalette';

const MS = 1e6;

function sceneOf(text: string, change: Partial<BarsScene> = {}): BarsScene {
  const tree = stepTreeFrom(treeOf(text), true);
  const lines = waterfallLines(tree, treeLines(tree));
  const view = change.view ?? { start_ns: 0, end_ns: 100 * MS };
  return {
    tree,
    lines,
    kept: lines.notable,
    found: null,
    pinned: new Set(),
    first: 0,
    end: lines.count,
    height_px: lines.count * 26,
    view,
    folds: NO_FOLDS,
    width_px: 1000,
    line_px: 26,
    ticks: ticksOf(view, 1000, 100),
    selected: -1,
    hovered: -1,
    cursor_px: null,
    band_px: null,
    ...change,
  };
}

const RETRIED = `
  run 0..100 agent
    call 0..20 tool error #1/a
    call 40..60 tool #2/a
    answer 70.. llm
`;

const foldedAtRoot = (tree: StepTree) => treeLines(tree, toggled(tree, UNFOLDED, 0));

describe('where bars are', () => {
  it('follows time across and rows down', () => {
    const scene = sceneOf(RETRIED);
    expect(barBox(scene, 1, 1)).toEqual({ x_px: 0, y_px: 31, width_px: 200, height_px: 16 });
    expect(barBox(scene, 2, 2)).toMatchObject({ x_px: 400, width_px: 200 });
    expect(pauseBox(scene, 2, 2)).toMatchObject({ x_px: 200, width_px: 200 });
    expect(pauseBox(scene, 1, 1)).toBeNull();
  });

  it('never lets a step vanish, and cuts what lies far outside', () => {
    const short = sceneOf('a 0..1000\n  b 50..50.001', { view: { start_ns: 0, end_ns: 1000 * MS } });
    expect(barBox(short, 1, 1)?.width_px).toBe(NARROWEST_PX);
    const close = barBox(sceneOf(RETRIED, { view: { start_ns: 50 * MS, end_ns: 50.001 * MS } }), 0, 0);
    expect(close?.x_px).toBeGreaterThan(-20);
    expect(close?.width_px).toBeLessThan(1040);
  });

  it('is nowhere for a bar out of view', () => {
    expect(barBox(sceneOf(RETRIED, { view: { start_ns: 70 * MS, end_ns: 100 * MS } }), 1, 1)).toBeNull();
  });
});

describe('what is under the pointer', () => {
  const scene = sceneOf(RETRIED);
  it.each([
    [100, 30, { row: 1, part: 'bar' }],
    [202, 30, { row: 1, part: 'bar' }],
    [700, 30, { row: 4, part: 'row' }],
    [300, 30, { row: 2, part: 'pause' }],
    [500, 30, { row: 2, part: 'bar' }],
    [202, 60, { row: 1, part: 'bar' }],
    [300, 60, { row: 1, part: 'row' }],
    [300, 86, { row: 2, part: 'pause' }],
    [500, 86, { row: 2, part: 'bar' }],
    [10, 500, null],
    [10, -1, null],
  ])('at %d, %d', (x_px, y_px, hit) => {
    expect(hitAt(scene, x_px, y_px)).toEqual(hit);
  });
});

describe('drawing', () => {
  it('draws the rows of the window and no others', () => {
    const tree = stepTreeFrom(largeTree(100_000));
    const lines = waterfallLines(tree, treeLines(tree));
    const log = drawLog();
    const base = sceneOf(RETRIED, { view: { start_ns: 0, end_ns: 1000 * MS } });
    drawBars(log.pen, { ...base, tree, lines, first: 50_000, end: 50_040 }, palette);
    expect(log.texts()).toHaveLength(40);
    expect(log.drawn.length).toBeLessThan(3000);
  });

  it('labels bars with attempt and duration', () => {
    const { tree } = sceneOf(RETRIED);
    expect([0, 1, 2, 3].map((row) => barLabel(tree, row))).toEqual([
      '100 ms',
      '1/2 · 20 ms',
      '2/2 · 20 ms',
      'running 30 ms',
    ]);
    const ended = stepTreeFrom(treeOf(RETRIED), false);
    expect(barLabel(ended, 3), 'of a run that goes on no more').toBe('no end');
    const log = drawLog();
    drawBars(log.pen, sceneOf(RETRIED), palette);
    const ofTries = ['1/2 · 20 ms', 'pause 20 ms', '2/2 · 20 ms'];
    const ofOperation = ['1', 'pause 20 ms', '2', '2 tries · 60 ms'];
    expect(log.texts()).toEqual(['100 ms', ...ofOperation, ...ofTries, 'running 30 ms']);
  });

  it('has all tries of a folded operation on its line, as far as they change a pixel', () => {
    const scene = sceneOf(RETRIED, { selected: 2 });
    const lines = waterfallLines(scene.tree, treeLines(scene.tree, { ...UNFOLDED, operations: ALL_FOLDED }));
    const log = drawLog();
    drawBars(log.pen, { ...scene, lines, end: lines.count }, palette);
    expect(log.texts()).toEqual(['100 ms', '1', 'pause 20 ms', '2', '2 tries · 60 ms', 'running 30 ms']);
    expect(log.of('stroke').filter(({ stroke }) => stroke === palette.accent)).toHaveLength(1);
    const many = Array.from(
      { length: 5_000 },
      (_, index) => `  call ${index}..${index + 0.5} tool error #${index + 1}/a`,
    );
    const tried = stepTreeFrom(treeOf(`run 0..5000 agent\n${many.join('\n')}`));
    const crowded = waterfallLines(tried, treeLines(tried, { ...UNFOLDED, operations: ALL_FOLDED }));
    const drawn = drawLog();
    const view = { start_ns: 0, end_ns: 5_000 * MS };
    drawBars(drawn.pen, sceneOf(RETRIED, { tree: tried, lines: crowded, end: crowded.count, view }), palette);
    expect(drawn.drawn.length).toBeLessThan(20 * 1000);
  });

  it('marks failure by hatch, edge and cross beside the colour', () => {
    const log = drawLog();
    drawBars(log.pen, sceneOf('a 0..50 tool error'), palette);
    expect(log.of('clip')).toHaveLength(1);
    const red = log.of('stroke').filter(({ stroke }) => stroke === palette.failed);
    expect(red, 'hatch, edge and cross are red').toHaveLength(3);
    const kind = log.of('fillRect').filter(({ fill }) => fill === palette.kinds[3]);
    expect(kind, 'the kind keeps its stripe').toHaveLength(1);
  });

  it('fades and dashes a bar without an end', () => {
    const log = drawLog();
    drawBars(log.pen, sceneOf('a 0..100 agent\n  b 10.. llm'), palette);
    const alphas = log.of('fillRect').filter(({ fill, alpha }) => fill === palette.kinds[2] && alpha < 1);
    expect(alphas.length).toBeGreaterThan(3);
    expect(log.of('setLineDash')[0]?.args).toEqual([[4, 3]]);
  });

  it('draws a step with visible steps below it lightly, and solidly once collapsed', () => {
    const open = drawLog();
    const scene = sceneOf('a 0..100 agent\n  b 10..20 llm');
    drawBars(open.pen, scene, palette);
    expect(open.of('fill')[0]).toMatchObject({ fill: palette.kinds[1], alpha: 0.22 });
    const closed = drawLog();
    drawBars(
      closed.pen,
      { ...scene, lines: waterfallLines(scene.tree, foldedAtRoot(scene.tree)), end: 1 },
      palette,
    );
    expect(closed.of('fill')[0]).toMatchObject({ fill: palette.kinds[1], alpha: 1 });
  });

  it('says on a collapsed bar that something below it failed', () => {
    const scene = sceneOf('a 0..100 agent\n  b 10..20 tool error');
    const log = drawLog();
    drawBars(
      log.pen,
      { ...scene, lines: waterfallLines(scene.tree, foldedAtRoot(scene.tree)), end: 1 },
      palette,
    );
    expect(log.of('fillRect').filter(({ fill }) => fill === palette.failed)).toHaveLength(1);
  });

  it('puts a label that does not fit beside its bar, on the left at the right edge', () => {
    const log = drawLog();
    drawBars(log.pen, sceneOf('a 0..100 agent\n  b 10..11 llm\n  c 99..100 llm'), palette);
    const labels = log.of('fillText');
    expect(labels[1]?.args[1]).toBe(115);
    expect(Number(labels[2]?.args[1])).toBeLessThan(990);
    expect(labels[2]?.fill).toBe(palette.muted);
  });

  it('keeps a label on the left clear of the pause', () => {
    const log = drawLog();
    drawBars(log.pen, sceneOf('a 0..100 agent\n  b 0..60 tool error #1/x\n  b 97..100 tool #2/x'), palette);
    const label = log.of('fillText').find(({ args }) => args[0] === '2/2 · 3 ms');
    expect(Number(label?.args[1]) + 6 * '2/2 · 3 ms'.length).toBeLessThanOrEqual(600);
  });

  it('hatches the pause under way after a failed step, and counts down to the next try', () => {
    const TRIED =
      'run 0.. agent\n  call 0..20 tool error #1/a\n  call 40..60 tool error #2/a\n  other 60..80 tool';
    const plain = stepTreeFrom({ ...treeOf(TRIED), awaited: [{ row: 2, until_ns: 2_080 * MS }] }, true);
    const texts = (lines: StepLines) => {
      const log = drawLog();
      drawBars(log.pen, sceneOf(TRIED, { tree: plain, lines, end: lines.count }), palette);
      return log.texts();
    };
    const open = texts(waterfallLines(plain, treeLines(plain)));
    expect(
      open.filter((text) => text === 'next try in 2 s'),
      'of the operation, and of its last try',
    ).toHaveLength(2);
    const folded = treeLines(plain, { ...UNFOLDED, operations: ALL_FOLDED });
    expect(texts(waterfallLines(plain, folded))).toContain('next try in 2 s');
  });

  it('draws selection and cursor', () => {
    const log = drawLog();
    drawBars(log.pen, sceneOf(RETRIED, { selected: 2, cursor_px: 333 }), palette);
    expect(log.of('stroke').filter(({ stroke }) => stroke === palette.accent)).toHaveLength(1);
    expect(log.drawn.at(-1)).toMatchObject({
      call: 'fillRect',
      args: [333, 0, 1, 130],
      fill: palette.accent,
    });
  });
});
