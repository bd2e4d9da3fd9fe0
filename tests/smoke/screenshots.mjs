// Pictures of the app in its real window: light and dark, small and large; empty, full, a trace open, a conversation, its time as
// flame and lanes, insights, two traces compared and replayed, what opens over it, failing imports, a run half done, the monitor and the sources meanwhile.
// Usage: node screenshots.mjs [BINARY [BEGINNING OF A NAME…]]
import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { App, BINARY } from './app.mjs';
import { agent, halfDone } from './feed.mjs';
import { INVENTED, traceFiles, tracesIn } from './files.mjs';
import { Screen } from './screen.mjs';

const OUTPUT = join(import.meta.dirname, 'output', 'screenshots');
const SIZES_PX = [
  [1280, 800],
  [1920, 1080],
];
const CONVERSATION = 'otlp-json-genai/evilmartians__agent-prism/smol_deep_research_agent.json';
const FULL = ['tracellm-json/generated/D-full200.json'];

const binary = process.argv[2] ? resolve(process.argv[2]) : BINARY;
const wanted = process.argv.slice(3);
rmSync(OUTPUT, { recursive: true, force: true });
mkdirSync(OUTPUT, { recursive: true });
const screen = await Screen.start({ width_px: 2200, height_px: 1300 });
try {
  await picture('empty', [], (app) => app.text('[aria-label="No traces yet"]'));
  const files = traceFiles(...FULL);
  await picture('list', files, (app) => app.listed(tracesIn(files)));
  await picture('trace', files, async (app) => {
    await app.listed(tracesIn(files));
    await app.click('[aria-label="Quick filters"] button:nth-of-type(3)');
    await app.until('retried traces are listed', 'return document.querySelector("[data-index]")?.dataset.status === "warning"');
    await app.press('Control+1', 'Home', 'Enter');
    await app.text('[aria-label="Steps"] [aria-level]');
    await app.press('Control+2', 'e');
    await app.text('aside[aria-label="Inspector"] h2');
  });
  await picture('conversation', traceFiles(CONVERSATION), async (app) => {
    await app.text('[role="grid"] [data-index="0"]');
    await app.press('Control+1', 'Home', 'Enter');
    await app.text('[aria-label="Steps"] [aria-level]');
    await app.script(
      '[...document.querySelectorAll(\'[aria-label="Steps"] [aria-level]\')].find((row) => row.textContent.includes("Model call"))?.click()',
    );
    await app.text('aside[aria-label="Inspector"] [role="tabpanel"]');
  });
  for (const [name, key] of Object.entries({ flame: '2', lanes: '3' })) {
    await picture(name, traceFiles(CONVERSATION), async (app) => {
      await app.text('[role="grid"] [data-index="0"]');
      await app.press('Control+1', 'Home', 'Enter');
      await app.text('[aria-label="Steps"] [aria-level]');
      await app.press('Control+2');
      await app.press(key);
    });
  }
  await picture('insights', files, async (app) => {
    await app.listed(tracesIn(files));
    await app.press('g', 'i');
    await app.text('table');
  });
  await picture('compare', files, async (app) => {
    await app.listed(tracesIn(files));
    await app.press('Control+1', 'Home', 'x', 'ArrowDown', 'x');
    await app.script(
      '[...document.querySelectorAll("button")].find((button) => button.textContent.startsWith("Compare")).click()',
    );
    await app.text('[aria-label="Aligned steps"] [aria-level]');
  });
  // Two runs of the made-up agent, at three moments of their replay.
  for (const [name, share] of Object.entries({ early: 0.1, middle: 0.5, late: 0.9 })) {
    await picture(`replay-${name}`, [], async (app) => {
      for (const seed of ['1', '2']) await demoRun(seed);
      await app.listed(2);
      await app.press('Control+1', 'Home', 'x', 'ArrowDown', 'x');
      await app.script(
        '[...document.querySelectorAll("button")].find((button) => button.textContent.startsWith("Compare")).click()',
      );
      await app.text('[aria-label="Aligned steps"] [aria-level]');
      await app.text('[aria-label="Playhead"]');
      await app.pressAt('[aria-label="Playhead"]', share);
    });
  }
  const opened = { palette: 'Control+k', settings: 'Control+,', keyboard: '?' };
  for (const [name, keys] of Object.entries(opened)) {
    await picture(name, files, async (app) => {
      await app.listed(tracesIn(files));
      await app.press(keys);
      await app.text('[role="dialog"]');
    });
  }
  await picture('paste', [], async (app) => {
    await app.text('[aria-label="No traces yet"]');
    await app.click('[aria-label="No traces yet"] button:last-of-type');
    await app.text('[role="dialog"] textarea');
  });
  const broken = join(screen.folder, 'not-a-trace.json');
  writeFileSync(broken, '{"events": [1, 2');
  await picture('failing-import', [broken], (app) => app.text('[aria-label="Imports"] [data-failed]'));
  const damaged = join(screen.folder, 'damaged.jsonl');
  writeFileSync(damaged, withDamage());
  await picture('problems', [damaged, broken], async (app) => {
    await app.click('[aria-label="Imports"] button[aria-expanded]');
    await app.text('[aria-label="Problems"]');
  });
  const live = (view) => async (app) => {
    const told = await agent(screen);
    await halfDone(told);
    await app.listed(25);
    if (view) await app.press('g', view);
    else {
      await app.press('Control+1', 'Home', 'Enter');
      await app.text('[aria-label="Steps"] [aria-level]');
    }
    return told.close;
  };
  await picture('live', [], live(null));
  await picture('monitor', [], live('m'));
  await picture('sources', [], live('s'));
} finally {
  await screen.stop();
}
console.log(`${readdirSync(OUTPUT).length} pictures are in ${OUTPUT}`);

/** Opens the app, brings it to the state to show (what `reach` gives ends it), and takes it in both colours and all sizes. */
async function picture(name, args, reach) {
  if (wanted.length > 0 && !wanted.some((beginning) => name.startsWith(beginning))) return;
  screen.newPerson();
  const app = await App.start(screen, args, binary);
  try {
    const end = await reach(app);
    for (const colours of ['light', 'dark']) {
      await app.script(
        'document.querySelector(`header button[aria-label="Use ${arguments[0]} colours"]`)?.click()',
        colours,
      );
      const other = colours === 'light' ? 'dark' : 'light';
      await app.text(`header button[aria-label="Use ${other} colours"]`);
      for (const [width_px, height_px] of SIZES_PX) {
        await app.resize(width_px, height_px);
        await app.settled();
        await app.picture(join(OUTPUT, `${name}-${colours}-${width_px}x${height_px}.png`));
      }
    }
    if (typeof end === 'function') end();
  } finally {
    await app.stop();
  }
}

/** A run of the made-up agent of TraceLLM's form, told to the app. */
async function demoRun(seed) {
  const socket = join(screen.env.XDG_RUNTIME_DIR, 'tracellm-explorer', 'feed.sock');
  const tracex = join(dirname(binary), 'tracex');
  const args = ['demo', '--socket', socket, '--seed', seed, '--runs', '1', '--speed', '20'];
  await promisify(execFile)(tracex, args, { env: screen.env });
}

/** A trace a line, and lines between them that are none. */
function withDamage() {
  const traces = JSON.parse(readFileSync(INVENTED, 'utf8')).map((trace) => JSON.stringify(trace));
  const lines = ['{"trace_id": "cut off he', 'plain words', '{"trace_id": 7, "steps": "none"}'];
  return traces.flatMap((trace, index) => [trace, lines[index % lines.length]]).join('\n');
}
