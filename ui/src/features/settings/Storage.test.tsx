import type { ReactNode } from 'react';
import { screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { expect, it } from 'vitest';
import { fakeBackend, type Answers } from '../../backend/fake';
import { FIRST_SETTINGS } from '../../queries/about';
import { renderWith } from '../../test/screen';
import { Projects } from './Projects';
import { Storage } from './Storage';

const INFO = {
  database_bytes: 48_000_000,
  free_bytes: 12_000_000,
  traces: 400,
  deleted_traces: 2,
  deleted_bytes: 90_000,
  sources: [
    {
      location: '/home/me/a.jsonl',
      kind: 'file',
      format: 'otlp-json',
      traces: 400,
      steps: 9000,
      bytes: 30_000_000,
    },
  ],
  more_sources: 0,
  removed: null,
  is_compacting: false,
};

function shown(children: ReactNode, answers: Answers) {
  const backend = fakeBackend({
    settings_get: () => FIRST_SETTINGS,
    storage_info: () => INFO,
    deletion_list: () => [],
    ...answers,
  });
  renderWith(backend, children);
  return (name: string) => backend.calls.filter((call) => call.name === name).map(({ request }) => request);
}

it('limits are stored only after what they would take away was shown', async () => {
  const asked = shown(<Storage />, {
    retention_preview: () => ({ traces: 1204, total: 5000, bytes: 9_000_000 }),
    settings_set: (settings) => settings,
  });
  const [days] = await screen.findAllByPlaceholderText('all');
  await userEvent.type(days as HTMLElement, '30{Enter}');
  expect(await screen.findByText(/Would delete 1,204 of 5,000 traces for good now/)).toBeTruthy();
  expect(asked('settings_set')).toEqual([]);
  await userEvent.click(screen.getByRole('button', { name: 'Delete and keep to this' }));
  await waitFor(() => {
    expect(asked('settings_set')).toMatchObject([
      { retention: { days: 30, traces: null, gigabytes: null }, slow_ms: FIRST_SETTINGS.slow_ms },
    ]);
  });
});

it('a limit that is none is not asked for', async () => {
  const asked = shown(<Storage />, {});
  const [, traces] = await screen.findAllByPlaceholderText('all');
  await userEvent.type(traces as HTMLElement, '1.5{Enter}');
  expect((await screen.findByRole('alert')).textContent).toContain('above zero');
  expect(asked('retention_preview')).toEqual([]);
});

it('what was deleted is restored from here', async () => {
  const deletion = { deletion_id: 5, traces: 3, deleted_unix_ms: 0, purge_unix_ms: 600_000, example: 'x' };
  const asked = shown(<Storage />, {
    deletion_list: () => [deletion],
    trace_restore: () => ({ traces: 3 }),
  });
  await userEvent.click(await screen.findByRole('button', { name: 'Restore' }));
  expect(asked('trace_restore')).toEqual([{ deletion_id: 5 }]);
});

it('a project gets another name, and is left out of lists', async () => {
  const item = { field: 'project', value: 'shop', shown_as: null, is_hidden: false, traces: 4 } as const;
  const asked = shown(<Projects />, { label_list: () => [item], label_set: () => [item] });
  const name = await screen.findByRole('textbox', { name: 'Name of shop' });
  await userEvent.clear(name);
  await userEvent.type(name, 'Web shop{Enter}');
  await userEvent.click(screen.getByRole('switch', { name: 'List traces of shop' }));
  expect(asked('label_set')).toMatchObject([
    { field: 'project', value: 'shop', shown_as: 'Web shop', is_hidden: false },
    { field: 'project', value: 'shop', shown_as: 'Web shop', is_hidden: true },
  ]);
});
