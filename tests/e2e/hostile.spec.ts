// Traces whose every field attacks: shown in every view, saved, copied and opened elsewhere. Nothing runs, nothing is asked for,
// nothing becomes more than text, and nothing is lost from view.
import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import type { Page } from '@playwright/test';
import {
  attacks,
  everyMark,
  everyRun,
  everyStep,
  fileNames,
  openTrap,
  spanKey,
  traceKey,
  zip,
} from '../fixtures/hostile/corpus.mjs';
import {
  ask,
  becomeMarkup,
  comparisons,
  harm,
  openTraces,
  overviews,
  plainLetters,
  requestsTo,
  steps,
  watch,
} from '../fixtures/hostile/walk.mjs';
import { expect, test as base, textFile, type App } from './app.ts';
import { Agent } from './feed.ts';

interface Seen {
  trace_id: number;
  key: string;
}

/** The page with a trap beside it, watched from its first script on. */
class Hostile {
  readonly asked: string[] = [];
  readonly all: { name: string; text: string }[];

  constructor(
    readonly app: App,
    readonly page: Page,
    readonly trap: { url: string; asked: string[] },
  ) {
    this.all = attacks(trap.url);
    page.on('request', (request) => {
      const url = request.url();
      if (!url.startsWith(app.url) && !url.startsWith('data:')) this.asked.push(url);
    });
    page.on('dialog', (dialog) => {
      this.asked.push(`a dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
    page.on('popup', (popup) => this.asked.push(`a window: ${popup.url()}`));
    page.on('framenavigated', (frame) => {
      if (!frame.url().startsWith(app.url)) this.asked.push(`went to ${frame.url()}`);
    });
  }

  /** The page as `walk.mjs` moves it. */
  readonly driver = {
    script: (body: string, ...args: unknown[]): Promise<any> =>
      this.page.evaluate(`(function () { ${body} }).apply(null, ${JSON.stringify(args)})`),
    until: async (what: string, body: string, ...args: unknown[]) => {
      let found: unknown;
      await expect(async () => {
        found = await this.driver.script(body, ...args);
        expect(found, what).toBeTruthy();
      }).toPass({ intervals: [20, 50] });
      return found as any;
    },
    press: async (...keys: string[]) => {
      for (const key of keys) await this.page.keyboard.press(key);
    },
  };

  async traces(): Promise<Seen[]> {
    const list = await ask(this.driver, 'trace_list', {
      filter: '',
      sort: 'started',
      descending: false,
      offset: 0,
      limit: 1000,
    });
    return (list as { items: Seen[] }).items;
  }

  async idOf(key: string): Promise<number> {
    let found: number | undefined;
    await expect(async () => {
      found = (await this.traces()).find((trace) => trace.key === key)?.trace_id;
      expect(found).toBeDefined();
    }).toPass();
    return found as number;
  }

  async nothingHappened(where: string): Promise<void> {
    expect([...(await harm(this.driver)), ...this.asked, ...this.trap.asked], where).toEqual([]);
  }
}

const test = base.extend<{ hostile: Hostile }>({
  hostile: async ({ app, page }, use) => {
    const trap = await openTrap();
    const hostile = new Hostile(app, page, trap);
    await page.addInitScript(() => {
      addEventListener('securitypolicyviolation', (event) => {
        console.error(`refused by the content policy: ${event.violatedDirective} ${event.blockedURI}`);
      });
    });
    await page.reload();
    await watch(hostile.driver);
    await use(hostile);
    await trap.close();
  },
});

for (const share of [0, 1, 2]) {
  test(`steps of nothing but attacks are text in every section, and all of it is there (${share + 1} of 3)`, async ({
    hostile,
  }) => {
    const all = hostile.all.filter((_, index) => index % 3 === share);
    await hostile.app.openFiles(textFile('steps.json', everyStep(0, all)));
    const id = await hostile.idOf(traceKey(0));
    const spans = all.map((_, index) => spanKey(index));
    let index = 0;
    for await (const { place, text } of steps(hostile.driver, id, spans)) {
      const attack = all[index++];
      await hostile.nothingHappened(`${place}: ${attack?.name}`);
      const start = plainLetters(attack?.text ?? '').slice(0, 300);
      expect(plainLetters(text), `${attack?.name} is shown`).toContain(start);
    }
    expect(index).toBe(all.length);
  });
}

/** Traces for every view: two that part everywhere, many small ones, and some that a person has written on. */
async function fillStore(hostile: Hostile) {
  const { all, app, driver } = hostile;
  await app.openFiles(
    textFile('a.json', everyStep(0, all)),
    textFile('b.json', everyStep(1, all, ' <b>changed</b>')),
    textFile('runs.json', everyRun(all)),
    textFile('marks.jsonl', everyMark(all)),
  );
  await hostile.idOf(traceKey(200 + all.length - 1));
  await hostile.idOf(`${all.length - 1}-${all.at(-1)?.text}`);
  for (const [index, name] of fileNames(all).slice(0, 5).entries()) {
    await ask(driver, 'saved_filter_save', {
      id: null,
      name: name.slice(0, 60),
      filter: `attack${index}`,
      sort: 'started',
      descending: true,
    });
  }
  const address = `${all[1]?.text}:1`;
  await ask(driver, 'source_set', { id: '', enabled: true, kind: { type: 'feed_client', address } });
  return {
    a: await hostile.idOf(traceKey(0)),
    b: await hostile.idOf(traceKey(1)),
    marked: await hostile.idOf(`0-${all[0]?.text}`),
    runs: await Promise.all([200, 206, 213].map((number) => hostile.idOf(traceKey(number)))),
    needle: 'javascript',
    stepId: spanKey(1),
  };
}

for (const [what, places] of [
  ['list, count or chart', overviews],
  ['way to show a trace', openTraces],
  ['comparison', comparisons],
] as const) {
  test(`no ${what} shows an attack as more than text`, async ({ hostile }) => {
    const ids = await fillStore(hostile);
    for await (const { place, text } of places(hostile.driver, ids)) {
      await hostile.nothingHappened(place);
      expect(plainLetters(text).length, `${place} shows something`).toBeGreaterThan(100);
    }
  });
}

test('should text become markup some day, the content policy stops it', async ({ hostile, faults }) => {
  await becomeMarkup(hostile.driver, hostile.all);
  expect(await hostile.driver.script('return window.ran ?? null'), 'no script ran').toBeNull();
  expect(requestsTo(hostile.trap), 'nothing was asked for').toEqual([]);
  // The browser complains of every one.
  faults.length = 0;
});

test('files, archives and runs that come in under hostile names are named as they are', async ({ hostile, app }) => {
  const { all, driver } = hostile;
  const names = fileNames(all);
  const good = names.map((name, index): [string, string] => [
    `${all[index]?.text}/${name}`,
    everyStep(300 + index, all.slice(index, index + 1)),
  ]);
  const bad = names.map((name): [string, string] => [`bad/${name}`, `no trace ${name}`]);
  const archive = { name: `${names[1]}.zip`, bytes: zip([...good, ...bad]) };
  await app.openFiles(archive, ...names.map((name) => textFile(name, name)));
  await hostile.idOf(traceKey(300 + all.length - 1));
  await expect(app.imports.getByRole('listitem').first()).toBeVisible();
  await hostile.nothingHappened('imports');
  for (const button of await app.imports.getByRole('button', { expanded: false }).all()) await button.click();
  const problems = app.imports.getByRole('button', { name: /problem|could not|left out/i }).first();
  if (await problems.isVisible()) await problems.click();
  await hostile.nothingHappened('problems');
  await app.page.keyboard.press('Escape');

  const agent = await Agent.connect(app);
  for (const [index, { text }] of all.entries()) {
    const trace = `live-${index}-${text}`;
    agent.start(trace, text);
    agent.step(trace, text, text, { input: text, kind: text });
    agent.tell({ type: text, [text]: text });
    agent.complete(trace, { status: 'failed', failure_reason: text });
  }
  await hostile.idOf(`live-${all.length - 1}-${all.at(-1)?.text}`);
  await expect(app.page.getByRole('region', { name: 'Alerts' })).toContainText('Run failed');
  await hostile.nothingHappened('alerts');
  await driver.script(`location.hash = '#/?view=sources'`);
  await expect(app.page.getByRole('region', { name: 'Sources' })).toBeVisible();
  await hostile.nothingHappened('problems of a source');
  agent.vanish();
});

test('a saved comparison is text in any browser, and an export is read again as it was', async ({
  hostile,
  page,
  browser,
}, testInfo) => {
  const { all, trap } = hostile;
  await hostile.app.openFiles(
    textFile('a.json', everyStep(0, all)),
    textFile('b.json', everyStep(1, all, ' </script><b>changed</b>')),
  );
  const [a, b] = [await hostile.idOf(traceKey(0)), await hostile.idOf(traceKey(1))];
  await hostile.driver.script('location.hash = arguments[0]', `#/?view=compare&compare=${a},${b}`);
  await expect(page.getByRole('region', { name: 'What differs' })).toBeVisible();
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  const saving = page.waitForEvent('download');
  await page.getByRole('menuitem', { name: /HTML/ }).click();
  const path = testInfo.outputPath('comparison.html');
  await (await saving).saveAs(path);

  const context = await browser.newContext();
  const alone = await context.newPage();
  const complaints: string[] = [];
  alone.on('console', (message) => complaints.push(message.text()));
  alone.on('pageerror', (error) => complaints.push(String(error)));
  alone.on('request', (request) => {
    if (request.url() !== pathToFileURL(path).href) complaints.push(request.url());
  });
  await alone.goto(pathToFileURL(path).href);
  await expect(alone.getByRole('heading', { name: 'Two runs side by side' })).toBeVisible();
  for (const details of await alone.locator('details').all()) {
    await details.evaluate((each: HTMLDetailsElement) => {
      each.open = true;
    });
  }
  const shown = plainLetters(await alone.locator('body').innerText());
  for (const { name, text } of all) {
    expect(shown, `${name} is in the file`).toContain(plainLetters(text).slice(0, 100));
  }
  expect(await alone.locator('script, img, iframe, object, embed, link, base, form, svg, [style]').count()).toBe(0);
  // The page's own style passes its policy.
  await expect(alone.locator('table.steps')).toHaveCSS('table-layout', 'fixed');
  expect([...complaints, ...trap.asked]).toEqual([]);
  await context.close();

  await hostile.driver.script(`location.hash = '#/'`);
  await page.getByRole('grid', { name: 'Traces' }).focus();
  await page.keyboard.press('Control+a');
  const exporting = page.waitForEvent('download');
  await page.getByRole('region', { name: 'Selected traces' }).getByRole('button', { name: /^Export/ }).click();
  const exported = readFileSync(await (await exporting).path(), 'utf8');
  const texts = new Set<string>();
  const gather = (value: unknown): void => {
    if (typeof value === 'string') texts.add(value);
    else if (typeof value === 'object' && value !== null) Object.values(value).forEach(gather);
  };
  for (const line of exported.trim().split('\n')) gather(JSON.parse(line));
  for (const { name, text } of all) expect(texts.has(text), `${name} is exported as it was`).toBe(true);
  await hostile.nothingHappened('saving');
});

test('an address opens on a click alone, and after it has been shown', async ({ hostile, app, page }) => {
  const targets: [target: string, shown: string, opens: string | null][] = [
    [`${hostile.trap.url}/link`, new URL(hostile.trap.url).host, `${hostile.trap.url}/link`],
    ['https://xn--pple-43d.com/', 'xn--pple-43d.com', 'https://xn--pple-43d.com/'],
    ['https://\u0430pple.com/', 'xn--pple-43d.com', 'https://xn--pple-43d.com/'],
    ['https://good.example@evil.example/', 'good.example@evil.example', null],
    ['javascript:top.ran=1', 'javascript:top.ran=1', null],
    ['data:text/html,%3Cscript%3Etop.ran=1%3C/script%3E', 'data:text/html', null],
    ['file:///etc/passwd', 'file:///etc/passwd', null],
    ['vbscript:x', 'vbscript:x', null],
    ['//evil.example/', '//evil.example/', null],
    ['mailto:x@evil.example', 'x@evil.example', 'mailto:x@evil.example'],
  ];
  const text = targets.map(([target], index) => `[link${index}](<${target}>)`).join('\n\n');
  await app.openFiles(textFile('links.json', everyStep(0, [{ name: 'links', text }])));
  const id = await hostile.idOf(traceKey(0));
  await hostile.driver.script('location.hash = arguments[0]', `#/?trace=${id}&step=${spanKey(0)}`);
  await app.inspector.getByRole('tab', { name: /^Conversation/ }).click();
  const opened = () =>
    page.evaluate(() => (window as unknown as { harm: string[] }).harm.filter((what) => what.startsWith('a window')));
  for (const [index, [, shown, opens]] of targets.entries()) {
    await app.inspector.getByRole('button', { name: `link${index}`, exact: true }).first().click();
    const card = page.getByRole('dialog', { name: 'Where this link goes' });
    await expect(card).toContainText(shown);
    const before = (await opened()).length;
    const open = card.getByRole('button', { name: /^(Open in the browser|Write a mail)$/ });
    if (opens === null) await expect(open).toHaveCount(0);
    else {
      await open.click();
      await expect.poll(async () => (await opened()).slice(before)).toEqual([`a window opens at ${opens}`]);
    }
    await page.keyboard.press('Escape');
    await expect(card).toBeHidden();
  }
  expect(hostile.trap.asked, 'nothing was looked up to show it').toEqual([]);
});
