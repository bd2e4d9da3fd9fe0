// Where the keyboard is to go as soon as that is on screen: who opens a trace does not know the surface that shows it.
import { create } from 'zustand';

type Surface = 'steps';

interface FocusWish {
  wish: Surface | null;
}

export const useFocusWish = create<FocusWish>(() => ({ wish: null }));

/** Asks for the keyboard to go to `wish`; `null` takes an earlier wish back. */
export function wishFocus(wish: Surface | null): void {
  useFocusWish.setState({ wish });
}
