// A followed run that fails while another window is in front is told of by the desktop, and a click leads to it.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { agent } from './feed.mjs';
import { SYSTEM_PYTHON } from './screen.mjs';
import { until } from './program.mjs';
import { windowTest } from './window.mjs';

const script = (name) => join(import.meta.dirname, name);

/** Tells the app of a run that fails. */
async function failingRun(screen, name) {
  const { tell, close } = await agent(screen);
  tell({ type: 'trace.start', trace_id: name, name });
  tell({ type: 'trace.complete', trace_id: name, status: 'failed', failure_reason: '<b>rate</b> limit\u202e & more' });
  close();
}

/** Puts another window in front of the app's. */
async function lookElsewhere(screen) {
  const other = screen.program(SYSTEM_PYTHON, [script('drag_source.py')], { name: 'other-window' });
  await until('another window shows', () => other.hasSaid('shown'));
  const [id] = await screen.windows('Drag source');
  await screen.xdotool('windowfocus', '--sync', id);
  return other;
}

windowTest('a desktop that shows no notifications is noted once, and nothing else comes of it', async ({ open, screen }) => {
  const app = await open();
  await app.text('[aria-label="No traces yet"]');
  const other = await lookElsewhere(screen);
  await failingRun(screen, 'first');
  await app.listed(1);
  await failingRun(screen, 'second');
  await app.listed(2);
  const logs = join(screen.env.XDG_DATA_HOME, 'tracellm-explorer', 'logs');
  const log = () => readdirSync(logs).map((name) => readFileSync(join(logs, name), 'utf8')).join('');
  await until('the log says so', () => log().includes('the desktop shows no notifications'));
  await failingRun(screen, 'third');
  await app.listed(3);
  assert.equal(log().split('the desktop shows no notifications').length, 2);
  await app.shows('Run failed');
  await other.stop();
});

windowTest('a run that fails behind another window is told of, and a click opens it', async ({ open, screen }) => {
  const desktop = screen.program(SYSTEM_PYTHON, [script('desktop.py')], { name: 'desktop' });
  await until('the desktop shows notifications', () => desktop.hasSaid('ready'));
  const app = await open();
  await app.text('[aria-label="No traces yet"]');
  const other = await lookElsewhere(screen);
  await failingRun(screen, 'checkout agent');
  const note = await until('a notification is shown', () => {
    desktop.mustRun();
    const line = desktop.log().split('\n').find((each) => each.startsWith('{'));
    return line && JSON.parse(line);
  });
  assert.equal(note.summary, 'A run failed');
  assert.equal(note.body, 'checkout agent\n‹b›rate‹/b› limit  ＆ more', 'what a trace says is no markup, and turns nothing around');
  await app.until('the run is open', 'return document.querySelector("main h1")?.textContent === "checkout agent"');
  await other.stop();
  await desktop.stop();
});
