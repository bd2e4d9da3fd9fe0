// Opening the app, importing what its arguments name, and reading a trace with the keyboard alone.
import { until } from './program.mjs';
import { INVENTED, traceFiles, tracesIn } from './files.mjs';
import { windowTest } from './window.mjs';
import { TITLE } from './app.mjs';

windowTest('an empty store shows how to get traces in', async ({ open, screen }) => {
  const app = await open();
  await app.text('[aria-label="No traces yet"]');
  await app.shows('See what your agents did');
  await app.shows('TraceLLM');
  await until('the window shows', async () => (await screen.windows(TITLE)).length === 1);
});

windowTest('paths as arguments are imported', async ({ open }) => {
  const files = traceFiles('tracellm-json/generated/D-failed.json', 'tracellm-json/generated/D-single.json');
  const app = await open(...files);
  await app.listed(tracesIn(files));
});

windowTest('a trace opens by keyboard and shows input, output and error of a step', async ({ open }) => {
  const app = await open(INVENTED);
  await app.listed(3);
  // The newest trace is the first, and it is the one that failed.
  await app.press('Control+1', 'Home', 'Enter');
  await app.until(
    'the tree has the step',
    'return [...document.querySelectorAll(\'[aria-label="Steps"] [aria-level]\')].some((row) => row.textContent.includes("room_reserve"))',
  );
  await app.press('Control+2', 'End');
  await app.until(
    'the failed step is selected',
    'return document.querySelector(\'[aria-label="Steps"] [aria-selected="true"]\')?.textContent.includes("room_reserve")',
  );
  const inspector = 'return document.querySelector(\'aside[aria-label="Inspector"]\')?.innerText.includes(arguments[0])';
  await app.until('the inspector shows the error', inspector, '409 the room is taken on 2026-03-07');
  await app.press('Control+3', 'ArrowRight');
  await app.until('the inspector shows the input', inspector, 'reading room');
  await app.until('the inspector shows the output', inspector, 'Output');
});

windowTest('a link given with the file that its trace is in leads to the step', async ({ open }) => {
  const link = 'tracellm://trace/5f0d3c1e-7d0b-4a55-9c55-2f6f0a9b1c02/step/step-extend-1?format=tracellm';
  const app = await open(INVENTED, link);
  const selected = await app.text('[role="treegrid"] [role="row"][aria-selected="true"]');
  if (!/extend/i.test(selected)) throw new Error(`the step of the link is selected, not: ${selected}`);
});

windowTest('the native dialog opens and closes', async ({ open, screen }) => {
  const app = await open();
  await app.text('[aria-label="No traces yet"]');
  const visible = async () => (await screen.xdotool('search', '--onlyvisible', '--class', 'tracellm')).split('\n').length;
  const before = await visible();
  await app.press('Control+o');
  await until('a dialog has opened', async () => (await visible()) === before + 1);
  await screen.xdotool('key', 'Escape');
  await until('the dialog has closed', async () => (await visible()) === before);
  await app.text('[aria-label="No traces yet"]');
});
