import { screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, expect, it, vi } from 'vitest';
import { BackendError } from '../../backend';
import { fakeBackend, type Answers } from '../../backend/fake';
import type { MaskStoredStatus, Settings } from '../../backend/bindings';
import { FIRST_SETTINGS } from '../../queries/about';
import { renderWith } from '../../test/screen';
import { openDialog, closeDialog, useDialogs } from '../../state/dialogs';
import { setPatternDraft } from './patternDraft';
import { Privacy } from './Privacy';
import { SettingsDialog } from './SettingsDialog';

const IDLE: MaskStoredStatus = {
  is_running: false,
  is_compacting: false,
  done: 0,
  total: 0,
  masked: [],
  has_finished: false,
  error: null,
};

afterEach(() => {
  setPatternDraft(null);
  closeDialog();
});

function shown(answers: Answers = {}, page = <Privacy />) {
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
  renderWith(backend, page);
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
  expect((await screen.findByRole('alert')).textContent).toBe('Unclosed group.');
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
  const start = await screen.findByRole<HTMLButtonElement>('button', { name: 'Mask now…' });
  await waitFor(() => {
    expect(start.disabled).toBe(false);
  });
  await userEvent.click(start);
  expect(asked('mask_stored_start')).toEqual([]);
  await userEvent.click(screen.getByRole('button', { name: 'Cancel' }));
  await userEvent.click(screen.getByRole('button', { name: 'Mask now…' }));
  await userEvent.click(screen.getByRole('button', { name: 'Mask for good' }));
  expect((await screen.findByRole('progressbar')).getAttribute('aria-valuenow')).toBe('25');
  expect(screen.getByText('2 secrets were masked: 2 e-mail addresses')).toBeTruthy();
  await userEvent.click(screen.getByRole('button', { name: 'Stop' }));
  expect(await screen.findByText('Stopped: the rest is as it was.')).toBeTruthy();
  expect(asked('mask_stored_stop')).toEqual([{}]);
});

it('keeps what it said when a second run finds nothing more', async () => {
  let status: MaskStoredStatus = { ...IDLE, has_finished: true, masked: [{ kind: 'email', count: 2 }] };
  shown({
    mask_stored: () => status,
    mask_stored_start: () => {
      status = { ...IDLE, has_finished: true };
      return status;
    },
  });
  await screen.findByText('Done. 2 secrets were masked: 2 e-mail addresses.');
  const brought = vi.spyOn(Element.prototype, 'scrollIntoView');
  await userEvent.click(screen.getByRole('button', { name: 'Mask now…' }));
  expect(brought, 'the question').toHaveBeenCalledTimes(1);
  brought.mockClear();
  await userEvent.click(screen.getByRole('button', { name: 'Mask for good' }));
  await screen.findByText(
    'Done. Nothing more was masked; before: 2 secrets were masked: 2 e-mail addresses.',
  );
  expect(brought, 'the answer').toHaveBeenCalled();
});

async function typePattern(expression: string) {
  openDialog('settings');
  await userEvent.click(await screen.findByRole('tab', { name: 'Privacy' }));
  await userEvent.click(await screen.findByRole('button', { name: 'Add a pattern' }));
  await userEvent.type(screen.getByLabelText('Name of pattern 1'), 'customer');
  await userEvent.type(screen.getByLabelText('Expression of pattern 1'), expression);
}

it('closing the settings stores the patterns that were typed, also from another page', async () => {
  const asked = shown({}, <SettingsDialog />);
  await typePattern('KD');
  await userEvent.click(screen.getByRole('tab', { name: 'General' }));
  await userEvent.keyboard('{Escape}');
  await waitFor(() => {
    expect(asked('settings_set')).toMatchObject([
      { masking: { patterns: [{ name: 'customer', pattern: 'KD' }] } },
    ]);
  });
  await waitFor(() => {
    expect(useDialogs.getState().open).toBeNull();
  });
});

it('closing the settings asks about patterns that can not be stored', async () => {
  const refused = new BackendError({ code: 'invalid', message: 'the pattern “customer”: unclosed group' });
  const refuses = () => {
    throw refused;
  };
  shown({ settings_set: refuses }, <SettingsDialog />);
  await typePattern('(');
  await userEvent.keyboard('{Escape}');
  await screen.findByText('Your patterns are not saved: the pattern “customer”: unclosed group.');
  expect(useDialogs.getState().open).toBe('settings');
  await userEvent.click(screen.getByRole('button', { name: 'Go on editing' }));
  expect(screen.getByLabelText<HTMLInputElement>('Expression of pattern 1').value).toBe('(');
  await userEvent.keyboard('{Escape}');
  await userEvent.click(await screen.findByRole('button', { name: 'Discard them' }));
  expect(useDialogs.getState().open).toBeNull();
});
