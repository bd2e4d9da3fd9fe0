import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import type { Backend } from '../backend';
import type { MaskingRules } from '../backend/bindings';
import { key } from './keys';

/** How often it is asked how far the masking of what is stored is, while it is under way. */
const WATCH_MS = 400;

/** What rules make of a text, and which of them can't be used. */
export const maskingTryQuery = (backend: Backend, rules: MaskingRules, text: string) =>
  queryOptions({
    queryKey: key('masking_try', JSON.stringify(rules), text),
    queryFn: ({ signal }) => backend.call('masking_try', { rules, text }, signal),
    // What was said of the rules before stands until they are looked at again.
    placeholderData: keepPreviousData,
    gcTime: 0,
  });

export const maskStoredQuery = (backend: Backend) =>
  queryOptions({
    queryKey: key('mask_stored'),
    queryFn: ({ signal }) => backend.call('mask_stored', {}, signal),
    staleTime: 0,
    refetchInterval: ({ state }) => (state.data?.is_running ? WATCH_MS : false),
  });
