// Light and dark at two sizes: nothing runs out of the window, and pictures to look at.
import { expect, realFile, test, type App } from './app.ts';

const SIZES = [
  { width: 1440, height: 900 },
  { width: 1024, height: 700 },
];

async function picture(app: App, name: string): Promise<void> {
  const { width } = app.page.viewportSize() ?? { width: 0 };
  const widest = await app.page.evaluate(() => document.documentElement.scrollWidth);
  expect(widest, `${name} fits its window`).toBeLessThanOrEqual(width);
  await app.page.screenshot({ path: `output/${name}.png` });
}

for (const theme of ['light', 'dark'] as const) {
  for (const size of SIZES) {
    const kind = `${theme}-${size.width}x${size.height}`;
    test(`${theme} colours at ${size.width} × ${size.height}`, async ({ app, page }) => {
      await page.setViewportSize(size);
      await page.emulateMedia({ colorScheme: theme });
      const light = () =>
        page.evaluate(() => {
          const [red = 0, green = 0, blue = 0] = getComputedStyle(document.body)
            .backgroundColor.match(/\d+(\.\d+)?/g)!
            .map(Number);
          return (red + green + blue) / 3 > 128;
        });
      await expect.poll(light).toBe(theme === 'light');
      await expect(page.getByText('OpenTelemetry', { exact: true })).toBeVisible();
      await picture(app, `empty-${kind}`);
      await app.drop(
        realFile('tracellm-json/generated/D-full200.json'),
        realFile('tracellm-json/generated/D-failed.json'),
        realFile('otlp-json-genai/evilmartians__agent-prism/rag_earnings_agent.json'),
      );
      await expect(app.importCard('D-full200.json and 2 more')).toContainText('220 traces added');
      await expect(app.count).toHaveText('220 traces');
      await picture(app, `list-${kind}`);
      await app.quick('Retried').click();
      await expect(app.count).toContainText('of 220');
      await app.row('Explain transformers').first().click();
      await app.steps.focus();
      await page.keyboard.press('e');
      await expect(app.inspector.getByRole('tab', { name: 'Error' })).toBeVisible();
      await picture(app, `trace-${kind}`);
    });
  }
}

test('the chosen colours are kept by the server', async ({ page, app: _ }) => {
  await page.emulateMedia({ colorScheme: 'light' });
  await page.getByRole('button', { name: 'Use dark colours' }).click();
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
  await page.reload();
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
});
