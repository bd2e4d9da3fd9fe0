import { cleanup, fireEvent, render, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Settings } from '../backend/bindings';
import { BackendError } from '../backend';
import { fakeBackend } from '../backend/fake';
import { FIRST_SETTINGS } from '../queries/about';
import { createQueryClient } from '../queries/client';
import { forgetAlerts } from '../state/alerts';
import { closeDialog } from '../state/dialogs';
import { useLayout } from '../state/layout';
import { START, goTo, usePlace } from '../state/place';
import { comparisonOf } from '../test/comparisonFixture';
import { insightsGiven, runFigures } from '../test/insights';
import { giveRoom } from '../test/screen';
import { sourceStatus } from '../test/sources';
import { traceList, traceSummary, traceWindow } from '../test/traces';
import { treeOf } from '../test/treeFixture';
import { App } from './App';
import { matchingActions } from './Palette';

const FIRST: Settings = { ...FIRST_SETTINGS, theme: 'light' };

async function shown({ ids = [1, 2, 3], notes = [] as string[], news = [] as string[] } = {}) {
  let settings = FIRST;
  const backend = fakeBackend({
    app_info: () => ({
      version: '0.1.0',
      store_path: '/data/traces.db',
      is_default_store: true,
      store_bytes: 12_400,
      notes,
      news,
      log_folder: '/data/logs',
    }),
    settings_get: () => settings,
    settings_set: (next) => (settings = next),
    source_list: () => [sourceStatus({ spans_per_s: 12.4 })],
    source_suggestions: () => [],
    feed_addresses: () => ({ socket: '/run/feed.sock', otlp_http: 'http://localhost:4318', otlp_grpc: null }),
    demo_start: () => ({}),
    alerts_seen: () => ({}),
    format_list: () => [{ id: 'otlp', label: 'OpenTelemetry' }],
    import_list: () => [],
    trace_list: (request) => traceWindow(ids, request),
    trace_get: ({ trace_id }) => ({
      summary: traceSummary({ trace_id }),
      facts: [],
      content: null,
      attributes: null,
      long_texts: [],
    }),
    span_tree: () => treeOf('run 0..9 agent\n  ask 0..5 llm'),
  });
  render(<App backend={backend} cache={createQueryClient()} />);
  await waitFor(() => {
    expect(document.documentElement.dataset.theme).toBe('light');
  });
  return { backend, stored: () => settings };
}

beforeEach(() => {
  giveRoom(1400, 700);
  vi.spyOn(HTMLCanvasElement.prototype, 'getContext').mockReturnValue(null);
  goTo(START, 'replace');
  closeDialog();
  forgetAlerts(null);
  useLayout.setState(useLayout.getInitialState());
});

