// One screen for the tests of a file, one app for each test, and a report when one fails.
import { after, before, test } from 'node:test';
import { join } from 'node:path';
import { App } from './app.mjs';
import { Screen } from './screen.mjs';

export const OUTPUT = join(import.meta.dirname, 'output');
const TEST_TIMEOUT_MS = 180_000;

let screen;
before(async () => {
  screen = await Screen.start();
});
after(() => screen?.stop());

/** A test that gets `open(args)`, which starts the app on an empty store, and the screen that it opens on. */
export function windowTest(name, body) {
  test(name, { timeout: TEST_TIMEOUT_MS }, async (context) => {
    const apps = [];
    screen.newPerson();
    const open = async (...args) => {
      const app = await App.start(screen, args);
      apps.push(app);
      return app;
    };
    try {
      await body({ open, screen, context });
    } catch (error) {
      await report(name, error, apps);
      throw error;
    } finally {
      for (const app of apps) await app.stop();
    }
  });
}

async function report(name, error, apps) {
  const path = join(OUTPUT, `${name.replace(/\W+/g, '-')}.png`);
  const taken = await screen.picture(path).then(
    () => path,
    (failure) => `none (${failure.message})`,
  );
  const said = screen.programs.filter(({ name }) => name.startsWith('app-')).at(-1)?.log() ?? '';
  const page = await apps.at(-1)?.script('return document.body.innerText').catch((failure) => failure.message);
  console.error(`${name}: ${error.message}\n\nScreen: ${taken}\n\nPage:\n${page}\n\nThe app said:\n${said.slice(-4000)}`);
}
