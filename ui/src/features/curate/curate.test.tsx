import type { ReactNode } from 'react';
import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { BackendError } from '../../backend';
import type { Deletion, SavedFilter } from '../../backend/bindings';
import { fakeBackend, type Answers } from '../../backend/fake';
import { goTo, START, usePlace } from '../../state/place';
import { clearSelection, selectAll, toggleSelected } from '../../state/selection';
import { dismissToast } from '../../state/toast';
import { renderWith } from '../../test/screen';
import { traceList, traceSummary } from '../../test/traces';
import { SavedFilters } from './SavedFilters';
import { SelectionActions } from './SelectionActions';
import { ToastCard } from './ToastCard';
import { TraceMarks } from './TraceMarks';

const TAGS = [
  { tag: 'regression', traces: 12 },
  { tag: 'beta', traces: 3 },
];

const DELETION: Deletion = {
  deletion_id: 77,
  traces: 2,
  deleted_unix_ms: 0,
  purge_unix_ms: 600_000,
  example: 'run 1',
};

function shown(children: ReactNode, answers: Answers = {}, host: Parameters<typeof fakeBackend>[1] = {}) {
  const backend = fakeBackend(
    { tag_list: () => TAGS, trace_mark: () => ({ traces: 2 }), trace_delete: () => DELETION, ...answers },
    host,
  );
  renderWith(
    backend,
    <>
      {children}
      <ToastCard />
    </>,
  );
  const asked = (name: string) =>
    backend.calls.filter((call) => call.name === name).map(({ request }) => request);
  return { backend, asked };
}

const button = (name: string | RegExp) => screen.getByRole('button', { name });
const isDisabled = (name: string) => (button(name) as HTMLButtonElement).disabled;

beforeEach(() => {
  goTo(START, 'replace');
  clearSelection();
  dismissToast();
});

describe('what can be done with selected traces', () => {
  it('is nothing where none are selected, and a note is about one alone', () => {
    shown(<SelectionActions onCompare={() => undefined} />);
    expect(['Star', 'Tag', 'Note', 'Export', 'Delete'].every(isDisabled)).toBe(true);
  });

  it('deletes them, and takes that back', async () => {
    toggleSelected(1, []);
    toggleSelected(2, []);
    const { asked } = shown(<SelectionActions onCompare={() => undefined} />, {
      trace_restore: () => ({ traces: 2 }),
    });
    await userEvent.click(button('Delete'));
    expect(asked('trace_delete')).toEqual([{ trace_ids: [1, 2], filter: null }]);
    await screen.findByText('2 traces deleted');
    // Nothing is selected any more.
    expect(isDisabled('Delete')).toBe(true);
    await userEvent.click(button('Undo'));
    await screen.findByText('2 traces restored');
    expect(asked('trace_restore')).toEqual([{ deletion_id: 77 }]);
  });

  it('goes for all that match by the filter, not by rows', async () => {
    goTo({ filter: 'status:failed' }, 'replace');
    selectAll();
    const { asked } = shown(<SelectionActions onCompare={() => undefined} />);
    await userEvent.click(button('Star'));
    await screen.findByText('2 traces starred');
    expect(asked('trace_mark')).toEqual([
      {
        selection: { trace_ids: [], filter: 'status:failed' },
        starred: true,
        add_tags: [],
        remove_tags: [],
        note: null,
      },
    ]);
  });

  it('offers tags in use while one is typed', async () => {
    toggleSelected(1, []);
    const { asked } = shown(<SelectionActions onCompare={() => undefined} />);
    await userEvent.click(button('Tag'));
    await userEvent.type(await screen.findByRole('combobox', { name: 'Tag to add' }), 'reg');
    await waitFor(() => {
      expect(screen.getAllByRole('option').map((option) => option.textContent)).toEqual(['regression12']);
    });
    await userEvent.keyboard('{ArrowDown}{Enter}');
    expect(asked('trace_mark')).toMatchObject([{ add_tags: ['regression'] }]);
    await screen.findByText('2 traces tagged “regression”');
  });

  it('exports, and says why it could not', async () => {
    toggleSelected(5, []);
    const exportTraces = vi
      .fn()
      .mockResolvedValueOnce({
        traces: 1,
        steps: 3,
        bytes: 2048,
        masked: [{ kind: 'bearer-token', count: 2 }],
        damaged: 1,
      })
      .mockRejectedValueOnce(new BackendError({ code: 'disk_full', message: 'the disk is full' }));
    shown(<SelectionActions onCompare={() => undefined} />, {}, { exportTraces });
    await userEvent.click(button('Export'));
    expect(
      await screen.findByText(
        /1 trace exported .* 2 secrets were masked: 2 bearer tokens. 1 step damaged in the store/,
      ),
    ).toBeTruthy();
    expect(exportTraces).toHaveBeenCalledWith({ trace_ids: [5], filter: null });
    await userEvent.click(button('Export'));
    expect(await screen.findByText('Not exported: the disk is full')).toBeTruthy();
  });

  it('says why two traces cannot be compared', async () => {
    toggleSelected(1, []);
    const onCompare = vi.fn();
    shown(<SelectionActions onCompare={onCompare} />);
    expect(button('Compare').title).toContain('Select two traces');
    await userEvent.click(button('Compare'));
    expect(await screen.findByText(/Select two traces/)).toBeTruthy();
    expect(onCompare).not.toHaveBeenCalled();
  });

  it('compares all that the filter finds, where they are few', async () => {
    selectAll();
    const onCompare = vi.fn();
    const items = [4, 7].map((trace_id) => traceSummary({ trace_id }));
    shown(<SelectionActions onCompare={onCompare} />, { trace_list: () => traceList(items) });
    await userEvent.click(button('Compare'));
    await waitFor(() => {
      expect(onCompare).toHaveBeenCalledWith([4, 7]);
    });
  });

  it('says before that all that the filter finds are too many to compare', async () => {
    selectAll();
    const onCompare = vi.fn();
    const items = Array.from({ length: 51 }, (_, index) => traceSummary({ trace_id: index + 1 }));
    shown(<SelectionActions onCompare={onCompare} />, { trace_list: () => traceList(items) });
    await waitFor(() => {
      expect(button('Compare').title).toBe('At most 50 traces can be compared.');
    });
    await userEvent.click(button('Compare'));
    expect(await screen.findByText('At most 50 traces can be compared.')).toBeTruthy();
    expect(onCompare).not.toHaveBeenCalled();
  });

  it('compares two', async () => {
    toggleSelected(1, []);
    toggleSelected(2, []);
    const onCompare = vi.fn();
    shown(<SelectionActions onCompare={onCompare} />);
    await userEvent.click(button('Compare'));
    expect(onCompare).toHaveBeenCalledWith([1, 2]);
  });
});

