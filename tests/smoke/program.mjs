// Programs that a test starts: each in a process group of its own, so that nothing outlives the test.
import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

const running = new Set();
let started = 0;

function endAll() {
  for (const program of running) program.signal('SIGKILL');
}
process.on('exit', endAll);
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => {
    endAll();
    process.exit(1);
  });
}

/** How long anything may take before it counts as broken, in ms. Software drawing on a busy machine is slow. */
export const DEADLINE_MS = 30_000;
const POLL_MS = 40;

/** Waiting longer makes no sense. */
export class Hopeless extends Error {}

/**
 * Asks until `question` gives something truthy; fails with `what` and the last answer once the deadline has passed, or
 * `question` throws `Hopeless`.
 */
export async function until(what, question, deadline_ms = DEADLINE_MS) {
  const end_ms = Date.now() + deadline_ms;
  let last;
  for (;;) {
    try {
      last = await question();
      if (last) return last;
    } catch (error) {
      if (error instanceof Hopeless) throw error;
      last = error;
    }
    if (Date.now() > end_ms) {
      throw new Error(`waited ${deadline_ms / 1000} s in vain until ${what}; last: ${String(last)}`);
    }
    await wait(POLL_MS);
  }
}

export class Program {
  /** Starts `command`; what it says goes to a log of its own in `folder`, but for descriptor 3: see `firstLine`. */
  constructor(command, args, { folder, env = process.env, name = basename(command) }) {
    this.name = name;
    started += 1;
    this.logPath = join(folder, `${started}-${name}.log`);
    const log = openSync(this.logPath, 'wx');
    this.child = spawn(command, args, { env, detached: true, stdio: ['ignore', log, log, 'pipe'] });
    closeSync(log);
    this.ended = false;
    this.over = new Promise((resolve) => {
      this.child.once('exit', (code, signal) => resolve(signal ?? code));
      this.child.once('error', (error) => resolve(error.message));
    }).then((outcome) => {
      this.ended = true;
      this.outcome = outcome;
      return outcome;
    });
    running.add(this);
  }

  get pid() {
    return this.child.pid;
  }

  /** All that it has said so far. */
  log() {
    return readFileSync(this.logPath, 'utf8');
  }

  /** Whether it has said `word` on a line of its own. */
  hasSaid(word) {
    this.mustRun();
    return this.log().split('\n').includes(word);
  }

  mustRun() {
    if (this.ended) throw new Hopeless(`${this.name} ended (${this.outcome}); it said:\n${this.log()}`);
  }

  /** What it writes to descriptor 3 up to the end of the first line. */
  async firstLine() {
    let text = '';
    this.child.stdio[3].on('data', (bytes) => (text += bytes));
    return until(`${this.name} has said where it is`, () => {
      this.mustRun();
      return text.includes('\n') && text.split('\n')[0].trim();
    });
  }

  /** Sends `signal` to the whole group. */
  signal(signal) {
    try {
      process.kill(-this.pid, signal);
    } catch {
      // The group is gone.
    }
  }

  /** Ends the group: politely, then not. */
  async stop() {
    this.signal('SIGTERM');
    await Promise.race([this.over, wait(3000, undefined, { ref: false })]);
    this.signal('SIGKILL');
    running.delete(this);
  }
}
