import { queryOptions } from '@tanstack/react-query';
import type { Backend } from '../backend';
import { key } from './keys';

/** Imports of this run of the app, newest first. */
export const importListQuery = (backend: Backend) =>
  queryOptions({
    queryKey: key('import_list'),
    queryFn: ({ signal }) => backend.call('import_list', {}, signal),
  });

export const PROBLEMS_PER_PAGE = 200;

/** One page of the problems of an import. */
export const problemPageQuery = (backend: Backend, importId: number, page: number) =>
  queryOptions({
    queryKey: key('problem_list', importId, page),
    queryFn: ({ signal }) =>
      backend.call(
        'problem_list',
        { import_id: importId, offset: page * PROBLEMS_PER_PAGE, limit: PROBLEMS_PER_PAGE },
        signal,
      ),
  });
