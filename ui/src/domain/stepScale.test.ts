import { describe, expect, it } from 'vitest';
import { pointerLabel, STEP_NS, ticksFor } from './stepScale';
import { fitted } from './timeScale';

const ordered = (steps: number) => ({ clock: 'order_only' as const, total_ns: steps * STEP_NS });

describe('the axis of a trace without times', () => {
  it.each([
    [4, ['step 1', '2', '3', '4']],
    [30, ['step 1', '5', '10', '15', '20', '25', '30']],
    [1, ['step 1']],
    [20_000, ['step 1', '5000', '10000', '15000', '20000']],
  ])('numbers %i steps', (steps, labels) => {
    const tree = ordered(steps);
    const ticks = ticksFor(tree, fitted(tree.total_ns), 700, 100);
    expect(ticks.labels).toEqual(labels);
    expect(ticks.at_ns[0]).toBe(0);
    expect(ticks.at_ns.at(-1)).toBeLessThan(tree.total_ns);
  });

  it('names the first step in view where one has zoomed in', () => {
    const view = { start_ns: 100.5 * STEP_NS, end_ns: 104.5 * STEP_NS };
    expect(ticksFor(ordered(300), view, 700, 100).labels).toEqual(['step 102', '103', '104', '105']);
  });

  it('says which step is under the pointer, and never one that is not there', () => {
    expect(pointerLabel(ordered(9), 2.4 * STEP_NS, 1, 1)).toBe('step 3');
    expect(pointerLabel(ordered(9), -1, 1, 1)).toBe('step 1');
    expect(pointerLabel(ordered(9), 9.1 * STEP_NS, 1, 1)).toBe('step 9');
  });

  it('is one of times where there are any', () => {
    const tree = { clock: 'laid_out' as const, total_ns: 1e9 };
    expect(ticksFor(tree, fitted(1e9), 700, 100).labels.at(1)).toBe('200 ms');
    expect(pointerLabel(tree, 5e8, 1e6, 1e9)).toBe('500 ms');
  });
});
