// The built app in a real window, driven over WebDriver (WebKitGTK's own; no other program stands between).
import { readFileSync, readdirSync, existsSync } from 'node:fs';
import { createServer } from 'node:net';
import { resolve } from 'node:path';
import { until } from './program.mjs';

const root = resolve(import.meta.dirname, '../..');
/** The program under test; `EXPLORER_APP` names another build. */
export const BINARY = resolve(root, process.env.EXPLORER_APP ?? 'target/debug/tracellm-explorer');
export const TITLE = 'TraceLLM Explorer';

// WebDriver's code points for keys without a character.
const KEYS = {
  Enter: '\uE007', Escape: '\uE00C', Tab: '\uE004', Delete: '\uE017', Control: '\uE009', Shift: '\uE008',
  Home: '\uE011', End: '\uE010', ArrowUp: '\uE013', ArrowDown: '\uE015', ArrowRight: '\uE014', ArrowLeft: '\uE012',
};

export class App {
  /** Starts the app on `screen` with `args` and waits until its page answers. */
  static async start(screen, args = [], binary = BINARY) {
    if (!existsSync(binary)) throw new Error(`${binary} is missing: run make test, which builds it`);
    const app = new App();
    app.screen = screen;
    app.binary = binary;
    const port = await freePort();
    app.driver = screen.program('WebKitWebDriver', [`--port=${port}`, '--host=127.0.0.1'], {
      name: `app-${port}`,
      env: { ...screen.env, TAURI_AUTOMATION: 'true', TAURI_WEBVIEW_AUTOMATION: 'true', RUST_BACKTRACE: '1' },
    });
    app.address = `http://127.0.0.1:${port}`;
    await until('the driver answers', async () => (await fetch(`${app.address}/status`)).ok);
    const alwaysMatch = { 'webkitgtk:browserOptions': { binary, args } };
    app.started_unix_ms = Date.now();
    const { sessionId } = await app.#ask('POST', '/session', { capabilities: { alwaysMatch } });
    app.session = `/session/${sessionId}`;
    await app.until('the page is there', 'return document.querySelector("#root")?.childElementCount > 0');
    return app;
  }

