// How content is read: set for reading (Markdown, commands, diffs, tables), or as the source has it.
import { create } from 'zustand';

interface Reading {
  isPlain: boolean;
}

export const useReading = create<Reading>(() => ({ isPlain: false }));

/** `true` shows text as written and values as data, everywhere, until it is turned off. */
export function setPlain(isPlain: boolean) {
  useReading.setState({ isPlain });
}
