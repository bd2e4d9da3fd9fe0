// Keeping traces: marks of a trace, deleting with undo, an export that the browser saves and the app reads again.
import { readFileSync } from 'node:fs';
import { expect, test, textFile, type App } from './app.ts';
import { ask } from './feed.ts';
import { retried, run } from './runs.ts';

async function withRuns(app: App): Promise<void> {
  const runs = [run({ id: 'one', prompt: 'first run' }), retried('two', 'second run')];
  await app.drop(textFile('runs.json', JSON.stringify(runs)));
  await expect(app.count).toHaveText('2 traces');
}

test('star, tag and note of a trace stand in its row', async ({ app, page }) => {
  await withRuns(app);
  await app.row('second run').click();
  const marks = page.getByRole('group', { name: 'Star, tags and note' });
  await marks.getByRole('button', { name: 'Star this trace' }).click();
  await expect(marks.getByRole('button', { name: 'Take the star off' })).toBeVisible();
  await marks.getByRole('button', { name: 'Add a tag' }).click();
  await page.getByRole('combobox', { name: 'Tag to add' }).fill('flaky');
  await page.keyboard.press('Enter');
  await expect(marks.getByRole('list', { name: 'Tags' })).toContainText('flaky');
  // The next one is typed where the first was.
  await page.keyboard.type('slow tool');
  await page.keyboard.press('Enter');
  await expect(marks.getByRole('list', { name: 'Tags' })).toContainText('slow tool');
  await page.keyboard.press('Escape');
  await marks.getByRole('button', { name: 'Write a note' }).click();
  await page.getByRole('textbox', { name: 'Note' }).fill('see the second try');
  await page.keyboard.press('Control+Enter');
  await expect(marks.getByRole('button', { name: 'Note: see the second try' })).toBeVisible();
  await page.getByRole('button', { name: 'All traces' }).click();
  await expect(app.row('second run')).toContainText('flaky');
  await expect(app.row('second run').getByTitle('Starred')).toBeVisible();
});

test('a deleted trace is gone, and undo brings it back', async ({ app, page }) => {
  await withRuns(app);
  await app.row('first run').click();
  await page.getByRole('button', { name: 'Delete this trace; this can be undone' }).click();
  await expect(app.count).toHaveText('1 trace');
  await page.getByRole('region', { name: 'Messages' }).getByRole('button', { name: 'Undo' }).click();
  await expect(app.count).toHaveText('2 traces');
});

test('an export is saved by the browser and read again', async ({ app, page }) => {
  await withRuns(app);
  const download = page.waitForEvent('download');
  await page.evaluate(async () => {
    const body = JSON.stringify({ trace_ids: [], filter: '' });
    const headers = { 'content-type': 'application/json' };
    const ticket: unknown = await (await fetch('/api/export', { method: 'POST', headers, body })).json();
    const link = document.createElement('a');
    link.href = `/api/download/${String(ticket)}`;
    link.download = '';
    link.click();
  });
  const saved = await download;
  expect(saved.suggestedFilename()).toMatch(/^traces-[\d-]+\.jsonl$/);
  const text = readFileSync(await saved.path(), 'utf8');
  expect(text.split('\n')[0]).toContain('explorer.export');
  await app.openFiles(textFile('again.jsonl', text));
  await expect(app.importCard('again.jsonl')).toContainText('2 traces were already here');
  await expect(app.count).toHaveText('2 traces');
});

test('what the browser has saved is told, and what was masked in it', async ({ app, page }) => {
  const runs = [run({ id: 'one', prompt: 'first run' }), retried('two', 'mail it to someone@example.org')];
  await app.drop(textFile('runs.json', JSON.stringify(runs)));
  await expect(app.count).toHaveText('2 traces');
  const settings = await ask<{ masking: object }>(app, 'settings_get', {});
  await ask(app, 'settings_set', { ...settings, masking: { ...settings.masking, masks_emails: true } });
  await app.row('first run').focus();
  await page.keyboard.press('Control+a');
  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Export' }).click();
  const text = readFileSync(await (await download).path(), 'utf8');
  expect(text).not.toContain('someone@example.org');
  const messages = page.getByRole('region', { name: 'Messages' });
  await expect(messages).toContainText('2 traces exported');
  await expect(messages).toContainText(/masked: \d+ e-mail address/);
});
