import { QueryObserver } from '@tanstack/react-query';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Notice } from '../backend/bindings';
import { createQueryClient } from './client';
import { key } from './keys';
import { Refresher } from './live';

const notice = (given: Partial<Notice>): Notice => ({
  revision: 1,
  traces: [],
  many_traces: false,
  imports: false,
  sources: false,
  search: false,
  store: false,
  alerts: [],
  ...given,
});

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
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
      key('source_list'),
      key('monitor', '1h'),
      key('insights', 'status:failed'),
      key('compare', 2, 1),
      key('compare', 2, 12),
      [...key('run_matrix', 12, 5, 1), { reference: null }],
      key('settings_get'),
      key('app_info'),
    ];
    for (const queryKey of names) {
      const queryFn = () => {
        asked.push(queryKey.filter((each) => typeof each !== 'object').join(' '));
        return Promise.resolve(1);
      };
      await cache.prefetchQuery({ queryKey, queryFn });
      new QueryObserver(cache, { queryKey, queryFn }).subscribe(() => undefined);
    }
    asked.length = 0;
    const refresher = new Refresher(cache);
    refresher.apply(notice(given));
    await vi.advanceTimersByTimeAsync(1000);
    refresher.stop();
    cache.clear();
    return asked.sort();
  }

  it('of a trace asks for the list and all of that trace, and no other', async () => {
    expect(await askedAgain({ traces: [1] })).toEqual([
      'compare 2 1',
      'insights status:failed',
      'monitor 1h',
      'run_matrix 12 5 1',
      'span_tree 1',
      'step_get 1 a',
      'trace_get 1',
      'trace_list',
    ]);
  });
  it('of many traces asks for every trace on screen', async () => {
    expect(await askedAgain({ many_traces: true })).toContain('span_tree 12');
  });
  it('of a search asks for what it may have found', async () => {
    expect(await askedAgain({ search: true })).toEqual(['insights status:failed', 'trace_list']);
  });
  it('of imports leaves traces alone', async () => {
    expect(await askedAgain({ imports: true })).toEqual(['import_list', 'problem_list 3 0']);
  });
  it('of sources asks for them alone', async () => {
    expect(await askedAgain({ sources: true })).toEqual(['source_list']);
  });
  it('of the store asks for what is to be said of it', async () => {
    expect(await askedAgain({ store: true })).toEqual(['app_info']);
  });
});

describe('notices that come fast', () => {
  /** A tree on screen that takes so long to read, and what is asked and answered. */
  async function shown(takes_ms: number) {
    const cache = createQueryClient();
    const queryKey = key('span_tree', 1);
    const tally = { asked: 0, under_way: 0, most: 0 };
    const queryFn = () =>
      new Promise<number>((resolve) => {
        const number = ++tally.asked;
        tally.most = Math.max(tally.most, ++tally.under_way);
        setTimeout(() => {
          tally.under_way--;
          resolve(number);
        }, takes_ms);
      });
    const observer = new QueryObserver(cache, { queryKey, queryFn });
    observer.subscribe(() => undefined);
    const refresher = new Refresher(cache);
    return { refresher, tally, seen: () => observer.getCurrentResult().data };
  }

  it('never have two questions under way, leave as long a rest as one takes, and miss nothing', async () => {
    const { refresher, tally, seen } = await shown(500);
    await vi.advanceTimersByTimeAsync(500);
    expect(tally.asked).toBe(1);
    for (let at_ms = 0; at_ms < 3900; at_ms += 100) {
      refresher.apply(notice({ traces: [1] }));
      await vi.advanceTimersByTimeAsync(100);
    }
    expect(tally.most).toBe(1);
    expect(tally.asked, 'every 1,000 ms').toBeLessThanOrEqual(1 + 4);
    const asked = tally.asked;
    await vi.advanceTimersByTimeAsync(3000);
    expect(tally.asked, 'the last of them was asked for').toBe(asked + 1);
    expect(seen()).toBe(tally.asked);
    refresher.stop();
  });

  it('are asked for at once after a quiet while', async () => {
    const { refresher, tally } = await shown(10);
    await vi.advanceTimersByTimeAsync(1000);
    refresher.apply(notice({ traces: [1] }));
    await vi.advanceTimersByTimeAsync(0);
    expect(tally.asked).toBe(2);
    refresher.stop();
  });

  it('are asked for after an answer that was on its way when they came', async () => {
    const { refresher, tally, seen } = await shown(300);
    await vi.advanceTimersByTimeAsync(100);
    refresher.apply(notice({ traces: [1] }));
    await vi.advanceTimersByTimeAsync(300);
    expect(tally, 'the answer on its way was let come').toMatchObject({ asked: 2, most: 1 });
    await vi.advanceTimersByTimeAsync(300);
    expect(seen()).toBe(2);
    refresher.stop();
  });
});
