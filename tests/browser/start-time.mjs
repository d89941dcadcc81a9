// A benchmark: how long the page takes from navigation to its first content and until it can be used, on loopback with an empty
// cache, and what it transfers. `node tests/browser/start-time.mjs [loads]`, with a dist/ in place and BROWSER=chromium (the
// default) or firefox. Prints; asserts nothing.

import { engine, openPage, waitForReady } from './harness.mjs';

const LOADS = Number(process.argv[2] ?? 15);

/** In the page, before its scripts: remembers when the player could be used and when all of the page was there. */
function watch() {
  globalThis.startMs = {};
  const look = () => {
    if (document.querySelector('#player .play')) globalThis.startMs.usable ??= performance.now();
    if (document.documentElement.dataset.replay === 'ready') globalThis.startMs.whole ??= performance.now();
  };
  new MutationObserver(look).observe(document, { subtree: true, childList: true, attributes: true, attributeFilter: ['data-replay'] });
}

const read = () => ({
  painted: performance.getEntriesByName('first-contentful-paint')[0]?.startTime,
  ...globalThis.startMs,
  // Without the pictures that links show elsewhere; the worker takes its files from the cache.
  bytes: [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')]
    .reduce((sum, { transferSize }) => sum + transferSize, 0),
});

const loads = [];
for (let load = 0; load < LOADS; load += 1) {
  const page = await openPage('', { width: 1440, height: 1000, before: watch });
  await waitForReady(page);
  loads.push(await page.evaluate(read));
  await page.close();
}
const column = (name) => loads.map((load) => load[name]).filter(Number.isFinite).toSorted((one, other) => one - other);
const ms = (name) => {
  const sorted = column(name);
  if (sorted.length === 0) return 'not told by this browser';
  return `least ${sorted[0].toFixed(0)}, median ${sorted[Math.floor(sorted.length / 2)].toFixed(0)}, most ${sorted.at(-1).toFixed(0)} ms`;
};
console.log(`${engine}, 1440 × 1000, loopback, ${LOADS} loads with an empty cache`);
console.log(`first content        ${ms('painted')}`);
console.log(`player can be used   ${ms('usable')}`);
console.log(`all of the page      ${ms('whole')}`);
console.log(`transferred          ${(column('bytes')[0] / 1024).toFixed(0)} KiB`);
process.exit(0);
