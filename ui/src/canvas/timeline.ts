// The timeline as a whole: three canvases (bars, axis, minimap) over one window of time; what mouse and wheel do to it is
// in gestures.ts. It knows nothing of the page around it; rows come in as columns, clicks and hovers go out as row numbers.
import { at } from '../domain/columns';
import { grownTo, grows } from '../domain/growing';
import type { StepTree } from '../domain/stepTree';
import { ticksFor } from '../domain/stepScale';
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
import { drawBars, hitAt, type BarsScene, type Hit } from './bars';
import { listenToMinimap, listenToRows } from './gestures';
import { drawMinimap, lanesOf, type Lanes } from './minimap';
import type { Palette } from './palette';
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

export interface TimelineSizes {
  row_px: number;
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
  private visible: Uint32Array = new Uint32Array();
  private first = 0;
  private end = 0;
  private window: TimeView = fitted(0);
  private room_px = 0;
  private colours: Palette;
  private selected = -1;
  private hovered = -1;
  private cursor_px: number | null = null;
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

  /** Shows a tree. A view of the whole trace stays one while the trace grows; any other stays where it is. */
  show(tree: StepTree, visible: Uint32Array): void {
    if (tree !== this.told) {
      const wasWhole = this.tree === null || isFitted(this.view, this.tree.total_ns);
      this.told = tree;
      this.ends_ns = grows(tree) ? tree.end_ns.slice() : null;
      this.shown = this.ends_ns ? grownTo(tree, this.ends_ns, Date.now()) : tree;
      this.lanes = null;
      this.minimapIsStale = true;
      this.hovered = -1;
      const { total_ns } = this.shown;
      this.setView(wasWhole ? fitted(total_ns) : clamped(this.view, total_ns));
    }
    this.visible = visible;
    this.frames.request();
  }

  /** Which of the visible rows to draw: from `first` up to, not including, `end`. */
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

  /** Reads the colours again. */
  recolour(): void {
    this.colours = this.palette();
    this.minimapIsStale = true;
    this.frames.request();
  }

  fit(): void {
    if (this.tree) this.setView(fitted(this.tree.total_ns));
  }

  zoomTo(row: number): void {
    if (!this.tree || row < 0) return;
    const from_ns = at(this.tree.start_ns, row) - at(this.tree.pause_ns, row);
    this.setView(aroundStretch(from_ns, at(this.tree.end_ns, row), this.tree.total_ns));
  }

  /** Zooms in (1) or out (-1) about the pointer, else the selected bar, else the middle. */
  zoomStep(direction: 1 | -1): void {
    const at_px = this.cursor_px ?? this.selectedMiddle_px() ?? this.width_px / 2;
    this.zoomBy(direction > 0 ? 1 / KEY_ZOOM : KEY_ZOOM, at_px);
  }

  /** The middle of what is in view of the selected bar. */
  private selectedMiddle_px(): number | null {
    if (!this.tree || this.selected < 0) return null;
    const left_px = px_from_ns(this.view, this.width_px, at(this.tree.start_ns, this.selected));
    const right_px = px_from_ns(this.view, this.width_px, at(this.tree.end_ns, this.selected));
    if (right_px < 0 || left_px > this.width_px) return null;
    return (Math.max(left_px, 0) + Math.min(right_px, this.width_px)) / 2;
  }

  /** Pans later (1) or earlier (-1). */
  panStep(direction: 1 | -1): void {
    this.panBy_px(direction * KEY_PAN * this.width_px);
  }

  /** Pans so that a row's bar is in view, if it is not. */
  bringIntoView(row: number): void {
    if (!this.tree || row < 0) return;
    const { start_ns, end_ns, total_ns } = this.tree;
    this.setView(withStretch(this.view, at(start_ns, row), at(end_ns, row), total_ns));
  }

  /** Lets go of whatever the pointer was over, as when rows move away under it. */
  leave(): void {
    if (this.cursor_px === null && this.hovered < 0) return;
    this.cursor_px = null;
    this.hovered = -1;
    this.events.onHover(null, 0, 0);
    this.frames.request();
  }

  get tree(): StepTree | null {
    return this.shown;
  }

  get view(): TimeView {
    return this.window;
  }

  get width_px(): number {
    return this.room_px;
  }

