// Where there is no graphics device, the app has the web view draw in plain memory, which is many times as fast there.
import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { windowTest } from './window.mjs';

windowTest('the web view draws in the way that suits the machine', async ({ open }) => {
  const app = await open();
  await app.text('[aria-label="No traces yet"]');
  const devices = existsSync('/dev/dri') ? readdirSync('/dev/dri') : [];
  const hasDevice = devices.some((name) => name.startsWith('renderD'));
  const [main] = app.processes();
  const environment = readFileSync(`/proc/${main}/environ`, 'utf8').split('\0');
  assert.equal(environment.includes('WEBKIT_DISABLE_DMABUF_RENDERER=1'), !hasDevice);
});
