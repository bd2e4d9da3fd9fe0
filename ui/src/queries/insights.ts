import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import type { Backend } from '../backend';
import { key } from './keys';

/** Bars of a chart: as many as can be told apart, and pointed at, on half a small window. */
const BUCKETS = 60;
/** As many rows of a breakdown as the engine gives. */
const ROWS = 100;

/** What the matching runs come to. While others are read, the last ones stay. */
export const insightsQuery = (backend: Backend, filter: string) =>
  queryOptions({
    queryKey: key('insights', filter),
    queryFn: ({ signal }) => backend.call('insights', { filter, buckets: BUCKETS, rows: ROWS }, signal),
    placeholderData: keepPreviousData,
    gcTime: 60_000,
  });

/** What the matching runs tried more than once. While others are read, the last ones stay. */
export const retryReportQuery = (backend: Backend, filter: string) =>
  queryOptions({
    queryKey: key('retry_report', filter),
    queryFn: ({ signal }) => backend.call('retry_report', { filter, buckets: BUCKETS, rows: ROWS }, signal),
    placeholderData: keepPreviousData,
    gcTime: 60_000,
  });
