// A benchmark: how soon a worker that simulates hears that something else is wanted, from the message to the answer.
// `node tests/browser/answer-time.mjs [times]`, with a dist/ in place and BROWSER=chromium (the default), firefox or webkit. Prints;
// asserts nothing.

import { engine, openPage, waitForReady } from './harness.mjs';
import { SCENARIO_TEXT } from './page.mjs';

const TIMES = Number(process.argv[2] ?? 40);

/** In the page: gives up a run that is under way and asks for one that is refused at once; milliseconds to that answer, each time. */
async function measure(scenario, times) {
  const worker = globalThis.incidentReplayWorker();
  const ask = (message) => worker.postMessage(JSON.stringify({ version: 4, message }));
  const next = (wanted) => new Promise((resolve) => {
    worker.onmessage = ({ data: [text] }) => { if (wanted(JSON.parse(text).message)) resolve(); };
  });
  const { until } = JSON.parse(scenario).window;
  const passedMs = [];
  for (let id = 1; id <= 2 * times; id += 2) {
    ask({ open: { id, scenario, seed: '1', release: 'faulty', keeps_snapshots: false, tells: 'recording' } });
    ask({ advance: { id, until } });
    await next(({ piece }) => piece?.id === id);
    // At any point of its work.
    await new Promise((resolve) => { setTimeout(resolve, 7 * Math.random()); });
    const fromMs = performance.now();
    ask({ close: { id } });
    ask({ open: { id: id + 1, scenario: '{}', seed: '1', release: 'faulty', keeps_snapshots: false, tells: 'recording' } });
    await next(({ failed }) => failed?.id === id + 1);
    passedMs.push(performance.now() - fromMs);
  }
  worker.terminate();
  return passedMs;
}

const page = await openPage('');
await waitForReady(page);
const sorted = (await page.evaluate(measure, SCENARIO_TEXT, TIMES)).toSorted((one, other) => one - other);
const show = (ratio) => `${sorted[Math.min(Math.floor(ratio * sorted.length), sorted.length - 1)].toFixed(1)} ms`;
console.log(`${engine}: a worker under way answers to something else after ${show(0.5)} (median of ${TIMES}), 95th percentile ${
  show(0.95)}, longest ${show(1)}`);
await page.close();
process.exit(0);
