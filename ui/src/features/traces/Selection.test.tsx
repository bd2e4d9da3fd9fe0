import { fireEvent, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { beforeEach, describe, expect, it } from 'vitest';
import type { TraceListRequest } from '../../backend/bindings';
import { fakeBackend } from '../../backend/fake';
import { FIRST_SETTINGS } from '../../queries/about';
import { followNewest } from '../../state/layout';
import { START, goTo, usePlace } from '../../state/place';
import { clearSelection, useSelection, useSelectionStore } from '../../state/selection';
import { giveRoom, renderWith } from '../../test/screen';
import { traceWindow } from '../../test/traces';
import { setCursor } from './cursor';
import { TracesView } from './TracesView';

const many = Array.from({ length: 5000 }, (_, index) => index + 1);

/** What the app may put there. */
function Actions() {
  const { ids, all } = useSelection();
  return <button type="button">Star {all ? 'all' : [...ids].join(' ')}</button>;
}

async function shown() {
  const backend = fakeBackend({
    settings_get: () => FIRST_SETTINGS,
    filter_read: () => ({ error: null, terms: [] }),
    trace_list: (request: TraceListRequest) => traceWindow(many, request),
  });
  renderWith(backend, <TracesView empty={null} selectionActions={<Actions />} />);
  await screen.findByText('run 3');
  screen.getByRole('grid').focus();
  return backend;
}
const bar = () => screen.queryByRole('region', { name: 'Selected traces' });
const selected = () => [...useSelectionStore.getState().ids];
const rowOf = (name: string) => screen.getByText(name).closest('[role="row"]') as HTMLElement;

beforeEach(() => {
  giveRoom(1800, 280);
  goTo(START, 'replace');
  setCursor(null);
  followNewest(false);
  clearSelection();
});

describe('selecting traces', () => {
  it('takes one with x, lets it go with x, and all with Escape', async () => {
    await shown();
    expect(bar()).toBeNull();
    await userEvent.keyboard('jxjx');
    expect(screen.getByRole('button', { name: 'Star 1 2' })).toBeTruthy();
    expect(screen.getByText('2 traces selected')).toBeTruthy();
    expect(within(rowOf('run 2')).getByRole('checkbox').getAttribute('aria-checked')).toBe('true');
    await userEvent.keyboard('x');
    expect(selected()).toEqual([1]);
    await userEvent.keyboard('{Escape}');
    expect(bar()).toBeNull();
    expect(usePlace.getState().traceId, 'nothing was opened').toBeNull();
  });

  it('takes a row by its box, and does not open it', async () => {
    await shown();
    fireEvent.click(within(rowOf('run 3')).getByRole('checkbox'));
    expect(selected()).toEqual([3]);
    expect(usePlace.getState().traceId).toBeNull();
  });

  it('takes a stretch with Shift, by mouse and by keys', async () => {
    await shown();
    await userEvent.keyboard('jx');
    fireEvent.click(rowOf('run 3'), { shiftKey: true });
    expect(selected()).toEqual([1, 2, 3]);
    await userEvent.keyboard('{Shift>}{ArrowDown}{/Shift}');
    expect(selected()).toEqual([1, 2, 3, 4]);
  });

  it('takes a stretch that is longer than what is held', async () => {
    const backend = await shown();
    await userEvent.keyboard('jx{Shift>}{End}{/Shift}');
    await waitFor(() => {
      expect(selected()).toHaveLength(5000);
    });
    const limits = backend.calls.map(({ request }) => (request as TraceListRequest).limit ?? 0);
    expect(Math.max(...limits)).toBeLessThanOrEqual(1000);
  });

  it('takes all that match, until the filter is another', async () => {
    await shown();
    await userEvent.keyboard('{Control>}a{/Control}');
    expect(screen.getByText('All 5,000 traces selected')).toBeTruthy();
    expect(screen.getByRole('button', { name: 'Star all' })).toBeTruthy();
    goTo({ filter: 'status:failed' }, 'push');
    expect(useSelectionStore.getState()).toMatchObject({ all: false });
    await waitFor(() => {
      expect(bar()).toBeNull();
    });
  });
});
