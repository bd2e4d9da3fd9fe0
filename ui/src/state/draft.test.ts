import { act, renderHook } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { useDraft } from './draft';

describe('a draft', () => {
  it('is what was typed until what is kept changes, and does not come back with it', () => {
    const { result, rerender } = renderHook(({ kept }) => useDraft(kept), { initialProps: { kept: 'old' } });
    act(() => {
      result.current[1]('');
    });
    expect(result.current[0]).toBe('');
    rerender({ kept: '' });
    expect(result.current[0]).toBe('');
    rerender({ kept: 'old' });
    expect(result.current[0], 'not the empty text that was typed over it before').toBe('old');
  });
});
