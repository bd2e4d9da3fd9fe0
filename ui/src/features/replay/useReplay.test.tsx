import { act, renderHook, waitFor } from '@testing-library/react';
import { expect, it } from 'vitest';
import { stepTreeFrom } from '../../domain/stepTree';
import { treeOf } from '../../test/treeFixture';
import { useReplay } from './useReplay';

it('waits at now when it is at the end of a run under way', async () => {
  const tree = stepTreeFrom({ ...treeOf('run 0.. agent\n  ask 0..10 llm'), start_unix_ms: Date.now() }, true);
  const runs = [{ traceId: 1, letter: null, tree }];
  const { result } = renderHook(() => useReplay({ runs, pairs: null }));
  const before_ns = result.current.time.total_ns;
  act(() => {
    result.current.moveTo(before_ns);
  });
  await waitFor(() => {
    expect(result.current.time.total_ns).toBeGreaterThan(before_ns);
  });
  const { time, playing, steps } = result.current;
  expect(playing.getState().at_ns).toBe(time.total_ns);
  expect(steps[0]?.end_ns[0], 'the bar of what runs goes to now').toBe(time.total_ns);
});
