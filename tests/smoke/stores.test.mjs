// Going over to another store in the window that is open, and backups of one.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { BINARY, TITLE } from './app.mjs';
import { drop } from './drag.mjs';
import { INVENTED, tracesIn } from './files.mjs';
import { until } from './program.mjs';
import { windowTest } from './window.mjs';

const TRACES = tracesIn([INVENTED]);
const TRACEX = resolve(BINARY, '../tracex');

/** A store with the invented traces, made by the command line. */
function storeIn(folder, name = 'other.db') {
  const path = join(mkdtempSync(join(folder, 'store-')), name);
  execFileSync(TRACEX, ['--db', path, 'import', INVENTED], { stdio: 'ignore' });
  return path;
}

/** Clicks the button that says `text`, once it can be. */
const choose = (app, text) =>
  app.until(
    `"${text}" can be chosen`,
    `const found = [...document.querySelectorAll('button')].find((each) => !each.disabled && (each.textContent.trim() === arguments[0] || each.ariaLabel === arguments[0]));
     found?.click(); return Boolean(found)`,
    text,
  );

/** Runs the command that `words` find in the palette. */
async function command(app, words) {
  await app.press('Control+k');
  await app.text('[role="dialog"] input');
  await app.press(...words);
  await app.press('Enter');
}

/** Names a file in the native dialog that opens next. */
async function nameInDialog(screen, before, path) {
  const visible = () => windowsOf(screen);
  await until('a dialog has opened', async () => (await visible()) === before + 1);
  // Where files are opened, the first sign of a path makes the field that it is typed into.
  await screen.xdotool('type', '--delay', '20', path);
  await screen.xdotool('key', 'Return');
  await until('the dialog has closed', async () => (await visible()) === before);
}

const windowsOf = async (screen) =>
  (await screen.xdotool('search', '--onlyvisible', '--class', 'tracellm')).split('\n').length;

windowTest('a store that is dropped is asked about, and the window goes over to it and back', async ({ open, screen }) => {
  const app = await open();
  await app.text('[aria-label="No traces yet"]');
  await drop(app, [storeIn(screen.folder)]);
  await app.shows(`It holds ${TRACES} traces`);
  await choose(app, 'Open this store');
  await app.listed(TRACES);
  await app.text('header [aria-label="Store other.db: settings"]');
  await until('the window is named after it', async () => (await screen.windows('^other.db')).length === 1);
  await app.press('Control+,');
  await app.until(
    'there is the page of storage',
    `const tab = [...document.querySelectorAll('[role="tab"]')].find((each) => each.textContent === 'Storage');
     tab?.dispatchEvent(new MouseEvent('mousedown', { bubbles: true, button: 0 })); return Boolean(tab)`,
  );
  await app.shows('(the usual one)');
  await app.until(
    'the usual store can be opened',
    `const found = document.querySelector('button[aria-label^="Open /"]'); found?.click(); return Boolean(found)`,
  );
  await app.text('[aria-label="No traces yet"]');
  await until('the window has its name again', async () => (await screen.windows(`^${TITLE}`)).length === 1);
});

windowTest('the traces of a store that is dropped can be imported instead', async ({ open, screen }) => {
  const app = await open();
  await app.text('[aria-label="No traces yet"]');
  await drop(app, [storeIn(screen.folder)]);
  await choose(app, 'Import its traces');
  await app.listed(TRACES);
  assert.equal((await screen.windows('^other.db')).length, 0, 'the store that is open is still the first');
});

windowTest('what a second start opens goes into the store that it was started on', async ({ open, screen }) => {
  const app = await open();
  await app.text('[aria-label="No traces yet"]');
  const empty = join(mkdtempSync(join(screen.folder, 'store-')), 'empty.db');
  // What is imported makes the store; of this there is nothing to keep.
  spawnSync(TRACEX, ['--db', empty, 'import', '-'], { input: '[]' });
  await drop(app, [empty]);
  await choose(app, 'Open this store');
  await app.text('header [aria-label="Store empty.db: settings"]');
  const second = screen.program(BINARY, [INVENTED], { name: 'second-start' });
  await app.listed(TRACES);
  assert.equal(await second.over, 0, `the second start ends well; it said: ${second.log()}`);
  await until('the first store is open again', async () => (await screen.windows('^empty.db')).length === 0);
  assert.match(execFileSync(TRACEX, ['--db', empty, 'list', '--json'], { encoding: 'utf8' }), /^\s*$/);
});

windowTest('a backup is written and restored through the native dialogs', async ({ open, screen }) => {
  const app = await open(INVENTED);
  await app.listed(TRACES);
  const before = await windowsOf(screen);
  const folder = mkdtempSync(join(screen.folder, 'backup-'));
  const file = join(folder, 'mine.db');
  await command(app, 'back up');
  // The ending of the name that is offered is not selected, so it stays.
  await nameInDialog(screen, before, file.replace(/\.db$/, ''));
  await app.shows('written and checked');
  assert.ok(existsSync(file));
  assert.deepEqual(readdirSync(folder), ['mine.db'], 'nothing else is left there');
  await choose(app, 'Close');

  await app.press('Control+1', 'Control+a', 'Delete');
  await app.text('[aria-label="No traces yet"], [role="grid"][aria-rowcount="1"]');
  await command(app, 'restore a backup');
  await nameInDialog(screen, before, file);
  await app.shows('Restore this backup?');
  await choose(app, 'Restore');
  await app.listed(TRACES);
  await app.shows('was restored');
});
