// The timeline as a whole: three canvases (bars, axis, minimap) over one window of time; what mouse and wheel do to it is
// in gestures.ts. It knows nothing of the page around it; rows come in as columns, clicks and hovers go out as row numbers.
import { at } from '../domain/columns';
import { grownTo, grows } from '../domain/growing';
import { extentOf } from '../domain/operations';
import { keptPlaces, lineShowing, type StepLines } from '../domain/stepLines';
import { linesOfPath, type TimePath } from '../domain/timePath';
import { ticksFor, type StepScale } from '../domain/stepScale';
import type { StepTree } from '../domain/stepTree';
import { folded_from_ns, NO_FOLDS, ns_from_folded, type TimeFolds } from '../domain/timeFolds';
import {
  aroundStretch,
  clamped,
  fitted,
  isFitted,
  ns_from_px,
  panned,
  px_from_ns,
  withStretch,
  zoomed,
  type Ticks,
  type TimeView,
} from '../domain/timeScale';
import { drawAxis, LABEL_EVERY_PX } from './axis';
import { drawBars } from './bars';
import type { PathMarks } from './criticalPath';
import { listenToMinimap, listenToRows } from './gestures';
import { hitAt, type Hit } from './hits';
import { drawMinimap, foundColumns, lanesOf, type Lanes } from './minimap';
import type { Palette } from './palette';
import { hair } from './pen';
import { veil } from './replayStrip';
import type { BarsScene } from './scene';
import { framesOf, surfaceOf, type Frames, type Surface } from './surface';

export interface TimelineParts {
  bars: HTMLCanvasElement;
  axis: HTMLCanvasElement;
  minimap: HTMLCanvasElement;
}

export interface TimelineEvents {
  onSelect: (row: number) => void;
  /** What the pointer is over, and where in the window it is. */
  onHover: (hit: Hit | null, client_x_px: number, client_y_px: number) => void;
  /** Whether the whole trace is in view has changed. */
  onFit: (isWhole: boolean) => void;
}

/** How the axis tells the time. */
export interface AxisLook {
  /** By the clock, where the trace has one; else from the start of the trace. */
  timeOfDay: boolean;
  /** Quiet time to fold. */
  folds: TimeFolds;
}

const PLAIN_AXIS: AxisLook = { timeOfDay: false, folds: NO_FOLDS };

export interface TimelineSizes {
  line_px: number;
  axis_px: number;
  minimap_px: number;
}

const KEY_ZOOM = 1.5;
const KEY_PAN = 0.2;
/** What grows is drawn no faster than this, and no slower. */
const FASTEST_MS = 33;
const SLOWEST_MS = 200;
/** For those who want no motion: figures are brought up to date, nothing glides. */
const CALM_MS = 1000;
/** The minimap follows what grows at this pace. */
const MINIMAP_EVERY_MS = 250;
const NO_TICKS: Ticks = { step_ns: 1, at_ns: [], labels: [] };

export class Timeline {
  private readonly bars: Surface;
  private readonly axis: Surface;
  private readonly minimap: Surface;
  private readonly frames: Frames;
  private readonly stop = new AbortController();
  private readonly resized: ResizeObserver;

  /** The tree as told … */
  private told: StepTree | null = null;
  /** … and as it is now, its open steps having gone on. */
  private shown: StepTree | null = null;
  /** Ends to write to, while some step goes on. */
  private ends_ns: Float64Array | null = null;
  private lines: StepLines | null = null;
  private kept: Uint32Array = new Uint32Array();
  private found: Uint32Array | null = null;
  private pinned: ReadonlySet<number> = new Set();
  /** `found` by row. */
  private foundRows: Uint8Array | null = null;
  private path: TimePath | null = null;
  private pathMarks: PathMarks | null = null;
  private first = 0;
  private end = 0;
  private look: AxisLook = PLAIN_AXIS;
  /** In folded time, as is whatever is told of views. */
  private window: TimeView = fitted(0);
  private room_px = 0;
  private colours: Palette;
  private selected = -1;
  private hovered = -1;
  private cursor_px: number | null = null;
  /** Where the pointer was last told to be. */
  private pointed: { cursor_px: number; y_px: number | null; clientX: number; clientY: number } | null = null;
  private band_px: readonly [number, number] | null = null;
  /** Where a replay is; `null` while nothing is replayed. */
  private playhead_ns: number | null = null;
  private lanes: Lanes | null = null;
  /** The minimap is the dearest to draw and changes the least. */
  private minimapIsStale = true;
  private minimapDrawn_ms = 0;
  private whole = true;

