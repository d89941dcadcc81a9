// A benchmark: how evenly the page draws while it plays. `node tests/browser/frame-time.mjs [seconds]`, with a dist/ in place and
// BROWSER=chromium (the default) or firefox. Prints; asserts nothing.

import { engine, openPage, waitForReady } from './harness.mjs';
import { expectPlayer, playerKey } from './page.mjs';

const SECONDS = Number(process.argv[2] ?? 10);

/** Frames and long tasks in the page over some seconds. */
function measure(seconds) {
  return new Promise((resolve) => {
    const longTasksMs = [];
    const observes = PerformanceObserver.supportedEntryTypes.includes('longtask');
    const observer = new PerformanceObserver((list) => longTasksMs.push(...list.getEntries().map(({ duration }) => duration)));
    if (observes) observer.observe({ type: 'longtask' });
    const deltasMs = [];
    let [firstMs, lastMs] = [0, 0];
    const frame = (nowMs) => {
      if (lastMs > 0) deltasMs.push(nowMs - lastMs);
      else firstMs = nowMs;
      lastMs = nowMs;
      if (nowMs - firstMs < seconds * 1000) return requestAnimationFrame(frame);
      observer.disconnect();
      return resolve({ deltasMs, longTasksMs: observes ? longTasksMs : null });
    };
    requestAnimationFrame(frame);
  });
}

function quantile(sorted, ratio) {
  return sorted[Math.min(Math.floor(ratio * sorted.length), sorted.length - 1)];
}

function report(name, { deltasMs, longTasksMs }) {
  const sorted = deltasMs.toSorted((one, other) => one - other);
  const show = (ms) => `${ms.toFixed(1)} ms`;
  const late = sorted.filter((ms) => ms > 25).length;
  const tasks = longTasksMs === null
    ? 'long tasks not told by this browser'
    : `${longTasksMs.length} long tasks${longTasksMs.length ? `, longest ${show(Math.max(...longTasksMs))}` : ''}`;
  console.log(`${name.padEnd(16)} ${sorted.length} frames: median ${show(quantile(sorted, 0.5))}, 95th percentile ${
    show(quantile(sorted, 0.95))}, longest ${show(sorted.at(-1))}, ${late} over 25 ms; ${tasks}`);
}

const page = await openPage('', { width: 1440, height: 1000 });
await waitForReady(page);
console.log(`${engine}, 1440 × 1000, ${SECONDS} s each`);
report('standing still', await page.evaluate(measure, SECONDS / 5));
for (const key of ['>', '>', '>']) await playerKey(page, key);
// From 10:49 on, ten seconds at 8× cover the first hour of the incident.
await playerKey(page, '1');
await expectPlayer(page, { speed: 8 });
await playerKey(page, 'k');
await expectPlayer(page, { playing: true });
report('playing at 8×', await page.evaluate(measure, SECONDS));
await page.close();
// `after` of the harness is for test files; here the browser and the server end with the process.
process.exit(0);
