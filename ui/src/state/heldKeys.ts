// Keys that are pressed before what they are meant for has come: they are held, and pressed again once it is there.
import { useEffect } from 'react';
import { create } from 'zustand';

type Press = Pick<KeyboardEvent, 'key' | 'code' | 'shiftKey'>;

interface HeldKeys {
  isHolding: boolean;
  presses: readonly Press[];
}

const NONE: HeldKeys = { isHolding: false, presses: [] };

/** Whoever presses more has no wish that could still be met. */
const MOST_HELD = 20;

const MOVES = /^(Arrow.+|Page.+|Home|End|Enter)$/;

const useKeys = create<HeldKeys>(() => NONE);

/** Holds a key that nothing takes now; `false` where nothing is awaited that it could be meant for. */
export function holdKey({ key, code, shiftKey, ctrlKey, metaKey, altKey }: KeyboardEvent): boolean {
  const { isHolding, presses } = useKeys.getState();
  // All others are the browser's, as F5 and Tab.
  const isMeant = key.length === 1 || MOVES.test(key);
  if (!isHolding || ctrlKey || metaKey || altKey || !isMeant) return false;
  if (presses.length < MOST_HELD) useKeys.setState({ presses: [...presses, { key, code, shiftKey }] });
  return true;
}

/**
 * Holds keys while a surface is awaited. Once it `isThere` they are pressed again where the keyboard is then, each after what
 * the one before it has changed is on screen. They are forgotten if the surface does not come.
 */
export function useHeldKeys(isAwaited: boolean, isThere: boolean): void {
  const presses = useKeys((keys) => keys.presses);
  useEffect(() => {
    if (isAwaited) useKeys.setState({ isHolding: true, presses: [] });
    else if (isThere) useKeys.setState({ isHolding: false });
    else useKeys.setState(NONE);
  }, [isAwaited, isThere]);
  useEffect(
    () => () => {
      useKeys.setState(NONE);
    },
    [],
  );
  useEffect(() => {
    const [press, ...later] = presses;
    if (!isThere || !press) return undefined;
    // In a task of its own, as a key of the person is: all that the one before has changed is on screen by then.
    const task = setTimeout(() => {
      useKeys.setState({ presses: later });
      const event = new KeyboardEvent('keydown', { ...press, bubbles: true, cancelable: true });
      (document.activeElement ?? document.body).dispatchEvent(event);
    });
    return () => {
      clearTimeout(task);
    };
  }, [presses, isThere]);
}
