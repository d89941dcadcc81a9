// Ordinary visits: what most people do with the page, at each kind of place where they find it. What it takes to serve them is
// the first part of the program; `cargo xtask profile` measures by them what may come later, later.test.mjs checks it.

import { click, drag, hover, openPage, pressKey, waitForReady } from './harness.mjs';
import { OPTIONS, PLAY, SLIDER, SPEED, focus, frames, goTo, playerKey, unfocus } from './page.mjs';

const plot = (chart) => `.chart-${chart} .chart-plot`;

/** Reads the page from top to bottom. */
async function scroll(page) {
  const height = await page.evaluate(() => document.documentElement.scrollHeight);
  for (let y = 0; y < height; y += 500) {
    await page.evaluate((top) => scrollTo(0, top), y);
    await frames(page, 3);
  }
  await page.evaluate(() => scrollTo(0, 0));
}

/** Plays for a moment, and goes about the incident. */
async function watch(page) {
  await click(page, PLAY);
  await new Promise((resolve) => setTimeout(resolve, 1500));
  await click(page, PLAY);
  for (const key of [',', '.', '[', ']', ']', 'ArrowLeft', 'ArrowRight', '5', 'End', 'Home', '<', '>']) await playerKey(page, key);
  for (const moment of ['10:56', '11:00', '11:05', '11:30', '12:00', '12:30', '12:45', '12:47', '13:00', '13:28', '13:30']) await goTo(page, moment);
}

/** Looks closely: at charts, at the settings, as another reader. */
async function study(page) {
  await drag(page, SLIDER, { x: 0.2 }, { x: 0.7 });
  for (const chart of ['checkouts', 'memory', 'latency', 'gateway', 'deployment']) {
    for (const x of [-100, 0, 100]) await hover(page, plot(chart), { x, y: 0 });
    await click(page, plot(chart));
  }
  await drag(page, plot('memory'), { x: 0.4 }, { x: 0.6 });
  await frames(page);
  await playerKey(page, 'r');
  await focus(page, plot('memory'));
  for (const key of ['ArrowRight', 'ArrowLeft', 'Home', 'End', 'Enter']) await pressKey(page, key);
  await unfocus(page);
  await focus(page, 'input[name="reader"]:checked');
  for (let readers = 0; readers < 3; readers += 1) await pressKey(page, 'ArrowRight');
  for (const button of [SPEED, OPTIONS]) {
    await click(page, button);
    await frames(page);
    await pressKey(page, 'Escape');
  }
  await playerKey(page, '?');
  await pressKey(page, 'Escape');
  for (const setting of ['Times are in', 'Times are in', 'olours', 'olours', 'olours']) {
    await click(page, `.top-controls button[aria-label*="${setting}"]`);
    await frames(page);
  }
}

/**
 * Makes the visits. `seen` gets each page before it is closed.
 * @param {(page: object, name: string) => Promise<void>} seen
 * @param {object} options for `openPage`
 */
export async function ordinaryVisits(seen, options = {}) {
  const visits = [
    ['on a desk', '', { width: 1440, height: 1000 }, [scroll, watch, study]],
    ['on a phone, by a link to a moment', '#t=12:47&reader=engineer', { width: 360, height: 740, touch: true, dark: true }, [scroll, watch]],
    ['embedded', '?embed=1&t=12:30', { width: 640, height: 420 }, [watch]],
    ['embedded small, playing by itself', '?embed=1&autoplay=1&panel=memory#t=11:00', { width: 360, height: 300 }, []],
  ];
  for (const [name, path, size, actions] of visits) {
    const page = await openPage(path, { ...options, ...size });
    await waitForReady(page);
    for (const act of actions) await act(page);
    await frames(page, 10);
    await seen(page, name);
    await page.close();
  }
}
