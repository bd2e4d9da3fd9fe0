// A screen of its own with a window manager and a session bus: nothing on it but what a test opens.
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Program, until } from './program.mjs';

const run = promisify(execFile);
const here = import.meta.dirname;
/** The Python that the system's packages (python3-gi) belong to, whatever comes first in PATH. */
export const SYSTEM_PYTHON = '/usr/bin/python3';

export class Screen {
  /** Starts a screen of that many pixels. */
  static async start({ width_px = 1920, height_px = 1200 } = {}) {
    const screen = new Screen();
    screen.folder = mkdtempSync(join(tmpdir(), 'explorer-smoke-'));
    screen.env = { PATH: process.env.PATH, LANG: 'C.UTF-8', TZ: 'UTC', GDK_BACKEND: 'x11', NO_AT_BRIDGE: '1' };
    screen.programs = [];
    screen.newPerson();
    // Xvfb finds a free number by itself and says which.
    const server = screen.program('Xvfb', [
      '-displayfd', '3', '-screen', '0', `${width_px}x${height_px}x24`, '-nolisten', 'tcp', '-noreset',
    ]);
    screen.env.DISPLAY = `:${await server.firstLine()}`;
    const bus = screen.program('dbus-daemon', ['--session', '--nofork', '--print-address=3']);
    screen.env.DBUS_SESSION_BUS_ADDRESS = await bus.firstLine();
    screen.program('openbox', ['--sm-disable']);
    await until('openbox manages the screen', async () => (await screen.xdotool('get_num_desktops')) !== '');
    return screen;
  }

  /** Gives programs started from now on empty folders: nothing is read or changed of who runs the tests, or of before. */
  newPerson() {
    const home = mkdtempSync(join(this.folder, 'home-'));
    const folders = {
      HOME: '',
      XDG_DATA_HOME: 'data',
      XDG_CONFIG_HOME: 'config',
      XDG_CACHE_HOME: 'cache',
      XDG_STATE_HOME: 'state',
      XDG_RUNTIME_DIR: 'runtime',
    };
    for (const [name, path] of Object.entries(folders)) {
      this.env[name] = join(home, path);
      mkdirSync(this.env[name], { recursive: true, mode: 0o700 });
    }
  }

  program(command, args, options = {}) {
    const program = new Program(command, args, { folder: this.folder, env: { ...this.env }, ...options });
    this.programs.push(program);
    return program;
  }

  async xdotool(...args) {
    const { stdout } = await run('xdotool', args.map(String), { env: this.env });
    return stdout.trim();
  }

  /** The visible windows whose title contains `title`, as X ids. */
  async windows(title) {
    const found = await this.xdotool('search', '--onlyvisible', '--name', title).catch(() => '');
    return found === '' ? [] : found.split('\n');
  }

  /** Writes what is on the screen to a PNG file; with `part`, that of a window (its id, then left, top, width, height in px). */
  async picture(path, part = []) {
    mkdirSync(join(path, '..'), { recursive: true });
    await run(SYSTEM_PYTHON, [join(here, 'picture.py'), path, ...part.map(String)], { env: this.env });
  }

  async stop() {
    for (const program of this.programs.toReversed()) await program.stop();
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }
}
