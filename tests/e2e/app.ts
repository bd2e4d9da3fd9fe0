// A fresh database, a server on it, and the page: what every test begins with.
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { test as base, expect, type Locator, type Page } from '@playwright/test';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const PROGRAM = process.env.TRACEX ?? join(ROOT, 'target/debug/tracex');
const PAGES = join(ROOT, 'ui/dist');

/** The real trace files beside the checkout. */
const DATA = join(ROOT, '../shared/data');

/** A file to hand to the page. */
export interface GivenFile {
  name: string;
  bytes: Buffer;
}

/** A real trace file; the test is passed over where there is none. */
export function realFile(path: string): GivenFile {
  const full = join(DATA, path);
  test.skip(!existsSync(DATA), `no real files at ${DATA}`);
  return { name: basename(full), bytes: readFileSync(full) };
}

export const textFile = (name: string, text: string): GivenFile => ({ name, bytes: Buffer.from(text) });

class Server {
  private constructor(
    readonly url: string,
    private readonly child: ChildProcess,
    private readonly folder: string,
  ) {}

  static async start(): Promise<Server> {
    const folder = mkdtempSync(join(tmpdir(), 'tracex-e2e-'));
    const args = ['--db', join(folder, 'traces.db'), 'serve', '--port', '0', '--ui', PAGES];
    const child = spawn(PROGRAM, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    const url = await new Promise<string>((resolve, reject) => {
      child.once('error', reject);
      child.once('exit', (code) => {
        reject(new Error(`tracex ended with code ${code} before it served`));
      });
      createInterface({ input: child.stdout }).once('line', resolve);
    });
    return new Server(url, child, folder);
  }

  async stop(): Promise<void> {
    const ended = new Promise((resolve) => this.child.once('exit', resolve));
    this.child.kill('SIGTERM');
    await ended;
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** The page, in the words of the person who uses it. */
export class App {
  readonly grid: Locator;
  readonly rows: Locator;
  readonly filter: Locator;
  readonly count: Locator;
  readonly imports: Locator;
  readonly steps: Locator;

  constructor(
    readonly page: Page,
    readonly url: string,
  ) {
    this.grid = page.getByRole('grid', { name: 'Traces' });
    this.rows = this.grid.locator('[data-index]');
    this.filter = page.getByRole('combobox', { name: 'Filter traces' });
    this.count = page.getByRole('search').locator('output');
    this.imports = page.getByRole('region', { name: 'Imports' });
    this.steps = page.getByRole('treegrid', { name: 'Steps' });
  }

  async open(): Promise<void> {
    await this.page.goto(this.url);
  }

  /** Gives files to the browser's file dialog. */
  async openFiles(...files: GivenFile[]): Promise<void> {
    const dialog = this.page.waitForEvent('filechooser');
    await this.page.getByRole('button', { name: 'Import', exact: true }).click();
    await this.page.getByRole('menuitem', { name: /^Open files/ }).click();
    const payload = files.map(({ name, bytes }) => ({ name, buffer: bytes, mimeType: 'application/json' }));
    await (await dialog).setFiles(payload);
  }

  /** Drags files into the window and lets them fall. */
  async drop(...files: GivenFile[]): Promise<void> {
    const carried = files.map(({ name, bytes }) => ({ name, base64: bytes.toString('base64') }));
    const transfer = await this.page.evaluateHandle((all) => {
      const data = new DataTransfer();
      for (const { name, base64 } of all) {
        const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
        data.items.add(new File([bytes], name));
      }
      return data;
    }, carried);
    await this.page.dispatchEvent('body', 'dragenter', { dataTransfer: transfer });
    await expect(this.page.getByText('Drop to import')).toBeVisible();
    await this.page.dispatchEvent('body', 'drop', { dataTransfer: transfer });
    await expect(this.page.getByText('Drop to import')).toBeHidden();
  }

  importCard(name: string): Locator {
    return this.imports.getByRole('listitem', { name: `Import of ${name}` });
  }

  /** The row of the only trace whose name contains `name`. */
  row(name: string): Locator {
    return this.rows.filter({ hasText: name });
  }

  quick(name: 'Failed' | 'Slow' | 'Retried'): Locator {
    return this.page.getByRole('group', { name: 'Quick filters' }).getByRole('button', { name });
  }

  step(name: string | RegExp): Locator {
    return this.steps.getByRole('row', { name });
  }

  get selectedStep(): Locator {
    return this.steps.locator('[role=row][aria-selected=true]');
  }

  /** The field that finds in the open trace. */
  get find(): Locator {
    return this.page.getByRole('textbox', { name: 'Find in this trace' });
  }

  /** Which of the steps that have it one is at. */
  get found(): Locator {
    return this.steps.locator('label', { has: this.find }).getByRole('status');
  }

  get inspector(): Locator {
    return this.page.getByRole('complementary', { name: 'Inspector' });
  }
}

export const test = base.extend<{ server: Server; app: App; faults: string[] }>({
  server: async ({}, use) => {
    const server = await Server.start();
    await use(server);
    await server.stop();
  },
  /**
   * What is wrong with the page beside what the test looks at: exceptions, failed loads, refusals by the content policy, and
   * requests to anywhere but the server. None is fine.
   */
  faults: async ({ page, server }, use) => {
    const faults: string[] = [];
    const own = new URL(server.url).origin;
    page.on('request', (request) => {
      const url = request.url();
      if (!/^(blob|data):/.test(url) && new URL(url).origin !== own) faults.push(`a request to ${url}`);
    });
    page.on('pageerror', (error) => faults.push(String(error)));
    page.on('console', (message) => {
      if (message.type() === 'error') faults.push(message.text());
    });
    await use(faults);
    expect(faults, 'the page does nothing that it should not').toEqual([]);
  },
  app: async ({ page, server, faults }, use) => {
    void faults;
    const app = new App(page, server.url);
    await app.open();
    await use(app);
  },
});

export { expect };
