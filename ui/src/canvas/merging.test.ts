import { describe, expect, it } from 'vitest';
import { flameLines, keptPlaces, laneLines, placeOf } from '../domain/stepLines';
import { stepTreeFrom } from '../domain/stepTree';
import { foldsOf, NO_FOLDS } from '../domain/timeFolds';
import { aroundStretch, fitted } from '../domain/timeScale';
import { drawLog } from '../test/drawLog';
import { TEST_PALETTE as palette } from '../test/testPalette';
import { largeTree, treeOf } from '../test/treeFixture';
import { drawBars } from './bars';
import { hitAt } from './hits';
import { barBox, px_from_time, type BarsScene } from './scene';

const MS = 1e6;
const LINE_PX = 20;

function sceneOf(source: ReturnType<typeof treeOf>, change: Partial<BarsScene> = {}): BarsScene {
  const tree = stepTreeFrom(source);
  const lines = change.lines ?? flameLines(tree);
  return {
    tree,
    lines,
    kept: lines.notable,
    found: null,
    pinned: new Set(),
    first: 0,
    end: lines.count,
    height_px: lines.count * LINE_PX,
    view: { start_ns: 0, end_ns: tree.total_ns },
    folds: NO_FOLDS,
    width_px: 1000,
    line_px: LINE_PX,
    ticks: { step_ns: 1, at_ns: [], labels: [] },
    selected: -1,
    hovered: -1,
    cursor_px: null,
    band_px: null,
    ...change,
  };
}

const drawnOf = (scene: BarsScene) => {
  const log = drawLog();
  drawBars(log.pen, scene, palette);
  return log;
};

/** A run of a second, and below it tool calls of a tenth of a pixel from 400 to 500 ms, each as far from the next. */
function crowd(extra = ''): ReturnType<typeof treeOf> {
  const calls = Array.from({ length: 500 }, (_, index) => {
    const start_ms = 400 + index * 0.2;
    return `  call ${start_ms}..${start_ms + 0.1} tool${extra && index === 250 ? ` ${extra}` : ''}`;
  });
  return treeOf(
    ['run 0..1000 agent', ...calls, '  answer 600..900 llm', '  mark 950..950.1 tool'].join('\n'),
  );
}
const onLine = (scene: BarsScene, x_px: number, line = 1) => hitAt(scene, x_px, (line + 0.5) * LINE_PX);

describe('blocks', () => {
  it('hold neighbours that are too narrow to tell apart, and say how many', () => {
    const scene = sceneOf(crowd());
    const log = drawnOf(scene);
    expect(log.texts()).toContain('500 steps');
    const hit = onLine(scene, 437);
    expect(hit).toMatchObject({ part: 'merged', merged: { steps: 500, errors: 0 } });
    expect(log.of('fillRect').length).toBeLessThan(20);
  });

  it('are the same wherever one points at them', () => {
    const scene = sceneOf(crowd());
    const { merged } = onLine(scene, 400) as { merged: unknown };
    for (let x_px = 400; x_px < 500; x_px += 3) expect(onLine(scene, x_px)).toMatchObject({ merged });
  });

  it('come apart as one comes closer', () => {
    const view = { start_ns: 440 * MS, end_ns: 441 * MS };
    const scene = sceneOf(crowd(), { view });
    expect(onLine(scene, 50)).toMatchObject({ part: 'bar', row: 201 });
    expect(onLine(scene, 150), 'between two').toBeNull();
  });

  it('end where neighbours are wide, or far', () => {
    const scene = sceneOf(crowd());
    expect(onLine(scene, 700)).toEqual({ part: 'bar', row: 501 });
    expect(onLine(scene, 951), 'one alone is no block').toEqual({ part: 'bar', row: 502 });
    expect(onLine(scene, 550)).toBeNull();
    expect(onLine(scene, 300)).toBeNull();
    expect(onLine(scene, 300, 0)).toEqual({ part: 'bar', row: 0 });
    expect(onLine(scene, 300, 7)).toBeNull();
  });

  it('lead to the step at the point', () => {
    const scene = sceneOf(crowd());
    // A call every 0.2 ms from 400 ms on, and a pixel is a millisecond.
    expect(onLine(scene, 420.05)).toMatchObject({ part: 'merged', row: 101 });
    expect(onLine(scene, 480.05)).toMatchObject({ part: 'merged', row: 401 });
    expect(onLine(scene, 399)).toMatchObject({ part: 'merged', row: 1 });
  });

  it('count what failed in them, and lead to it from beside it', () => {
    const scene = sceneOf(crowd('error'));
    expect(onLine(scene, 420.05)).toMatchObject({
      part: 'merged',
      row: 101,
      merged: { steps: 500, errors: 1 },
    });
    expect(onLine(scene, 448)).toMatchObject({ part: 'merged', row: 251 });
  });
});

