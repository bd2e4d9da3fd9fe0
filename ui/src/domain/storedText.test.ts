import { describe, expect, it, vi } from 'vitest';
import type { TextFindRequest, TextReadRequest, TextRowsRequest } from '../backend/bindings';
import { fakeBackend } from '../backend/fake';
import { bytesOf, indexOfByte, storedText } from './storedText';

const place = { trace_id: 1, span_id: 's', place: '/raw/input' };
const ROWS = 10_000;

/** An engine with a text of rows of ten bytes. */
function engine(failing = false) {
  return fakeBackend({
    text_rows: ({ first_row, at_byte, rows }: TextRowsRequest) => {
      if (failing) throw new Error('it is gone');
      const first = at_byte === null ? first_row : Math.floor(at_byte / 10);
      return {
        first_row: first,
        rows: Array.from({ length: Math.min(rows, ROWS - first) }, (_, index) => ({
          from_byte: (first + index) * 10,
          line: first + index + 1,
          continues: false,
          text: `row ${first + index}`.padEnd(9),
        })),
        total_rows: ROWS,
        total_lines: ROWS,
        total_bytes: ROWS * 10,
      };
    },
    text_read: ({ from_byte, limit_bytes }: TextReadRequest) => {
      const text = 'x'.repeat(Math.min(limit_bytes, 5_000_000 - from_byte));
      return { text, from_byte, to_byte: from_byte + text.length, total_bytes: 5_000_000 };
    },
    text_find: ({ from_byte }: TextFindRequest) => ({
      places: from_byte === 0 ? [10, 14, 50_000, 50_004] : [99_990, 99_994],
      next_byte: from_byte === 0 ? 60_000 : 100_000,
      is_complete: from_byte > 0,
      total_bytes: 100_000,
    }),
  });
}

const text = (backend = engine()) => storedText(backend.call, place, { bytes: ROWS * 10, items: null });

describe('a text in the store', () => {
  it('gets the rows on screen and no others', async () => {
    const backend = engine();
    const rows = text(backend).rows(100);
    await rows.step();
    expect([rows.count, rows.lines, rows.isComplete]).toEqual([ROWS, ROWS, true]);
    rows.want(5_010, 5_050);
    await vi.waitFor(() => {
      expect(rows.row(5_049)?.text).toBe('row 5049 ');
    });
    expect(rows.row(9_000)).toBeNull();
    expect(backend.calls).toHaveLength(2);
    expect(await rows.rowAt(70_005)).toBe(7_000);
  });

  it('asks for what is on screen now, not for all that was scrolled past', async () => {
    const backend = engine();
    const rows = text(backend).rows(100);
    await rows.step();
    for (let first = 200; first < 9_000; first += 200) rows.want(first, first + 50);
    await vi.waitFor(() => {
      expect(rows.row(8_810)).not.toBeNull();
    });
    expect(backend.calls.length).toBeLessThan(5);
  });

  it('says why rows do not come, and asks no more', async () => {
    const backend = engine(true);
    const rows = text(backend).rows(100);
    await rows.step();
    expect(rows.failure).toContain('it is gone');
    rows.want(0, 50);
    expect(backend.calls).toHaveLength(1);
  });

  it('collects the places of a text, a stretch at a time', async () => {
    const places = text().find('word');
    await places.step();
    expect([places.places, places.share, places.isComplete]).toEqual([[10, 50_000], 0.6, false]);
    await places.step();
    expect([places.places.length, places.isComplete]).toEqual([3, true]);
    expect(places.within(12, 30)).toEqual([[12, 14]]);
    expect([places.after(11), places.after(99_999)]).toEqual([1, 0]);
  });

  it('is copied only up to a size', async () => {
    const read = text();
    expect((await read.copy?.())?.length).toBe(5_000_000);
    expect(storedText(engine().call, place, { bytes: 20_000_000, items: null }).copy).toBeNull();
    await expect(read.read(1_000)).rejects.toThrow('longer than');
  });

  it('finds characters by their bytes', () => {
    expect(bytesOf('aä行🦀')).toBe(10);
    expect([0, 1, 3, 6, 10].map((byte) => indexOfByte('aä行🦀', byte))).toEqual([0, 1, 2, 3, 5]);
  });
});
