import { describe, expect, it } from 'vitest';
import { anchoredTop_px } from './anchors';

const anchors = [
  { stepId: 'orphan', under: 'no parent', offset_px: 4 },
  { stepId: 'still', under: 'run', offset_px: -20 },
];

describe('what holds still', () => {
  it('is the uppermost step that stands where it stood', () => {
    const places: Record<string, { under: string; top_px: number }> = {
      orphan: { under: 'plan', top_px: 24 },
      still: { under: 'run', top_px: 144 },
    };
    expect(anchoredTop_px(anchors, (id) => places[id] ?? null)).toBe(124);
  });

  it('is one that has moved where no other is left, and nothing where none is', () => {
    const moved = (id: string) => (id === 'orphan' ? { under: 'plan', top_px: 24 } : null);
    expect(anchoredTop_px(anchors, moved)).toBe(28);
    expect(anchoredTop_px(anchors, () => null)).toBeNull();
  });
});
