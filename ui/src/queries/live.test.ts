import { QueryObserver } from '@tanstack/react-query';
import { describe, expect, it } from 'vitest';
import type { Notice } from '../backend/bindings';
import { createQueryClient } from './client';
import { key } from './keys';
import { applyNotice, mergedNotice } from './live';

const notice = (given: Partial<Notice>): Notice => ({
  revision: 1,
  traces: [],
  many_traces: false,
  imports: false,
  ...given,
});

describe('notices that come together', () => {
  it('become one that says all of it', () => {
    const merged = mergedNotice(
      notice({ traces: [1, 2], revision: 5 }),
      notice({ traces: [2, 3], imports: true, revision: 6 }),
    );
    expect(merged).toEqual({ revision: 6, traces: [1, 2, 3], many_traces: false, imports: true });
  });
  it('name no traces once there are too many', () => {
    expect(mergedNotice(notice({ many_traces: true }), notice({ traces: [1] }))).toMatchObject({
      many_traces: true,
      traces: [],
    });
    expect(mergedNotice(null, notice({ traces: [1] })).traces).toEqual([1]);
  });
});

describe('a notice', () => {
  /** Which of the answers on screen are asked for again. */
  async function askedAgain(given: Partial<Notice>) {
    const cache = createQueryClient();
    const asked: string[] = [];
    const names = [
      key('trace_list'),
      key('trace_get', 1),
      key('span_tree', 1),
      key('step_get', 1, 'a'),
      key('span_tree', 12),
      key('import_list'),
      key('problem_list', 3, 0),
      key('settings_get'),
    ];
    for (const queryKey of names) {
      const queryFn = () => {
        asked.push(queryKey.join(' '));
        return Promise.resolve(1);
      };
      await cache.prefetchQuery({ queryKey, queryFn });
      new QueryObserver(cache, { queryKey, queryFn }).subscribe(() => undefined);
    }
    asked.length = 0;
    await applyNotice(cache, notice(given));
    cache.clear();
    return asked.sort();
  }

  it('of a trace asks for the list and all of that trace, and no other', async () => {
    expect(await askedAgain({ traces: [1] })).toEqual([
      'span_tree 1',
      'step_get 1 a',
      'trace_get 1',
      'trace_list',
    ]);
  });
  it('of many traces asks for every trace on screen', async () => {
    expect(await askedAgain({ many_traces: true })).toContain('span_tree 12');
  });
  it('of imports leaves traces alone', async () => {
    expect(await askedAgain({ imports: true })).toEqual(['import_list', 'problem_list 3 0']);
  });
});