  constructor(
    parts: TimelineParts,
    private readonly sizes: TimelineSizes,
    private readonly palette: () => Palette,
    private readonly events: TimelineEvents,
    /** The view to begin with, in time: what `keptView` gave before; `null` for the whole trace. */
    private readonly begin: TimeView | null = null,
  ) {
    this.colours = palette();
    this.bars = surfaceOf(parts.bars);
    this.axis = surfaceOf(parts.axis);
    this.minimap = surfaceOf(parts.minimap);
    this.frames = framesOf(() => {
      this.draw();
    });
    listenToRows(this, parts.bars, parts.axis, this.stop.signal);
    listenToMinimap(this, parts.minimap, parts.axis, this.stop.signal);
    const frame = parts.axis.parentElement ?? parts.axis;
    this.resized = new ResizeObserver(() => {
      this.resize(frame.clientWidth);
    });
    this.resized.observe(frame);
    this.resize(frame.clientWidth);
  }

  dispose(): void {
    this.stop.abort();
    this.resized.disconnect();
    this.frames.stop();
  }

  /**
   * Shows a tree, its steps on `lines`. A view of the whole trace stays one while the trace grows, one that reaches its end
   * goes along with it, and any other stays where it is, also where time is folded otherwise than before.
   */
  show(tree: StepTree, lines: StepLines, look: AxisLook = PLAIN_AXIS): void {
    if (tree !== this.told || look.folds !== this.folds) this.showTree(tree, look);
    this.look = look;
    if (lines !== this.lines) {
      this.lines = lines;
      this.hovered = -1;
      this.mark();
      this.pointAgain();
    }
    this.frames.request();
  }

  private showTree(tree: StepTree, look: AxisLook): void {
    const { folds, begin, view, total_ns } = this;
    const isFirst = this.told === null;
    // How far the view of a run that goes on reaches beyond its end; negative if it does not reach it.
    const beyond_ns = this.told?.isLive === true ? view.end_ns - total_ns : -1;
    const time = isFirst && begin ? begin : moved(unfolded(folds, view), startShift_ns(this.told, tree));
    this.told = tree;
    this.look = look;
    this.ends_ns = grows(tree) ? tree.end_ns.slice() : null;
    this.shown = this.ends_ns ? grownTo(tree, this.ends_ns, Date.now()) : tree;
    this.lanes = null;
    this.minimapIsStale = true;
    this.hovered = -1;
    if (this.whole && !(isFirst && begin)) {
      this.changeView(fitted(this.total_ns));
      return;
    }
    const start_ns = folded_from_ns(this.folds, time.start_ns);
    const end_ns = folded_from_ns(this.folds, time.end_ns);
    const by_ns = beyond_ns >= 0 ? this.total_ns + beyond_ns - end_ns : 0;
    this.changeView(panned({ start_ns, end_ns }, this.total_ns, by_ns));
  }

  /** Rows that a search has found, ascending; `null` while nothing is searched for. */
  setFound(found: Uint32Array | null): void {
    if (found === this.found) return;
    this.found = found;
    this.minimapIsStale = true;
    this.mark();
    this.frames.request();
  }

  /** The critical path of the tree; `null` while it is not shown. */
  setPath(path: TimePath | null): void {
    if (path === this.path) return;
    this.path = path;
    this.minimapIsStale = true;
    this.mark();
    this.frames.request();
  }

  /** Rows that the person has pinned. */
  setPinned(pinned: ReadonlySet<number>): void {
    if (pinned === this.pinned) return;
    this.pinned = pinned;
    this.minimapIsStale = true;
    this.mark();
    this.frames.request();
  }

  private mark(): void {
    if (!this.lines || !this.told) return;
    const { path, told, lines } = this;
    this.pathMarks = path && { path, lines: linesOfPath(path, told, lines) };
    const { found, pinned } = this;
    this.kept = keptPlaces(this.lines, pinned.size > 0 ? [...(found ?? []), ...pinned] : found);
    this.foundRows = null;
    if (!this.found) return;
    this.foundRows = new Uint8Array(this.told.count);
    for (const row of this.found) this.foundRows[row] = 1;
  }

