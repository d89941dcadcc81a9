// Opens the benchmark page in Chromium and prints what it measured. `cargo xtask bench-charts` builds the page and runs
// this with its folder.

import puppeteer from 'puppeteer-core';
import { startServer } from '../../tests/browser/server.mjs';

const AIMS = { redraw: 0.75, hover: 1.2 };

const server = await startServer({ folder: process.argv[2] });
const browser = await puppeteer.launch({
  executablePath: process.env.CHROME_PATH ?? '/usr/bin/chromium',
  headless: true,
  args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'],
});
try {
  const page = await browser.newPage();
  await page.setViewport({ width: 1280, height: 1000, deviceScaleFactor: 1 });
  page.on('pageerror', (error) => console.error(`page: ${error.message}`));
  await page.goto(server.url);
  await page.waitForFunction(() => globalThis.benchResult, { timeout: 300_000 });
  const { results, error } = await page.evaluate(() => globalThis.benchResult);
  if (error) throw new Error(error);
  console.log(`\n${await browser.version()}, 1200 × 400 px, 6 series, medians in ms, in turns on one page`);
  console.log('code: until the drawing code returns; pixels: until they are there, drawn in software. For hover, ours then reads\n'
    + 'a pixel back, which the page never does, and uPlot makes its layout, without painting: the code is what compares.');
  const row = (...cells) => cells.map((cell, index) => (index < 3 ? cell.padEnd(12) : cell.padStart(9))).join('');
  console.log(row('points', 'what', 'until', 'ours', 'uPlot', 'ratio', 'aim'));
  for (const { points, ...measured } of results) {
    for (const [what, kinds] of Object.entries(measured)) {
      for (const { kind, ours, theirs } of kinds) {
        const ratio = ours / theirs;
        console.log(row(`6 × ${points}`, what, kind, ours.toFixed(3), theirs.toFixed(3), ratio.toFixed(2), `≤ ${AIMS[what]}`)
          + (ratio <= AIMS[what] ? '  reached' : '  missed'));
      }
    }
  }
  if (process.env.SCREENSHOT) await page.screenshot({ path: process.env.SCREENSHOT });
} finally {
  await browser.close();
  server.stop();
}
