// Drags files onto the app with a mouse, from a window of another program.
import { join } from 'node:path';
import { until } from './program.mjs';
import { SYSTEM_PYTHON } from './screen.mjs';

const MARGIN_PX = 40;

/** Drags `files` over the middle of the app's window and lets go once the page says that it would take them. */
export async function drop(app, files) {
  const { screen } = app;
  const source = screen.program(SYSTEM_PYTHON, [join(import.meta.dirname, 'drag_source.py'), ...files], { name: 'drag-source' });
  await until('the drag source shows', () => source.hasSaid('shown'));
  const [handle] = await until('the drag source is a window', async () => {
    const windows = await screen.windows('^Drag source$');
    return windows.length > 0 && windows;
  });
  const [, from_x_px, from_y_px] = /Position: (\d+),(\d+)/.exec(await screen.xdotool('getwindowgeometry', handle)).map(Number);
  const over = await app.place();
  const to = { x_px: over.x_px + Math.round(over.width_px / 2), y_px: over.y_px + Math.round(over.height_px / 2) };
  const at = { x_px: from_x_px + MARGIN_PX / 2, y_px: from_y_px + MARGIN_PX / 2 };
  const move = async () => {
    await screen.xdotool('mousemove', Math.round(at.x_px), Math.round(at.y_px));
  };

  await move();
  await screen.xdotool('mousedown', '1');
  // A hand moves until the thing follows, then towards the target until the target says that it has seen it.
  await until('the drag has begun', async () => {
    at.x_px += 4;
    at.y_px += 4;
    await move();
    return source.hasSaid('begun');
  });
  await until('the page would take the files', async () => {
    at.x_px += (to.x_px - at.x_px) / 3 + 1;
    at.y_px += (to.y_px - at.y_px) / 3 + 1;
    await move();
    return app.script('return document.body.innerText.includes("Drop to import")');
  });
  // The mouse stands still now. Let go too early, and what is under it has not yet said that it takes the files.
  await until('the window has accepted the files', () => {
    const said = source.log().trimEnd().split('\n');
    return said.findLast((word) => word === 'accepted' || word === 'refused') === 'accepted';
  });
  await screen.xdotool('mouseup', '1');
  await until('the drag has ended', () => source.hasSaid('ended'));
  const said = source.log().trimEnd().split('\n');
  await source.stop();
  if (said.includes('failed')) throw new Error(`the drop failed; the drag source said: ${said.join(', ')}`);
}