  /** The view in time, to begin with another time; `null` where it is the whole trace. */
  keptView(): TimeView | null {
    return this.whole ? null : unfolded(this.folds, this.view);
  }

  /** Which of the lines to draw: from `first` up to, not including, `end`; there may be fewer, what is left stays empty. */
  setRows(first: number, end: number): void {
    if (first === this.first && end === this.end) return;
    this.first = first;
    this.end = end;
    this.frames.request();
  }

  select(row: number): void {
    if (row === this.selected) return;
    this.selected = row;
    this.minimapIsStale = true;
    this.frames.request();
  }

  /** Shows what came after a time as still to come; `null` shows all as it is. */
  setPlayhead(playhead_ns: number | null): void {
    if (playhead_ns === this.playhead_ns) return;
    this.playhead_ns = playhead_ns;
    this.frames.request();
  }

  /** Reads the colours again. */
  recolour(): void {
    this.colours = this.palette();
    this.minimapIsStale = true;
    this.frames.request();
  }

  fit(): void {
    if (this.tree) this.setView(fitted(this.total_ns));
  }

  /** Zooms to a step with the pause before it, or to an operation. */
  zoomTo(row: number): void {
    if (!this.tree || row < 0) return;
    const { start_ns, end_ns } = extentOf(this.tree, row);
    this.zoomToTime(start_ns, end_ns);
  }

  /** Zooms to what was pointed at. */
  zoomToHit(hit: Hit | null): void {
    if (hit?.part === 'merged') this.zoomToTime(hit.merged.start_ns, hit.merged.end_ns);
    else if (hit) this.zoomTo(hit.row);
  }

  private zoomToTime(start_ns: number, end_ns: number): void {
    const { folds, total_ns } = this;
    this.setView(aroundStretch(folded_from_ns(folds, start_ns), folded_from_ns(folds, end_ns), total_ns));
  }

  /** Zooms to a stretch of the screen. */
  zoomToBand(from_px: number, to_px: number): void {
    const nsOf = (x_px: number) =>
      ns_from_px(this.view, this.width_px, Math.min(Math.max(x_px, 0), this.width_px));
    const [left_px, right_px] = [Math.min(from_px, to_px), Math.max(from_px, to_px)];
    this.setView(clamped({ start_ns: nsOf(left_px), end_ns: nsOf(right_px) }, this.total_ns));
  }

  /** Marks the stretch that is being chosen. */
  setBand(band_px: readonly [number, number] | null): void {
    if (band_px === this.band_px) return;
    this.band_px = band_px;
    this.frames.request();
  }

  /** Zooms in (1) or out (-1) about the pointer, else the selected bar, else the middle. */
  zoomStep(direction: 1 | -1): void {
    const at_px = this.cursor_px ?? this.selectedMiddle_px() ?? this.width_px / 2;
    this.zoomBy(direction > 0 ? 1 / KEY_ZOOM : KEY_ZOOM, at_px);
  }

  /** The middle of what is in view of the selected bar. */
  private selectedMiddle_px(): number | null {
    if (!this.tree || this.selected < 0) return null;
    const left_px = this.px_from_time(at(this.tree.start_ns, this.selected));
    const right_px = this.px_from_time(at(this.tree.end_ns, this.selected));
    if (right_px < 0 || left_px > this.width_px) return null;
    return (Math.max(left_px, 0) + Math.min(right_px, this.width_px)) / 2;
  }

  private px_from_time(time_ns: number): number {
    return px_from_ns(this.view, this.width_px, folded_from_ns(this.folds, time_ns));
  }

  /** Pans later (1) or earlier (-1). */
  panStep(direction: 1 | -1): void {
    this.panBy_px(direction * KEY_PAN * this.width_px);
  }

  /** Pans so that a row's bar is in view, if it is not. */
  bringIntoView(row: number): void {
    if (!this.tree || row < 0) return;
    const start_ns = folded_from_ns(this.folds, at(this.tree.start_ns, row));
    const end_ns = folded_from_ns(this.folds, at(this.tree.end_ns, row));
    this.setView(withStretch(this.view, start_ns, end_ns, this.total_ns));
  }

