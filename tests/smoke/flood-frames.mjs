// Frames a second of the window while its list is scrolled, in quiet and under a flood on the feed socket, in one run.
// Usage: node flood-frames.mjs [BINARY] [SECONDS] [STORE], the last a database with traces, as `make bench` keeps it with
// `--keep`; without it some thousand traces are told first.
import { once } from 'node:events';
import { connect } from 'node:net';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { App, BINARY } from './app.mjs';
import { Screen } from './screen.mjs';

const STEPS = 20;
const TEXT = 'lorem ipsum dolor sit amet '.repeat(37);
const FIRST_TRACES = 5_000;

const binary = process.argv[2] ? resolve(process.argv[2]) : BINARY;
const seconds = Number(process.argv[3] ?? 20);
const store = process.argv[4] && resolve(process.argv[4]);
const screen = await Screen.start({ width_px: 1600, height_px: 1000 });
try {
  const app = await App.start(screen, store ? ['--db', store] : [], binary);
  try {
    await app.text(store ? '[role="grid"][aria-label="Traces"]' : '[aria-label="No traces yet"]');
    const folder = store ? dirname(store) : join(screen.env.XDG_RUNTIME_DIR, 'tracellm-explorer');
    const feed = connect(join(folder, 'feed.sock'));
    await once(feed, 'data');
    let sent = 0;
    if (!store) {
      for (; sent < FIRST_TRACES; sent += 1) await tell(feed, sent);
      await app.listed(FIRST_TRACES);
    }
    const quiet = await frames(app, seconds);
    const before = sent;
    const ends = Date.now() + seconds * 1000 + 500;
    const flooding = (async () => {
      while (Date.now() < ends) await tell(feed, sent++);
    })();
    const flooded = await frames(app, seconds);
    await flooding;
    console.table({
      'in quiet': quiet,
      [`under ${Math.round(((sent - before) * STEPS) / seconds)} steps a second`]: flooded,
    });
    feed.end();
  } finally {
    await app.stop();
  }
} finally {
  await screen.stop();
}

/** Tells a whole trace, as fast as the socket takes it. */
async function tell(feed, index) {
  const trace_id = `run-${index}`;
  const lines = [{ type: 'trace.start', trace_id, prompt: `question ${index}` }];
  for (let step = 0; step < STEPS; step += 1) {
    const step_id = `${index}-${step}`;
    lines.push({ type: 'step.start', trace_id, step_id, tool_name: 'search', input: { query: `${step} ${TEXT}` } });
    lines.push({ type: 'step.end', trace_id, step_id, output: { found: TEXT }, success: true, duration: 30 });
  }
  lines.push({ type: 'trace.complete', trace_id, response: 'done', status: 'success', latency: 800 });
  const text = lines.map((line) => `${JSON.stringify(line)}\n`).join('');
  if (!feed.write(text)) await once(feed, 'drain');
}

/** Scrolls the list up and down for some seconds; gives the frames drawn a second, and the longest pause between two. */
async function frames(app, seconds) {
  await app.script(
    `const list = document.querySelector('[role="grid"][aria-label="Traces"]');
     const scrolled = [list, ...list.querySelectorAll('*')].find((each) => each.scrollHeight > each.clientHeight + 100
       && ['auto', 'scroll'].includes(getComputedStyle(each).overflowY)) ?? list;
     const begun = performance.now();
     const state = { frames: 0, longest_ms: 0, seconds: 0, done: false };
     window.measured = state;
     let last = begun;
     const ends = begun + arguments[0] * 1000;
     requestAnimationFrame(function frame(now) {
       state.frames += 1;
       state.longest_ms = Math.max(state.longest_ms, now - last);
       last = now;
       scrolled.scrollTop = 20_000 + 15_000 * Math.sin((now - begun) / 1500);
       if (now < ends) return requestAnimationFrame(frame);
       state.seconds = (now - begun) / 1000;
       state.done = true;
     });`,
    seconds,
  );
  await wait(seconds * 1000);
  const { frames, longest_ms, seconds: took } = await app.until('the frames are counted', 'return window.measured.done && window.measured');
  return { 'frames a second': Math.round(frames / took), 'longest pause, ms': Math.round(longest_ms) };
}
