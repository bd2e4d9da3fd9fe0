// A pen that writes down what it is told, for tests of drawings.
import type { Pen } from '../canvas/pen';

export interface Drawn {
  call: string;
  args: (number | string)[];
  fill: string;
  stroke: string;
  alpha: number;
}

export interface DrawLog {
  pen: Pen;
  drawn: Drawn[];
  /** Calls of one name, in order. */
  of(call: string): Drawn[];
  texts(): string[];
}

const CHARACTER_PX = 6;

export function drawLog(): DrawLog {
  const drawn: Drawn[] = [];
  const state: Record<string, unknown> = { fillStyle: '', strokeStyle: '', globalAlpha: 1 };
  const saved: Record<string, unknown>[] = [];
  const pen = new Proxy(state, {
    get(_target, name: string) {
      if (name in state) return state[name];
      if (name === 'measureText') return (text: string) => ({ width: text.length * CHARACTER_PX });
      return (...args: (number | string)[]) => {
        if (name === 'save') saved.push({ ...state });
        if (name === 'restore') Object.assign(state, saved.pop());
        const { fillStyle, strokeStyle, globalAlpha } = state as Record<string, string & number>;
        drawn.push({
          call: name,
          args,
          fill: fillStyle ?? '',
          stroke: strokeStyle ?? '',
          alpha: globalAlpha ?? 1,
        });
      };
    },
    set(_target, name: string, value) {
      state[name] = value;
      return true;
    },
  }) as unknown as Pen;
  const of = (call: string) => drawn.filter((each) => each.call === call);
  return { pen, drawn, of, texts: () => of('fillText').map(({ args }) => String(args[0])) };
}
