import { create } from 'zustand';
import type { Cursor } from './listWindow';

/** The keyboard's mark in the trace list. */
export const useCursor = create<{ cursor: Cursor | null }>(() => ({ cursor: null }));

export function setCursor(cursor: Cursor | null): void {
  if (useCursor.getState().cursor !== cursor) useCursor.setState({ cursor });
}
