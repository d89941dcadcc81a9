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
  console.log(`${'points'.padEnd(12)}${'what'.padEnd(10)}${'ours'.padStart(9)}${'uPlot'.padStart(9)}${'ratio'.padStart(9)}   aim`);
  for (const { points, ...measured } of results) {
    for (const [what, { ours, theirs }] of Object.entries(measured)) {
      const ratio = ours / theirs;
      const verdict = ratio <= AIMS[what] ? 'reached' : 'missed';
      console.log(`6 × ${String(points).padEnd(8)}${what.padEnd(10)}${ours.toFixed(2).padStart(9)}${theirs.toFixed(2).padStart(9)}`
        + `${ratio.toFixed(2).padStart(9)}   ≤ ${AIMS[what]}: ${verdict}`);
    }
  }
  if (process.env.SCREENSHOT) await page.screenshot({ path: process.env.SCREENSHOT });
} finally {
  await browser.close();
  server.stop();
}
