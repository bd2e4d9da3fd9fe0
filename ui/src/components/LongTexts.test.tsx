import { render as renderAlone, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import type { ReactNode } from 'react';
import { describe, expect, it, vi } from 'vitest';
import { BackendProvider } from '../backend';
import type { TextSave } from '../backend/bindings';
import { fakeBackend } from '../backend/fake';
import { Address } from './Address';
import { LongText } from './LongText';
import { LongTexts } from './LongTexts';
import { MediaView } from './MediaView';
import { TooltipProvider } from './Tooltip';

const MARK = '…⟦1f.0: cut here, 100000000 bytes in all⟧';
const cut = { place: '/raw/input/text', mark: MARK, bytes: 100_000_000, items: null };
const page = {
  first_row: 0,
  rows: [{ from_byte: 0, line: 1, continues: false, text: 'the first row' }],
  total_rows: 1_000_000,
  total_lines: 900_000,
  total_bytes: 100_000_000,
};

function setUp(children: ReactNode) {
  const saved: TextSave[] = [];
  const openLink = vi.fn(() => Promise.resolve());
  const host = fakeBackend(
    { text_rows: () => page },
    {
      openLink,
      saveText: (request) => {
        saved.push(request);
        return Promise.resolve({ bytes: 5, masked: [] });
      },
    },
  );
  const view = renderAlone(
    <BackendProvider value={host}>
      <TooltipProvider>
        <LongTexts traceId={7} stepId="s" texts={[cut]}>
          {children}
        </LongTexts>
      </TooltipProvider>
    </BackendProvider>,
  );
  return { ...view, host, saved, openLink };
}

describe('a text that was cut', () => {
  it('shows its start at once, all of it in a box, and is saved from the store', async () => {
    const { container, host, saved } = setUp(<LongText text={`start ${MARK}`} label="the input" />);
    expect(container.textContent).toContain('start…');
    expect(container.textContent).not.toContain('⟦');
    expect(host.calls).toEqual([]);
    await userEvent.click(screen.getByRole('button', { name: 'Show all 100 MB' }));
    expect(await screen.findByText('the first row')).toBeTruthy();
    expect(screen.getByText('100 MB · 900,000 lines')).toBeTruthy();
    expect(screen.getByRole('button', { name: /Too long to copy/ })).toBeTruthy();
    await userEvent.click(screen.getByRole('button', { name: 'Save to file…' }));
    await screen.findByRole('button', { name: 'Saved 5 B' });
    const place = { trace_id: 7, span_id: 's', place: '/raw/input/text' };
    expect(saved).toEqual([{ place, text: null, is_media: false, mime_type: null }]);
  });

  it('is not made of a text that only looks like one', () => {
    setUp(<LongText text={`start …⟦1f.1: cut here, 5 bytes in all⟧`} />);
    expect(screen.queryByRole('button')).toBeNull();
  });

  it('that is a picture too large to be shown is named and can be saved', async () => {
    const reference = `data:image/png;base64,AAAA${MARK}`;
    const { container, saved } = setUp(<MediaView reference={reference} modality="image" mime_type={null} />);
    expect(container.querySelector('img')).toBeNull();
    expect(container.textContent).toContain('too large to be shown');
    await userEvent.click(screen.getByRole('button', { name: 'Save to file…' }));
    expect(saved[0]).toMatchObject({ is_media: true, mime_type: 'image/png', text: null });
  });
});

describe('an address', () => {
  it('is opened only after it was shown', async () => {
    const { openLink } = setUp(<Address target="https://EXAMPLE.com/path">docs</Address>);
    await userEvent.click(screen.getByRole('button', { name: 'docs' }));
    expect(openLink).not.toHaveBeenCalled();
    expect(screen.getByText('example.com')).toBeTruthy();
    await userEvent.click(screen.getByRole('button', { name: 'Open in the browser' }));
    expect(openLink).toHaveBeenCalledWith('https://example.com/path');
    await waitFor(() => {
      expect(screen.queryByText('example.com')).toBeNull();
    });
  });

  it('that leads nowhere one may go can be copied alone', async () => {
    setUp(<Address target="javascript:alert(1)">docs</Address>);
    await userEvent.click(screen.getByRole('button', { name: 'docs' }));
    expect(screen.queryByRole('button', { name: /Open/ })).toBeNull();
    expect(screen.getByRole('button', { name: /Copy address/ })).toBeTruthy();
  });
});
