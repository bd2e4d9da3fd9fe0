// What can be done right now, by key, from the palette or from the help page. A surface registers its actions while
// it is on screen; the latest registered wins a key.
import { useEffect, useRef } from 'react';
import { create } from 'zustand';

export interface Action {
  /** `noun.verb`, unique. */
  id: string;
  /** What it does, as the palette shows it ("Open files…"). */
  label: string;
  /** Heading it stands under ("Import", "Trace"). */
  group: string;
  /** Keys: `Mod+Shift+O`, `?`, `[`, `j`, `g t` (one after the other). `Mod` is Ctrl, on a Mac Command. */
  keys?: string[];
  /** Left out for keys that a widget handles itself; then it is only listed on the help page. */
  run?: () => void;
  /** Whether its keys work while the person is typing. Keys with `Mod` always do, unless this is `false`. */
  whileTyping?: boolean;
}

interface Registry {
  sets: { owner: symbol; actions: Action[] }[];
}

export const useActionRegistry = create<Registry>(() => ({ sets: [] }));

/** All actions on offer, the latest registered last. */
export function allActions(registry: Registry): Action[] {
  return registry.sets.flatMap((set) => set.actions);
}

/** Does what an action does, if it is on offer. */
export function runAction(id: string): void {
  allActions(useActionRegistry.getState())
    .findLast((action) => action.id === id)
    ?.run?.();
}

/** Offers actions while the component is mounted. `run` may be a new closure at each render. */
export function useActions(actions: Action[]): void {
  const latest = useRef(actions);
  useEffect(() => {
    latest.current = actions;
  });
  const shape = JSON.stringify(actions);
  useEffect(() => {
    const owner = Symbol('actions');
    const stable = latest.current.map((action): Action => {
      if (!action.run) return action;
      return { ...action, run: () => latest.current.find(({ id }) => id === action.id)?.run?.() };
    });
    useActionRegistry.setState(({ sets }) => ({ sets: [...sets, { owner, actions: stable }] }));
    return () => {
      useActionRegistry.setState(({ sets }) => ({ sets: sets.filter((set) => set.owner !== owner) }));
    };
  }, [shape]);
}
