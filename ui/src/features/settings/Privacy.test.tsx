import { screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { expect, it } from 'vitest';
import { fakeBackend, type Answers } from '../../backend/fake';
import type { MaskStoredStatus, Settings } from '../../backend/bindings';
import { FIRST_SETTINGS } from '../../queries/about';
import { renderWith } from '../../test/screen';
import { Privacy } from './Privacy';

const IDLE: MaskStoredStatus = {
  is_running: false,
  is_compacting: false,
  done: 0,
  total: 0,
  masked: [],
  has_finished: false,
  error: null,
};

function shown(answers: Answers = {}) {
  const backend = fakeBackend({
    settings_get: () => FIRST_SETTINGS,
    settings_set: (settings: Settings) => settings,
    mask_stored: () => IDLE,
    masking_try: ({ rules, text }) => ({
      problems: rules.patterns.map(({ pattern }) => (pattern === '(' ? 'unclosed group' : null)),
      text: text.replace('KD-12345', '[masked:customer]'),
      masked: text.includes('KD-12345') ? [{ kind: 'customer', count: 1 }] : [],
    }),
    ...answers,
  });
  renderWith(backend, <Privacy />);
  return (name: string) => backend.calls.filter((call) => call.name === name).map(({ request }) => request);
}

it('turns the masking of e-mail addresses on', async () => {
  const asked = shown();
  await userEvent.click(await screen.findByRole('switch', { name: 'Mask e-mail addresses' }));
  await waitFor(() => {
    expect(asked('settings_set')).toMatchObject([{ masking: { masks_emails: true, patterns: [] } }]);
  });
});

it('a pattern is tried as it is typed, and stored only if it can be used', async () => {
  const asked = shown();
  await userEvent.click(await screen.findByRole('button', { name: 'Add a pattern' }));
  await userEvent.type(screen.getByLabelText('Name of pattern 1'), 'customer');
  await userEvent.type(screen.getByLabelText('Expression of pattern 1'), '(');
  expect((await screen.findByRole('alert')).textContent).toBe('unclosed group');
  const save = screen.getByRole<HTMLButtonElement>('button', { name: 'Save patterns' });
  expect(save.disabled).toBe(true);
  await userEvent.clear(screen.getByLabelText('Expression of pattern 1'));
  await userEvent.type(screen.getByLabelText('Expression of pattern 1'), 'KD');
  const mask = await screen.findByText('[masked:customer]');
  expect(mask.title).toBe('“customer”: replaced before this was stored');
  expect(screen.getByText('1 secret was masked: 1 “customer”')).toBeTruthy();
  await waitFor(() => {
    expect(save.disabled).toBe(false);
  });
  await userEvent.click(save);
  await waitFor(() => {
    expect(asked('settings_set')).toMatchObject([
      { masking: { masks_emails: false, patterns: [{ name: 'customer', pattern: 'KD' }] } },
    ]);
  });
});

it('masks what is stored, shows how far it is, and can be stopped', async () => {
  let status: MaskStoredStatus = IDLE;
  const asked = shown({
    mask_stored: () => status,
    mask_stored_start: () => {
      status = { ...IDLE, is_running: true, done: 1, total: 4, masked: [{ kind: 'email', count: 2 }] };
      return status;
    },
    mask_stored_stop: () => {
      status = { ...IDLE, error: 'stopped: the rest is as it was' };
      return {};
    },
  });
  const start = await screen.findByRole<HTMLButtonElement>('button', { name: 'Mask now' });
  await waitFor(() => {
    expect(start.disabled).toBe(false);
  });
  await userEvent.click(start);
  expect((await screen.findByRole('progressbar')).getAttribute('aria-valuenow')).toBe('25');
  expect(screen.getByText('2 secrets were masked: 2 e-mail addresses')).toBeTruthy();
  await userEvent.click(screen.getByRole('button', { name: 'Stop' }));
  expect(await screen.findByText('stopped: the rest is as it was')).toBeTruthy();
  expect(asked('mask_stored_stop')).toEqual([{}]);
});