describe('the window', () => {
  it('says what the app is and how to begin when there are no traces', async () => {
    await shown({ ids: [] });
    expect(await screen.findByRole('button', { name: 'Open files…' })).toBeTruthy();
    expect(await screen.findByText('OpenTelemetry')).toBeTruthy();
  });

  it('shows what happened at opening, until it is dismissed', async () => {
    await shown({ notes: ['A damaged file was set aside.'] });
    const note = (await screen.findByText('A damaged file was set aside.')).parentElement;
    await userEvent.click(within(note as HTMLElement).getByRole('button', { name: 'Dismiss' }));
    expect(screen.queryByText('A damaged file was set aside.')).toBeNull();
  });

  it('says what went well without a warning', async () => {
    await shown({ notes: ['A damaged file was set aside.'], news: ['The backup was restored.'] });
    const tone = async (text: string) =>
      (await screen.findByText(text)).parentElement?.getAttribute('data-tone');
    expect(await tone('The backup was restored.')).toBe('good');
    expect(await tone('A damaged file was set aside.')).toBe('warning');
  });

  it('says when live updates are off, and asks for them again', async () => {
    const { backend } = await shown();
    await screen.findByText('run 2');
    const refused = new BackendError({ code: 'internal', message: 'A thread cannot be started.' });
    let works = false;
    cleanup();
    const { subscribe } = backend;
    backend.subscribe = (onNotice, onState) => {
      if (works) return subscribe(onNotice, onState);
      onState(refused);
      return () => undefined;
    };
    render(<App backend={backend} cache={createQueryClient()} />);
    const note = await screen.findByText(/Live updates are off: A thread cannot be started\./);
    await screen.findByText('run 2');
    const asked = backend.calls.length;
    works = true;
    await userEvent.click(
      within(note.parentElement as HTMLElement).getByRole('button', { name: 'Try again' }),
    );
    expect(screen.queryByText(/Live updates are off/)).toBeNull();
    await waitFor(() => {
      expect(backend.calls.slice(asked).map(({ name }) => name)).toContain('trace_list');
    });
  });

  it('goes back from a trace with Escape, and hides the list with [', async () => {
    await shown();
    await screen.findByText('run 2');
    goTo({ traceId: 2 }, 'push');
    await screen.findByRole('button', { name: 'All traces' });
    await userEvent.keyboard('[[');
    expect(useLayout.getState().listCollapsed).toBe(true);
    await userEvent.keyboard('{Escape}');
    expect(usePlace.getState().traceId).toBeNull();
    expect(await screen.findByText('run 2')).toBeTruthy();
  });
});

describe('back and forward', () => {
  it('go by button, by key and by the side of the mouse, where there is somewhere to go', async () => {
    const { backend } = await shown();
    await screen.findByText('run 2');
    const isOff = (name: string) => screen.getByRole('button', { name }).hasAttribute('disabled');
    const at = (traceId: number | null) =>
      waitFor(() => {
        expect(usePlace.getState().traceId).toBe(traceId);
      });
    goTo({ traceId: 2 }, 'push');
    goTo({ traceId: 3 }, 'push');
    await waitFor(() => {
      expect([isOff('Back'), isOff('Forward')]).toEqual([false, true]);
    });
    await userEvent.click(screen.getByRole('button', { name: 'Back' }));
    await at(2);
    fireEvent.keyDown(document.body, { key: 'ArrowRight', altKey: true });
    await at(3);
    const pressed = fireEvent.mouseDown(document.body, { button: 3 });
    const released = fireEvent.mouseUp(document.body, { button: 3 });
    expect([pressed, released], 'the host does not go back once more').toEqual([false, false]);
    await at(2);
    backend.menu('go_back');
    await at(null);
    backend.menu('go_forward');
    await at(2);
    await waitFor(() => {
      expect([isOff('Back'), isOff('Forward')]).toEqual([false, false]);
    });
  });
});

describe('the keyboard', () => {
  const list = () => screen.findByRole('grid', { name: 'Traces' });

  it('goes from the list to the steps with Enter, back with Escape, and there and back with Ctrl', async () => {
    await shown();
    await screen.findByText('run 2');
    (await list()).focus();
    await userEvent.keyboard('j{Enter}');
    const steps = await screen.findByRole('treegrid', { name: 'Steps' });
    expect(document.activeElement).toBe(steps);
    await userEvent.keyboard('{Control>}1{/Control}');
    expect(document.activeElement).toBe(await list());
    await userEvent.keyboard('{Enter}');
    expect(document.activeElement, 'the trace is open already').toBe(steps);
    await userEvent.keyboard('{Escape}');
    expect(usePlace.getState().traceId).toBeNull();
    await waitFor(async () => {
      expect(document.activeElement).toBe(await list());
    });
  });

  it('goes to the insights with g i, and back to the list by a number', async () => {
    const { backend } = await shown();
    backend.answer({
      insights: () => insightsGiven({ total: runFigures({ runs: 3, failed: 1 }) }),
      filter_read: () => ({ error: null, terms: [] }),
    });
    await screen.findByText('run 2');
    await userEvent.keyboard('gi');
    const view = within(await screen.findByRole('region', { name: 'Insights' }));
    expect(screen.getByRole('button', { name: 'Insights' }).getAttribute('aria-current')).toBe('page');
    expect(window.location.hash).toBe('#/?view=insights');
    const failed = (await view.findByText('Failed', { selector: 'dt' })).parentElement as HTMLElement;
    await userEvent.click(within(failed).getByRole('link'));
    expect(await list()).toBeTruthy();
    expect(window.location.hash).toBe('#/?filter=status%3Afailed');
  });

  it('stays in the list where Space or the mouse opens a trace', async () => {
    await shown();
    await screen.findByText('run 2');
    (await list()).focus();
    await userEvent.keyboard('{Home}{ }');
    await screen.findByRole('treegrid', { name: 'Steps' });
    expect(document.activeElement).toBe(await list());
    await userEvent.keyboard('j{ }');
    expect(usePlace.getState().traceId).toBe(2);
    await screen.findByRole('heading', { name: 'run 2' });
    expect(document.activeElement).toBe(await list());
  });
});

