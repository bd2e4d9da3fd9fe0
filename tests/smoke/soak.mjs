// The app in its window for a long time: agents tell of their runs, old runs go, and a person looks from view to view all the
// while. Prints memory of the app's process and of the page's, and how long each view takes, the first third against the last.
// Usage: node soak.mjs [BINARY] [SECONDS]
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { App, BINARY } from './app.mjs';
import { Screen } from './screen.mjs';

/** Ten agents, a step a second each, 48 times as fast: eight hours are ten minutes. */
const STEPS_A_SECOND = 480;
const STEPS_A_RUN = 40;
const KEPT_RUNS = 600;

const binary = process.argv[2] ? resolve(process.argv[2]) : BINARY;
const seconds = Number(process.argv[3] ?? 600);
const screen = await Screen.start({ width_px: 1600, height_px: 1000 });
let over = false;
try {
  const app = await App.start(screen, [], binary);
  try {
    await app.text('[aria-label="No traces yet"]');
    const feed = connect(join(screen.env.XDG_RUNTIME_DIR, 'tracellm-explorer', 'feed.sock'));
    await once(feed, 'data');
    feed.on('data', () => {});
    // As many as are kept, before anything is measured.
    for (let run = 0; run < KEPT_RUNS; run += 1) await tell(feed, run * STEPS_A_RUN, STEPS_A_RUN);
    await app.listed(KEPT_RUNS);
    const telling = flow(feed, KEPT_RUNS * STEPS_A_RUN);
    const samples = [];
    const begun = Date.now();
    while (Date.now() - begun < seconds * 1000) {
      await letGo(app, samples.length);
      const times = await look(app);
      samples.push({ second: Math.round((Date.now() - begun) / 1000), ...memory(app), ...times });
      console.log(JSON.stringify(samples.at(-1)));
    }
    over = true;
    report(samples, await telling);
  } finally {
    over = true;
    await app.stop();
  }
} finally {
  await screen.stop();
}

/** Tells of steps at a steady pace until all is over; gives how many. */
async function flow(feed, first) {
  const begun = Date.now();
  let told = 0;
  while (!over) {
    const due = Math.floor(((Date.now() - begun) / 1000) * STEPS_A_SECOND);
    await tell(feed, first + told, due - told);
    told = due;
    await wait(250);
  }
  feed.end();
  return told;
}

async function tell(feed, first, count) {
  const lines = [];
  for (let step = first; step < first + count; step += 1) {
    const trace_id = `run-${Math.floor(step / STEPS_A_RUN)}`;
    const step_id = `s${step}`;
    if (step % STEPS_A_RUN === 0) {
      lines.push({ type: 'trace.start', trace_id, prompt: `question ${step}`, model_name: 'gpt-4o', project_id: 'soak' });
    }
    lines.push({ type: 'step.start', trace_id, step_id, tool_name: 'search', input: { query: `what is said of number ${step}` } });
    const text = `found ${(step * 7919) % 10_007} of ${step} `.repeat(30);
    lines.push({ type: 'step.end', trace_id, step_id, success: step % 17 !== 0, duration: 400, output: { text } });
    if (step % STEPS_A_RUN === STEPS_A_RUN - 1) lines.push({ type: 'trace.end', trace_id, status: 'success', response: 'done' });
  }
  const text = lines.map((line) => `${JSON.stringify(line)}\n`).join('');
  if (text && !feed.write(text)) await once(feed, 'drain');
}

/** Has old runs go: the engine looks at its limits when they have changed. */
async function letGo(app, round) {
  await app.script(
    `const invoke = (name, request) => window.__TAURI_INTERNALS__.invoke('call', { name, request: JSON.stringify(request) });
     const parsed = (answer) => typeof answer === 'string' ? JSON.parse(answer)
       : answer instanceof ArrayBuffer ? JSON.parse(new TextDecoder().decode(answer)) : answer;
     invoke('settings_get', {}).then((answer) => {
       const settings = parsed(answer);
       return invoke('settings_set', { ...settings, retention: { ...settings.retention, traces: arguments[0] } });
     });`,
    KEPT_RUNS + (round % 2),
  );
}

/** Goes through the views once, and gives how long each took to be there, in ms. */
async function look(app) {
  const times = {};
  const timed = async (name, keys, selector) => {
    const begun = performance.now();
    await app.press(...keys);
    await app.text(selector);
    times[name] = Math.round(performance.now() - begun);
    await wait(500);
  };
  await timed('list_ms', ['g', 't'], '[role="grid"][aria-label="Traces"]');
  await app.press('j', 'j', 'k');
  await timed('run_ms', ['Enter'], '[role="treegrid"][aria-label="Steps"] [role="row"][aria-level]');
  for (const key of ['j', 'j', 'j', '2', '3', '1']) await app.press(key);
  await timed('talk_ms', ['m'], '[aria-label="Conversation"]');
  await app.press('m', 'Escape');
  await timed('monitor_ms', ['g', 'm'], 'section[aria-label="Monitor"]');
  await timed('insights_ms', ['g', 'i'], 'section[aria-label="Insights"] h1');
  await timed('retries_ms', ['g', 'r'], 'section[aria-label="Retries"] h1');
  await timed('sources_ms', ['g', 's'], 'section[aria-label="Sources"]');
  return times;
}

/** What the app's own process holds, and what those of its page hold, in MB. */
function memory(app) {
  const held = app.processes().map((pid) => {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) / 1000;
  });
  return { app_MB: held[0], page_MB: held.slice(1).reduce((sum, each) => sum + each, 0) };
}

function report(samples, steps) {
  const third = Math.floor(samples.length / 3);
  const parts = [samples.slice(0, third), samples.slice(third, 2 * third), samples.slice(-third)];
  const mean = (part, column) => part.reduce((sum, sample) => sum + sample[column], 0) / part.length;
  console.log(`${steps} steps in ${seconds} s, ${samples.length} rounds through the views; means of the thirds`);
  console.table(
    Object.fromEntries(
      Object.keys(samples[0])
        .filter((column) => column !== 'second')
        .map((column) => {
          const [first, middle, last] = parts.map((part) => mean(part, column));
          const round = (value) => Number(value.toFixed(1));
          return [column, { first: round(first), middle: round(middle), last: round(last), ratio: Number((last / first).toFixed(2)) }];
        }),
    ),
  );
}
