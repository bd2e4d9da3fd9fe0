// How the person arranged the window. Kept in the browser's storage; losing it loses nothing else.
import { create } from 'zustand';
import { persist } from 'zustand/middleware';
import type { Ignored } from '../backend/bindings';
import type { FindScope } from '../domain/finding';
import type { ReplayClock } from '../domain/replayClock';
import type { Arrangement } from '../domain/stepLines';

interface Layout {
  /** Width of the trace list beside an open trace. */
  list_px: number;
  listCollapsed: boolean;
  /** Whether all facts of a trace are shown, not only the first line of them. */
  factsOpen: boolean;
  /** Whether the list, and an open run, keep showing the newest. */
  followsNewest: boolean;
  /** Whether the counts beside the list are shown. */
  facetsOpen: boolean;
  /** Facets whose values are folded away, by field. */
  facetsFolded: readonly string[];
  /** How a trace is shown that is opened. */
  part: 'steps' | 'conversation';
  /** How steps stand in the timeline. */
  arrangement: Arrangement;
  /** Whether the time axis says the time of day. */
  timeOfDay: boolean;
  /** Whether quiet time is folded on the time axis. */
  foldsIdle: boolean;
  /** Whether it is shown what the time of a trace went into. */
  showsBudget: boolean;
  /** Whether the timeline shows the critical path. */
  showsPath: boolean;
  /** Where it is looked for what is found in a trace. */
  findScope: FindScope;
  /** Whether the numbers of two runs are shown in full; `null` where the person has not chosen. */
  showsNumbers: boolean | null;
  /** Whether the replay of two runs is shown above them. */
  showsReplay: boolean;
  /** What two runs that are replayed keep time by. */
  replayClock: ReplayClock;
  /** Whether idle time takes little of a replay. */
  replayFoldsIdle: boolean;
  /** Whether of two runs only what differs is shown. */
  onlyDifferences: boolean;
  /** Whether differences of texts stand in one column. */
  unifiedDiff: boolean;
  /** What is no difference between two texts. */
  ignored: Ignored;
  /** Sizes of other split panes, by name. */
  panes_px: Record<string, number>;
}

export const useLayout = create<Layout>()(
  persist(
    (): Layout => ({
      list_px: 380,
      listCollapsed: false,
      factsOpen: false,
      followsNewest: false,
      facetsOpen: true,
      facetsFolded: [],
      part: 'steps',
      arrangement: 'waterfall',
      timeOfDay: false,
      foldsIdle: false,
      showsBudget: true,
      showsPath: false,
      findScope: 'everything',
      showsNumbers: null,
      showsReplay: true,
      replayClock: 'aligned',
      replayFoldsIdle: false,
      onlyDifferences: false,
      unifiedDiff: false,
      ignored: { ids: true, times: true, whitespace: true },
      panes_px: {},
    }),
    {
      name: 'layout',
      version: 1,
    },
  ),
);

export function resizeList(list_px: number): void {
  useLayout.setState({ list_px });
}

export function toggleList(): void {
  useLayout.setState((layout) => ({ listCollapsed: !layout.listCollapsed }));
}

export function followNewest(followsNewest: boolean): void {
  if (useLayout.getState().followsNewest !== followsNewest) useLayout.setState({ followsNewest });
}

export function showList(): void {
  useLayout.setState({ listCollapsed: false });
}

export function resizePane(name: string, size_px: number): void {
  useLayout.setState((layout) => ({ panes_px: { ...layout.panes_px, [name]: size_px } }));
}

export function toggleFacts(): void {
  useLayout.setState((layout) => ({ factsOpen: !layout.factsOpen }));
}

export function toggleFacets(): void {
  useLayout.setState((layout) => ({ facetsOpen: !layout.facetsOpen }));
}

export function foldFacet(field: string, isFolded: boolean): void {
  useLayout.setState(({ facetsFolded }) => {
    const others = facetsFolded.filter((each) => each !== field);
    return { facetsFolded: isFolded ? [...others, field] : others };
  });
}

export function keepPart(part: Layout['part']): void {
  useLayout.setState({ part });
}

export function arrangeSteps(arrangement: Arrangement): void {
  useLayout.setState({ arrangement });
}

export function findIn(findScope: FindScope): void {
  useLayout.setState({ findScope });
}

export function toggleTimeOfDay(): void {
  useLayout.setState((layout) => ({ timeOfDay: !layout.timeOfDay }));
}

export function toggleIdleFolds(): void {
  useLayout.setState((layout) => ({ foldsIdle: !layout.foldsIdle }));
}

export function toggleBudget(): void {
  useLayout.setState((layout) => ({ showsBudget: !layout.showsBudget }));
}

export function togglePath(): void {
  useLayout.setState((layout) => ({ showsPath: !layout.showsPath }));
}

export function toggleReplay(): void {
  useLayout.setState((layout) => ({ showsReplay: !layout.showsReplay }));
}

export function showNumbers(showsNumbers: boolean): void {
  useLayout.setState({ showsNumbers });
}

export function keepReplayClock(replayClock: ReplayClock): void {
  useLayout.setState({ replayClock });
}

export function toggleReplayFolds(): void {
  useLayout.setState((layout) => ({ replayFoldsIdle: !layout.replayFoldsIdle }));
}

export function toggleOnlyDifferences(): void {
  useLayout.setState((layout) => ({ onlyDifferences: !layout.onlyDifferences }));
}

export function toggleUnifiedDiff(): void {
  useLayout.setState((layout) => ({ unifiedDiff: !layout.unifiedDiff }));
}

export function ignoreInTexts(change: Partial<Ignored>): void {
  useLayout.setState((layout) => ({ ignored: { ...layout.ignored, ...change } }));
}