describe('what is said of the open trace', () => {
  const trace = traceSummary({ trace_id: 9, name: 'run 9', tags: ['beta'], note: 'look here' });
  const detail = { summary: trace, facts: [], content: null, attributes: null, long_texts: [] };

  it('is changed where it stands', async () => {
    const { asked } = shown(<TraceMarks trace={trace} />, { trace_get: () => detail });
    await userEvent.click(button('Star this trace'));
    await userEvent.click(button('Take the tag beta off'));
    await userEvent.click(button('Note: look here'));
    const note = await screen.findByRole('textbox', { name: 'Note' });
    await waitFor(() => {
      expect((note as HTMLTextAreaElement).value).toBe('look here');
    });
    await userEvent.type(note, ' again{Control>}{Enter}{/Control}');
    const of9 = { selection: { trace_ids: [9], filter: null } };
    expect(asked('trace_mark')).toMatchObject([
      { ...of9, starred: true },
      { ...of9, remove_tags: ['beta'] },
      { ...of9, note: 'look here again' },
    ]);
    await waitFor(() => {
      expect(screen.queryByRole('textbox', { name: 'Note' })).toBeNull();
    });
  });
});

describe('deleting the open trace', () => {
  function OpenTrace() {
    const traceId = usePlace((place) => place.traceId);
    return traceId === null ? null : <TraceMarks trace={traceSummary({ trace_id: traceId })} />;
  }

  it('closes it and still offers to take that back', async () => {
    goTo({ traceId: 9 }, 'replace');
    const one = { ...DELETION, traces: 1 };
    shown(<OpenTrace />, { trace_delete: () => one, trace_restore: () => ({ traces: 1 }) });
    await userEvent.click(button('Delete this trace; this can be undone'));
    await screen.findByText('1 trace deleted');
    expect(usePlace.getState().traceId).toBeNull();
    await userEvent.click(button('Undo'));
    await screen.findByText('1 trace restored');
  });
});

describe('saved filters', () => {
  const failed: SavedFilter = {
    id: 1,
    name: 'Failed',
    filter: 'status:failed',
    sort: 'duration',
    descending: true,
  };

  it('apply filter and order', async () => {
    shown(<SavedFilters />, { saved_filter_list: () => [failed] });
    await userEvent.click(await screen.findByRole('button', { name: 'Failed' }));
    const { filter, sort } = usePlace.getState();
    expect([filter, sort]).toEqual(['status:failed', 'duration']);
    expect(button('Failed').getAttribute('aria-pressed')).toBe('true');
    expect((button('Saved as “Failed” already') as HTMLButtonElement).disabled).toBe(true);
  });

  it('take the present filter under a name', async () => {
    goTo({ filter: 'model:x', sort: 'cost' }, 'replace');
    const saved = { ...failed, id: 2, name: 'Mine', filter: 'model:x', sort: 'cost' as const };
    const { asked } = shown(<SavedFilters />, {
      saved_filter_list: () => [],
      saved_filter_save: () => [saved],
    });
    await userEvent.click(button('Save the filter and order of the list'));
    await userEvent.type(screen.getByRole('textbox', { name: 'Name of the filter' }), 'Mine{Enter}');
    expect(asked('saved_filter_save')).toEqual([
      { id: null, name: 'Mine', filter: 'model:x', sort: 'cost', descending: true },
    ]);
    const section = screen.getByRole('region', { name: 'Saved filters' });
    expect(await within(section).findByRole('button', { name: 'Mine' })).toBeTruthy();
  });
});
