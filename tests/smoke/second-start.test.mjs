// Who starts the app twice has one window, and it opens what the second start was given.
import assert from 'node:assert/strict';
import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { BINARY, TITLE } from './app.mjs';
import { INVENTED } from './files.mjs';
import { until } from './program.mjs';
import { windowTest } from './window.mjs';

windowTest('a second start hands its files to the first', async ({ open, screen }) => {
  const app = await open();
  await app.text('[aria-label="No traces yet"]');
  const second = screen.program(BINARY, [INVENTED], { name: 'second-start' });
  await app.listed(3);
  assert.equal(await second.over, 0, `the second start ends well; it said: ${second.log()}`);
  assert.equal((await screen.windows(TITLE)).length, 1, 'there is one window');
});

windowTest('a second start with a link leads the first to its step', async ({ open, screen }) => {
  const app = await open(INVENTED);
  await app.listed(3);
  const link = 'tracellm://trace/5f0d3c1e-7d0b-4a55-9c55-2f6f0a9b1c02/step/step-extend-1?format=tracellm';
  const second = screen.program(BINARY, [link], { name: 'second-start' });
  const selected = await app.text('[role="treegrid"] [role="row"][aria-selected="true"]');
  assert.match(selected, /extend/i);
  assert.equal(await second.over, 0, `the second start ends well; it said: ${second.log()}`);
  assert.equal((await screen.windows(TITLE)).length, 1, 'there is one window');
});

windowTest('a start on another database has a window of its own', async ({ open, screen }) => {
  const app = await open();
  await app.text('[aria-label="No traces yet"]');
  const other = join(mkdtempSync(join(screen.folder, 'other-')), 'other.db');
  screen.program(BINARY, ['--db', other, INVENTED], { name: 'other-database' });
  await until('there are two windows', async () => (await screen.windows(TITLE)).length === 2);
  await app.text('[aria-label="No traces yet"]');
});
