// Opening traces of a thousand to a million steps in the real window: from the click to the first picture, frames a second
// while panning and zooming by keys in the waterfall and in flame, and memory of the app's processes.
// Usage: node open-frames.mjs [BINARY] [SECONDS] [SIZES] [STORE]; sizes with commas between. STORE is a database that has
// such traces already (large-traces.mjs), else they are made and imported first, which for a million takes a minute or more.
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { App, BINARY } from './app.mjs';
import { writeTrace } from './large-traces.mjs';
import { until } from './program.mjs';
import { Screen } from './screen.mjs';

const binary = process.argv[2] ? resolve(process.argv[2]) : BINARY;
const seconds = Number(process.argv[3] ?? 5);
const sizes = (process.argv[4] ?? '1000,10000,100000,1000000').split(',').map(Number);
/** Longer than any of this takes on a busy machine. */
const PATIENCE_MS = 600_000;

const screen = await Screen.start({ width_px: 1600, height_px: 1000 });
try {
  const store = process.argv[5] ? resolve(process.argv[5]) : await imported();
  const figures = {};
  for (const size of sizes) figures[`${size.toLocaleString('en')} steps`] = await measure(store, size);
  console.table(figures);
} finally {
  await screen.stop();
}

/** A database with a trace of each size. */
async function imported() {
  const store = join(screen.folder, 'traces.db');
  const files = [];
  for (const size of sizes) {
    const file = join(screen.folder, `steps-${size}.jsonl`);
    await writeTrace(file, size);
    files.push(file);
  }
  const app = await App.start(screen, ['--db', store, ...files], binary);
  try {
    await patiently('all is imported', app, 'return document.body.innerText.includes(arguments[0])', `run of ${Math.max(...sizes)} steps`);
    await patiently('no import goes on', app, 'return !document.querySelector(\'[role="progressbar"]\')');
  } finally {
    await app.stop();
  }
  return store;
}

async function measure(store, size) {
  screen.newPerson();
  const app = await App.start(screen, ['--db', store], binary);
  try {
    await app.shows(`run of ${size} steps`);
    await app.settled();
    const before_mib = memory(app);
    const firstPicture_ms = await opened(app, size);
    const rest = {};
    for (const [view, key] of [['waterfall', '1'], ['flame', '2']]) {
      await app.press(key);
      await app.settled();
      Object.assign(rest, await moved(app, view));
    }
    const after_mib = memory(app);
    return {
      'first picture, ms': firstPicture_ms,
      ...rest,
      'app, MiB': `${before_mib.app} → ${after_mib.app}`,
      'page, MiB': `${before_mib.page} → ${after_mib.page}`,
    };
  } finally {
    await app.stop();
  }
}

/** Clicks the trace in the list, and says how long it took until its rows and its minimap were on screen. */
async function opened(app, size) {
  await app.script(
    `const row = [...document.querySelectorAll('[role="grid"][aria-label="Traces"] [data-index]')]
       .find((each) => each.textContent.includes('run of ' + arguments[0] + ' steps'));
     window.opened = { ms: null };
     const begun = performance.now();
     row.click();
     // The minimap is drawn with the bars, and last of all.
     const isDrawn = () => {
       const minimap = document.querySelector('canvas[aria-label^="The whole trace"]');
       if (!minimap || minimap.width < 2 || !document.querySelector('[aria-label="Steps"] [aria-level]')) return false;
       const { data } = minimap.getContext('2d').getImageData(0, 0, minimap.width, minimap.height);
       return data.some((each) => each > 0);
     };
     requestAnimationFrame(function frame() {
       if (!isDrawn()) return requestAnimationFrame(frame);
       // Drawn; on screen with the next frame.
       requestAnimationFrame((now) => (window.opened.ms = now - begun));
     });`,
    size,
  );
  const ms = await patiently('the trace is on screen', app, 'return window.opened.ms');
  return Math.round(ms);
}

/** Presses a key of zoom or pan in each frame for some seconds; gives the frames a second, and the longest between two. */
async function moved(app, view) {
  await app.script(
    `const steps = document.querySelector('[aria-label="Steps"]');
     // In, to and fro, and out again.
     const keys = 'wwwwwwwwddddddddaaaaaaaassssssss';
     const length_ms = arguments[0];
     const state = { frames: 0, longest_ms: 0, took_ms: 0 };
     window.moved = state;
     const begun = performance.now();
     let last = begun;
     requestAnimationFrame(function frame(now) {
       state.longest_ms = Math.max(state.longest_ms, now - last);
       last = now;
       if (now - begun >= length_ms) return void (state.took_ms = now - begun);
       const key = keys[state.frames % keys.length];
       state.frames += 1;
       steps.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }));
       requestAnimationFrame(frame);
     });`,
    seconds * 1000,
  );
  await wait(seconds * 1000);
  const { frames, longest_ms, took_ms } = await patiently('the frames are counted', app, 'return window.moved.took_ms && window.moved');
  return {
    [`${view}, frames/s`]: Math.round((frames * 1000) / took_ms),
    [`${view}, longest, ms`]: Math.round(longest_ms),
  };
}

function patiently(what, app, script, ...args) {
  return until(what, () => app.script(script, ...args), PATIENCE_MS);
}

/** Resident memory of the app's own process, and of the one that has its page. */
function memory(app) {
  const sum_kib = { app: 0, page: 0 };
  const [main, ...others] = app.processes();
  for (const pid of [main, ...others]) {
    const kib = Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0);
    if (pid === main) sum_kib.app += kib;
    else if (readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('WebKitWebProcess')) sum_kib.page += kib;
  }
  return { app: Math.round(sum_kib.app / 1024), page: Math.round(sum_kib.page / 1024) };
}