describe('the views', () => {
  it('are gone to with two keys, and back to the open trace', async () => {
    await shown();
    await screen.findByText('run 2');
    goTo({ traceId: 2 }, 'push');
    (await screen.findByRole('treegrid', { name: 'Steps' })).focus();
    await userEvent.keyboard('gs');
    expect(await screen.findByRole('table', { name: 'Live sources' })).toBeTruthy();
    expect(window.location.hash).toContain('view=sources');
    await userEvent.keyboard('gt');
    expect(await screen.findByRole('treegrid', { name: 'Steps' })).toBeTruthy();
  });

  it('say what is coming in', async () => {
    await shown();
    await userEvent.click(await screen.findByRole('button', { name: '12.4 steps/s' }));
    expect(usePlace.getState().view).toBe('sources');
  });

  it('offer a demo and an address where there are no traces yet', async () => {
    const { backend } = await shown({ ids: [] });
    await userEvent.click(await screen.findByRole('button', { name: 'Run the demo' }));
    expect(backend.calls).toContainEqual({ name: 'demo_start', request: { runs: 3, seed: null } });
    expect(screen.getByText('OTEL_EXPORTER_OTLP_ENDPOINT=http://localhost:4318')).toBeTruthy();
  });
});

describe('an alert', () => {
  const ALERT = { trace_id: 2, name: 'run 2', alert: 'failed' as const, reason: 'rate limit' };

  it('is told of, counted, and forgotten once the run was looked at', async () => {
    const { backend } = await shown();
    await screen.findByText('run 2');
    const marked = (trace_id: number) => traceSummary({ trace_id, alert: trace_id === 2 ? 'failed' : null });
    let seen = false;
    backend.answer({
      trace_list: () =>
        traceList(
          [1, 2, 3].map((id) => (seen ? traceSummary({ trace_id: id }) : marked(id))),
          { revision: 2 },
        ),
      trace_get: ({ trace_id }) => ({
        summary: seen ? traceSummary({ trace_id }) : marked(trace_id),
        facts: [],
        content: null,
        attributes: null,
        long_texts: [],
      }),
      alerts_seen: () => {
        seen = true;
        return {};
      },
    });
    backend.notify({ traces: [2], alerts: [ALERT] });
    const card = within(screen.getByRole('region', { name: 'Alerts' }));
    await card.findByText('rate limit');
    await waitFor(() => {
      expect(document.title).toBe('(1) TraceLLM Explorer');
    });
    await userEvent.click(card.getByRole('button', { name: 'Open' }));
    expect(usePlace.getState().traceId).toBe(2);
    await waitFor(() => {
      expect(backend.calls).toContainEqual({ name: 'alerts_seen', request: { trace_id: 2 } });
      expect(document.title).toBe('TraceLLM Explorer');
    });
    expect(card.queryByText('rate limit')).toBeNull();
    await waitFor(() => {
      expect(screen.queryByText(/not looked at yet/)).toBeNull();
    });
  });

  it('of the run that is open is not told of', async () => {
    const { backend } = await shown();
    await screen.findByText('run 2');
    goTo({ traceId: 2 }, 'push');
    await screen.findByRole('treegrid', { name: 'Steps' });
    backend.notify({ traces: [2], alerts: [ALERT] });
    expect(within(screen.getByRole('region', { name: 'Alerts' })).queryByText('rate limit')).toBeNull();
  });

  it('that was clicked on the desktop opens the run', async () => {
    const { backend } = await shown();
    await screen.findByText('run 2');
    goTo({ view: 'monitor' }, 'push');
    backend.openTrace(3);
    await screen.findByRole('heading', { name: 'run 3' });
  });
});