  setView(view: TimeView): void {
    if (view.start_ns === this.window.start_ns && view.end_ns === this.window.end_ns) return;
    this.window = view;
    this.minimapIsStale = true;
    const whole = this.tree === null || isFitted(view, this.tree.total_ns);
    if (whole !== this.whole) {
      this.whole = whole;
      this.events.onFit(whole);
    }
    this.frames.request();
  }

  zoomBy(factor: number, at_px: number): void {
    if (!this.tree) return;
    this.setView(zoomed(this.view, this.tree.total_ns, factor, ns_from_px(this.view, this.width_px, at_px)));
  }

  panBy_px(by_px: number): void {
    if (!this.tree) return;
    const by_ns = (by_px / Math.max(this.width_px, 1)) * (this.view.end_ns - this.view.start_ns);
    this.setView(panned(this.view, this.tree.total_ns, by_ns));
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

  /** The row at a height of the bars, -1 for none. */
  rowAt(y_px: number): number {
    return this.visible[this.first + Math.floor(y_px / this.sizes.row_px)] ?? -1;
  }

  /** Takes note of what the pointer is over: `cursor_px` from the left, and the bar's row, -1 for none. */
  point(cursor_px: number, hit: Hit | null, event: MouseEvent): void {
    this.cursor_px = cursor_px;
    this.hovered = hit && hit.part !== 'row' ? hit.row : -1;
    this.events.onHover(hit, event.clientX, event.clientY);
    this.frames.request();
  }

  click(row: number): void {
    if (row >= 0) this.events.onSelect(row);
  }

  private scene(ticks: Ticks): BarsScene | null {
    if (!this.tree) return null;
    return {
      tree: this.tree,
      visible: this.visible,
      first: this.first,
      end: Math.min(this.end, this.visible.length),
      view: this.view,
      width_px: this.width_px,
      row_px: this.sizes.row_px,
      ticks,
      selected: this.selected,
      hovered: this.hovered,
      cursor_px: this.cursor_px,
    };
  }

  /** Lets open steps go on until now, and has the next moment drawn if it will show. */
  private grow(): void {
    if (!this.told || !this.ends_ns) return;
    const now_ms = Date.now();
    this.shown = grownTo(this.told, this.ends_ns, now_ms);
    // A view of the whole stays one; the minimap follows more slowly, for it is drawn from all rows.
    if (this.whole) this.window = fitted(this.shown.total_ns);
    if (now_ms - this.minimapDrawn_ms >= MINIMAP_EVERY_MS) {
      this.lanes = null;
      this.minimapIsStale = true;
    }
    if (this.whole || this.showsOpen(this.told)) this.frames.requestIn(this.pause_ms());
  }

  private showsOpen({ openRows }: StepTree): boolean {
    const rows = this.visible.subarray(this.first, this.end);
    const [first, last] = [rows[0], rows.at(-1)];
    return first !== undefined && last !== undefined && openRows.some((row) => row >= first && row <= last);
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
    const ticks = ticksFor(tree, view, width_px, LABEL_EVERY_PX);
    const scene = this.scene(ticks);
    if (!scene) return;
    const bars = this.bars.sized(width_px, Math.max(1, (scene.end - scene.first) * sizes.row_px));
    // The canvas scrolls with the rows; it is only moved when it must show others.
    this.bars.canvas.style.transform = `translateY(${scene.first * sizes.row_px}px)`;
    if (bars) drawBars(bars, scene, colours);
    const axis = this.axis.sized(width_px, sizes.axis_px);
    const { cursor_px } = this;
    if (axis) drawAxis(axis, { tree, view, width_px, height_px: sizes.axis_px, ticks, cursor_px }, colours);
    if (!this.minimapIsStale) return;
    this.minimapIsStale = false;
    this.minimapDrawn_ms = Date.now();
    const minimap = this.minimap.sized(width_px, sizes.minimap_px);
    if (!minimap) return;
    this.lanes ??= lanesOf(tree, width_px);
    const { lanes } = this;
    const selected_ns = this.selected >= 0 ? at(tree.start_ns, this.selected) : null;
    const scene_px = { width_px, height_px: sizes.minimap_px };
    drawMinimap(minimap, { lanes, view, total_ns: tree.total_ns, ...scene_px, selected_ns }, colours);
  }
}
