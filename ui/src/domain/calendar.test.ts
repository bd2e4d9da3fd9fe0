import { describe, expect, it } from 'vitest';
import { calendarTicks, stretchText } from './calendar';

const at = (...parts: [number, number, number?, number?, number?, number?]) =>
  new Date(parts[0], parts[1], parts[2] ?? 1, parts[3] ?? 0, parts[4] ?? 0, parts[5] ?? 0).getTime();
const labels = (from_ms: number, to_ms: number, most = 5) =>
  calendarTicks(from_ms, to_ms, most).map((t) => t.label);

describe('ticks of the calendar', () => {
  it('are as precise as they are far apart, and round', () => {
    expect(labels(at(2026, 10, 23, 12, 0, 3), at(2026, 10, 23, 12, 0, 23))).toEqual([
      '12:00:05', '12:00:10', '12:00:15', '12:00:20',
    ]); // prettier-ignore
    expect(labels(at(2026, 10, 23, 13, 47), at(2026, 10, 23, 14, 36))).toEqual([
      '13:50', '14:00', '14:10', '14:20', '14:30',
    ]); // prettier-ignore
    expect(labels(at(2026, 10, 23, 5), at(2026, 10, 25, 2))).toEqual(['12:00', 'Nov 24', '12:00', 'Nov 25']);
    expect(labels(at(2026, 10, 23, 5), at(2026, 10, 28, 2))).toEqual([
      'Nov 24',
      'Nov 25',
      'Nov 26',
      'Nov 27',
      'Nov 28',
    ]);
    expect(labels(at(2026, 9, 12), at(2027, 1, 3))).toEqual(['Nov', 'Dec', '2027', 'Feb']);
    expect(labels(at(2019, 9, 12), at(2027, 1, 3))).toEqual(['2020', '2022', '2024', '2026']);
  });

  it('are never more than asked for, and none where there is no time', () => {
    for (const days of [0.0001, 0.01, 0.3, 1, 5, 17, 60, 200, 900, 20_000]) {
      const count = labels(at(2024, 1, 7, 3, 11), at(2024, 1, 7, 3, 11) + days * 86_400_000, 6).length;
      expect(count, `${days} days`).toBeLessThanOrEqual(7);
      expect(count, `${days} days`).toBeGreaterThan(0);
    }
    expect(labels(5, 5)).toEqual([]);
    expect(labels(NaN, 5)).toEqual([]);
  });
});

describe('a stretch of time in words', () => {
  it('says what it needs to', () => {
    const noon = at(2026, 10, 23, 12);
    expect(stretchText(noon, noon + 500)).toBe('2026-11-23 12:00:00.000 – 12:00:00.500');
    expect(stretchText(noon, noon + 60_000)).toBe('2026-11-23 12:00:00 – 12:01:00');
    expect(stretchText(noon, noon + 3_600_000)).toBe('2026-11-23 12:00 – 13:00');
    expect(stretchText(noon, at(2026, 10, 24, 2))).toBe('2026-11-23 12:00 – 2026-11-24 02:00');
    expect(stretchText(noon, at(2026, 11, 20))).toBe('2026-11-23 – 2026-12-20');
  });
});
