import { fireEvent, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { beforeEach, describe, expect, it } from 'vitest';
import { BackendError } from '../../backend';
import type { FilterCompleteRequest, FilterCompletions, TraceListRequest } from '../../backend/bindings';
import { fakeBackend, type Answers } from '../../backend/fake';
import { FIRST_SETTINGS } from '../../queries/about';
import { editFilter, readFilter } from '../../test/filters';
import { renderWith, giveRoom } from '../../test/screen';
import { traceList, traceSummary, traceWindow } from '../../test/traces';
import { START, goTo, usePlace } from '../../state/place';
import { followNewest } from '../../state/layout';
import { useToast } from '../../state/toast';
import { setCursor } from './cursor';
import { TracesView } from './TracesView';

function shown(answers: Answers) {
  const backend = fakeBackend({
    settings_get: () => FIRST_SETTINGS,
    filter_read: ({ filter }) => readFilter(filter),
    filter_edit: editFilter,
    ...answers,
  });
  renderWith(backend, <TracesView empty={<p>nothing here</p>} />);
  const asked = () =>
    backend.calls
      .filter(({ name }) => name === 'trace_list')
      .map(({ request }) => request as TraceListRequest);
  return { backend, asked };
}

const many = Array.from({ length: 50_000 }, (_, index) => index + 1);
/** The row of the trace of that name. By its text: names of roles take long to work out in a large table. */
const row = async (name: string) =>
  (await screen.findByText(name)).closest<HTMLElement>('[role="row"]') as HTMLElement;
const field = () => screen.getByRole('combobox', { name: 'Filter traces' });

beforeEach(() => {
  giveRoom(1800, 280);
  goTo(START, 'replace');
  setCursor(null);
  followNewest(false);
});

describe('the trace list', () => {
  it('asks for one window of many traces, and draws only what is on screen', async () => {
    const { asked } = shown({ trace_list: (request) => traceWindow(many, request) });
    await row('run 1');
    expect(screen.getByText('50,000 traces')).toBeTruthy();
    expect(screen.getByRole('grid').getAttribute('aria-rowcount')).toBe('50001');
    expect(screen.getAllByRole('row').length).toBeLessThan(60);
    expect(asked()).toEqual([{ filter: '', sort: 'started', descending: true, offset: 0, limit: 200 }]);
  });

  it('does not repeat what a trace is called', async () => {
    const items = [
      traceSummary({ trace_id: 1, name: 'Explain the …', preview: 'Explain the moon to me' }),
      traceSummary({ trace_id: 2, name: 'agent', preview: 'Explain the sun to me' }),
    ];
    shown({ trace_list: () => traceList(items) });
    await screen.findByText('Explain the sun to me');
    expect(screen.getByText('Explain the …')).toBeTruthy();
    expect(screen.queryByText('Explain the moon to me')).toBeNull();
  });

  it('says what is not known with a dash, and what is wrong with words', async () => {
    const failed = traceSummary({
      trace_id: 1,
      name: 'checkout',
      status: 'failed',
      failure_reason: 'rate limit',
      duration_ns: 2.4e9,
      errors: 3,
      total_tokens: 12_400,
      tokens_provenance: 'estimated',
    });
    shown({ trace_list: () => traceList([failed]) });
    const cells = within(await row('checkout'))
      .getAllByRole('gridcell')
      .map((cell) => cell.textContent);
    expect(cells).toEqual([
      'Failed',
      'checkoutrate limit',
      '–',
      '2.40 s, slow',
      '1',
      '3',
      '0',
      '≈\u200912.4k',
      '–',
      '–',
      '–',
      '–',
      'otlptraces.json',
    ]);
  });

  it('shows what stands for an empty store', async () => {
    shown({ trace_list: (request) => traceWindow([], request) });
    expect(await screen.findByText('nothing here')).toBeTruthy();
  });

  it('says why it cannot be read, and tries again', async () => {
    const { backend } = shown({
      trace_list: () => {
        throw new BackendError({ code: 'io', message: 'disk gone' });
      },
    });
    expect((await screen.findByRole('alert')).textContent).toContain('disk gone');
    backend.answer({ trace_list: (request) => traceWindow([1], request) });
    fireEvent.click(screen.getByRole('button', { name: 'Try again' }));
    await row('run 1');
  });
});

describe('filter', () => {
  it('that cannot be understood is explained, and the list stays', async () => {
    shown({
      trace_list: (request) => {
        if (request.filter === 'stat:x')
          throw new BackendError({ code: 'invalid', message: 'unknown field "stat"' });
        return traceWindow([1, 2], request);
      },
    });
    await row('run 2');
    await userEvent.type(field(), 'stat:x');
    expect((await screen.findByRole('alert')).textContent).toContain('unknown field "stat"');
    expect(field().getAttribute('aria-invalid')).toBe('true');
    expect(await row('run 2')).toBeTruthy();
    await userEvent.clear(field());
    await waitFor(() => {
      expect(screen.queryByRole('alert')).toBeNull();
    });
  });

  it('toggles edit the text in the field, which is in the address', async () => {
    shown({
      trace_list: (request) => ({ ...traceWindow([1, 2, 3], request), total: request.filter === '' ? 3 : 1 }),
    });
    await row('run 1');
    await userEvent.click(screen.getByRole('button', { name: 'Failed' }));
    await userEvent.click(screen.getByRole('button', { name: 'Slow' }));
    await userEvent.click(screen.getByRole('button', { name: 'Outliers' }));
    await waitFor(() => {
      expect((field() as HTMLInputElement).value).toBe('status:failed duration:>=1500ms is:outlier');
    });
    expect(usePlace.getState().filter).toBe('status:failed duration:>=1500ms is:outlier');
    await screen.findByRole('button', { name: 'Slow', pressed: true });
    expect(await screen.findByText('1 of 3 traces')).toBeTruthy();
    await userEvent.click(await screen.findByRole('button', { name: 'Failed', pressed: true }));
    await waitFor(() => {
      expect((field() as HTMLInputElement).value).toBe('duration:>=1500ms is:outlier');
    });
  });

  it('knows itself in other words', async () => {
    shown({ trace_list: (request) => traceWindow([1], request) });
    goTo({ filter: 'duration:>=1.5s' }, 'replace');
    await screen.findByRole('button', { name: 'Slow', pressed: true });
    goTo({ filter: 'duration:>=15s' }, 'replace');
    await screen.findByRole('button', { name: 'Slow', pressed: false });
  });

  it('is coloured as it is understood, and its mistake is marked', async () => {
    shown({ trace_list: (request) => traceWindow([1], request) });
    await row('run 1');
    await userEvent.type(field(), '-status:failed modle:x');
    await screen.findByText('modle');
    const kinds = [...document.querySelectorAll<HTMLElement>('[data-kind]')].map(
      ({ dataset, textContent }) => `${dataset.kind}${dataset.wrong ? '!' : ''} ${textContent}`,
    );
    expect(kinds).toEqual(['not -', 'field status:', 'value failed', 'plain  ', 'plain! modle', 'plain :x']);
  });

  it('field follows the address, as after going back', async () => {
    shown({ trace_list: (request) => traceWindow([1], request) });
    await row('run 1');
    goTo({ filter: 'model:x' }, 'push');
    await waitFor(() => {
      expect((field() as HTMLInputElement).value).toBe('model:x');
    });
  });
});

describe('completion', () => {
  const completions = ({ filter, cursor }: FilterCompleteRequest): FilterCompletions => {
    const item = { detail: '', count: null, ends_term: false };
    const from = filter.lastIndexOf(' ', cursor - 1) + 1;
    if (!filter.slice(from, cursor).startsWith('status:')) {
      const items = ['status:', 'started:'].map((name) => ({ ...item, insert: name, label: name }));
      return { from, to: cursor, items };
    }
    const value = { ...item, ends_term: true };
    const items = [
      { ...value, insert: 'failed', label: 'failed', count: 12 },
      { ...value, insert: 'success', label: 'success', count: 1200 },
    ];
    return { from: from + 'status:'.length, to: cursor, items };
  };
  const ready = async () => {
    const asked = shown({
      trace_list: (request) => traceWindow([1], request),
      filter_complete: completions,
    });
    await row('run 1');
    return asked;
  };
  const value = () => (field() as HTMLInputElement).value;

  it('offers fields and then their values with counts, and puts in what is chosen', async () => {
    await ready();
    await userEvent.type(field(), 'model:x st');
    await screen.findByRole('option', { name: /status:/ });
    expect(field().getAttribute('aria-activedescendant'), 'nothing is chosen by itself').toBeNull();
    await userEvent.keyboard('{Tab}');
    expect(value()).toBe('model:x status:');
    await screen.findByRole('option', { name: /1,200/ });
    await userEvent.keyboard('{ArrowDown}{ArrowDown}');
    expect(screen.getByRole('option', { selected: true }).textContent).toBe('success1,200');
    await userEvent.keyboard('{Enter}');
    expect(value()).toBe('model:x status:success ');
    expect(screen.queryByRole('listbox')).toBeNull();
    expect(document.activeElement).toBe(field());
  });

  it('leaves Enter and Escape alone where nothing is chosen, and comes with Ctrl+Space', async () => {
    await ready();
    field().focus();
    expect(screen.queryByRole('listbox')).toBeNull();
    await userEvent.keyboard('{Control>} {/Control}');
    await screen.findByRole('listbox');
    await userEvent.keyboard('{Escape}');
    expect(screen.queryByRole('listbox')).toBeNull();
    expect(document.activeElement).toBe(field());
    await userEvent.keyboard('s');
    await screen.findByRole('listbox');
    await userEvent.keyboard('{Enter}');
    expect(usePlace.getState().filter).toBe('s');
    expect(document.activeElement).toBe(screen.getByRole('grid'));
  });
});

describe('a star', () => {
  it('that was not stored is said not to be', async () => {
    shown({
      trace_list: (request) => traceWindow([1], request),
      trace_mark: () => {
        throw new BackendError({ code: 'locked', message: 'Another program holds the database.' });
      },
    });
    await row('run 1');
    screen.getByRole('grid').focus();
    await userEvent.keyboard('js');
    await waitFor(() => {
      expect(useToast.getState().toast).toMatchObject({
        text: 'Not changed: Another program holds the database.',
        tone: 'failed',
      });
    });
  });
});

describe('order', () => {
  it('changes with a click on a header, and turns round with the next', async () => {
    const { asked } = shown({ trace_list: (request) => traceWindow([1], request) });
    await row('run 1');
    const header = (name: string) => screen.getByRole('columnheader', { name });
    expect(header('Started').getAttribute('aria-sort')).toBe('descending');
    await userEvent.click(within(header('Duration')).getByRole('button'));
    await userEvent.click(within(header('Name')).getByRole('button'));
    await userEvent.click(within(header('Name')).getByRole('button'));
    expect(header('Name').getAttribute('aria-sort')).toBe('descending');
    expect(header('Started').getAttribute('aria-sort')).toBeNull();
    await waitFor(() => {
      expect(asked().map(({ sort, descending }) => [sort, descending])).toEqual([
        ['started', true],
        ['duration', true],
        ['name', false],
        ['name', true],
      ]);
    });
  });
});

describe('keyboard', () => {
  it('opens what is marked, and asks from the top, when the filter has left one trace', async () => {
    const { asked } = shown({
      trace_list: (request) => traceWindow(request.filter === '' ? many : [7], request),
    });
    await row('run 1');
    screen.getByRole('grid').focus();
    await userEvent.keyboard('{End}');
    goTo({ filter: 'seven' }, 'push');
    await row('run 7');
    expect(asked().filter(({ filter }) => filter === 'seven')).toMatchObject([{ offset: 0 }]);
    await userEvent.keyboard('{Enter}');
    expect(usePlace.getState().traceId).toBe(7);
  });

  it('walks the rows and opens one', async () => {
    shown({ trace_list: (request) => traceWindow([11, 12, 13], request) });
    await row('run 11');
    const grid = screen.getByRole('grid');
    grid.focus();
    await userEvent.keyboard('jj{ArrowDown}k');
    const active = document.getElementById(grid.getAttribute('aria-activedescendant') ?? '');
    expect(active?.textContent).toContain('run 12');
    await userEvent.keyboard('{Enter}');
    expect(usePlace.getState().traceId).toBe(12);
    expect((await row('run 12')).getAttribute('aria-selected')).toBe('true');
  });

  it('leaves the filter for the list with the arrow', async () => {
    shown({ trace_list: (request) => traceWindow([11], request) });
    await row('run 11');
    await userEvent.type(field(), 'x{ArrowDown}');
    expect(document.activeElement).toBe(screen.getByRole('grid'));
    expect(usePlace.getState().filter).toBe('x');
  });
});

describe('live updates', () => {
  it('keep the cursor with its trace when others arrive above it', async () => {
    const { backend } = shown({ trace_list: (request) => traceWindow([11, 12, 13], request) });
    await row('run 11');
    const grid = screen.getByRole('grid');
    grid.focus();
    await userEvent.keyboard('jj');
    backend.answer({ trace_list: (request) => traceWindow([15, 14, 11, 12, 13], request, 2) });
    backend.notify({ traces: [14, 15], revision: 2 });
    await row('run 15');
    const active = document.getElementById(grid.getAttribute('aria-activedescendant') ?? '');
    expect(active?.textContent).toContain('run 12');
    expect(active?.getAttribute('aria-rowindex')).toBe('5');
  });

  it('keep what is on screen where it is while scrolled', async () => {
    const { backend } = shown({ trace_list: (request) => traceWindow(many, request) });
    await row('run 1');
    const grid = screen.getByRole('grid');
    grid.scrollTop = 280;
    fireEvent.scroll(grid);
    backend.answer({ trace_list: (request) => traceWindow([-2, -1, 0, ...many], request, 2) });
    backend.notify({ many_traces: true, revision: 2 });
    await waitFor(() => {
      expect(grid.scrollTop).toBe(280 + 3 * 28);
    });
  });

  it('say in a pill what has arrived above, and lead there', async () => {
    const { backend } = shown({ trace_list: (request) => traceWindow(many, request) });
    await row('run 1');
    const grid = screen.getByRole('grid');
    grid.scrollTop = 280;
    fireEvent.scroll(grid);
    backend.answer({ trace_list: (request) => traceWindow([-2, -1, 0, ...many], request, 2) });
    backend.notify({ many_traces: true, revision: 2 });
    await userEvent.click(await screen.findByRole('button', { name: '3 new traces' }));
    expect(grid.scrollTop).toBe(0);
    expect(screen.queryByRole('button', { name: /new trace/ })).toBeNull();
  });

  it('keep the newest at the top and open while it is followed, until the person scrolls away', async () => {
    const { backend } = shown({ trace_list: (request) => traceWindow([3, 2, 1], request) });
    await row('run 3');
    const follow = screen.getByRole('button', { name: 'Follow newest' });
    await userEvent.click(follow);
    goTo({ traceId: 3 }, 'push');
    backend.answer({ trace_list: (request) => traceWindow([4, 3, 2, 1], request, 2) });
    backend.notify({ traces: [4], revision: 2 });
    await waitFor(() => {
      expect(usePlace.getState().traceId).toBe(4);
    });
    expect((await row('run 4')).dataset.marked).toBe('true');
    goTo({ traceId: 1 }, 'push');
    backend.answer({ trace_list: (request) => traceWindow([5, 4, 3, 2, 1], request, 3) });
    backend.notify({ traces: [5], revision: 3 });
    await row('run 5');
    expect(usePlace.getState().traceId, 'another trace was chosen').toBe(1);
    const grid = screen.getByRole('grid');
    grid.scrollTop = 40;
    fireEvent.scroll(grid);
    expect(follow.getAttribute('aria-pressed')).toBe('false');
  });

  it('tick while a run goes on, and say what became of one that does not', async () => {
    const runs = [
      traceSummary({ trace_id: 1, name: 'going', status: 'running', start_unix_ms: Date.now() - 65_000 }),
      traceSummary({ trace_id: 2, name: 'silent', status: 'lost', heard_unix_ms: 1, duration_ns: 4e9 }),
      traceSummary({ trace_id: 3, name: 'torn', status: 'lost' }),
    ];
    shown({ trace_list: () => traceList(runs) });
    const words = async (name: string) =>
      within(await row(name))
        .getAllByRole('gridcell')
        .map((cell) => cell.textContent);
    const going = await words('going');
    expect(going.slice(0, 3)).toEqual(['Running', 'going', '1 min ago']);
    expect(going[3]).toMatch(/^1 min \d+ s/);
    expect((await words('silent')).slice(0, 4)).toEqual(['Lost', 'silent', '–', '≥\u20094.00 s']);
    expect((await words('torn'))[0]).toBe('Unfinished');
  });
});
