import { QueryClient } from '@tanstack/react-query';

/** The cache of answers. They hold until a live notice says otherwise; the engine is on this machine. */
export function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: { staleTime: Infinity, retry: false, networkMode: 'always', refetchOnWindowFocus: false },
      mutations: { retry: false, networkMode: 'always' },
    },
  });
}