  /** Lets go of whatever the pointer was over, as when rows move away under it. */
  leave(): void {
    if (this.cursor_px === null && this.hovered < 0) return;
    this.pointed = null;
    this.cursor_px = null;
    this.hovered = -1;
    this.events.onHover(null, 0, 0);
    this.frames.request();
  }

  get tree(): StepTree | null {
    return this.shown;
  }

  private get folds(): TimeFolds {
    return this.look.folds;
  }

  /** How long the trace is in folded time. */
  get total_ns(): number {
    return folded_from_ns(this.folds, this.tree?.total_ns ?? 0);
  }

  /** In folded time. */
  get view(): TimeView {
    return this.window;
  }

  get width_px(): number {
    return this.room_px;
  }

  setView(view: TimeView): void {
    this.changeView(view);
    this.pointAgain();
  }

  private changeView(view: TimeView): void {
    if (view.start_ns === this.window.start_ns && view.end_ns === this.window.end_ns) return;
    this.window = view;
    this.minimapIsStale = true;
    const whole = this.tree === null || isFitted(view, this.total_ns);
    if (whole !== this.whole) {
      this.whole = whole;
      this.events.onFit(whole);
    }
    this.frames.request();
  }

  zoomBy(factor: number, at_px: number): void {
    if (!this.tree) return;
    this.setView(zoomed(this.view, this.total_ns, factor, ns_from_px(this.view, this.width_px, at_px)));
  }

  panBy_px(by_px: number): void {
    if (!this.tree) return;
    const by_ns = (by_px / Math.max(this.width_px, 1)) * (this.view.end_ns - this.view.start_ns);
    this.setView(panned(this.view, this.total_ns, by_ns));
  }

  private resize(width_px: number): void {
    if (width_px === this.width_px) return;
    this.room_px = width_px;
    this.lanes = null;
    this.minimapIsStale = true;
    // At once: a frame later, the page would have been seen with a drawing that does not fit it.
    this.draw();
  }

  /** What lies under a point of the bars, both in px from their upper left. */
  hitAt(x_px: number, y_px: number): Hit | null {
    const scene = this.scene(NO_TICKS);
    return scene && hitAt(scene, x_px, y_px);
  }

  /**
   * Takes note of where the pointer is, `cursor_px` from the left and `y_px` from the top of the bars (`null` beside them), and
   * says what is there.
   */
  point(
    cursor_px: number,
    y_px: number | null,
    { clientX, clientY }: Pick<MouseEvent, 'clientX' | 'clientY'>,
  ): Hit | null {
    this.pointed = { cursor_px, y_px, clientX, clientY };
    const hit = y_px === null ? null : this.hitAt(cursor_px, y_px);
    this.cursor_px = cursor_px;
    this.hovered = hit && hit.part !== 'row' && hit.part !== 'merged' ? hit.row : -1;
    this.events.onHover(hit, clientX, clientY);
    this.frames.request();
    return hit;
  }

  /** What lies under a pointer at rest changes as the view does. */
  private pointAgain(): void {
    const { pointed } = this;
    if (pointed) this.point(pointed.cursor_px, pointed.y_px, pointed);
  }

  click(hit: Hit | null): void {
    if (hit) this.events.onSelect(hit.row);
  }

  private scene(ticks: Ticks): BarsScene | null {
    if (!this.tree || !this.lines) return null;
    return {
      tree: this.tree,
      lines: this.lines,
      kept: this.kept,
      path: this.pathMarks,
      found: this.foundRows,
      pinned: this.pinned,
      first: this.first,
      end: Math.min(this.end, this.lines.count),
      height_px: (this.end - this.first) * this.sizes.line_px,
      view: this.view,
      folds: this.folds,
      width_px: this.width_px,
      line_px: this.sizes.line_px,
      ticks,
      selected: this.selected,
      known_ns: this.playhead_ns,
      hovered: this.hovered,
      cursor_px: this.cursor_px,
      band_px: this.band_px,
    };
  }

  /** Lets open steps go on until now, and has the next moment drawn if it will show. */
  private grow(): void {
    if (!this.told || !this.ends_ns) return;
    const now_ms = Date.now();
    const { told, ends_ns, total_ns, view } = this;
    this.shown = grownTo(told, ends_ns, now_ms);
    // A view of the whole stays one, and one that reaches the end goes along.
    if (this.whole) this.window = fitted(this.total_ns);
    else if (view.end_ns >= total_ns) this.window = panned(view, this.total_ns, this.total_ns - total_ns);
    const moves = this.window !== view;
    // The minimap follows more slowly, for it is drawn from all rows.
    if (now_ms - this.minimapDrawn_ms >= MINIMAP_EVERY_MS) {
      this.lanes = null;
      this.minimapIsStale = true;
    }
    if (moves || this.showsOpen(told)) this.frames.requestIn(this.pause_ms());
  }

