import { fireEvent, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { BackendError } from '../../backend';
import type { Facet, Histogram, Overview } from '../../backend/bindings';
import { fakeBackend, type Answers } from '../../backend/fake';
import { useLayout } from '../../state/layout';
import { START, goTo, usePlace } from '../../state/place';
import { editFilter, readFilter } from '../../test/filters';
import { renderWith } from '../../test/screen';
import { Facets } from './Facets';

const S = 1e9;

const values = (counts: Record<string, number>, given: Partial<Facet> = {}) => ({
  values: Object.entries(counts).map(([value, count]) => ({
    value,
    count,
    is_chosen: false,
    is_excluded: false,
  })),
  more: 0,
  missing: 0,
  ...given,
});

function overview(facets: Facet[], histograms: Histogram[] = []): Overview {
  return { revision: 1, total: 60, slow: 4, outliers: 2, facets, histograms, search: null };
}

const STATUS: Facet = { field: 'status', ...values({ success: 50, failed: 10 }) };
const MODEL: Facet = {
  field: 'model',
  ...values(Object.fromEntries(Array.from({ length: 9 }, (_, at) => [`model ${at}`, 20 - at])), {
    more: 1204,
    missing: 7,
  }),
};
const DURATION: Histogram = {
  field: 'duration',
  is_logarithmic: true,
  edges: [0.1 * S, S, 10 * S, 100 * S],
  matching: [4, 5, 6],
  others: [0, 1, 0],
  unknown: 3,
  chosen: null,
};

function shown(answers: Answers) {
  const backend = fakeBackend({
    filter_read: ({ filter }) => readFilter(filter),
    filter_edit: editFilter,
    ...answers,
  });
  renderWith(backend, <Facets />);
  return backend;
}
const value = (facet: string, name: RegExp) =>
  within(screen.getByRole('region', { name: facet })).getByRole('button', { name });

beforeEach(() => {
  goTo(START, 'replace');
  useLayout.setState(useLayout.getInitialState());
});

describe('facets', () => {
  it('edit the filter: ask for a value, leave it out, ask for none', async () => {
    shown({ overview: () => overview([STATUS, MODEL]) });
    await userEvent.click(await screen.findByRole('button', { name: /^failed, 10/ }));
    await waitFor(() => {
      expect(usePlace.getState().filter).toBe('status:failed');
    });
    await userEvent.click(screen.getByRole('button', { name: 'Leave out success' }));
    await waitFor(() => {
      expect(usePlace.getState().filter).toBe('-status:success');
    });
    await userEvent.click(value('Model', /without a model, 7/));
    await waitFor(() => {
      expect(usePlace.getState().filter).toBe('-status:success -has:model');
    });
    await waitFor(() => {
      expect(value('Model', /without a model/).getAttribute('aria-pressed')).toBe('true');
    });
  });

  it('clicked one after the other build upon each other', async () => {
    shown({ overview: () => overview([STATUS]) });
    const failed = await screen.findByRole('button', { name: /^failed/ });
    fireEvent.click(failed);
    fireEvent.click(value('Status', /^success/));
    await waitFor(() => {
      expect(usePlace.getState().filter).toBe('status:failed,success');
    });
  });

  it('say what is chosen and what is left out in words and signs', async () => {
    const status = values({ success: 50, failed: 10 });
    const [success, failed] = status.values;
    if (success && failed) [success.is_excluded, failed.is_chosen] = [true, true];
    shown({ overview: () => overview([{ field: 'status', ...status }]) });
    expect(await screen.findByRole('button', { name: /^success, left out, 50/ })).toBeTruthy();
    expect(value('Status', /^failed/).getAttribute('aria-pressed')).toBe('true');
    expect(screen.getByText('2 asked for')).toBeTruthy();
  });

  it('show what would hide or reorder a value', async () => {
    const hostile = values({ 'safe\u202egnp.exe\u200e': 3 });
    shown({ overview: () => overview([{ field: 'model', ...hostile }]) });
    const found = await screen.findByRole('button', { name: 'safe⟨U+202E⟩gnp.exe⟨U+200E⟩, 3 traces' });
    expect(found.title).toBe('safe⟨U+202E⟩gnp.exe⟨U+200E⟩');
    expect(document.body.innerHTML.replace(/data-stop="[^"]*"/g, '')).not.toMatch(/[\u202e\u200e]/);
  });

  it('show the most frequent, and the rest when asked for', async () => {
    shown({ overview: () => overview([MODEL]) });
    await screen.findByText('model 5');
    expect(screen.queryByText('model 6')).toBeNull();
    await userEvent.click(screen.getByRole('button', { name: '1,207 more' }));
    expect(screen.getByText('model 8')).toBeTruthy();
    expect(screen.getByText(/and 1,204 rarer ones/)).toBeTruthy();
  });

  it('are one stop for Tab, walked with the arrows, folded, and left out with a minus', async () => {
    shown({ overview: () => overview([STATUS, MODEL]) });
    const heading = await screen.findByRole('button', { name: 'Status' });
    await userEvent.tab();
    expect(document.activeElement).toBe(heading);
    await userEvent.keyboard('{ArrowDown}{ArrowDown}');
    expect(document.activeElement?.textContent).toContain('Failed');
    await userEvent.keyboard('-');
    await waitFor(() => {
      expect(usePlace.getState().filter).toBe('-status:failed');
    });
    await userEvent.keyboard('{ArrowLeft}{ArrowLeft}');
    expect(document.activeElement).toBe(heading);
    expect(heading.getAttribute('aria-expanded')).toBe('false');
    expect(screen.queryByText('Failed')).toBeNull();
    await userEvent.tab();
    expect(document.activeElement).toBe(document.body);
  });

  it('keep the last counts under a filter that cannot be understood', async () => {
    shown({
      overview: ({ filter }) => {
        if (filter !== '') throw new BackendError({ code: 'invalid', message: 'unknown field' });
        return overview([STATUS]);
      },
    });
    await screen.findByRole('button', { name: /^failed/ });
    goTo({ filter: 'stat:x' }, 'replace');
    await waitFor(() => {
      expect(document.querySelector('[aria-busy="true"]')).toBeTruthy();
    });
    expect(value('Status', /^failed, 10/)).toBeTruthy();
  });

  it('say why they cannot be read, and try again', async () => {
    const backend = shown({
      overview: () => {
        throw new BackendError({ code: 'io', message: 'disk gone' });
      },
    });
    expect((await screen.findByRole('alert')).textContent).toContain('disk gone');
    backend.answer({ overview: () => overview([STATUS]) });
    await userEvent.click(screen.getByRole('button', { name: 'Try again' }));
    await screen.findByRole('button', { name: /^failed/ });
  });

  it('count anew when traces come in', async () => {
    const backend = shown({ overview: () => overview([STATUS]) });
    await screen.findByRole('button', { name: /^failed, 10/ });
    backend.answer({ overview: () => overview([{ field: 'status', ...values({ failed: 11 }) }]) });
    backend.notify({ traces: [7], revision: 2 });
    await screen.findByRole('button', { name: /^failed, 11/ });
  });
});

describe('a histogram', () => {
  const ends = async () => [
    await screen.findByRole('slider', { name: 'Duration from' }),
    screen.getByRole('slider', { name: 'Duration below' }),
  ];
  /** Every chart is 300 px wide, so that a bin is 100. */
  const widen = () =>
    vi.spyOn(Element.prototype, 'getBoundingClientRect').mockReturnValue(new DOMRect(0, 0, 300, 40));

  it('says what it does not show, and what stands under the pointer', async () => {
    widen();
    shown({ overview: () => overview([], [DURATION]) });
    const [from] = await ends();
    expect(screen.getByText('3 unknown')).toBeTruthy();
    fireEvent.pointerMove(from?.parentElement as HTMLElement, { clientX: 150 });
    expect(screen.getByText('1.00 s – 10.0 s: 5 of 6')).toBeTruthy();
  });

  it('is brushed with the pointer', async () => {
    widen();
    Element.prototype.setPointerCapture = () => undefined;
    shown({ overview: () => overview([], [DURATION]) });
    const chart = (await ends())[0]?.parentElement as HTMLElement;
    fireEvent.pointerDown(chart, { clientX: 120, button: 0 });
    fireEvent.pointerMove(chart, { clientX: 190 });
    fireEvent.pointerUp(chart);
    await waitFor(() => {
      expect(usePlace.getState().filter).toBe(`duration:>=${S} duration:<${10 * S}`);
    });
  });

  it('is limited by its two ends with the arrows, and cleared with Escape', async () => {
    const backend = shown({
      overview: ({ filter }) =>
        overview([], [{ ...DURATION, chosen: filter === '' ? null : { from: S, below: null } }]),
    });
    const [from, below] = await ends();
    expect(from?.getAttribute('aria-valuetext')).toBe('no limit');
    from?.focus();
    await userEvent.keyboard('{ArrowRight}');
    expect(from?.getAttribute('aria-valuetext')).toBe('1.00 s');
    await waitFor(() => {
      expect(usePlace.getState().filter).toBe(`duration:>=${S}`);
    });
    expect(backend.calls.filter(({ name }) => name === 'filter_edit')).toHaveLength(1);
    await waitFor(() => {
      expect(screen.getByText('from 1.00 s')).toBeTruthy();
    });
    expect(below?.getAttribute('aria-valuetext')).toBe('no limit');
    await userEvent.keyboard('{Escape}');
    await waitFor(() => {
      expect(usePlace.getState().filter).toBe('');
    });
  });

  it('without any value says so', async () => {
    shown({ overview: () => overview([], [{ ...DURATION, edges: [], matching: [], others: [] }]) });
    expect(await screen.findByText('No trace has one')).toBeTruthy();
  });
});
