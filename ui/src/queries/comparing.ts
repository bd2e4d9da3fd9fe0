// Runs side by side: what differs, in which pair, against which run; and what a person says of pairs and baselines.
import { keepPreviousData, queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { useBackend, type Backend } from '../backend';
import type { BaselineSet, PairSet, StepDifferenceRequest } from '../backend/bindings';
import { key } from './keys';

/** As many runs stand in a matrix. */
export const MOST_RUNS = 50;

/** Two runs, aligned. */
export const comparisonQuery = (backend: Backend, a: number, b: number) =>
  queryOptions({
    queryKey: key('compare', a, b),
    queryFn: ({ signal }) => backend.call('compare', { a, b }, signal),
    // Two trees and their pairs: nothing is compared with it, and few are kept.
    structuralSharing: false,
    gcTime: 60_000,
  });

/** What differs between the steps of a pair. */
export const stepDifferenceQuery = (backend: Backend, request: StepDifferenceRequest) =>
  queryOptions({
    queryKey: [...key('compare_step', request.a, request.b), request] as const,
    queryFn: ({ signal }) => backend.call('compare_step', request, signal),
    gcTime: 60_000,
  });

/** With which runs of its task a run may be compared. */
export const candidatesQuery = (backend: Backend, traceId: number) =>
  queryOptions({
    queryKey: key('compare_candidates', traceId),
    queryFn: ({ signal }) => backend.call('compare_candidates', { trace_id: traceId }, signal),
    staleTime: 0,
  });

/** The steps of several runs; while another reference is read, the last answer stays. */
export const runMatrixQuery = (backend: Backend, runs: readonly number[], reference: number | null) =>
  queryOptions({
    queryKey: [...key('run_matrix', ...runs), { reference }] as const,
    queryFn: ({ signal }) =>
      backend.call('run_matrix', { trace_ids: runs.slice(0, MOST_RUNS), reference }, signal),
    placeholderData: keepPreviousData,
    gcTime: 60_000,
  });

/** Says of two steps what they are; the runs are aligned anew. */
export function usePairing() {
  const backend = useBackend();
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (pair: PairSet) => backend.call('pair_set', pair),
    onSuccess: () => cache.invalidateQueries({ queryKey: ['compare'] }),
  });
}

/** Says that a run is the one that others of its task are held against, or is not. */
export function useBaseline() {
  const backend = useBackend();
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (baseline: BaselineSet) => backend.call('baseline_set', baseline),
    onSuccess: () => cache.invalidateQueries({ queryKey: ['compare_candidates'] }),
  });
}
