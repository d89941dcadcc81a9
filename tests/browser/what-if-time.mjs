// A benchmark: how soon a what-if is there. `node tests/browser/what-if-time.mjs [times]`, with a dist/ in place and
// BROWSER=chromium (the default), firefox or webkit. Prints; asserts nothing.

import { engine, openPage, waitForReady } from './harness.mjs';
import { count, eventually, texts } from './page.mjs';

const TIMES = Number(process.argv[2] ?? 20);

/**
 * In the page: moves a lever and measures, from the event, the first frame in which the lever stands there, and the one in which the
 * answer is that of the new run; and the longest time between two frames meanwhile.
 */
async function moveLever({ name, minute }) {
  const slider = document.querySelector(`#what-if input[aria-label="Time of: ${name}"]`);
  const answer = () => document.querySelector('#what-if .what-if-change')?.textContent ?? '';
  const before = answer();
  const shown = slider.nextElementSibling.textContent;
  const frame = () => new Promise((resolve) => { requestAnimationFrame(resolve); });
  const fromMs = performance.now();
  slider.value = String(minute);
  slider.dispatchEvent(new InputEvent('input', { bubbles: true }));
  let [pixelsMs, lastMs, gapMs] = [null, fromMs, 0];
  while (answer() === before && performance.now() - fromMs < 5000) {
    await frame();
    const nowMs = performance.now();
    gapMs = Math.max(gapMs, nowMs - lastMs);
    lastMs = nowMs;
    const slid = document.querySelector(`#what-if input[aria-label="Time of: ${name}"]`);
    if (pixelsMs === null && slid.nextElementSibling.textContent !== shown) pixelsMs = nowMs - fromMs;
  }
  return { pixelsMs, completeMs: performance.now() - fromMs, gapMs };
}

const show = (values) => {
  const sorted = values.toSorted((one, other) => one - other);
  const at = (ratio) => `${sorted[Math.min(Math.floor(ratio * sorted.length), sorted.length - 1)].toFixed(0)} ms`;
  return `${at(0.5)} (median of ${values.length}), 95th percentile ${at(0.95)}`;
};

const page = await openPage('?mode=whatif');
const openedMs = performance.now();
await waitForReady(page);
await eventually('the ranking', () => texts(page, '.what-if-ranking .lever-note'), ([note]) => note?.startsWith('By the users'), 60_000);
const rankedMs = performance.now() - openedMs;
const [ranked, candidates] = [await count(page, '.rank'), Math.round(rankedMs)];
await eventually('the curve', () => texts(page, '.what-if-curve p'), ([text]) => /minute/.test(text), 60_000);
console.log(`${engine}: ${ranked} measures and actions are ranked ${candidates} ms after the page has loaded, the price of a minute is there after ${
  Math.round(performance.now() - openedMs)} ms`);
await eventually('how sure', () => texts(page, '.rank-sure'), (found) => found.length >= 6 && found.every((text) => text.endsWith(' over 5 seeds')), 60_000);
console.log(`${engine}: how sure the order of the best is, over 5 seeds, is there after ${Math.round(performance.now() - openedMs)} ms`);
const variedMs = performance.now();
await page.evaluate(() => {
  const select = document.querySelector('.curve-of select');
  select.selectedIndex = 1;
  select.dispatchEvent(new Event('change', { bubbles: true }));
});
await eventually('another curve', () => texts(page, '.what-if-curve p'), ([text]) => text.includes('simulated'), 60_000);
await eventually('the whole of it', () => texts(page, '.what-if-curve p'), ([text]) => /minute/.test(text), 60_000);
console.log(`${engine}: the price of a minute of something else, at two dozen times, is there after ${Math.round(performance.now() - variedMs)} ms`);
const name = 'Restart of every instance, in waves';
await page.evaluate(() => document.querySelector('.lever input[data-candidate="rolling_restart"]').click());
await eventually('the lever', () => count(page, `#what-if input[aria-label="Time of: ${name}"]`), (found) => found === 1);
await eventually('the answer', () => count(page, '#what-if .what-if-table'), (found) => found === 1);
for (const from of [1, 76]) {
  const moves = [];
  for (let time = 0; time < TIMES; time += 1) {
    moves.push(await page.evaluate(moveLever, { name, minute: from + (time % 15) }));
  }
  const clock = from === 1 ? '11:01 to 11:15' : '12:16 to 12:30';
  console.log(`${engine}: a lever that puts a restart to ${clock}: first new pixels ${show(moves.map((move) => move.pixelsMs ?? move.completeMs))}; complete ${
    show(moves.map((move) => move.completeMs))}; longest gap between frames ${show(moves.map((move) => move.gapMs))}`);
}
await page.close();
process.exit(0);