describe('settings', () => {
  it('change the colours at once and are stored', async () => {
    const { backend, stored } = await shown();
    backend.menu('theme');
    await waitFor(() => {
      expect(document.documentElement.dataset.theme).toBe('dark');
    });
    expect(stored().theme).toBe('dark');
  });

  it('take limits that make sense, and explain those that do not', async () => {
    const { stored } = await shown();
    await userEvent.keyboard('{Control>},{/Control}');
    const dialog = await screen.findByRole('dialog', { name: 'Settings' });
    const slow = within(dialog).getByRole('textbox', { name: /^Slow from/ });
    await userEvent.clear(slow);
    await userEvent.type(slow, '500{Enter}');
    expect(within(dialog).getByRole('alert').textContent).toContain('cannot be the larger');
    expect(stored()).toEqual(FIRST);
    await userEvent.clear(slow);
    await userEvent.type(slow, '3000{Enter}');
    expect(stored().slow_ms).toBe(3000);
    const takes = within(dialog).getByRole('textbox', { name: /^Tell me when a run takes/ });
    await userEvent.clear(takes);
    await userEvent.keyboard('{Enter}');
    await userEvent.click(within(dialog).getByRole('switch', { name: 'Tell me when a run fails' }));
    await waitFor(() => {
      expect(stored()).toMatchObject({ alert_slow_ms: null, alert_failed: false, slow_ms: 3000 });
    });
  });
});

describe('about', () => {
  it('says what runs on what, and lists what it is made of with its licences', async () => {
    const { backend } = await shown();
    backend.menu('about');
    const dialog = await screen.findByRole('dialog', { name: 'About TraceLLM Explorer' });
    expect(await within(dialog).findByText('/data/traces.db')).toBeTruthy();
    expect(within(dialog).getByText('/data/logs')).toBeTruthy();
    await userEvent.click(within(dialog).getByRole('tab', { name: 'Licences' }));
    const list = await within(dialog).findByRole('list', { name: 'Packages and their licences' });
    const find = (words: string) =>
      fireEvent.change(within(dialog).getByRole('searchbox'), { target: { value: words } });
    find('rusqlite mit');
    const [crate] = within(list).getAllByText('rusqlite');
    if (!crate) throw new Error('the engine is built with rusqlite');
    await userEvent.click(crate);
    expect(await within(list).findByText(/Permission is hereby granted/)).toBeTruthy();
    find('react-dom');
    expect(within(list).getByText('react-dom')).toBeTruthy();
  });
});

describe('what failed', () => {
  it('can be copied to be reported, without what is the person’s own', async () => {
    const { backend } = await shown();
    backend.answer({
      trace_get: () => {
        throw new BackendError({
          code: 'corrupt',
          message: 'The step "pay for shoes" of /home/me/t.db is damaged.',
        });
      },
    });
    await userEvent.click(await screen.findByText('run 3'));
    const failure = await screen.findByRole('alert');
    expect(failure.textContent).toContain('pay for shoes');
    const user = userEvent.setup();
    await user.click(within(failure).getByRole('button', { name: 'Copy details' }));
    const copied = await navigator.clipboard.readText();
    expect(copied).toContain('What: This trace cannot be shown');
    expect(copied).toContain('Code: corrupt (trace_get)');
    expect(copied).toContain('Message: The step "…" of <path> is damaged.');
    expect(copied).not.toContain('shoes');
  });
});

