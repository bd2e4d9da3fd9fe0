// Where the time of a run went, for tests: a path given as stretches, from which the parts follow.
import { TIME_PARTS, type RunTime, type TimePart, type TimeShare } from '../backend/bindings';

const MS = 1e6;

/** `[step id, part, end in ms]`, from 0 on; the id is `null` where nothing ran. */
export type Stretch = readonly [string | null, TimePart, number];

export function runTimeOf(stretches: readonly Stretch[], change: Partial<RunTime> = {}): RunTime {
  const step_ids = [...new Set(stretches.flatMap(([id]) => (id === null ? [] : [id])))];
  const start_ns = stretches.map((_, index) => (stretches[index - 1]?.[2] ?? 0) * MS);
  const end_ns = stretches.map(([, , end_ms]) => end_ms * MS);
  const parts = TIME_PARTS.flatMap((part): TimeShare[] => {
    const own = new Map<number, number>();
    let wall_ns = 0;
    stretches.forEach(([id, of], index) => {
      if (of !== part) return;
      const long_ns = (end_ns[index] ?? 0) - (start_ns[index] ?? 0);
      wall_ns += long_ns;
      if (id !== null) own.set(step_ids.indexOf(id), (own.get(step_ids.indexOf(id)) ?? 0) + long_ns);
    });
    if (wall_ns === 0) return [];
    const longest = [...own].sort((a, b) => b[1] - a[1]);
    return [
      {
        part,
        wall_ns,
        critical_ns: wall_ns,
        work_ns: wall_ns,
        count: longest.length,
        steps: longest.map(([step]) => step),
        own_ns: longest.map(([, long_ns]) => long_ns),
        provenance: 'measured',
        explanation: `What counts as ${part}.`,
      },
    ];
  });
  return {
    has_times: true,
    attempts: [],
    total_ns: end_ns.at(-1) ?? 0,
    as_of_unix_ms: null,
    growing: null,
    step_ids,
    parts,
    path: {
      step: stretches.map(([id]) => (id === null ? -1 : step_ids.indexOf(id))),
      part: stretches.map(([, part]) => TIME_PARTS.indexOf(part)),
      start_ns,
      end_ns,
      left_out: 0,
      left_out_ns: 0,
    },
    ...change,
  };
}
