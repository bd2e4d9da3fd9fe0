// A real drop: another program's window, a mouse, the files' paths over X.
import { INVENTED, importedByTracex, realFolders, traceFiles, tracesIn } from './files.mjs';
import { drop } from './drag.mjs';
import { windowTest } from './window.mjs';

windowTest('dropped files become traces in the list', async ({ open }) => {
  const files = traceFiles('tracellm-json/generated/D-retries.json', 'tracellm-json/generated/D-failed.json');
  const app = await open();
  await app.text('[aria-label="No traces yet"]');
  await drop(app, files);
  await app.listed(tracesIn(files));
});

windowTest('a second drop adds to the first, and the same file again adds nothing', async ({ open }) => {
  const files = traceFiles('tracellm-json/generated/D-single.json');
  const app = await open(...files);
  await app.listed(tracesIn(files));
  const both = files.includes(INVENTED) ? files : [...files, INVENTED];
  await drop(app, both);
  await app.listed(tracesIn(both));
});

windowTest('all real files of the formats read, dropped as folders, give what tracex gets from them', async ({ open }) => {
  const folders = realFolders('tracellm-', 'otlp-', 'otel-');
  if (folders.length === 0) return;
  const app = await open();
  await app.text('[aria-label="No traces yet"]');
  await drop(app, folders);
  await app.listed(importedByTracex(folders));
});
