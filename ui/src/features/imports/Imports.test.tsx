import { act, fireEvent, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { beforeEach, describe, expect, it } from 'vitest';
import { BackendError, type Backend } from '../../backend';
import type { ImportStatus, MappingSet, RecordGuess } from '../../backend/bindings';
import { fakeBackend, type Answers } from '../../backend/fake';
import { runAction } from '../../state/actions';
import { closeDialog } from '../../state/dialogs';
import { START, goTo, usePlace } from '../../state/place';
import { useToast } from '../../state/toast';
import { importStatus } from '../../test/imports';
import { giveRoom, renderWith } from '../../test/screen';
import { Imports } from './Imports';
import { useRefusals } from './useImporting';

/** Importing, on a host whose list of imports is `imports` until `set`. */
function shown(imports: ImportStatus[], answers: Answers = {}, host: Partial<Backend> = {}) {
  let list = imports;
  const started = importStatus({ import_id: 9 });
  const backend = fakeBackend(
    {
      import_list: () => list,
      import_start: () => started,
      import_text: () => started,
      import_cancel: () => started,
      import_dismiss: () => ({}),
      format_list: () => [{ id: 'otlp', label: 'OpenTelemetry' }],
      ...answers,
    },
    host,
  );
  renderWith(backend, <Imports />);
  const set = (next: ImportStatus[]) => {
    list = next;
    backend.notify({ imports: true });
  };
  const asked = (name: string) =>
    backend.calls.filter((call) => call.name === name).map(({ request }) => request);
  return { backend, set, asked };
}

const card = (title: string) => screen.findByRole('listitem', { name: `Import of ${title}` });

beforeEach(() => {
  giveRoom(1200, 400);
  goTo(START, 'replace');
  closeDialog();
  useRefusals.setState({ messages: [] });
});

describe('ways in', () => {
  it('a drop covers the window while it hovers, and imports what falls', async () => {
    const { backend, asked } = shown([]);
    const overlay = () => screen.queryByText('Drop to import');
    act(() => {
      backend.drag.over();
    });
    expect(overlay()).toBeTruthy();
    act(() => {
      backend.drag.leave();
    });
    expect(overlay()).toBeNull();
    act(() => {
      backend.drag.over();
    });
    backend.drag.drop({ kind: 'paths', paths: ['/a.json', '/folder'] });
    await waitFor(() => {
      expect(overlay()).toBeNull();
    });
    expect(asked('import_start')).toEqual([{ paths: ['/a.json', '/folder'] }]);
  });

  it('files dropped in a browser are handed over together', async () => {
    const uploaded: string[][] = [];
    const { backend } = shown(
      [],
      {},
      {
        uploadFiles: (files) => {
          uploaded.push(files.map(({ name }) => name));
          return Promise.resolve(importStatus({}));
        },
      },
    );
    backend.drag.drop({ kind: 'files', files: [new File(['{}'], 'a.json'), new File(['{}'], 'b.json')] });
    await waitFor(() => {
      expect(uploaded).toEqual([['a.json', 'b.json']]);
    });
  });

  it('the native dialog’s choice is imported; none is no error', async () => {
    let picked = ['/a.json'];
    const { asked } = shown([], {}, { pickFiles: () => Promise.resolve(picked) });
    runAction('open');
    await waitFor(() => {
      expect(asked('import_start')).toEqual([{ paths: ['/a.json'] }]);
    });
    picked = [];
    const before = asked('import_list').length;
    runAction('open');
    await waitFor(() => {
      expect(asked('import_list').length).toBeGreaterThan(before);
    });
    expect(asked('import_start')).toHaveLength(1);
  });

  it('what the app was started with is imported', async () => {
    const { asked } = shown(
      [],
      {},
      { takeOpened: () => Promise.resolve({ paths: ['/started.json'], links: [], store: null }) },
    );
    await waitFor(() => {
      expect(asked('import_start')).toEqual([{ paths: ['/started.json'] }]);
    });
  });

  it('a link that the app was started with waits for the files that it was started with', async () => {
    const running = importStatus({ import_id: 9, state: 'running' });
    const { asked, set } = shown(
      [running],
      {
        import_start: () => running,
        link_resolve: () => ({ trace_id: 7, span_id: 's', compared_with: null, remark: null }),
      },
      {
        takeOpened: () =>
          Promise.resolve({ paths: ['/started.json'], links: ['tracellm://trace/started'], store: null }),
      },
    );
    await waitFor(() => {
      expect(asked('import_start')).toEqual([{ paths: ['/started.json'] }]);
    });
    await card('traces.json');
    expect(asked('link_resolve')).toEqual([]);
    set([importStatus({ import_id: 9, state: 'done' })]);
    await waitFor(() => {
      expect(usePlace.getState()).toMatchObject({ traceId: 7, stepId: 's' });
    });
  });

  it('links are opened, never imported: from outside, from the clipboard, from the paste dialog', async () => {
    const links = ['tracellm://trace/started', 'tracellm://trace/clipboard', 'tracellm://trace/dialog'];
    const { asked } = shown(
      [],
      {
        link_resolve: ({ link }) => ({
          trace_id: links.indexOf(link),
          span_id: 's',
          compared_with: null,
          remark: null,
        }),
      },
      { takeOpened: () => Promise.resolve({ paths: [], links: ['tracellm://trace/started'], store: null }) },
    );
    const arrived = (trace: number) =>
      waitFor(() => {
        expect(usePlace.getState()).toMatchObject({ view: 'traces', traceId: trace, stepId: 's' });
      });
    await arrived(0);
    fireEvent.paste(document.body, { clipboardData: { files: [], getData: () => links[1] } });
    await arrived(1);
    runAction('paste');
    await userEvent.type(await screen.findByRole('textbox', { name: 'Traces as text' }), links[2] ?? '');
    await userEvent.click(screen.getByRole('button', { name: 'Open the link' }));
    await arrived(2);
    expect(asked('import_text')).toEqual([]);
    expect(asked('import_start')).toEqual([]);
  });

  it('a link to two runs leads to the pair of their steps', async () => {
    shown([], {
      link_resolve: () => ({
        trace_id: 7,
        span_id: 's1',
        compared_with: { trace_id: 9, span_id: null },
        remark: null,
      }),
    });
    fireEvent.paste(document.body, { clipboardData: { files: [], getData: () => 'tracellm://compare/a/b' } });
    await waitFor(() => {
      expect(usePlace.getState()).toMatchObject({
        view: 'compare',
        compare: { a: 7, b: 9, stepA: 's1', stepB: null },
      });
    });
  });

  it('a link that leads nowhere, or not all the way, says so', async () => {
    shown([], {
      link_resolve: ({ link }) => {
        if (link.includes('nowhere')) throw new Error('This trace is not in this store.');
        return { trace_id: 7, span_id: null, compared_with: null, remark: 'The step is not there any more.' };
      },
    });
    fireEvent.paste(document.body, { clipboardData: { files: [], getData: () => 'tracellm://nowhere' } });
    await waitFor(() => {
      expect(useToast.getState().toast?.text).toBe(
        'The link was not opened: This trace is not in this store.',
      );
    });
    fireEvent.paste(document.body, { clipboardData: { files: [], getData: () => 'tracellm://trace/7' } });
    await waitFor(() => {
      expect(useToast.getState().toast?.text).toBe('The step is not there any more.');
    });
    expect(usePlace.getState().traceId).toBe(7);
  });

  it('Ctrl+V outside of fields imports the clipboard', async () => {
    const { asked } = shown([]);
    fireEvent.keyDown(document.body, { key: 'v', ctrlKey: true });
    fireEvent.paste(document.body, { clipboardData: { files: [], getData: () => '{"a":1}' } });
    fireEvent.keyUp(document.body, { key: 'v', ctrlKey: true });
    await waitFor(() => {
      expect(asked('import_text')).toEqual([{ name: 'Clipboard', text: '{"a":1}' }]);
    });
    expect(screen.queryByRole('dialog')).toBeNull();
  });

  it('Ctrl+V where the page is not given the clipboard opens the paste dialog', async () => {
    const { asked } = shown([]);
    fireEvent.keyDown(document.body, { key: 'v', ctrlKey: true });
    fireEvent.keyUp(document.body, { key: 'v' });
    const dialog = await screen.findByRole('dialog', { name: 'Paste traces' });
    const field = within(dialog).getByRole('textbox');
    expect(document.activeElement).toBe(field);
    await userEvent.click(field);
    await userEvent.paste('{"b":2}');
    await userEvent.click(within(dialog).getByRole('button', { name: /^Import/ }));
    expect(asked('import_text')).toEqual([{ name: 'Pasted text', text: '{"b":2}' }]);
    expect(screen.queryByRole('dialog')).toBeNull();
  });

  it('an import that cannot start says why', async () => {
    const { backend } = shown([], {
      import_start: () => {
        throw new BackendError({ code: 'io', message: '/a.json is not there' });
      },
    });
    backend.drag.drop({ kind: 'paths', paths: ['/a.json'] });
    const alert = await screen.findByRole('alert');
    expect(alert.textContent).toContain('/a.json is not there');
    await userEvent.click(within(alert).getByRole('button', { name: 'Dismiss' }));
    expect(screen.queryByRole('alert')).toBeNull();
  });
});

describe('the panel', () => {
  it('is away while there is nothing to say', async () => {
    const { asked } = shown([]);
    await waitFor(() => {
      expect(asked('import_list')).toHaveLength(1);
    });
    expect(screen.queryByRole('region', { name: 'Imports' })).toBeNull();
  });

  it('follows an import from start to end, and reads both out', async () => {
    const base = { import_id: 1, title: 'a.json' };
    const { set, asked } = shown([importStatus({ ...base, state: 'running', bytes_done: 40 })]);
    const running = await card('a.json');
    expect(within(running).getByRole('progressbar').getAttribute('aria-valuenow')).toBe('40');
    expect(screen.getByRole('status').textContent).toBe('Importing a.json.');
    await userEvent.click(within(running).getByRole('button', { name: 'Cancel' }));
    expect(asked('import_cancel')).toEqual([{ import_id: 1 }]);

    set([importStatus({ ...base, state: 'done', counts: { traces: 2, traces_added: 1 } })]);
    await screen.findByText('1 trace added · 1 trace was already here');
    expect(within(await card('a.json')).queryByRole('progressbar')).toBeNull();
    await waitFor(() => {
      expect(screen.getByRole('status').textContent).toContain('Import of a.json finished: 1 trace added');
    });
    await userEvent.click(screen.getByRole('button', { name: 'Dismiss' }));
    expect(asked('import_dismiss')).toEqual([{ import_id: 1 }]);
  });

  it('shows each file with its own state and message', async () => {
    shown([
      importStatus({
        title: '2 files',
        state: 'done',
        files: [
          { path: '/x/good.json', format: 'otlp', counts: { traces: 1, traces_added: 1 } },
          { path: '/x/bad.bin', state: 'failed', message: 'This is not text.' },
        ],
      }),
    ]);
    const whole = await card('2 files');
    expect(whole.textContent).toContain('1 file could not be read');
    expect(within(whole).queryByText('Success')).toBeNull();
    await userEvent.click(within(whole).getByRole('button', { name: '2 files' }));
    const lines = within(screen.getByRole('list', { name: 'Files' })).getAllByRole('listitem');
    expect(lines.map((line) => line.textContent)).toEqual([
      'Successgood.jsonOpenTelemetry1 trace added',
      'Failedbad.binThis is not text.',
    ]);
  });

  it('lists problems with their places, drawing only those on screen', async () => {
    const { asked } = shown(
      [importStatus({ title: 'a.jsonl', state: 'done', problems: 5000, files: [{}] })],
      {
        problem_list: ({ offset, limit }) => ({
          total: 1000,
          items: Array.from({ length: limit }, (_, at) => ({
            path: '/x/a.jsonl',
            byte: 0,
            line: offset + at + 1,
            reason: `no id in ${offset + at + 1}`,
          })),
        }),
      },
    );
    await userEvent.click(within(await card('a.jsonl')).getByRole('button', { name: /problems/ }));
    await screen.findByText('no id in 1');
    expect(screen.getByText('the first 1,000 are kept')).toBeTruthy();
    expect(
      within(screen.getByRole('list', { name: 'Problems' })).getAllByRole('listitem').length,
    ).toBeLessThan(60);
    expect(asked('problem_list')).toEqual([{ import_id: 1, offset: 0, limit: 200 }]);

    const list = screen.getByRole('list', { name: 'Problems' });
    const whole = (list.firstElementChild as HTMLElement).style.height;
    list.scrollTop = 15_600;
    fireEvent.scroll(list);
    expect((list.firstElementChild as HTMLElement).style.height).toBe(whole);
    await waitFor(() => {
      expect(asked('problem_list').length).toBeGreaterThan(1);
    });
    expect(screen.getByText('the first 1,000 are kept')).toBeTruthy();
    expect(await within(list).findAllByText(/no id in [2-9]\d\d/)).not.toHaveLength(0);
  });

  it('copies all problems, not only those on screen', async () => {
    const user = userEvent.setup();
    shown([importStatus({ title: 'a.jsonl', state: 'done', problems: 450, files: [{}] })], {
      problem_list: ({ offset, limit }) => ({
        total: 450,
        items: Array.from({ length: Math.min(limit, 450 - offset) }, (_, at) => ({
          path: 'a.jsonl',
          byte: 0,
          line: offset + at + 1,
          reason: 'x',
        })),
      }),
    });
    await user.click(within(await card('a.jsonl')).getByRole('button', { name: /problems/ }));
    await user.click(await screen.findByRole('button', { name: 'Copy all' }));
    await screen.findByRole('button', { name: 'Copied' });
    const lines = (await navigator.clipboard.readText()).split('\n');
    expect(lines).toHaveLength(450);
    expect(lines.at(-1)).toBe('a.jsonl\tline 450\tx');
  });
});

describe('the traces of an import', () => {
  const from = (traces: number, trace_id: number | null) =>
    importStatus({
      title: 'a.json',
      state: 'done',
      trace_id,
      counts: { traces, traces_added: traces },
      files: [{ path: '/x/a.json', counts: { traces, traces_added: traces } }],
    });

  it('are opened if there is one', async () => {
    shown([from(1, 77)]);
    await userEvent.click(within(await card('a.json')).getByRole('button', { name: 'Open' }));
    expect(usePlace.getState().traceId).toBe(77);
  });

  it('are listed if there are several', async () => {
    shown([from(3, null)]);
    await userEvent.click(within(await card('a.json')).getByRole('button', { name: 'Show' }));
    expect(usePlace.getState()).toMatchObject({ traceId: null, filter: 'source:"a.json"' });
  });
});

describe('records of no known format', () => {
  const guess: RecordGuess = {
    is_confirmed: false,
    mapping: {
      fields: [
        { role: 'start', path: ['time'] },
        { role: 'duration', path: ['took'] },
      ],
      duration_unit: 'milliseconds',
    },
    fields: [
      { path: ['time'], samples: ['1772350000'] },
      { path: ['when'], samples: ['1772359200', '1772359201'] },
      { path: ['args', 'what'], samples: ['fetch', 'parse'] },
      { path: ['took'], samples: ['1.5'] },
    ],
  };
  const read = (mapping: RecordGuess | null, path = '/x/log.json') =>
    importStatus({ title: 'log.json', state: 'done', files: [{ path, format: 'records', mapping }] });
  const role = (label: RegExp) => screen.getByRole('combobox', { name: label });

  it('say what was guessed, and are read again by what a person sets', async () => {
    const { asked } = shown([read(guess)], { mapping_set: () => null });
    const button = within(await card('log.json')).getByRole('button', { name: 'Fields as guessed…' });
    expect(button.title).toBe('start is time · duration is took');
    await userEvent.click(button);
    const dialog = await screen.findByRole('dialog', { name: 'Which field is what' });
    expect(within(dialog).getByText(/was guessed/)).toBeTruthy();
    expect(within(dialog).getByText('1772350000')).toBeTruthy();

    await userEvent.selectOptions(role(/^Start/), 'when');
    expect(within(dialog).getByText('1772359200 · 1772359201')).toBeTruthy();
    await userEvent.selectOptions(role(/^Name/), 'args.what');
    await userEvent.selectOptions(role(/^Unit/), 'seconds');
    await userEvent.click(within(dialog).getByRole('button', { name: 'Read again' }));
    await waitFor(() => {
      expect(screen.queryByRole('dialog')).toBeNull();
    });
    const [request] = asked('mapping_set') as [MappingSet];
    expect(request.path).toBe('/x/log.json');
    expect(request.mapping.duration_unit).toBe('seconds');
    expect(request.mapping.fields.filter(({ path }) => path.length > 0)).toEqual([
      { role: 'name', path: ['args', 'what'] },
      { role: 'start', path: ['when'] },
      { role: 'duration', path: ['took'] },
    ]);
    expect(request.mapping.fields, 'the other roles are said to be no field').toHaveLength(13);
  });

  it('say that the mapping is a person’s, and why a file is not read again', async () => {
    shown([read({ ...guess, is_confirmed: true })], {
      mapping_set: () => {
        throw new BackendError({ code: 'not_found', message: 'the mapping is kept, but log.json is gone' });
      },
    });
    await userEvent.click(within(await card('log.json')).getByRole('button', { name: 'Fields as set…' }));
    const dialog = await screen.findByRole('dialog');
    await userEvent.selectOptions(role(/^Duration/), 'none');
    expect(screen.queryByRole('combobox', { name: /^Unit/ })).toBeNull();
    await userEvent.click(within(dialog).getByRole('button', { name: 'Read again' }));
    expect((await within(dialog).findByRole('alert')).textContent).toContain('log.json is gone');
  });

  it('have the button in the list of files where there are several', async () => {
    const status = read(guess);
    shown([{ ...status, title: '2 files', files_total: 2, files: [...status.files, ...read(null).files] }]);
    await userEvent.click(within(await card('2 files')).getByRole('button', { name: '2 files' }));
    const files = screen.getByRole('list', { name: 'Files' });
    expect(within(files).getAllByRole('button', { name: 'Fields as guessed…' })).toHaveLength(1);
  });
});

describe('the heading over imports', () => {
  it('is there for several alone, and counts how they ended', async () => {
    const failed = importStatus({ import_id: 2, title: 'b.json', state: 'failed' });
    const { set } = shown([failed]);
    await card('b.json');
    expect(screen.queryByRole('heading', { name: 'Imports' })).toBeNull();
    set([failed, importStatus({ title: 'a.json', state: 'done' })]);
    await card('a.json');
    expect(screen.getByRole('heading', { name: 'Imports' })).toBeTruthy();
    expect(screen.getByText('1 finished · 1 failed')).toBeTruthy();
  });
});
