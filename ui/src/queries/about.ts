import { queryOptions, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useBackend, type Backend } from '../backend';
import type { Settings } from '../backend/bindings';
import { key } from './keys';

export const appInfoQuery = (backend: Backend) =>
  queryOptions({
    queryKey: key('app_info'),
    queryFn: ({ signal }) => backend.call('app_info', {}, signal),
    // Shown in a dialog only; its size changes with every import.
    staleTime: 0,
  });

export const formatListQuery = (backend: Backend) =>
  queryOptions({
    queryKey: key('format_list'),
    queryFn: ({ signal }) => backend.call('format_list', {}, signal),
  });

export const settingsQuery = (backend: Backend) =>
  queryOptions({
    queryKey: key('settings_get'),
    queryFn: ({ signal }) => backend.call('settings_get', {}, signal),
  });

/** What holds until the settings have been read. */
export const FIRST_SETTINGS: Settings = {
  slow_ms: 1500,
  slow_warning_ms: 900,
  theme: 'system',
  alert_failed: true,
  alert_slow_ms: 60_000,
  lost_after_ms: 300_000,
  retention: { days: null, gigabytes: null, traces: null },
  masking: { masks_emails: false, patterns: [] },
};

export function useSettings(): Settings {
  return useQuery(settingsQuery(useBackend())).data ?? FIRST_SETTINGS;
}

/** Stores settings; the page shows them at once and takes them back if storing fails. */
export function useSaveSettings() {
  const backend = useBackend();
  const cache = useQueryClient();
  const { queryKey } = settingsQuery(backend);
  return useMutation({
    mutationFn: (settings: Settings) => backend.call('settings_set', settings),
    onMutate: (settings) => {
      const before = cache.getQueryData(queryKey);
      cache.setQueryData(queryKey, settings);
      return { before };
    },
    onError: (_error, _settings, context) => {
      cache.setQueryData(queryKey, context?.before);
    },
    onSuccess: (stored) => {
      cache.setQueryData(queryKey, stored);
    },
  });
}
