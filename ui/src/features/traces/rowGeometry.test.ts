import { describe, expect, it } from 'vitest';
import { traceList, traceSummary } from '../../test/traces';
import type { Held } from './listWindow';
import { GROUP_PX, beginsGroup, groupFrom, groupsIn, indexAt, offsetOf, sizeOf } from './rowGeometry';

/** Rows of these conversations, from `offset` on. */
function held(conversations: (string | null)[], offset = 0): Held {
  const items = conversations.map((conversation, index) =>
    traceSummary({ trace_id: offset + index, conversation }),
  );
  return {
    request: { filter: '', sort: 'conversation', descending: true, offset, limit: items.length },
    list: traceList(items, { total: 1000 }),
  };
}

describe('rows', () => {
  const geometry = { row_px: 28, begins: [0, 2, 7] };

  it('stand below the lines of the groups before them', () => {
    expect(offsetOf(geometry, 0)).toBe(0);
    expect(offsetOf(geometry, 1)).toBe(28 + GROUP_PX);
    expect(offsetOf(geometry, 2)).toBe(2 * 28 + GROUP_PX);
    expect(offsetOf(geometry, 3)).toBe(3 * 28 + 2 * GROUP_PX);
    expect([sizeOf(geometry, 2), sizeOf(geometry, 3)]).toEqual([28 + GROUP_PX, 28]);
    expect(beginsGroup({ row_px: 28, begins: [] }, 0)).toBe(false);
  });

  it('are found by where they stand', () => {
    for (let index = 0; index < 20; index++) {
      expect(indexAt(geometry, offsetOf(geometry, index))).toBe(index);
      expect(indexAt(geometry, offsetOf(geometry, index) + sizeOf(geometry, index) - 1)).toBe(index);
    }
    expect(indexAt(geometry, -5)).toBe(0);
  });
});

describe('groups', () => {
  it('begin where the conversation is another one', () => {
    const first = held(['a', 'a', 'b', null, null]);
    expect(groupsIn(first, null, [])).toEqual([0, 2, 3]);
    expect(groupFrom(first, 0).map(({ trace_id }) => trace_id)).toEqual([0, 1]);
    expect(groupFrom(first, 3)).toHaveLength(2);
  });

  it('that are known stay where other rows are held', () => {
    const first = held(['a', 'a', 'b', 'b']);
    const next = held(['b', 'c', 'c'], 3);
    expect(groupsIn(next, first, [0, 2])).toEqual([0, 2, 4]);
    expect(groupsIn(held(['x', 'y'], 10), null, [])).toEqual([11]);
  });
});
