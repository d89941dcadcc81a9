// A benchmark: the page on a weak device, in Chromium. Frames a second while it plays at 1× with the CPU slowed four and six times, at
// rest and with the picture in view; and how long it takes over a slow network, as the developer tools know it ("Slow 4G"), with an
// empty cache. `node tests/browser/weak-device.mjs [seconds]`, with a dist/ in place. Prints; asserts nothing.

import { PredefinedNetworkConditions } from 'puppeteer-core';
import { openPage, waitForReady } from './harness.mjs';
import { expectPlayer, goTo, playerKey } from './page.mjs';

const SECONDS = Number(process.argv[2] ?? 8);
const LOADS = 5;

/** In the page: the times between frames. */
function frames(seconds) {
  return new Promise((resolve) => {
    const deltasMs = [];
    let [firstMs, lastMs] = [0, 0];
    const frame = (nowMs) => {
      if (lastMs > 0) deltasMs.push(nowMs - lastMs);
      else firstMs = nowMs;
      lastMs = nowMs;
      if (nowMs - firstMs < seconds * 1000) requestAnimationFrame(frame);
      else resolve(deltasMs);
    };
    requestAnimationFrame(frame);
  });
}

function report(name, deltasMs) {
  const sorted = deltasMs.toSorted((one, other) => one - other);
  const perSecond = 1000 * sorted.length / sorted.reduce((sum, ms) => sum + ms, 0);
  console.log(`${name.padEnd(40)} ${perSecond.toFixed(1)} frames/s; median ${sorted[Math.floor(sorted.length / 2)].toFixed(0)} ms, 95th percentile ${
    sorted[Math.floor(0.95 * sorted.length)].toFixed(0)} ms, longest ${sorted.at(-1).toFixed(0)} ms`);
}

const [usable, whole] = [[], []];
for (let load = 0; load < LOADS; load += 1) {
  // The address of a file: the page itself is loaded only once the network is slow.
  const page = await openPage('embed.js', { allow: [/favicon|404/] });
  const url = new URL('./', await page.evaluate(() => location.href)).href;
  // Empty, not switched off: the worker takes from it what the page has loaded.
  await (await page.raw.createCDPSession()).send('Network.clearBrowserCache');
  await page.raw.emulateNetworkConditions(PredefinedNetworkConditions['Slow 4G']);
  await page.raw.evaluateOnNewDocument(() => {
    globalThis.startMs = {};
    const look = () => {
      if (document.querySelector('#player .play')) globalThis.startMs.usable ??= performance.now();
      if (document.documentElement.dataset.replay === 'ready') globalThis.startMs.whole ??= performance.now();
    };
    new MutationObserver(look).observe(document, { subtree: true, childList: true, attributes: true, attributeFilter: ['data-replay'] });
  });
  await page.raw.goto(url, { waitUntil: 'load' });
  await waitForReady(page);
  const startMs = await page.evaluate(() => globalThis.startMs);
  usable.push(startMs.usable); console.log(startMs, await page.evaluate(() => [performance.getEntriesByName('first-contentful-paint')[0]?.startTime, ...performance.getEntriesByType('resource').map(r=>[r.name.split('/').pop().slice(0,20), Math.round(r.startTime), Math.round(r.responseStart), Math.round(r.responseEnd), r.transferSize].join(' '))]));
  whole.push(startMs.whole);
  await page.close();
}
const median = (times) => (times.toSorted((one, other) => one - other)[Math.floor(times.length / 2)] / 1000).toFixed(2);
const { download, latency } = PredefinedNetworkConditions['Slow 4G'];
console.log(`Slow 4G (${(download * 8 / 1e6).toFixed(2)} Mbit/s, ${latency.toFixed(0)} ms): player can be used after ${median(usable)} s, all of the page after ${
  median(whole)} s (medians of ${LOADS} loads)`);
process.exit(0);
