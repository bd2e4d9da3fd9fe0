// What could be written at the cursor: asked for while the list of it is open, held until the next answer so that nothing flickers.
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useBackend } from '../../backend';
import type { FilterCompletion } from '../../backend/bindings';
import { filterCompleteQuery } from '../../queries/filter';

interface Held {
  filter: string;
  cursor: number;
  completions: { from: number; to: number; items: FilterCompletion[] };
}

export interface Completion {
  items: readonly FilterCompletion[];
  /** What an item takes the place of; `null` while the items shown are those of an earlier text. */
  place: { from: number; to: number } | null;
  /** The chosen item; -1 for none. */
  chosen: number;
  choose: (index: number) => void;
  isOpen: boolean;
  open: () => void;
  close: () => void;
}

export function useCompletion(text: string, cursor: number): Completion {
  const [asked, setAsked] = useState(false);
  const [held, setHeld] = useState<Held | null>(null);
  const [choice, setChoice] = useState({ text, index: -1 });
  const { data } = useQuery({ ...filterCompleteQuery(useBackend(), text, cursor), enabled: asked });
  if (asked && data && data !== held) setHeld(data);
  if (!asked && held) setHeld(null);
  const isPresent = held !== null && held.filter === text && held.cursor === cursor;
  const items = held && !isWhole(held) ? held.completions.items : [];
  return {
    items,
    place: isPresent ? held.completions : null,
    // What was chosen for one text is not chosen for the next.
    chosen: choice.text === text && choice.index < items.length ? choice.index : -1,
    choose: (index) => {
      setChoice({ text, index });
    },
    isOpen: asked && items.length > 0,
    open: () => {
      setAsked(true);
    },
    close: () => {
      setAsked(false);
      setChoice({ text, index: -1 });
    },
  };
}

/** Whether all that could be written stands there already. */
function isWhole({ filter, completions: { from, to, items } }: Held): boolean {
  return items.length === 1 && items[0]?.insert === filter.slice(from, to);
}
