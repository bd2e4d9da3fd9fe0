// How long the app takes from its start to a page that can be used, and how much memory it then holds.
// Usage: node start-time.mjs [BINARY]
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { App, BINARY } from './app.mjs';
import { traceFiles, tracesIn } from './files.mjs';
import { until } from './program.mjs';
import { Screen } from './screen.mjs';

const STARTS = 5;
const TICK_MS = 10; // of /proc/*/stat, on every Linux that matters

const binary = process.argv[2] ? resolve(process.argv[2]) : BINARY;
const screen = await Screen.start();
try {
  const empty = await measure('empty store', (app) => app.text('[aria-label="No traces yet"]'));
  const files = traceFiles('tracellm-json/generated/D-full200.json');
  const count = tracesIn(files);
  screen.newPerson();
  const app = await App.start(screen, files, binary);
  await app.listed(count);
  await app.stop();
  const full = await measure(`${count} traces`, (app) => app.listed(count));
  console.log(`${binary}, median of ${STARTS} starts, the first (cold) beside it`);
  console.table({ ...empty, ...full });
} finally {
  await screen.stop();
}

async function measure(name, usable) {
  const starts = [];
  for (let start = 0; start < STARTS; start += 1) {
    const app = await App.start(screen, [], binary);
    try {
      await usable(app);
      const usable_unix_ms = Date.now();
      const [main] = app.processes();
      const begun_unix_ms = begunUnixMs(main);
      const paint_unix_ms = await until('the page has drawn', () =>
        app.script(
          'const [paint] = performance.getEntriesByName("first-contentful-paint"); return paint && performance.timeOrigin + paint.startTime',
        ),
      );
      starts.push({
        'text on screen, ms': Math.round(paint_unix_ms - begun_unix_ms),
        'usable, ms': Math.round(usable_unix_ms - begun_unix_ms),
        ...memory(app.processes()),
      });
    } finally {
      await app.stop();
    }
  }
  const columns = Object.keys(starts[0]);
  const median = (column) => starts.map((start) => start[column]).toSorted((a, b) => a - b)[Math.floor(STARTS / 2)];
  return {
    [name]: Object.fromEntries(columns.map((column) => [column, median(column)])),
    [`${name}, first start`]: starts[0],
  };
}

/** When a process began. */
function begunUnixMs(pid) {
  const status = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const begun_ticks = Number(status.slice(status.lastIndexOf(')') + 2).split(' ')[19]);
  const up_ms = Number(readFileSync('/proc/uptime', 'utf8').split(' ')[0]) * 1000;
  return Date.now() - up_ms + begun_ticks * TICK_MS;
}

/** Memory of processes in MiB: all that each has (RSS), and with what they share counted once (PSS). */
function memory(pids) {
  const sum_kib = { Rss: 0, Pss: 0 };
  for (const pid of pids) {
    const text = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
    for (const field of Object.keys(sum_kib)) {
      sum_kib[field] += Number(new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(text)?.[1]);
    }
  }
  return {
    processes: pids.length,
    'RSS, MiB': Math.round(sum_kib.Rss / 1024),
    'PSS, MiB': Math.round(sum_kib.Pss / 1024),
  };
}
