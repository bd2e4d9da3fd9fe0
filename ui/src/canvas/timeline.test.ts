import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { flameLines, waterfallLines } from '../domain/stepLines';
import { foldsOf } from '../domain/timeFolds';
import { treeLines } from '../domain/treeRows';
import { fitted, px_from_ns } from '../domain/timeScale';
import { stepTreeFrom, type StepTree } from '../domain/stepTree';
import { drawLog, type DrawLog } from '../test/drawLog';
import { TEST_PALETTE } from '../test/testPalette';
import { treeOf } from '../test/treeFixture';
import { Timeline, type TimelineEvents } from './timeline';

const tree = stepTreeFrom(
  treeOf(`
    run 0..1000 agent
      call 0..200 tool error
      answer 600..1000 llm
  `),
);
const rowsOf = (tree: StepTree) => waterfallLines(tree, treeLines(tree));
const WIDTH_PX = 1021;

let frames: FrameRequestCallback[];
let logs: Map<HTMLCanvasElement, DrawLog>;
let timeline: Timeline;
let events: { [N in keyof TimelineEvents]: ReturnType<typeof vi.fn<TimelineEvents[N]>> };
let bars: HTMLCanvasElement;
let axis: HTMLCanvasElement;
let minimap: HTMLCanvasElement;

/** Lets the browser draw, and gives what was drawn on a canvas. */
function drawnOn(canvas: HTMLCanvasElement): DrawLog {
  const log = logs.get(canvas);
  if (!log) throw new Error('the canvas was never drawn on');
  log.drawn.length = 0;
  for (const frame of frames.splice(0)) frame(0);
  return log;
}

function pointer(canvas: HTMLCanvasElement, type: string, clientX: number, clientY = 10): void {
  canvas.dispatchEvent(new MouseEvent(type, { clientX, clientY, button: 0, bubbles: true }));
}

function wheel(canvas: HTMLCanvasElement, init: WheelEventInit): boolean {
  return canvas.dispatchEvent(new WheelEvent('wheel', { cancelable: true, clientX: 500, ...init }));
}

const show = (tree: StepTree) => {
  timeline.show(tree, rowsOf(tree));
};
const labels = () => drawnOn(axis).texts();

beforeEach(() => {
  frames = [];
  logs = new Map();
  vi.stubGlobal('requestAnimationFrame', (frame: FrameRequestCallback) => frames.push(frame));
  vi.stubGlobal('cancelAnimationFrame', () => frames.splice(0));
  vi.spyOn(Element.prototype, 'clientWidth', 'get').mockReturnValue(WIDTH_PX);
  vi.spyOn(HTMLCanvasElement.prototype, 'getContext').mockImplementation(function (this: HTMLCanvasElement) {
    const log = drawLog();
    logs.set(this, log);
    return log.pen as unknown as ReturnType<HTMLCanvasElement['getContext']>;
  } as HTMLCanvasElement['getContext']);
  Element.prototype.setPointerCapture = () => undefined;
  const page = document.createElement('div');
  [bars, axis, minimap] = [0, 1, 2].map(() => page.appendChild(document.createElement('canvas'))) as [
    HTMLCanvasElement,
    HTMLCanvasElement,
    HTMLCanvasElement,
  ];
  events = { onSelect: vi.fn(), onHover: vi.fn(), onFit: vi.fn() };
  const sizes = { line_px: 26, axis_px: 24, minimap_px: 56 };
  timeline = new Timeline({ bars, axis, minimap }, sizes, () => TEST_PALETTE, events);
  timeline.show(tree, rowsOf(tree));
  timeline.setRows(0, 3);
});

afterEach(() => {
  timeline.dispose();
  vi.unstubAllGlobals();
});

describe('marks and growth', () => {
  it('has pins above the bars and on the minimap', () => {
    timeline.show(tree, rowsOf(tree));
    timeline.setPinned(new Set([2]));
    const { accent } = TEST_PALETTE;
    expect(
      drawnOn(minimap)
        .of('fill')
        .map(({ fill }) => fill),
    ).toContain(accent);
    timeline.setPinned(new Set([1, 2]));
    expect(
      drawnOn(bars)
        .of('fill')
        .filter(({ fill }) => fill === accent),
    ).toHaveLength(2);
  });

  it('stays at the same moment when what is told of later began before all else', () => {
    show(tree);
    timeline.setView({ start_ns: 600e6, end_ns: 800e6 });
    const early = treeOf(`
      before 0..100 tool
      run 500..1500 agent
        call 500..700 tool error
        answer 1100..1500 llm
    `);
    show(stepTreeFrom({ ...early, start_unix_ms: (tree.start_unix_ms ?? 0) - 500 }));
    expect(timeline.keptView()).toEqual({ start_ns: 1100e6, end_ns: 1300e6 });
  });
});

