import { QueryClientProvider } from '@tanstack/react-query';
import { render } from '@testing-library/react';
import type { ReactNode } from 'react';
import { vi } from 'vitest';
import { BackendProvider, type Backend } from '../backend';
import { TooltipProvider } from '../components/Tooltip';
import { createQueryClient } from '../queries/client';
import { useLiveNotices } from '../queries/live';

/** Gives every element this size, for jsdom lays nothing out and virtual lists draw only what has room. */
export function giveRoom(width_px: number, height_px: number): void {
  const sizes = [
    ['Width', width_px],
    ['Height', height_px],
  ] as const;
  for (const [side, size_px] of sizes) {
    vi.spyOn(HTMLElement.prototype, `offset${side}`, 'get').mockReturnValue(size_px);
    vi.spyOn(Element.prototype, `client${side}`, 'get').mockReturnValue(size_px);
  }
}

const NOBODY = () => undefined;

function Live({ children }: { children: ReactNode }) {
  useLiveNotices(NOBODY);
  return children;
}

/** Renders with a host behind it, and live notices. */
export function renderWith(backend: Backend, children: ReactNode) {
  return render(
    <BackendProvider value={backend}>
      <QueryClientProvider client={createQueryClient()}>
        <TooltipProvider>
          <Live>{children}</Live>
        </TooltipProvider>
      </QueryClientProvider>
    </BackendProvider>,
  );
}