  async #ask(method, path, body) {
    const response = await fetch(this.address + path, { method, ...(body && { body: JSON.stringify(body) }) });
    const { value } = await response.json();
    if (!response.ok) throw new Error(`${value.error}: ${value.message}`);
    return value;
  }

  /** Runs `script` (a function's body) in the page. */
  script(script, ...args) {
    return this.#ask('POST', `${this.session}/execute/sync`, { script, args });
  }

  /** Waits until `script` gives something truthy, and gives it. */
  until(what, script, ...args) {
    return until(what, () => {
      this.driver.mustRun();
      return this.script(script, ...args);
    });
  }

  /** Waits until an element fits `selector`, and gives its text. */
  text(selector) {
    return this.until(
      `there is ${selector}`,
      'const found = document.querySelector(arguments[0]); return found && (found.textContent || " ")',
      selector,
    );
  }

  /** Waits until the page shows `text`. */
  shows(text) {
    return this.until(`the page shows "${text}"`, 'return document.body.innerText.includes(arguments[0])', text);
  }

  /** Waits until the list has exactly so many traces. */
  listed(count) {
    return until(`${count} traces are listed`, async () => {
      const rows = await this.script(
        'return document.querySelector(\'[role="grid"][aria-label="Traces"]\')?.getAttribute("aria-rowcount") ?? null',
      );
      // The header is a row too.
      if (Number(rows) !== count + 1) throw new Error(`aria-rowcount is ${rows}, with the header`);
      return true;
    });
  }

  /** Waits until nothing on the page is loading or moving, and it has drawn twice since. */
  async settled() {
    await this.until(
      'nothing is busy',
      'return !document.querySelector(\'[aria-busy="true"]\') && document.getAnimations().every((each) => each.playState !== "running" || each.effect?.getTiming().iterations === Infinity)',
    );
    await this.#ask('POST', `${this.session}/execute/async`, {
      script: 'const done = arguments[0]; requestAnimationFrame(() => requestAnimationFrame(() => done(true)));',
      args: [],
    });
  }

  /** Presses keys one after the other; `Control+o` holds the first while the second is pressed. */
  async press(...presses) {
    for (const press of presses) {
      const keys = press.split('+').map((key) => KEYS[key] ?? key);
      const actions = [
        ...keys.map((value) => ({ type: 'keyDown', value })),
        ...keys.toReversed().map((value) => ({ type: 'keyUp', value })),
      ];
      await this.#ask('POST', `${this.session}/actions`, { actions: [{ type: 'key', id: 'keyboard', actions }] });
    }
  }

  /** Clicks the element that fits `selector`. */
  async click(selector) {
    await this.text(selector);
    const found = await this.#ask('POST', `${this.session}/element`, { using: 'css selector', value: selector });
    await this.#ask('POST', `${this.session}/element/${Object.values(found)[0]}/click`, {});
  }

  /** Presses the mouse on the element that fits `selector`, at this share of its width. */
  async pressAt(selector, share) {
    await this.text(selector);
    const at = await this.script(
      'const box = document.querySelector(arguments[0]).getBoundingClientRect(); return { x: Math.round(box.left + box.width * arguments[1]), y: Math.round(box.top + box.height / 2) }',
      selector,
      share,
    );
    const actions = [
      { type: 'pointerMove', duration: 0, origin: 'viewport', ...at },
      { type: 'pointerDown', button: 0 },
      { type: 'pointerUp', button: 0 },
    ];
    await this.#ask('POST', `${this.session}/actions`, {
      actions: [{ type: 'pointer', id: 'mouse', parameters: { pointerType: 'mouse' }, actions }],
    });
  }

  /** Makes the page that large; the window is larger by its menu bar. */
  async resize(width_px, height_px) {
    const window = await this.place();
    const page = await this.script('return { width_px: innerWidth, height_px: innerHeight }');
    const size_px = [
      width_px + window.width_px - page.width_px,
      height_px + window.height_px - page.height_px,
    ];
    await this.screen.xdotool('windowsize', window.id, ...size_px);
    await this.until(
      `the page is ${width_px} × ${height_px}`,
      'return innerWidth === arguments[0] && innerHeight === arguments[1]',
      width_px,
      height_px,
    );
  }

  /**
   * Writes what the page shows to a PNG file, as it is on the screen: the driver's own pictures never come where the web
   * view draws in plain memory.
   */
  async picture(path) {
    const window = await this.place();
    const page = await this.script('return { width_px: innerWidth, height_px: innerHeight }');
    // The menu bar is above the page.
    const top_px = window.height_px - page.height_px;
    await this.screen.picture(path, [window.id, 0, top_px, page.width_px, page.height_px]);
  }

  /** The app's window and where it lies on the screen, in px. */
  async place() {
    const [id] = await until('the window shows', async () => {
      const windows = await this.screen.windows(TITLE);
      return windows.length > 0 && windows;
    });
    const lines = await this.screen.xdotool('getwindowgeometry', '--shell', id);
    const number = (name) => Number(new RegExp(`^${name}=(\\d+)$`, 'm').exec(lines)?.[1]);
    return { id, x_px: number('X'), y_px: number('Y'), width_px: number('WIDTH'), height_px: number('HEIGHT') };
  }

  /** The app's process and those it started. */
  processes() {
    const [main] = childrenOf(this.driver.pid).filter((pid) => programOf(pid) === this.binary);
    const all = [];
    const rest = main === undefined ? [] : [main];
    for (let pid; (pid = rest.pop()) !== undefined; ) {
      all.push(pid);
      rest.push(...childrenOf(pid));
    }
    return all;
  }

  /** What the app has said on its outputs. */
  log() {
    return this.driver.log();
  }

  async stop() {
    await this.#ask('DELETE', this.session).catch(() => {});
    await this.driver.stop();
  }
}

function childrenOf(pid) {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((child) => {
      try {
        const status = readFileSync(`/proc/${child}/stat`, 'utf8');
        return Number(status.slice(status.lastIndexOf(')') + 2).split(' ')[1]) === pid;
      } catch {
        return false;
      }
    });
}

function programOf(pid) {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')[0];
  } catch {
    return null;
  }
}

async function freePort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}