describe('the timeline', () => {
  it('draws once a frame, however much has changed', () => {
    timeline.select(1);
    timeline.zoomTo(2);
    expect(frames).toHaveLength(1);
    expect(drawnOn(bars).of('clearRect')).toHaveLength(1);
    expect(frames).toHaveLength(0);
  });

  it('shows the whole trace at first', () => {
    const shown = labels();
    expect(shown[0]).toBe('0');
    expect(shown.at(-1)).toBe('900 ms');
  });

  it('zooms with Ctrl and the wheel about the pointer, and leaves the plain wheel to the rows', () => {
    expect(wheel(bars, { deltaY: -100 }), 'the rows scroll').toBe(true);
    expect(events.onFit).not.toHaveBeenCalled();
    expect(wheel(bars, { deltaY: -100, ctrlKey: true }), 'the page does not zoom').toBe(false);
    expect(events.onFit).toHaveBeenLastCalledWith(false);
    timeline.fit();
    expect(events.onFit).toHaveBeenLastCalledWith(true);
  });

  it('selects what is clicked, and pans where the pointer is dragged', () => {
    pointer(bars, 'pointerdown', 100, 30);
    pointer(bars, 'pointerup', 101, 30);
    expect(events.onSelect).toHaveBeenLastCalledWith(1);
    timeline.zoomTo(2);
    const before = labels();
    pointer(bars, 'pointerdown', 500, 30);
    pointer(bars, 'pointermove', 800, 30);
    pointer(bars, 'pointerup', 800, 30);
    expect(labels()).not.toEqual(before);
    expect(events.onSelect).toHaveBeenCalledTimes(1);
  });

  it('tells what the pointer is over', () => {
    pointer(bars, 'pointermove', 100, 30);
    expect(events.onHover).toHaveBeenLastCalledWith({ row: 1, part: 'bar' }, 100, 30);
    pointer(bars, 'pointermove', 500, 30);
    expect(events.onHover).toHaveBeenLastCalledWith({ row: 1, part: 'row' }, 500, 30);
    timeline.zoomTo(1);
    const zoomed = events.onHover.mock.lastCall;
    expect(zoomed, 'also where it rests, and the view changes under it').toEqual([
      { row: 1, part: 'bar' },
      500,
      30,
    ]);
    timeline.leave();
    expect(events.onHover).toHaveBeenLastCalledWith(null, 0, 0);
  });

  it('takes a range from the minimap, and goes back to the whole with two clicks', () => {
    pointer(minimap, 'pointerdown', 300);
    pointer(minimap, 'pointermove', 500);
    pointer(minimap, 'pointerup', 500);
    expect(events.onFit).toHaveBeenLastCalledWith(false);
    expect(
      drawnOn(minimap)
        .of('fillRect')
        .filter(({ fill }) => fill === 'sunken'),
    ).toHaveLength(2);
    pointer(minimap, 'dblclick', 400);
    expect(events.onFit).toHaveBeenLastCalledWith(true);
  });

  it('keeps the whole in view while a trace grows, and any other view where it is', () => {
    const grown = (end_ms: number) =>
      stepTreeFrom(treeOf(`run 0..${end_ms} agent\n  call 0..200 tool\n  answer 600..1000 llm`));
    show(grown(4000));
    expect(labels().at(-1)).toMatch(/^(3\.5|4\.0) s$/);
    timeline.zoomTo(1);
    const close = labels();
    show(grown(9000));
    timeline.select(2);
    expect(labels()).toEqual(close);
  });

  it('draws the minimap only when it changes', () => {
    drawnOn(minimap);
    pointer(bars, 'pointermove', 100, 30);
    expect(drawnOn(minimap).drawn).toHaveLength(0);
    timeline.recolour();
    expect(drawnOn(minimap).drawn.length).toBeGreaterThan(0);
  });
});

describe('the stretch that is dragged over', () => {
  const WINDOW = { start_ns: 250e6, end_ns: 500e6 };
  const px = (ms: number) => px_from_ns(fitted(1000e6), WIDTH_PX, ms * 1e6);

  it.each([
    ['on the axis', () => axis, {}],
    ['with Shift, on the bars', () => bars, { shiftKey: true }],
  ])('%s is zoomed to, from either side', (_, canvasOf, held) => {
    const send = (type: string, ms: number) =>
      canvasOf().dispatchEvent(new MouseEvent(type, { clientX: px(ms), clientY: 10, button: 0, ...held }));
    send('pointerdown', 500);
    send('pointermove', 250);
    expect(
      drawnOn(bars)
        .of('fillRect')
        .filter(({ alpha }) => alpha === 0.14),
      'it is marked',
    ).toHaveLength(1);
    send('pointerup', 250);
    expect(timeline.keptView()?.start_ns).toBeCloseTo(WINDOW.start_ns, 0);
    expect(timeline.keptView()?.end_ns).toBeCloseTo(WINDOW.end_ns, 0);
    expect(events.onSelect).not.toHaveBeenCalled();
    expect(
      drawnOn(bars)
        .of('fillRect')
        .filter(({ alpha }) => alpha === 0.14),
    ).toHaveLength(0);
  });
});

