// The page as most people meet it: it loads, shows a recording, and nothing goes wrong, at each width and in each theme.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { axe, engine, screenshot, waitForReady, withPage } from './harness.mjs';

const WIDTHS = [[1440, 900], [768, 1024], [360, 740]];

for (const dark of [false, true]) {
  for (const [width, height] of WIDTHS) {
    const theme = dark ? 'dark' : 'light';
    test(`loads at ${width} px, ${theme}`, async () => {
      await withPage('', { width, height, dark }, async (page) => {
        await waitForReady(page);
        const seen = await page.evaluate(() => ({
          dark: matchMedia('(prefers-color-scheme: dark)').matches,
          width: innerWidth,
          scrollWidth: document.documentElement.scrollWidth,
        }));
        await screenshot(page, `${width}-${theme}`);
        assert.equal(seen.dark, dark, 'the browser takes the theme');
        // WebKitGTK's window has a least width.
        if (engine !== 'webkit') assert.equal(seen.width, width);
        assert.ok(seen.scrollWidth <= seen.width, `scrolls sideways: ${seen.scrollWidth} px in ${seen.width} px`);
      });
    });
  }
}

test('works under a sub-path', async () => {
  await withPage('', { base: '/some/where/' }, waitForReady);
});

test('asks for each file once; page and worker each for the program', async () => {
  await withPage('', {}, async (page) => {
    await waitForReady(page);
    const paths = page.server.answers().map(({ path }) => path);
    for (const path of new Set(paths)) {
      const times = paths.filter((other) => other === path).length;
      // WebKit does not use the preloaded wasm for the fetch that follows.
      const timesMax = /\.(js|wasm)$/.test(path) ? 2 + (engine === 'webkit') : 1;
      assert.ok(times <= timesMax, `${path}: asked for ${times} times`);
    }
  });
});

test('uses no cookies and no inline script', async () => {
  await withPage('', {}, async (page) => {
    await waitForReady(page);
    const found = await page.evaluate(() => ({
      cookie: document.cookie,
      inline: [...document.scripts].filter((script) => !script.src).length,
    }));
    assert.deepEqual(found, { cookie: '', inline: 0 });
  });
});

test('has no accessibility violations that axe finds', async () => {
  for (const dark of [false, true]) {
    await withPage('', { dark }, async (page) => {
      await waitForReady(page);
      assert.deepEqual(await axe(page), []);
    });
  }
});