describe('dialogs', () => {
  it.each([
    ['?', {}, 'Keyboard'],
    ['k', { ctrlKey: true }, 'Commands'],
    [',', { ctrlKey: true }, 'Settings'],
  ])('opened by %s give the keyboard back to where it was', async (key, modifiers, name) => {
    await shown();
    const list = await screen.findByRole('grid', { name: 'Traces' });
    list.focus();
    const before = document.activeElement;
    expect(before).not.toBe(document.body);
    fireEvent.keyDown(list, { key, ...modifiers });
    const dialog = await screen.findByRole('dialog', { name });
    await waitFor(() => {
      expect(dialog.contains(document.activeElement)).toBe(true);
    });
    await userEvent.keyboard('{Escape}');
    await waitFor(() => {
      expect(document.activeElement).toBe(before);
    });
  });
});

describe('commands', () => {
  it('are found by their words and run from the palette', async () => {
    await shown();
    fireEvent.keyDown(document.body, { key: 'k', ctrlKey: true });
    await userEvent.type(await screen.findByRole('combobox'), 'keyb short{Enter}');
    expect(await screen.findByRole('dialog', { name: 'Keyboard' })).toBeTruthy();
  });

  it('do not offer what is open already', async () => {
    await shown();
    fireEvent.keyDown(document.body, { key: 'k', ctrlKey: true });
    const labels = (await screen.findAllByRole('option')).map(({ textContent }) => textContent);
    expect(labels.some((label) => label.startsWith('Open files'))).toBe(true);
    expect(labels.filter((label) => label.startsWith('Show commands'))).toEqual([]);
  });

  it('find traces with any words typed', async () => {
    await shown();
    fireEvent.keyDown(document.body, { key: 'k', ctrlKey: true });
    await userEvent.type(await screen.findByRole('combobox'), 'rate "limit{Enter}');
    expect(usePlace.getState().filter).toBe('"rate \\"limit"');
  });

  it('that begin with the words come before those that contain them', () => {
    const actions = ['Reopen', 'Open files', 'Close'].map((label) => ({
      id: label,
      label,
      group: 'g',
      run: () => undefined,
    }));
    expect(matchingActions(actions, 'open').map(({ id }) => id)).toEqual(['Open files', 'Reopen']);
    expect(matchingActions([{ id: 'x', label: 'Only a key', group: 'g' }], '')).toEqual([]);
  });
});

describe('comparing', () => {
  it('is offered for the open run, and what it finds is a place to come back from', async () => {
    const { backend } = await shown();
    backend.answer({
      compare_candidates: () => ({
        task: 'triage',
        runs: 2,
        baseline: null,
        previous: traceSummary({ trace_id: 2, name: 'the one before' }),
        last_good: null,
        median: null,
      }),
      compare: () => comparisonOf(treeOf('run 0..9 agent'), treeOf('run 0..12 agent error')),
      compare_step: () => ({ parts: [] }),
    });
    await userEvent.click(await screen.findByText('run 3'));
    await screen.findByRole('treegrid', { name: 'Steps' });
    fireEvent.keyDown(document.body, { key: 'C', shiftKey: true });
    const dialog = await screen.findByRole('dialog', { name: 'Compare this run with…' });
    await userEvent.click(await within(dialog).findByRole('button', { name: /the one before/ }));
    expect(await screen.findByRole('treegrid', { name: 'Aligned steps' })).toBeTruthy();
    expect(window.location.hash).toContain('compare=2%2C3');
    fireEvent.keyDown(document.body, { key: 'Escape' });
    expect(usePlace.getState()).toMatchObject({ view: 'traces', traceId: 3 });
  });
});