describe('the view', () => {
  it('stays where it is in time, however time is folded', () => {
    const quiet = foldsOf([[200e6, 600e6]], 20e6);
    timeline.setView({ start_ns: 100e6, end_ns: 700e6 });
    timeline.show(tree, rowsOf(tree), { timeOfDay: false, folds: quiet });
    expect(timeline.keptView()).toEqual({ start_ns: 100e6, end_ns: 700e6 });
    expect(timeline.view).toEqual({ start_ns: 100e6, end_ns: 320e6 });
    expect(labels().some((label) => label.includes('400 ms quiet'))).toBe(true);
    timeline.show(tree, rowsOf(tree));
    expect(timeline.view).toEqual({ start_ns: 100e6, end_ns: 700e6 });
  });

  it('of the whole stays one as time is folded', () => {
    timeline.show(tree, rowsOf(tree), { timeOfDay: false, folds: foldsOf([[200e6, 600e6]], 20e6) });
    expect(timeline.keptView()).toBeNull();
    expect(timeline.view).toEqual(fitted(620e6));
  });

  it('is there again in another drawing', () => {
    timeline.zoomTo(1);
    const kept = timeline.keptView();
    const sizes = { line_px: 26, axis_px: 24, minimap_px: 56 };
    const again = new Timeline({ bars, axis, minimap }, sizes, () => TEST_PALETTE, events, kept);
    again.show(tree, rowsOf(tree));
    expect(again.keptView()).toEqual(kept);
    expect(events.onFit).toHaveBeenLastCalledWith(false);
    again.dispose();
  });

  it('is the same for flame, where the step under the pointer is told, too', () => {
    timeline.zoomTo(1);
    const kept = timeline.keptView();
    timeline.show(tree, flameLines(tree));
    expect(timeline.keptView()).toEqual(kept);
    timeline.fit();
    timeline.setRows(0, 2);
    pointer(bars, 'pointermove', 800, 30);
    expect(events.onHover).toHaveBeenLastCalledWith({ row: 2, part: 'bar' }, 800, 30);
    pointer(bars, 'pointerdown', 800, 30);
    pointer(bars, 'pointerup', 800, 30);
    expect(events.onSelect).toHaveBeenLastCalledWith(2);
  });
});

describe('a run that goes on', () => {
  const START_MS = treeOf('a 0..1').start_unix_ms ?? 0;
  const running = (text: string) => stepTreeFrom(treeOf(text), true);
  const RUN = 'run 0.. agent\n  call 0..200 tool\n  answer 600.. llm';
  const at = (ms: number) => {
    vi.setSystemTime(START_MS + ms);
    vi.advanceTimersByTime(250);
    vi.setSystemTime(START_MS + ms);
  };
  const runningBar = () => drawnOn(bars).texts().at(-1);

  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['Date', 'setTimeout', 'clearTimeout'] });
    vi.setSystemTime(START_MS + 1000);
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('grows with the time, and the axis with it', () => {
    show(running(RUN));
    expect(runningBar()).toBe('running 400 ms');
    at(5000);
    expect(frames, 'the next moment is asked for by itself').toHaveLength(1);
    expect(runningBar()).toBe('running 4.40 s');
    at(8000);
    expect(labels().at(-1)).toMatch(/^[78](\.\d)? s$/);
  });

  it('leaves a view that the person has chosen where it is', () => {
    show(running(RUN));
    timeline.zoomTo(1);
    const chosen = labels();
    at(9000);
    expect(labels()).toEqual(chosen);
    expect(timeline.tree?.total_ns).toBe(9000e6);
  });

  it('is gone along with by a view that reaches its end, and by no other', () => {
    show(running(RUN));
    timeline.setView({ start_ns: 700e6, end_ns: 1010e6 });
    at(5000);
    drawnOn(bars);
    expect(timeline.view.start_ns).toBeCloseTo(4700e6, 0);
    expect(timeline.view.end_ns).toBeCloseTo(5010e6, 0);
    vi.setSystemTime(START_MS + 7000);
    show(stepTreeFrom(treeOf(`${RUN}\n  next 6000.. tool`), true));
    expect(timeline.view.end_ns).toBeCloseTo(7010e6, 0);
    timeline.panStep(-1);
    const left = timeline.view;
    at(9000);
    drawnOn(bars);
    expect(timeline.view).toEqual(left);
  });

  it('rests while nothing that goes on is in view', () => {
    show(running(RUN));
    timeline.zoomTo(1);
    timeline.setRows(1, 2);
    drawnOn(bars);
    at(2000);
    expect(frames).toHaveLength(0);
  });

  it('rests once it has ended, or is lost', () => {
    show(stepTreeFrom(treeOf(RUN), false));
    drawnOn(bars);
    at(5000);
    expect(frames).toHaveLength(0);
    expect(timeline.tree?.total_ns).toBe(600e6);
  });

  it('asks for one frame a second where motion is not wanted', () => {
    vi.spyOn(window, 'matchMedia').mockReturnValue({ matches: true } as MediaQueryList);
    show(running(RUN));
    drawnOn(bars);
    vi.advanceTimersByTime(900);
    expect(frames).toHaveLength(0);
    vi.advanceTimersByTime(150);
    expect(frames).toHaveLength(1);
  });
});
