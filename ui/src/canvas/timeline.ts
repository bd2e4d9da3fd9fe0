// The timeline as a whole: three canvases (bars, axis, minimap) over one window of time, and what mouse and wheel do to
// it. It knows nothing of the page around it; rows come in as columns, clicks and hovers go out as row numbers.
import { at } from '../domain/columns';
import type { StepTree } from '../domain/stepTree';
import {
  aroundStretch,
  clamped,
  fitted,
  isFitted,
  ns_from_px,
  panned,
  px_from_ns,
  ticksOf,
  withStretch,
  zoomed,
  type Ticks,
  type TimeView,
} from '../domain/timeScale';
import { drawAxis, LABEL_EVERY_PX } from './axis';
import { drawBars, hitAt, type BarsScene, type Hit } from './bars';
import {
  centredAt,
  dragged,
  drawMinimap,
  gripAt,
  lanesOf,
  type Drag,
  type Grip,
  type Lanes,
} from './minimap';
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

const WHEEL_ZOOM = 0.0022;
const LINE_PX = 16;
const KEY_ZOOM = 1.5;
const KEY_PAN = 0.2;
/** A pointer that moved less has clicked. */
const CLICK_PX = 4;

const CURSORS: Record<Grip, string> = {
  left: 'ew-resize',
  right: 'ew-resize',
  inside: 'grab',
  outside: 'crosshair',
};

export class Timeline {
  private readonly bars: Surface;
  private readonly axis: Surface;
  private readonly minimap: Surface;
  private readonly frames: Frames;
  private readonly stop = new AbortController();
  private readonly resized: ResizeObserver;

