// Huge texts: the first screenful at once, all of it to be scrolled, searched and saved; links that are shown before they open.
import { readFileSync } from 'node:fs';
import { expect, test, textFile, type App } from './app.ts';
import { run, step } from './runs.ts';

/** A tool of which nothing is known. */
const TOOL = 'mcp__texts';
const LINES = 1_000_000;
/** Some 20 MB: `line 0000000 ` and so on, a line of it unlike the others. */
const long = Array.from({ length: LINES }, (_, line) =>
  line === 765_432 ? 'here is the Needle' : `line ${String(line).padStart(7, '0')} – ä`,
).join('\n');

async function withStep(app: App, name: string, given: { input?: unknown; output?: unknown }): Promise<void> {
  const steps = [step({ id: 's-1', tool: TOOL, at_s: 0, ...given })];
  await app.openFiles(textFile(`${name}.json`, JSON.stringify([run({ id: name, prompt: name, steps })])));
  await app.row(name).click();
  await app.steps.focus();
  await app.page.keyboard.press('End');
  await expect(app.inspector.getByRole('heading', { level: 2 })).toHaveText(TOOL);
}

test('a text of 20 MB shows its start, is scrolled and searched to its end, and saved whole', async ({
  app,
  page,
}) => {
  await withStep(app, 'long', { input: { text: long }, output: 'short' });
  const panel = app.inspector.getByRole('tabpanel');
  await expect(panel).toContainText('line 0000000');
  await panel.getByRole('button', { name: /^Show all 20(\.\d)? MB$/ }).click();
  const box = panel.getByRole('region', { name: /text$/ });
  await expect(panel).toContainText('1,000,000 lines');
  await expect(box).toContainText('line 0000010 – ä');
  // The page holds what is on screen of it.
  expect(await panel.locator('*').count()).toBeLessThan(1_000);

  await box.focus();
  await page.keyboard.press('End');
  await expect(box).toContainText('line 0999999 – ä');

  await page.keyboard.press('Control+f');
  await page.keyboard.type('NEEDLE');
  await expect(panel.getByRole('status').filter({ hasText: /^1$/ })).toBeVisible();
  await page.keyboard.press('Enter');
  await expect(box.locator('mark')).toHaveText('Needle');
  await expect(box).toContainText('765433');

  const download = page.waitForEvent('download');
  await panel.getByRole('group', { name: /text/ }).getByRole('button', { name: 'Save to file…' }).click();
  const saved = await download;
  expect(saved.suggestedFilename()).toBe('text.txt');
  expect(readFileSync(await saved.path(), 'utf8') === long, 'the file is the text').toBe(true);

  // The keys of the trace answer meanwhile and after.
  await app.steps.focus();
  await page.keyboard.press('Home');
  await expect(app.selectedStep).not.toContainText(TOOL);
});

test('a place in a long text is in view, however little room the inspector has', async ({ app, page }) => {
  await page.setViewportSize({ width: 1280, height: 800 });
  await withStep(app, 'low', { input: { text: long }, output: 'short' });
  await app.inspector.getByRole('button', { name: /^Show all 20/ }).click();
  const box = app.inspector.getByRole('region', { name: /text$/ });
  // The box has the keyboard, so that Ctrl+F looks in it.
  await expect(box).toBeFocused();
  await page.keyboard.press('Control+f');
  await page.keyboard.type('Needle');
  await page.keyboard.press('Enter');
  await expect(box.locator('mark')).toBeInViewport({ ratio: 0.9 });
  await box.focus();
  await page.keyboard.press('Control+End');
  await expect(box.getByText('line 0999999')).toBeInViewport({ ratio: 0.9 });
});

test('a list without end is unfolded line by line, and says where it was cut', async ({ app, page }) => {
  await withStep(app, 'list', {
    output: { rows: Array.from({ length: 900_000 }, (_, index) => index) },
  });
  const panel = app.inspector.getByRole('tabpanel');
  const tree = panel.getByRole('tree');
  await expect(tree.getByRole('treeitem')).toHaveCount(2);
  await tree.focus();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowRight');
  await expect(panel).toContainText(/\d\d,\d{3} lines unfolded/);
  await page.keyboard.press('End');
  await expect(panel.getByRole('button', { name: 'Show all 900,000 items' })).toBeVisible();
});

test('the stored payload of a large step can be looked through', async ({ app, page }) => {
  await withStep(app, 'raw', {
    input: { text: long.slice(0, 2_000_000), odd: 'what is Odd' },
  });
  await app.inspector.getByRole('tab', { name: 'Raw' }).click();
  const panel = app.inspector.getByRole('tabpanel');
  await expect(panel).toContainText('As stored');
  await expect(panel.getByRole('region', { name: /text$/ })).toContainText('line 0000000');
  await panel.getByRole('textbox', { name: /^Find in/ }).fill('is odd');
  await page.keyboard.press('Enter');
  await expect(panel.locator('mark')).toHaveText('is Odd');
});

test('a link is opened by a click on it and one on where it leads', async ({ app, page, context }) => {
  const text = 'See **the** [manual](http://127.0.0.1:9/manual) and [this](javascript:alert(1)).';
  await app.openFiles(textFile('links.json', JSON.stringify([run({ id: 'links', prompt: text })])));
  await app.row('manual').click();
  const asked: string[] = [];
  await context.route('http://127.0.0.1:9/**', (route) => {
    asked.push(route.request().url());
    return route.fulfill({ body: 'opened' });
  });
  const panel = app.inspector.getByRole('tabpanel');
  await panel.getByRole('button', { name: 'this', exact: true }).first().click();
  const card = page.getByRole('dialog', { name: 'Where this link goes' });
  await expect(card).toContainText('javascript:alert(1)');
  await expect(card.getByRole('button', { name: /Open/ })).toHaveCount(0);
  await page.keyboard.press('Escape');
  await panel.getByRole('button', { name: 'manual', exact: true }).first().click();
  await expect(card).toContainText('http://127.0.0.1:9/manual');
  expect(asked).toEqual([]);
  const opened = context.waitForEvent('page');
  await card.getByRole('button', { name: 'Open in the browser' }).click();
  const other = await opened;
  await expect(other.locator('body')).toHaveText('opened');
  expect(await other.evaluate(() => window.opener === null && document.referrer === '')).toBe(true);
});

test('a picture is saved as what it is', async ({ app, page }) => {
  const pixel =
    'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
  const output = {
    content: [{ type: 'image', data: pixel, mimeType: 'image/png' }],
  };
  await withStep(app, 'picture', { output });
  const panel = app.inspector.getByRole('tabpanel');
  // It is drawn when it comes into view.
  await panel.getByText(/image\/png/).scrollIntoViewIfNeeded();
  await expect(panel.getByRole('img', { name: /image\/png/ })).toBeVisible();
  const download = page.waitForEvent('download');
  await panel.getByRole('button', { name: 'Save to file…' }).click();
  const saved = await download;
  expect(saved.suggestedFilename()).toBe('image.png');
  expect(readFileSync(await saved.path()).toString('base64')).toBe(pixel);
});
