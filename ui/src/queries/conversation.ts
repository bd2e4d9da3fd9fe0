import { queryOptions } from '@tanstack/react-query';
import type { Backend } from '../backend';
import { key } from './keys';

/** Turns of one question. */
export const TURNS_PER_PAGE = 20;

/** The conversations of a run, without their texts. */
export const conversationOutlineQuery = (backend: Backend, traceId: number) =>
  queryOptions({
    queryKey: key('conversation_outline', traceId),
    queryFn: ({ signal }) => backend.call('conversation_outline', { trace_id: traceId }, signal),
    gcTime: 60_000,
  });

/** The turns of a thread from `page * TURNS_PER_PAGE` on. */
export const conversationTurnsQuery = (backend: Backend, traceId: number, thread: number, page: number) =>
  queryOptions({
    queryKey: key('run_conversation', traceId, thread, page),
    queryFn: ({ signal }) =>
      backend.call(
        'run_conversation',
        { trace_id: traceId, thread, offset: page * TURNS_PER_PAGE, limit: TURNS_PER_PAGE },
        signal,
      ),
    gcTime: 60_000,
  });
