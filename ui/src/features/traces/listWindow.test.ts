import { describe, expect, it } from 'vitest';
import type { TraceSummary } from '../../backend/bindings';
import {
  indexOf,
  movedIndex,
  reconciled,
  rowAt,
  rowsAround,
  rowsMoved,
  sameList,
  type Held,
} from './listWindow';

/** Rows with these trace ids, from `offset` on. */
function held(ids: number[], offset = 0, total = 50_000): Held {
  const items = ids.map((trace_id) => ({ trace_id }) as TraceSummary);
  return {
    request: { filter: '', sort: 'started', descending: true, offset, limit: ids.length },
    list: { revision: 1, total, total_unfiltered: total, search: null, items },
  };
}

describe('the rows asked for', () => {
  it('are whole pages around those on screen', () => {
    expect(rowsAround(0, 30)).toEqual({ offset: 0, limit: 200 });
    expect(rowsAround(150, 180)).toEqual({ offset: 0, limit: 400 });
    expect(rowsAround(300, 330)).toEqual({ offset: 200, limit: 200 });
    expect(rowsAround(49_990, 49_999)).toEqual({ offset: 49_800, limit: 400 });
  });

  it('always hold what is on screen, and are never more than the engine gives', () => {
    for (let first = 0; first < 3000; first += 37) {
      const { offset, limit } = rowsAround(first, first + 60);
      expect(offset % 200).toBe(0);
      expect(offset).toBeLessThanOrEqual(first);
      expect(offset + limit).toBeGreaterThan(first + 60);
    }
    expect(rowsAround(0, 5000).limit).toBe(1000);
  });

  it('are found by their place in the whole list', () => {
    const page = held([7, 8, 9], 400);
    expect(rowAt(page, 401)?.trace_id).toBe(8);
    expect([rowAt(page, 0), rowAt(page, 403), rowAt(null, 0)]).toEqual([undefined, undefined, undefined]);
    expect([indexOf(page, 9), indexOf(page, 1)]).toEqual([402, null]);
  });

  it('belong to one list only with the same filter and order', () => {
    const { request } = held([]);
    expect(sameList(request, { ...request, offset: 200 })).toBe(true);
    expect(sameList(request, { ...request, filter: 'x' })).toBe(false);
    expect(sameList(request, { ...request, descending: false })).toBe(false);
  });
});

describe('the reader’s place', () => {
  it('moves with the row at the top when rows arrive above it', () => {
    expect(rowsMoved(held([1, 2, 3, 4]), held([10, 11, 1, 2, 3, 4]), 1)).toBe(2);
  });
  it('moves with the next row if the one at the top is gone', () => {
    expect(rowsMoved(held([1, 2, 3, 4]), held([1, 4]), 1)).toBe(-2);
  });
  it('stays if none of the rows is known any more', () => {
    expect(rowsMoved(held([1, 2]), held([8, 9]), 0)).toBe(0);
    expect(rowsMoved(held([1, 2]), held([8, 9]), 1000)).toBe(0);
  });
});

describe('the cursor', () => {
  it('stays with its trace', () => {
    const cursor = { traceId: 3, index: 2 };
    expect(reconciled(cursor, held([10, 1, 2, 3]))).toEqual({ traceId: 3, index: 3 });
    expect(reconciled(cursor, held([1, 2, 3]))).toBe(cursor);
  });
  it('waits for the rows it was moved to', () => {
    expect(reconciled({ traceId: null, index: 401 }, held([1, 2]))).toEqual({ traceId: null, index: 401 });
    expect(reconciled({ traceId: null, index: 401 }, held([8, 9], 400))).toEqual({ traceId: 9, index: 401 });
  });
  it('keeps within a list that shrank, and goes with an empty one', () => {
    expect(reconciled({ traceId: 9, index: 8 }, held([1, 2], 0, 2))).toEqual({ traceId: 9, index: 1 });
    expect(reconciled({ traceId: 9, index: 8 }, held([], 0, 0))).toBeNull();
    expect(reconciled(null, held([1]))).toBeNull();
  });
  it.each([
    ['j', 4, 5],
    ['ArrowDown', 9, 9],
    ['k', 0, 0],
    ['ArrowUp', 4, 3],
    ['PageDown', 2, 6],
    ['PageUp', 2, 0],
    ['Home', 5, 0],
    ['End', 5, 9],
    ['j', null, 0],
    ['ArrowUp', null, 0],
    ['x', 3, null],
  ])('goes with %s from %s to %s', (key, from, to) => {
    expect(movedIndex(key, from, 10, 5)).toBe(to);
  });
  it('has nowhere to go in an empty list', () => {
    expect(movedIndex('j', null, 0, 5)).toBeNull();
  });
});
