// Pictures for people to judge, and for the README: each width and theme, in calm and in the worst minute.

import assert from 'node:assert/strict';
import { copyFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { casesHere, engine, screenshot } from './harness.mjs';
import { frames, goTo, withReplay } from './page.mjs';

const SIZES = [[1440, 1000], [768, 1024], [360, 740]];
const MOMENTS = ['10:45', '12:15'];

async function shoot(page, name, options) {
  await page.evaluate(() => {
    document.activeElement?.blur();
    scrollTo({ top: 0, behavior: 'instant' });
  });
  await frames(page);
  const path = await screenshot(page, name, options);
  const seen = await page.evaluate(() => ({ wide: document.documentElement.scrollWidth - document.documentElement.clientWidth, top: scrollY }));
  assert.deepEqual(seen, { wide: 0, top: 0 });
  return path;
}

for (const [dark, [width, height]] of casesHere([[false, SIZES[0]], [true, SIZES[2]], [true, SIZES[0]], [false, SIZES[1]], [true, SIZES[1]], [false, SIZES[2]]], 2)) {
  const theme = dark ? 'dark' : 'light';
  test(`${width} px, ${theme}`, async () => {
    await withReplay({ width, height, dark }, async (page) => {
      const seen = await page.evaluate(() => [matchMedia('(prefers-color-scheme: dark)').matches, innerWidth]);
      assert.deepEqual(seen, [dark, width], 'the browser takes theme and width');
      for (const moment of MOMENTS) {
        await goTo(page, moment);
        const name = `${width}-${theme}-${moment.replace(':', '')}`;
        const path = await shoot(page, name);
        // The picture of the README.
        if (name === '1440-light-1215' && engine === 'chromium') copyFileSync(path, join(dirname(path), 'replay-1215.png'));
      }
      await shoot(page, `${width}-${theme}-whole`, { fullPage: true });
    });
  });
}
