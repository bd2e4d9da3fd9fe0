// Where the text that was looked for stands in the rows on screen. Asked for in blocks of rows; what was told of a trace stays until
// it is told anew, so that no row goes blank while others come.
import { useQueries } from '@tanstack/react-query';
import { useState } from 'react';
import { useBackend } from '../../backend';
import type { TraceSnippets } from '../../backend/bindings';
import { snippetsQuery } from '../../queries/finding';
import { rowAt, type Held } from './listWindow';

/** The engine answers for 100 at once at most. */
const BLOCK_ROWS = 25;

type ByTrace = ReadonlyMap<number, TraceSnippets>;
const NONE: ByTrace = new Map();

/** By trace; empty where nothing was looked for. */
export function useSnippets(held: Held | null, first: number, last: number): ByTrace {
  const backend = useBackend();
  const isSearch = held !== null && held.list.search !== null;
  const filter = held?.request.filter ?? '';
  const blocks: number[][] = [];
  if (isSearch) {
    for (let block = Math.floor(first / BLOCK_ROWS); block * BLOCK_ROWS <= last; block++) {
      const rows = Array.from({ length: BLOCK_ROWS }, (_, at) => rowAt(held, block * BLOCK_ROWS + at));
      const ids = rows.flatMap((row) => (row ? [row.trace_id] : []));
      if (ids.length > 0) blocks.push(ids);
    }
  }
  const answers = useQueries({ queries: blocks.map((ids) => snippetsQuery(backend, filter, ids)) });
  const [known, setKnown] = useState({ filter, seen: [] as ByTrace[], byTrace: NONE });
  const told = answers.flatMap(({ data }) => (data ? [data] : []));
  const isNew = told.some((each) => !known.seen.includes(each));
  if (known.filter !== filter || isNew) {
    const before = known.filter === filter ? known.byTrace : NONE;
    setKnown({ filter, seen: told, byTrace: new Map([...before, ...told.flatMap((each) => [...each])]) });
  }
  return isSearch && known.filter === filter ? known.byTrace : NONE;
}
