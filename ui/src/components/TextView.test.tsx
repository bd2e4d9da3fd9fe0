import { render as renderAlone, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import type { ReactNode } from 'react';
import { describe, expect, it, vi } from 'vitest';
import { textInMemory } from '../domain/textSource';
import TextView from './TextView';
import { TooltipProvider } from './Tooltip';

const render = (children: ReactNode) => renderAlone(<TooltipProvider>{children}</TooltipProvider>);

const LINES = 200_000;
const text = Array.from(
  { length: LINES },
  (_, index) => `line ${index}${index % 50_000 === 7 ? ' needle' : ''}`,
).join('\n');
const source = textInMemory(text);

describe('a long text', () => {
  it('draws what is on screen alone, and counts its lines', async () => {
    const { container } = render(<TextView source={source} saves={{ text }} label="the output" />);
    expect(screen.getByText('line 0')).toBeTruthy();
    expect(container.querySelectorAll('*').length).toBeLessThan(400);
    await screen.findByText(/200,000 lines$/);
  });

  it('finds inside itself with Ctrl+F, forwards and backwards', async () => {
    render(<TextView source={source} saves={{ text }} label="the output" />);
    screen.getByRole('region', { name: 'the output: text' }).focus();
    await userEvent.keyboard('{Control>}f{/Control}');
    const field = screen.getByRole('textbox', { name: 'Find in the output' });
    expect(document.activeElement).toBe(field);
    await userEvent.type(field, 'NEEDLE');
    const count = screen.getAllByRole('status').find((each) => each.textContent !== '');
    await waitFor(() => {
      expect(count?.textContent).toBe('4');
    });
    await userEvent.keyboard('{Enter}{Enter}');
    expect(count?.textContent).toBe('2 of 4');
    await userEvent.keyboard('{Shift>}{Enter}{Enter}{/Shift}');
    expect(count?.textContent).toBe('4 of 4');
    await userEvent.keyboard('{Escape}');
    expect(document.activeElement).toBe(screen.getByRole('region', { name: 'the output: text' }));
    expect(screen.queryByText('4 of 4')).toBeNull();
  });

  it('takes the keyboard where it was asked for, and brings a place into view, whatever scrolls around it', async () => {
    const brought = vi.spyOn(Element.prototype, 'scrollIntoView');
    render(<TextView source={source} saves={{ text }} label="the output" takesFocus />);
    expect(document.activeElement).toBe(screen.getByRole('region', { name: 'the output: text' }));
    await userEvent.keyboard('{Control>}f{/Control}needle{Enter}');
    await waitFor(() => {
      const seen = brought.mock.contexts.map((element) => (element as Element).textContent);
      expect(seen.some((each) => each.endsWith('line 7 needle'))).toBe(true);
    });
  });
});
