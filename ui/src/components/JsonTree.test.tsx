import { render as renderAlone, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import type { ReactNode } from 'react';
import { describe, expect, it } from 'vitest';
import { BackendProvider } from '../backend';
import { fakeBackend } from '../backend/fake';
import { JsonView } from './JsonView';
import { LongTexts } from './LongTexts';
import { TooltipProvider } from './Tooltip';

const render = (children: ReactNode) =>
  renderAlone(
    <BackendProvider value={fakeBackend()}>
      <TooltipProvider>{children}</TooltipProvider>
    </BackendProvider>,
  );

const ITEMS = 200_000;

describe('a value of very many parts', () => {
  it('draws what is on screen, and unfolds 200,000 lines at a key', async () => {
    const { container } = render(
      <JsonView value={{ list: Array.from({ length: ITEMS }, (_, index) => index) }} />,
    );
    const tree = screen.getByRole('tree');
    expect(screen.getByText('2 lines unfolded')).toBeTruthy();
    tree.focus();
    await userEvent.keyboard('{ArrowDown}{ArrowRight}');
    expect(screen.getByText('200,002 lines unfolded')).toBeTruthy();
    expect(container.querySelectorAll('*').length).toBeLessThan(1_000);
    await userEvent.keyboard('{End}');
    expect(tree.getAttribute('aria-activedescendant')).toContain(String(ITEMS + 1));
    await userEvent.keyboard('{ArrowLeft}{ArrowLeft}');
    expect(screen.getByText('2 lines unfolded')).toBeTruthy();
  });

  it('says that a list goes on where it was cut', () => {
    const mark = '…⟦0.0: cut here, 5000 items in all⟧';
    const texts = [{ place: '/raw/input', mark, bytes: null, items: 5000 }];
    render(
      <LongTexts traceId={1} stepId="s" texts={texts}>
        <JsonView value={[1, 2, mark]} bare />
      </LongTexts>,
    );
    expect(screen.getByText('cut here; 5,000 in all')).toBeTruthy();
    expect(screen.getByRole('button', { name: 'Show all 5,000 items' })).toBeTruthy();
  });
});
