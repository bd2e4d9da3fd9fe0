// Ways through a trace: back and forward, links, the way up, the cause of a failure, finding in all that was said.
import type { Page } from '@playwright/test';
import { expect, test, textFile, type App } from './app.ts';
import { retried, run, step } from './runs.ts';

async function openRetried(app: App): Promise<void> {
  await app.drop(
    textFile(
      'runs.json',
      JSON.stringify([retried('t/1 ü', 'find shoes'), run({ id: 't-2', prompt: 'other' })]),
    ),
  );
  await app.row('find shoes').click();
  await expect(app.steps).toBeVisible();
}

/** Pastes a text as the person does, without the system's clipboard. */
async function paste(page: Page, text: string): Promise<void> {
  await page.evaluate((pasted) => {
    const data = new DataTransfer();
    data.setData('text/plain', pasted);
    document.body.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true }));
  }, text);
}

/** What was copied last. */
async function copied(page: Page, copy: () => Promise<void>): Promise<string> {
  await page.evaluate(() => {
    const held = window as unknown as { copied: string[] };
    held.copied = [];
    navigator.clipboard.writeText = (text) => {
      held.copied.push(text);
      return Promise.resolve();
    };
  });
  await copy();
  const last = () => page.evaluate(() => (window as unknown as { copied: string[] }).copied.at(-1) ?? '');
  await expect.poll(last).not.toBe('');
  return last();
}

test('back and forward lead through the places that were jumped to', async ({ app, page }) => {
  const back = page.getByRole('button', { name: 'Back', exact: true });
  const forward = page.getByRole('button', { name: 'Forward', exact: true });
  await expect(back).toBeDisabled();
  await openRetried(app);
  await app.steps.focus();
  await page.keyboard.press('e');
  await expect(app.selectedStep).toContainText('1/2');
  await page.keyboard.press('r');
  await expect(app.selectedStep).toContainText('2/2');
  await page.keyboard.press('j');
  await expect(app.selectedStep).toContainText('answer');
  await page.keyboard.press('Alt+ArrowLeft');
  await expect(app.selectedStep).toContainText('1/2');
  await page.keyboard.press('Alt+ArrowLeft');
  await expect(app.selectedStep).toHaveCount(0);
  await back.click();
  await expect(app.steps).toBeHidden();
  await forward.click();
  await page.keyboard.press('Alt+ArrowRight');
  await page.keyboard.press('Alt+ArrowRight');
  await expect(app.selectedStep, 'where one had walked to').toContainText('answer');
  await expect(forward).toBeDisabled();
});

test('a copied link opens its step: pasted, typed into the filter, from the commands', async ({
  app,
  page,
  faults,
}) => {
  await openRetried(app);
  await app.steps.focus();
  await page.keyboard.press('e');
  await expect(app.selectedStep).toContainText('1/2');
  const link = await copied(page, () => page.keyboard.press('y'));
  expect(link).toContain('tracellm://trace/t%2F1%20%C3%BC/step/');
  const button = app.inspector.getByRole('button', {
    name: 'Copy a link to this step',
  });
  expect(await copied(page, () => button.click())).toBe(link);

  const leave = async () => {
    await app.row('other').click();
    await expect(page.getByRole('heading', { name: 'other' })).toBeVisible();
  };
  const arrived = () => expect(app.selectedStep).toContainText('1/2');
  await leave();
  await paste(page, link);
  await arrived();
  await leave();
  await app.filter.fill(link);
  await app.filter.press('Enter');
  await arrived();
  await expect(app.filter).toHaveValue('');
  await leave();
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox', { name: 'Command' }).fill(link);
  await page.keyboard.press('Enter');
  await arrived();

  await paste(page, 'tracellm://trace/elsewhere/step/1');
  await expect(page.getByText(/not in this store/)).toBeVisible();
  // The browser complains of the server's answer that there is no such trace.
  expect(faults.splice(0)).toEqual([expect.stringContaining('404')]);
  await arrived();
  await expect(app.imports.getByRole('listitem', { name: /Clipboard/ })).toHaveCount(0);
});

test('a text is found in all that was said, and marked where it stands', async ({ app, page }) => {
  await openRetried(app);
  await page.keyboard.press('Control+f');
  await page.keyboard.type('timed out');
  await expect(app.found, 'the run says it, too').toHaveText('the run, and 1 step');
  await expect(app.selectedStep).toContainText('find shoes');
  await page.keyboard.press('Enter');
  await expect(app.selectedStep).toContainText('1/2');
  const places = app.inspector.getByRole('region', { name: /^Places/ });
  await expect(places.locator('mark').first()).toHaveText('timed out');
  await page.getByRole('button', { name: 'Names', exact: true }).click();
  await expect(app.found).toHaveText('none');
  await page.reload();
  await app.find.fill('answer');
  await expect(app.selectedStep).toContainText('answer');
  await expect(page.getByRole('button', { name: 'Names', exact: true })).toHaveAttribute(
    'aria-pressed',
    'true',
  );
});

test('the way up stands above a step, and its parent is a key away', async ({ app, page }) => {
  const steps = [step({ id: 's-1', tool: 'plan', at_s: 0 }), step({ id: 's-2', tool: 'search', at_s: 1 })];
  await app.drop(textFile('one.json', JSON.stringify([run({ id: 't-1', prompt: 'one', steps })])));
  await app.row('one').click();
  await app.step(/search/).click();
  const path = app.inspector.getByRole('navigation', {
    name: 'Path to this step',
  });
  await expect(path.getByRole('listitem')).toHaveText([/one/, /search/]);
  await app.steps.focus();
  await page.keyboard.press('u');
  await expect(app.selectedStep).toHaveAttribute('aria-level', '1');
  await page.keyboard.press('Alt+ArrowLeft');
  await expect(app.selectedStep).toContainText('search');
});