describe('what is never merged away', () => {
  it('is a failed step', () => {
    const scene = sceneOf(crowd('error'));
    const red = drawnOf(scene)
      .of('fillRect')
      .filter(({ fill }) => fill === palette.failed);
    expect(red.map(({ args }) => args[0])).toEqual([450]);
    expect(onLine(scene, 450)).toEqual({ part: 'bar', row: 251 });
  });

  it('is a further attempt, with its pause', () => {
    const scene = sceneOf(
      treeOf('run 0..1000 agent\n  a 0..200 tool error #1/x\n  a 600..600.1 tool #2/x\n  b 600.2..600.3'),
    );
    expect(drawnOf(scene).texts()).toContain('pause 400 ms');
    expect(onLine(scene, 400)).toEqual({ part: 'pause', row: 2 });
    const later = { ...scene, view: { start_ns: 300 * MS, end_ns: 500 * MS } };
    expect(drawnOf(later).texts(), 'also where the attempt itself is out of view').toContain('pause 400 ms');
    expect(onLine(later, 500)).toEqual({ part: 'pause', row: 2 });
  });

  it('is the selected step', () => {
    const scene = { ...sceneOf(crowd()), selected: 251 };
    const ring = drawnOf(scene)
      .of('stroke')
      .filter(({ stroke }) => stroke === palette.accent);
    expect(ring).toHaveLength(1);
    expect(onLine(scene, 450)).toEqual({ part: 'bar', row: 251 });
  });

  it('is what a search has found, and the others step back', () => {
    const scene = sceneOf(crowd());
    const found = new Uint8Array(scene.tree.count);
    found[251] = 1;
    const searched = { ...scene, found, kept: keptPlaces(scene.lines, new Uint32Array([251])) };
    const full = drawnOf(searched)
      .of('fill')
      .filter(({ alpha }) => alpha === 1);
    expect(full).toHaveLength(1);
    expect(onLine(searched, 450)).toEqual({ part: 'bar', row: 251 });
  });
});

describe('a hundred thousand steps', () => {
  const large = largeTree(100_000);
  const tree = stepTreeFrom(large);
  it.each([
    ['flame', flameLines(tree)],
    ['lanes', laneLines(tree)],
  ])('as %s are drawn for the lines in view, and for a line no more than it has pixels', (_, lines) => {
    const linesShown = 40;
    const base = sceneOf(treeOf('a 0..1'), { lines });
    for (const view of [fitted(tree.total_ns), aroundStretch(300 * MS, 302 * MS, tree.total_ns)]) {
      const scene = { ...base, tree, kept: lines.notable, view, width_px: 500, end: linesShown };
      const all = drawnOf(scene).drawn.length;
      const few = drawnOf({ ...scene, end: linesShown / 4 }).drawn.length;
      expect(all).toBeLessThan(linesShown * 500 * 2);
      expect(few).toBeLessThan(all / 2);
    }
  });

  it('on one line cost as few strokes as ten thousand', () => {
    const line = (count: number) => {
      const calls = Array.from({ length: count }, (_, at) => {
        const start_ms = (at * 1000) / count;
        return `  call ${start_ms}..${start_ms + 500 / count} ${at % 50 ? 'tool' : 'error'}`;
      });
      const scene = sceneOf(treeOf(['run 0..1000 agent', ...calls].join('\n')), { width_px: 200 });
      return drawnOf(scene).drawn.length;
    };
    expect(line(100_000)).toBeLessThan(1.2 * line(10_000));
  });
});

describe('over folds', () => {
  it('bars, blocks and points go through the same time', () => {
    const source = treeOf('run 0..10000 agent\n  a 0..100 tool\n  b 9900..10000 llm');
    const folds = foldsOf([[100 * MS, 9900 * MS]], 50 * MS);
    const scene = sceneOf(source, { folds, view: { start_ns: 0, end_ns: 250 * MS } });
    expect(px_from_time(scene, 9900 * MS)).toBeCloseTo(600, 6);
    expect(barBox(scene, 1, placeOf(scene.lines, 2))).toMatchObject({ x_px: 600, width_px: 400 });
    expect(onLine(scene, 800)).toEqual({ part: 'bar', row: 2 });
    expect(onLine(scene, 500)).toBeNull();
    const zigzag = drawnOf(scene)
      .of('stroke')
      .filter(({ stroke }) => stroke === palette.muted);
    expect(zigzag).toHaveLength(1);
  });
});

describe('lanes', () => {
  it('stand under the names of their agents, which nothing is hit by', () => {
    const tree = stepTreeFrom(treeOf('lead 0..100 agent\n  plan 0..50 llm error'));
    const scene = sceneOf(treeOf('lead 0..100 agent\n  plan 0..50 llm error'), { lines: laneLines(tree) });
    expect(drawnOf(scene).texts().slice(0, 3)).toEqual(['lead', '2 steps', '1 failed']);
    expect(onLine(scene, 10, 0)).toBeNull();
    expect(onLine(scene, 10, 2)).toEqual({ part: 'bar', row: 1 });
  });
});
