import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { waterfallLines } from '../domain/stepLines';
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
const rowsOf = (tree: StepTree) => waterfallLines(tree, Uint32Array.from(tree.name.keys()));
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