  private tree: StepTree | null = null;
  private visible: Uint32Array = new Uint32Array();
  private first = 0;
  private end = 0;
  private view: TimeView = fitted(0);
  private width_px = 0;
  private selected = -1;
  private hovered = -1;
  private cursor_px: number | null = null;
  private lanes: Lanes | null = null;
  /** The minimap is the dearest to draw and changes the least. */
  private minimapIsStale = true;
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
    this.listen(parts.bars, parts.axis);
    this.listenToMinimap(parts.minimap);
    const frame = parts.axis.parentElement ?? parts.axis;
    this.resized = new ResizeObserver(() => {
      this.resize(frame.clientWidth);
    });
    this.resized.observe(frame);
    this.resize(frame.clientWidth);
  }

  private colours: Palette;

  dispose(): void {
    this.stop.abort();
    this.resized.disconnect();
    this.frames.stop();
  }

  /** Shows a tree. A view of the whole trace stays one while the trace grows; any other stays where it is. */
  show(tree: StepTree, visible: Uint32Array): void {
    if (tree !== this.tree) {
      const wasWhole = this.tree === null || isFitted(this.view, this.tree.total_ns);
      this.tree = tree;
      this.lanes = null;
      this.minimapIsStale = true;
      this.hovered = -1;
      this.setView(wasWhole ? fitted(tree.total_ns) : clamped(this.view, tree.total_ns));
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

  private setView(view: TimeView): void {
    if (view.start_ns === this.view.start_ns && view.end_ns === this.view.end_ns) return;
    this.view = view;
    this.minimapIsStale = true;
    const whole = this.tree === null || isFitted(view, this.tree.total_ns);
    if (whole !== this.whole) {
      this.whole = whole;
      this.events.onFit(whole);
    }
    this.frames.request();
  }

  private zoomBy(factor: number, at_px: number): void {
    if (!this.tree) return;
    this.setView(zoomed(this.view, this.tree.total_ns, factor, ns_from_px(this.view, this.width_px, at_px)));
  }

  private panBy_px(by_px: number): void {
    if (!this.tree) return;
    const by_ns = (by_px / Math.max(this.width_px, 1)) * (this.view.end_ns - this.view.start_ns);
    this.setView(panned(this.view, this.tree.total_ns, by_ns));
  }

  private resize(width_px: number): void {
    if (width_px === this.width_px) return;
    this.width_px = width_px;
    this.lanes = null;
    this.minimapIsStale = true;
    this.frames.request();
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

  private draw(): void {
    const { tree, view, width_px, sizes, colours } = this;
    const ticks = ticksOf(view, width_px, LABEL_EVERY_PX);
    const scene = this.scene(ticks);
    if (!tree || !scene || width_px < 1) return;
    const bars = this.bars.sized(width_px, Math.max(1, (scene.end - scene.first) * sizes.row_px));
    // The canvas scrolls with the rows; it is only moved when it must show others.
    this.bars.canvas.style.transform = `translateY(${scene.first * sizes.row_px}px)`;
    if (bars) drawBars(bars, scene, colours);
    const axis = this.axis.sized(width_px, sizes.axis_px);
    const { cursor_px } = this;
    if (axis) drawAxis(axis, { view, width_px, height_px: sizes.axis_px, ticks, cursor_px }, colours);
    if (!this.minimapIsStale) return;
    this.minimapIsStale = false;
    const minimap = this.minimap.sized(width_px, sizes.minimap_px);
    if (!minimap) return;
    this.lanes ??= lanesOf(tree, width_px);
    const { lanes } = this;
    const selected_ns = this.selected >= 0 ? at(tree.start_ns, this.selected) : null;
    const scene_px = { width_px, height_px: sizes.minimap_px };
    drawMinimap(minimap, { lanes, view, total_ns: tree.total_ns, ...scene_px, selected_ns }, colours);
  }

  private listen(bars: HTMLCanvasElement, axis: HTMLCanvasElement): void {
    const { signal } = this.stop;
    let drag: { from_px: number; view: TimeView; moved: boolean } | null = null;

    const move = (event: PointerEvent) => {
      const box = bars.getBoundingClientRect();
      const x_px = event.clientX - box.left;
      if (drag && this.tree) {
        if (Math.abs(event.clientX - drag.from_px) >= CLICK_PX) drag.moved = true;
        if (drag.moved) {
          const per_px = (drag.view.end_ns - drag.view.start_ns) / Math.max(this.width_px, 1);
          this.setView(panned(drag.view, this.tree.total_ns, (drag.from_px - event.clientX) * per_px));
        }
      }
      this.cursor_px = x_px;
      const scene = this.scene({ step_ns: 1, at_ns: [], labels: [] });
      const hit = scene && event.currentTarget === bars ? hitAt(scene, x_px, event.clientY - box.top) : null;
      const row = hit && hit.part !== 'row' ? hit.row : -1;
      bars.style.cursor = drag?.moved ? 'grabbing' : row >= 0 ? 'pointer' : 'default';
      this.hovered = row;
      this.events.onHover(hit, event.clientX, event.clientY);
      this.frames.request();
    };
    const press = (event: PointerEvent) => {
      if (event.button !== 0) return;
      drag = { from_px: event.clientX, view: this.view, moved: false };
      (event.currentTarget as Element).setPointerCapture(event.pointerId);
    };
    const release = (event: PointerEvent) => {
      const clicked = drag !== null && !drag.moved && event.type === 'pointerup';
      drag = null;
      if (!clicked || event.currentTarget !== bars) return;
      const row = this.rowAt(event);
      if (row >= 0) this.events.onSelect(row);
    };
    for (const canvas of [bars, axis]) {
      canvas.addEventListener('pointermove', move, { signal });
      canvas.addEventListener('pointerdown', press, { signal });
      canvas.addEventListener('pointerup', release, { signal });
      canvas.addEventListener('pointercancel', release, { signal });
      canvas.addEventListener(
        'pointerleave',
        () => {
          if (!drag) this.leave();
        },
        { signal },
      );
      canvas.addEventListener(
        'wheel',
        (event) => {
          this.wheel(event, canvas === axis);
        },
        { signal, passive: false },
      );
    }
    bars.addEventListener(
      'dblclick',
      (event) => {
        this.zoomTo(this.rowAt(event));
      },
      { signal },
    );
    axis.addEventListener(
      'dblclick',
      () => {
        this.fit();
      },
      { signal },
    );
  }

  private rowAt(event: MouseEvent): number {
    const box = this.bars.canvas.getBoundingClientRect();
    const index = this.first + Math.floor((event.clientY - box.top) / this.sizes.row_px);
    return this.visible[index] ?? -1;
  }

  /** Ctrl zooms, Shift or a sideways wheel pans; all else scrolls the rows, save above them, where it zooms. */
  private wheel(event: WheelEvent, always: boolean): void {
    const unit_px = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? LINE_PX : 1;
    const along_px = event.deltaX * unit_px;
    const across_px = event.deltaY * unit_px;
    if (event.ctrlKey || event.metaKey) {
      event.preventDefault();
      const box = this.axis.canvas.getBoundingClientRect();
      this.zoomBy(Math.exp(across_px * WHEEL_ZOOM), event.clientX - box.left);
    } else if (event.shiftKey || Math.abs(along_px) > Math.abs(across_px)) {
      event.preventDefault();
      this.panBy_px(along_px === 0 ? across_px : along_px);
    } else if (always) {
      event.preventDefault();
      this.zoomBy(
        Math.exp(across_px * WHEEL_ZOOM),
        event.clientX - this.axis.canvas.getBoundingClientRect().left,
      );
    }
  }

  private listenToMinimap(canvas: HTMLCanvasElement): void {
    const { signal } = this.stop;
    let drag: (Drag & { moved: boolean }) | null = null;
    const xOf = (event: MouseEvent) => event.clientX - canvas.getBoundingClientRect().left;

    canvas.addEventListener(
      'pointerdown',
      (event) => {
        if (event.button !== 0 || !this.tree) return;
        const from_px = xOf(event);
        const grip = gripAt(this.view, this.tree.total_ns, this.width_px, from_px);
        drag = { grip, from_px, view: this.view, moved: false };
        canvas.setPointerCapture(event.pointerId);
      },
      { signal },
    );
    canvas.addEventListener(
      'pointermove',
      (event) => {
        if (!this.tree) return;
        const x_px = xOf(event);
        const { total_ns } = this.tree;
        if (!drag) {
          canvas.style.cursor = CURSORS[gripAt(this.view, total_ns, this.width_px, x_px)];
          return;
        }
        drag.moved ||= Math.abs(x_px - drag.from_px) >= CLICK_PX;
        if (drag.moved) this.setView(dragged(drag, total_ns, this.width_px, x_px));
      },
      { signal },
    );
    canvas.addEventListener(
      'pointerup',
      (event) => {
        if (drag && !drag.moved && drag.grip === 'outside' && this.tree) {
          this.setView(centredAt(this.view, this.tree.total_ns, this.width_px, xOf(event)));
        }
        drag = null;
      },
      { signal },
    );
    canvas.addEventListener(
      'pointercancel',
      () => {
        drag = null;
      },
      { signal },
    );
    canvas.addEventListener(
      'dblclick',
      () => {
        this.fit();
      },
      { signal },
    );
    canvas.addEventListener(
      'wheel',
      (event) => {
        this.wheel(event, true);
      },
      { signal, passive: false },
    );
  }
}
