import { screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { beforeEach, expect, it, vi } from 'vitest';
import { BackendError, type StoreHost } from '../backend';
import type { CopyProgress, StoreSummary } from '../backend/bindings';
import { fakeBackend, type Answers } from '../backend/fake';
import { runAction } from '../state/actions';
import { endStoreJob } from '../state/storeJob';
import { importStatus } from '../test/imports';
import { renderWith } from '../test/screen';
import { Imports } from '../features/imports/Imports';
import { OtherStores } from '../features/settings/OtherStores';
import { Stores } from '../features/stores/Stores';

const held = (path: string, traces: number): StoreSummary => ({
  path,
  bytes: 48_000_000,
  traces,
  steps: traces * 10,
  newest_unix_ms: Date.UTC(2026, 2, 1),
  is_older: false,
  damage: null,
});

const COPYING: CopyProgress = { stage: 'copying', done_bytes: 12_000_000, total_bytes: 48_000_000 };

function host(more: Partial<StoreHost> = {}) {
  return {
    recent: vi.fn(() => Promise.resolve([])),
    lookAt: vi.fn(() => Promise.resolve(null)),
    pick: vi.fn(() => Promise.resolve(null)),
    open: vi.fn(() => Promise.resolve(true)),
    openNew: vi.fn(() => Promise.resolve(false)),
    backUp: vi.fn(() => Promise.resolve(null)),
    pickBackup: vi.fn(() => Promise.resolve(null)),
    restore: vi.fn(() => Promise.resolve()),
    stopCopy: vi.fn(() => Promise.resolve()),
    startAfresh: vi.fn(),
    ...more,
  };
}

function shown(stores: StoreHost, answers: Answers = {}) {
  const backend = fakeBackend(
    {
      app_info: () => ({
        version: '0.1.0',
        store_path: '/data/traces.db',
        is_default_store: true,
        log_folder: null,
        store_bytes: 1,
        notes: [],
        news: [],
      }),
      import_list: () => [],
      ...answers,
    },
    { stores },
  );
  renderWith(
    backend,
    <>
      <Imports />
      <OtherStores />
      <Stores />
    </>,
  );
  return backend;
}

const press = (name: string) => userEvent.click(screen.getByRole('button', { name }));

beforeEach(() => {
  endStoreJob();
});

it('a backup shows how far it is, can be stopped, and says what was written', async () => {
  let end: () => void = () => undefined;
  const backUp = vi.fn(async (onProgress: (progress: CopyProgress) => void) => {
    onProgress(COPYING);
    await new Promise<void>((resolve) => (end = resolve));
    return { path: '/backups/traces.db', bytes: 48_000_000, traces: 1204, elapsed_ms: 1_200, damage: null };
  });
  const stores = host({ backUp });
  shown(stores);
  runAction('store.backup');
  expect((await screen.findByRole('progressbar')).getAttribute('aria-valuenow')).toBe('25');
  await press('Stop');
  expect(stores.stopCopy).toHaveBeenCalledOnce();
  end();
  expect(await screen.findByText(/1,204 traces, 48 MB, written and checked in 1.20 s/)).toBeTruthy();
  screen.getByText('/backups/traces.db');
});

it('a backup that was stopped leaves nothing on screen', async () => {
  const stopped = new BackendError({ code: 'cancelled', message: 'stopped' });
  const stores = host({
    backUp: vi.fn(async (onProgress: (progress: CopyProgress) => void) => {
      onProgress(COPYING);
      return Promise.reject(stopped);
    }),
  });
  shown(stores);
  runAction('store.backup');
  await waitFor(() => {
    expect(stores.backUp).toHaveBeenCalledOnce();
    expect(screen.queryByRole('dialog')).toBeNull();
  });
});

it('a backup is restored only after what it holds was seen beside the present store', async () => {
  const offer = { backup: held('/backups/old.db', 1204), present: held('/data/traces.db', 5310) };
  const stores = host({ pickBackup: vi.fn(() => Promise.resolve(offer)) });
  shown(stores);
  runAction('store.restore');
  const rows = await screen.findAllByRole('row');
  expect(rows[2]?.textContent).toBe('Traces1,2045,310');
  expect(stores.restore).not.toHaveBeenCalled();
  await press('Restore');
  await waitFor(() => {
    expect(stores.startAfresh).toHaveBeenCalledOnce();
  });
  expect(stores.restore).toHaveBeenCalledOnce();
});

it('what is damaged in a backup is said before it is restored', async () => {
  const damage = 'One trace is damaged: “checkout”. What else is in it can be read.';
  const offer = { backup: { ...held('/backups/old.db', 3), damage }, present: held('/data/traces.db', 5) };
  const stores = host({ pickBackup: vi.fn(() => Promise.resolve(offer)) });
  shown(stores);
  runAction('store.restore');
  expect((await screen.findByRole('alert')).textContent).toContain('“checkout”');
  expect(screen.queryByText(/is sound/)).toBeNull();
  await press('Restore what can be read');
  expect(stores.restore).toHaveBeenCalledOnce();
});

it('why a backup can not be restored is said', async () => {
  const damaged = new BackendError({ code: 'corrupt', message: '/backups/old.db is damaged' });
  shown(host({ pickBackup: vi.fn(() => Promise.reject(damaged)) }));
  runAction('store.restore');
  expect((await screen.findByRole('alert')).textContent).toContain('is damaged');
  await userEvent.keyboard('{Escape}');
  expect(screen.queryByRole('dialog')).toBeNull();
});

it('another store is picked and gone over to, and the page starts afresh', async () => {
  const stores = host({ pick: vi.fn(() => Promise.resolve('/other/traces.db')) });
  shown(stores);
  runAction('store.open');
  await waitFor(() => {
    expect(stores.startAfresh).toHaveBeenCalledOnce();
  });
  expect(stores.open).toHaveBeenCalledWith('/other/traces.db');
});

it('stores that were open before are listed, those that are gone with the reason', async () => {
  const recent = [
    { path: '/a/team.db', is_default: false, trouble: null },
    { path: '/b/gone.db', is_default: false, trouble: 'It is not there any more' },
  ];
  const stores = host({ recent: vi.fn(() => Promise.resolve(recent)) });
  shown(stores);
  const gone = await screen.findByRole<HTMLButtonElement>('button', { name: 'Open /b/gone.db' });
  expect(gone.disabled).toBe(true);
  screen.getByText('It is not there any more');
  await press('Open /a/team.db');
  expect(stores.open).toHaveBeenCalledWith('/a/team.db');
});

it('a store that is dropped is asked about: it can be opened, or its traces imported', async () => {
  const stores = host({ lookAt: vi.fn((path: string) => Promise.resolve(held(path, 7))) });
  const backend = shown(stores, { store_import: () => Promise.reject(new Error('not looked at here')) });
  const asked = (name: string) => backend.calls.filter((call) => call.name === name);
  backend.drag.drop({ kind: 'paths', paths: ['/other/traces.db'] });
  expect(await screen.findByText(/It holds 7 traces/)).toBeTruthy();
  expect(asked('import_start')).toEqual([]);
  await press('Import its traces');
  expect(asked('store_import')).toMatchObject([{ request: { path: '/other/traces.db' } }]);
  expect(stores.open).not.toHaveBeenCalled();

  endStoreJob();
  backend.drag.drop({ kind: 'paths', paths: ['/other/traces.db'] });
  await screen.findByText(/It holds 7 traces/);
  await press('Open this store');
  expect(stores.open).toHaveBeenCalledWith('/other/traces.db');
});

it('beside the store that is open, it says which one is meant', async () => {
  const stores = host({ lookAt: vi.fn((path: string) => Promise.resolve(held(path, 7))) });
  const backend = shown(stores, { store_import: () => importStatus({}) });
  backend.drag.drop({ kind: 'paths', paths: ['/data/traces.db', '/other/traces.db'] });
  expect(await screen.findByText(/It is the one that is open/)).toBeTruthy();
  expect(screen.getByRole('button', { name: 'Import those of the other store' })).toBeTruthy();
  await press('Open the other store');
  expect(stores.open).toHaveBeenCalledWith('/other/traces.db');
});

it('a damaged store that is dropped says what is hurt before anything is done with it', async () => {
  const damage = 'One trace is damaged: “loan”. What else is in it can be read.';
  const lookAt = vi.fn((path: string) => Promise.resolve({ ...held(path, 7), damage }));
  const backend = shown(host({ lookAt }));
  backend.drag.drop({ kind: 'paths', paths: ['/other/traces.db'] });
  expect((await screen.findByRole('alert')).textContent).toBe(`It is damaged. ${damage}`);
  screen.getByText(/only those are imported that are not here yet/);
  expect(backend.calls.filter(({ name }) => name === 'store_import')).toEqual([]);
});

it('stores among several dropped files are asked about once, and the other files imported meanwhile', async () => {
  let answer: () => void = () => undefined;
  const slow = new Promise<void>((resolve) => (answer = resolve));
  const lookAt = vi.fn(async (path: string) => {
    if (path === '/c/slow.db') await slow;
    return path.endsWith('.db') ? held(path, path.length) : null;
  });
  const stores = host({ lookAt });
  const backend = shown(stores, {
    import_start: () => importStatus({ title: 'runs.json' }),
    store_import: () => importStatus({}),
  });
  const asked = (name: string) =>
    backend.calls.filter((call) => call.name === name).map(({ request }) => request);
  backend.drag.drop({ kind: 'paths', paths: ['/a/one.db', '/runs.json', '/c/slow.db', '/more.jsonl'] });
  // What does not answer holds nothing up, and is named.
  expect(await screen.findByText(/^slow.db does not answer yet/)).toBeTruthy();
  await waitFor(() => {
    expect(asked('import_start')).toEqual([{ paths: ['/runs.json', '/more.jsonl'] }]);
  });
  screen.getByText('/a/one.db');
  answer();
  expect(await screen.findByText('/c/slow.db')).toBeTruthy();
  expect(screen.queryByText(/does not answer yet/)).toBeNull();
  expect(screen.getAllByRole('dialog')).toHaveLength(1);
  expect(screen.queryByRole('button', { name: 'Open this store' }), 'of two, none is meant').toBeNull();
  await press('Import their traces');
  await waitFor(() => {
    expect(asked('store_import')).toEqual([{ path: '/a/one.db' }, { path: '/c/slow.db' }]);
  });
  expect(asked('import_start')).toHaveLength(1);
});

it('a store that stays locked says what to do, and is not imported like a trace file', async () => {
  const locked = new BackendError({
    code: 'locked',
    message: 'another program has it locked: close it there, then open it again',
  });
  const backend = shown(host({ lookAt: vi.fn(() => Promise.reject(locked)) }));
  backend.drag.drop({ kind: 'paths', paths: ['/other/traces.db'] });
  expect((await screen.findByRole('alert')).textContent).toContain(
    'traces.db was not opened: another program has it locked: close it there',
  );
  expect(backend.calls.filter(({ name }) => name === 'import_start')).toEqual([]);
});

it('the store that is open is not opened again', async () => {
  const stores = host({ lookAt: vi.fn((path: string) => Promise.resolve(held(path, 7))) });
  const backend = shown(stores);
  backend.drag.drop({ kind: 'paths', paths: ['/data/traces.db'] });
  expect(await screen.findByText(/It is the one that is open/)).toBeTruthy();
  expect(screen.queryByRole('button', { name: 'Open this store' })).toBeNull();
});

it('what waits for another store is opened by the page that shows that one', async () => {
  const stores = host();
  const opened = { paths: [], links: [], store: '/data/first.db' };
  const backend = fakeBackend(
    { import_list: () => [] },
    { stores, takeOpened: () => Promise.resolve(opened) },
  );
  renderWith(backend, <Imports />);
  await waitFor(() => {
    expect(stores.startAfresh).toHaveBeenCalledOnce();
  });
  expect(stores.open).toHaveBeenCalledWith('/data/first.db');
});

it('that an import would end is said before', async () => {
  const stores = host({ pick: vi.fn(() => Promise.resolve('/other/traces.db')) });
  shown(stores, { import_list: () => [importStatus({ state: 'running', title: 'large.jsonl' })] });
  await screen.findByText(/large.jsonl/);
  runAction('store.open');
  expect(await screen.findByText(/What was read is kept/)).toBeTruthy();
  await press('Cancel');
  expect(stores.pick).not.toHaveBeenCalled();
  runAction('store.open');
  await screen.findByText(/What was read is kept/);
  await press('Go on');
  await waitFor(() => {
    expect(stores.open).toHaveBeenCalledWith('/other/traces.db');
  });
});