  private showsOpen(tree: StepTree): boolean {
    const { lines, first, end } = this;
    if (!lines) return false;
    const isShown = (row: number) => {
      const line = lineShowing(tree, lines, row);
      return line >= first && line < end;
    };
    return tree.openRows.some(isShown) || [...tree.awaited_ns.keys()].some(isShown);
  }

  /** How long until what grows has grown by half a pixel. */
  private pause_ms(): number {
    if (window.matchMedia('(prefers-reduced-motion: reduce)').matches) return CALM_MS;
    const width_ms = (this.view.end_ns - this.view.start_ns) / 1e6;
    return Math.min(Math.max(width_ms / Math.max(this.width_px, 1) / 2, FASTEST_MS), SLOWEST_MS);
  }

  private draw(): void {
    this.grow();
    const { tree, view, width_px, sizes, colours } = this;
    if (!tree || width_px < 1) return;
    const { folds } = this;
    const start_unix_ms = this.look.timeOfDay && tree.clock === 'measured' ? tree.start_unix_ms : null;
    const scale: StepScale = { clock: tree.clock, total_ns: tree.total_ns, folds, start_unix_ms };
    const ticks = ticksFor(scale, view, width_px, LABEL_EVERY_PX);
    const scene = this.scene(ticks);
    if (!scene) return;
    const bars = this.bars.sized(width_px, Math.max(1, scene.height_px));
    // The canvas scrolls with the lines; it is only moved when it must show others.
    this.bars.canvas.style.transform = `translateY(${scene.first * sizes.line_px}px)`;
    if (bars) drawBars(bars, scene, colours);
    if (bars && this.playhead_ns !== null) {
      const x_px = this.px_from_time(this.playhead_ns);
      veil(bars, x_px, width_px, scene.height_px, colours);
      hair(bars, x_px, 0, scene.height_px, colours.accent);
    }
    const axis = this.axis.sized(width_px, sizes.axis_px);
    const { cursor_px, band_px } = this;
    if (axis) {
      const height_px = sizes.axis_px;
      drawAxis(axis, { scale, view, width_px, height_px, ticks, cursor_px, band_px }, colours);
    }
    if (!this.minimapIsStale) return;
    this.minimapIsStale = false;
    this.minimapDrawn_ms = Date.now();
    const minimap = this.minimap.sized(width_px, sizes.minimap_px);
    if (!minimap) return;
    this.lanes ??= lanesOf(tree, folds, width_px);
    const { lanes } = this;
    const selected_ns = this.selected >= 0 ? folded_from_ns(folds, at(tree.start_ns, this.selected)) : null;
    const scene_px = { width_px, height_px: sizes.minimap_px };
    const pins_ns = [...this.pinned].map((row) => folded_from_ns(folds, at(tree.start_ns, row)));
    const { total_ns, path } = this;
    const found = this.found && foundColumns(tree, folds, width_px, this.found);
    const map = { lanes, path, folds, view, total_ns, ...scene_px, found, selected_ns, pins_ns };
    drawMinimap(minimap, map, colours);
  }
}

/** By how much the start of a trace has moved to an earlier time: what is told of it later may have begun before all else. */
function startShift_ns(before: StepTree | null, after: StepTree): number {
  if (before?.clock !== 'measured' || after.clock !== 'measured') return 0;
  if (before.start_unix_ms === null || after.start_unix_ms === null) return 0;
  return (before.start_unix_ms - after.start_unix_ms) * 1e6;
}

function moved({ start_ns, end_ns }: TimeView, by_ns: number): TimeView {
  return { start_ns: start_ns + by_ns, end_ns: end_ns + by_ns };
}

/** A view of folded time as one of time. */
function unfolded(folds: TimeFolds, { start_ns, end_ns }: TimeView): TimeView {
  return { start_ns: ns_from_folded(folds, start_ns), end_ns: ns_from_folded(folds, end_ns) };
}
