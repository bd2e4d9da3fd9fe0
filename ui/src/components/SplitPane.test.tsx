import { fireEvent, render, screen } from '@testing-library/react';
import { expect, it, vi } from 'vitest';
import { SplitPane } from './SplitPane';

function shown(sized: 'first' | 'second') {
  const onResize = vi.fn();
  render(
    <SplitPane
      label="list"
      sized={sized}
      size_px={300}
      min_px={200}
      max_px={500}
      onResize={onResize}
      first="a"
      second="b"
    />,
  );
  return { onResize, handle: screen.getByRole('separator', { name: 'Resize list' }) };
}

it('is resized by arrow keys, within its limits', () => {
  const { onResize, handle } = shown('first');
  fireEvent.keyDown(handle, { key: 'ArrowRight' });
  fireEvent.keyDown(handle, { key: 'ArrowLeft', shiftKey: true });
  fireEvent.keyDown(handle, { key: 'Home' });
  fireEvent.keyDown(handle, { key: 'End' });
  fireEvent.keyDown(handle, { key: 'x' });
  expect(onResize.mock.calls.flat()).toEqual([316, 236, 200, 500]);
});

it('moves the handle the way of the arrow, whichever side is sized', () => {
  const { onResize, handle } = shown('second');
  fireEvent.keyDown(handle, { key: 'ArrowRight' });
  expect(onResize).toHaveBeenCalledWith(284);
});
