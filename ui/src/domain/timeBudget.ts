// What the time of a run went into, as the page shows it.
import type { RunTime, TimePart, TimeShare } from '../backend/bindings';
import { TIME_PARTS } from '../backend/bindings';
import type { StepTree } from './stepTree';

export const PART_WORDS: Record<TimePart, string> = {
  model: 'Model',
  tool: 'Tools',
  retrieval: 'Retrieval',
  human: 'Waiting for a person',
  throttled: 'Rate limit',
  backoff: 'Back-off',
  own: 'Own code',
  idle: 'Idle',
};

const NS_PER_MS = 1e6;

/** What is shown of a part. */
export type ShownShare = Pick<TimeShare, 'part' | 'wall_ns'> & { share: TimeShare | null };

/**
 * The budget as it is at `now_unix_ms`. While a run goes on, one part grows with every moment, so that the engine's next answer
 * makes nothing jump.
 */
export function budgetAt(
  { total_ns, parts, growing, as_of_unix_ms }: RunTime,
  now_unix_ms: number,
): { total_ns: number; parts: ShownShare[] } {
  const passed_ns =
    growing === null || as_of_unix_ms === null ? 0 : Math.max(0, now_unix_ms - as_of_unix_ms) * NS_PER_MS;
  const shown = TIME_PARTS.flatMap((part): ShownShare[] => {
    const share = parts.find((each) => each.part === part) ?? null;
    const wall_ns = (share?.wall_ns ?? 0) + (part === growing ? passed_ns : 0);
    return share || wall_ns > 0 ? [{ part, wall_ns, share }] : [];
  });
  return { total_ns: total_ns + passed_ns, parts: shown };
}

/** The rows of a part's steps, ascending: as many of them as the engine lists. */
export function rowsOfPart(time: RunTime, part: TimePart, tree: StepTree): Uint32Array {
  const share = time.parts.find((each) => each.part === part);
  const rows = new Set<number>();
  for (const index of share?.steps ?? []) {
    const row = tree.rowById.get(time.step_ids[index] ?? '');
    if (row !== undefined) rows.add(row);
  }
  return new Uint32Array(rows).sort();
}

/** Whether steps of a part ran at once: their own times added up are clearly more than the time they took. */
export function runsAtOnce({ wall_ns, work_ns }: TimeShare): boolean {
  return work_ns > wall_ns * 1.005;
}
