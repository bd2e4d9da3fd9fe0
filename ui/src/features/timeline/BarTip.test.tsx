import { act, render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { describe, expect, it } from 'vitest';
import { stepTreeFrom } from '../../domain/stepTree';
import { treeOf } from '../../test/treeFixture';
import { BarTip } from './BarTip';
import type { Hovered, TimelineHandle } from './useTimeline';

const tree = stepTreeFrom(treeOf('run 0..100 agent\n  fetch 0..20 tool'));

describe('the tip beside the pointer', () => {
  it('goes with the first key, whatever is under the pointer then, and comes back as the pointer moves', async () => {
    let tell: (hovered: Hovered | null) => void = () => undefined;
    const onHover: TimelineHandle['onHover'] = (listener) => {
      tell = listener;
      return () => undefined;
    };
    render(<BarTip tree={tree} timeline={{ onHover } as TimelineHandle} />);
    const hover = () => {
      act(() => {
        tell({ hit: { row: 1, part: 'bar' }, client_x_px: 10, client_y_px: 10 });
      });
    };
    const move = (clientX: number) =>
      window.dispatchEvent(new MouseEvent('mousemove', { clientX, clientY: 10 }));
    move(10);
    hover();
    expect(screen.getByText('fetch')).toBeTruthy();
    await userEvent.keyboard('3');
    expect(screen.queryByText('fetch')).toBeNull();
    // The view has changed under a pointer at rest.
    move(10);
    hover();
    expect(screen.queryByText('fetch')).toBeNull();
    move(11);
    hover();
    expect(screen.getByText('fetch')).toBeTruthy();
  });
});
