import { render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { describe, expect, it } from 'vitest';
import { JsonView } from './JsonView';
import { LongText } from './LongText';

describe('a value as a tree', () => {
  it('makes children when they are asked for', async () => {
    render(<JsonView value={{ outer: { inner: { deep: 'x'.repeat(80) } } }} levels={1} />);
    expect(screen.queryByText('deep')).toBeNull();
    await userEvent.click(screen.getByRole('button', { name: /^outer/ }));
    await userEvent.click(screen.getByRole('button', { name: /^inner/ }));
    expect(screen.getByText('deep')).toBeTruthy();
  });

  it('shows a long list a page at a time', async () => {
    render(<JsonView value={Array.from({ length: 600 }, (_, index) => index + 5000)} bare />);
    expect(screen.getByText('5099')).toBeTruthy();
    expect(screen.queryByText('5100')).toBeNull();
    await userEvent.click(screen.getByRole('button', { name: /Show more \(500 left\)/ }));
    expect(screen.getByText('5100')).toBeTruthy();
  });

  it('unfolds JSON in a string, and says that it was a string', () => {
    render(<JsonView value={{ policy: '{"attempts": 3}' }} />);
    expect(screen.getByText('from text')).toBeTruthy();
  });

  it('shows markup as text, and tells text from numbers', () => {
    const { container } = render(<JsonView value={{ a: '<img src=x>', b: '12', c: 12, d: null, e: '' }} />);
    expect(container.querySelector('img')).toBeNull();
    expect(screen.getByText('<img src=x>')).toBeTruthy();
    expect(screen.getByText('empty text')).toBeTruthy();
    expect(screen.getByText('null')).toBeTruthy();
    const [text, number] = screen.getAllByText('12');
    expect(text?.parentElement?.className).toContain('quoted');
    expect(number?.className).toContain('number');
  });
});

describe('long text', () => {
  it('folds its end away, and says how much there is', async () => {
    const text = 'word '.repeat(1000);
    const { container } = render(<LongText text={text} most={100} />);
    expect(container.textContent?.length).toBeLessThan(200);
    await userEvent.click(screen.getByRole('button', { name: /Show all 5.000 characters/ }));
    expect(container.textContent).toContain(text);
  });

  it('leaves short text alone', () => {
    render(<LongText text="short" most={4} />);
    expect(screen.queryByRole('button')).toBeNull();
  });
});
