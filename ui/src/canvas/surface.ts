// A canvas whose unit is a CSS pixel, sharp on any screen.
import type { Pen } from './pen';

export interface Surface {
  readonly canvas: HTMLCanvasElement;
  /** Sets the size and gives the pen; `null` where the platform has no canvas. */
  sized(width_px: number, height_px: number): Pen | null;
}

export function surfaceOf(canvas: HTMLCanvasElement): Surface {
  const context = canvas.getContext('2d');
  return {
    canvas,
    sized(width_px, height_px) {
      if (!context) return null;
      const ratio = window.devicePixelRatio || 1;
      const width = Math.max(1, Math.round(width_px * ratio));
      const height = Math.max(1, Math.round(height_px * ratio));
      // Setting a size empties the canvas and is slow; most frames keep it.
      if (canvas.width !== width || canvas.height !== height) {
        canvas.width = width;
        canvas.height = height;
        canvas.style.width = `${width_px}px`;
        canvas.style.height = `${height_px}px`;
      }
      context.setTransform(ratio, 0, 0, ratio, 0, 0);
      return context;
    },
  };
}

export interface Frames {
  /** Draws in the next frame, once however often it is asked for. */
  request(): void;
  /** Draws again after a pause, unless it is drawn before. */
  requestIn(pause_ms: number): void;
  stop(): void;
}

export function framesOf(draw: () => void): Frames {
  let waiting: number | null = null;
  let pause: ReturnType<typeof setTimeout> | null = null;
  const endPause = () => {
    if (pause !== null) clearTimeout(pause);
    pause = null;
  };
  const request = () => {
    endPause();
    waiting ??= requestAnimationFrame(() => {
      waiting = null;
      draw();
    });
  };
  return {
    request,
    requestIn(pause_ms) {
      if (waiting === null) pause ??= setTimeout(request, pause_ms);
    },
    stop() {
      endPause();
      if (waiting !== null) cancelAnimationFrame(waiting);
      waiting = null;
    },
  };
}
