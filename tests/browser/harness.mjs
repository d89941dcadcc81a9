// Opens the release page in the browser that BROWSER names, under the page's own Content-Security-Policy, and fails the
// test on whatever goes wrong there: console errors, exceptions, failed requests, policy violations, third parties.
//
// The only contract with the page: <html data-replay="ready"> once a recording is shown.

import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after } from 'node:test';
import { pathToFileURL } from 'node:url';
import { openWithPuppeteer, stopPuppeteer } from './puppeteer.mjs';
import { root, startServer } from './server.mjs';
import { openWithWebKit, stopWebKit } from './webkit.mjs';

export const engine = process.env.BROWSER ?? 'chromium';
assert.ok(['chromium', 'firefox', 'webkit'].includes(engine), `BROWSER=${engine}: expected chromium, firefox or webkit`);

/** For `test(name, { skip: cannot({ webkit: 'why it cannot' }) }, …)`: skips where a reason is given, and says it. */
export function cannot(reasons) {
  return reasons[engine] ? `in ${engine}: ${reasons[engine]}` : false;
}

/** The clocks of the browsers: half an hour off the full hour, so that a mistake in time zones shows. */
export const TIME_ZONE = 'Asia/Kolkata';
process.env.TZ = TIME_ZONE;

const READY_MS_MAX = 60_000;
const SETTINGS = {
  width: 1440, height: 900, dpr: 1, touch: false, dark: false, reducedMotion: false, js: true, waits: true, before: null, base: '/', server: null,
  allow: [], media: [],
};
const artifacts = join(root, 'tests/browser/artifacts');
const servers = new Map();
/**
 * Cases that a browser of its own has little to say about: all of them in Chromium, the first `kept` elsewhere. An address is read
 * by the same program everywhere; that each kind is followed is shown in every browser.
 */
export function casesHere(cases, kept) {
  return engine === 'chromium' ? cases : cases.slice(0, kept);
}

const open = engine === 'webkit' ? openWithWebKit : openWithPuppeteer;

// Benchmarks open pages too, and are no tests.
if (process.argv[1]?.endsWith('.test.mjs')) {
  after(async () => {
    await stopPuppeteer();
    await stopWebKit();
    for (const server of servers.values()) (await server).stop();
  });
}

function server(base) {
  if (!servers.has(base)) servers.set(base, startServer({ base }));
  return servers.get(base);
}

function settingsOf(options) {
  const settings = { ...SETTINGS, ...options };
  return { ...settings, scripts: [reportPolicyViolations, ...(settings.before ? [settings.before] : [])] };
}

/** Runs in every page before its own scripts: the console has the violations, but not in the same words everywhere. */
function reportPolicyViolations() {
  document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI, sourceFile, lineNumber }) => {
    console.error(`policy violation: ${violatedDirective} blocked ${blockedURI} (${sourceFile}:${lineNumber})`);
  });
}

/**
 * Opens a page.
 * @param {string} path relative to the page's address: '', '?embed=1', '#t=12:30'
 * @param {object} options
 *   width, height (CSS px), dpr, touch; dark, reducedMotion (booleans);
 *   js: false switches JavaScript off; waits: false does not wait for the page's files; before: a function to run in the page before its scripts;
 *   base: the path the page stands under, such as '/some/where/'; server: one that the test itself started;
 *   allow: patterns of problems that are meant to happen
 * @returns {Promise<Page>} with `evaluate(fn, ...args)`, `reload()`, `resize(width, height)`, `problems`, `requests`,
 *   `frame(find, ...args)`, `pdf()`, `wheel(turns)`, `close()`; `raw` is puppeteer's own page, which WebKit has not
 */
export async function openPage(path = '', options = {}) {
  const settings = settingsOf(options);
  const { url, answers } = settings.server ?? await server(settings.base);
  const answersBefore = answers.length;
  const page = await open(engine, url, new URL(path, url).href, settings);
  page.server = { url, answers: () => answers.slice(answersBefore) };
  return guarded(page, path, settings, () => page.server.answers().filter(({ status }) => status >= 400)
    .map(({ status, path: asked }) => `server: ${status} for ${asked}`));
}

/** Opens a file from the disk, where there is no server: whatever else it asks for is a problem. */
async function openFile(path, options) {
  const settings = settingsOf(options);
  const url = pathToFileURL(path).href;
  const page = await open(engine, url, url, settings);
  const files = [url, ...(settings.files ?? []).map((file) => pathToFileURL(file).href)];
  return guarded(page, path, settings, () => page.requests
    .filter((request) => !/^(blob|data|about):/.test(request) && !files.includes(request.replace(/[?#].*/, '')))
    .map((request) => `asked for ${request}`));
}

/** The page, which from now on fails when it is closed after something went wrong. */
function guarded(page, path, settings, furtherProblems) {
  const shut = page.close;
  page.checkProblems = async () => {
    await page.collect?.();
    const problems = [...page.problems, ...furtherProblems()]
      .filter((problem) => !settings.allow.some((pattern) => pattern.test(problem)));
    assert.deepEqual(problems, [], `problems on ${path || 'the page'} in ${engine}`);
  };
  page.close = async () => {
    try {
      await page.checkProblems();
    } finally {
      await shut();
    }
  };
  return page;
}

/** What each browser says of a file whose frame or page goes away before it has come. For `allow`, where that is meant to happen. */
export const GIVEN_UP = /^failed: .*(ERR_ABORTED|NS_BINDING_ABORTED|already closed|Load request cancelled|Frame load interrupted)/;

/** Opens a page, hands it to `use`, and closes it; fails when `use` does or the page had problems. */
export async function withPage(path, options, use) {
  await hand(await openPage(path, options), use);
}

/** The same with a file from the disk; `options.files` are others that it may ask for. */
export async function withFile(path, options, use) {
  await hand(await openFile(path, options), use);
}

async function hand(page, use) {
  let failure;
  try {
    await use(page);
  } catch (error) {
    failure = error;
    await page.collect?.().catch(() => {});
    await screenshot(page, `failed-${Date.now()}`).catch(() => {});
    error.message += page.problems.map((problem) => `\n  page: ${problem}`).join('');
  }
  try {
    await page.close();
  } catch (error) {
    failure ??= error;
  }
  if (failure) throw failure;
}

/** Waits until the page shows a recording. */
export function waitForReady(page, msMax = READY_MS_MAX) {
  return waitFor(page, 'the recording (data-replay="ready")', () => document.documentElement.dataset.replay === 'ready', msMax);
}

/** Waits until `condition`, run in the page with `args`, is truthy; returns what it gave. */
export async function waitFor(page, what, condition, msMax = 10_000, ...args) {
  const end = Date.now() + msMax;
  for (;;) {
    const value = await page.evaluate(condition, ...args);
    if (value) return value;
    if (Date.now() > end) throw new Error(`waited ${msMax} ms for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Writes tests/browser/artifacts/<engine>-<name>.png and returns its path. */
export async function screenshot(page, name, { fullPage = false } = {}) {
  mkdirSync(artifacts, { recursive: true });
  const path = join(artifacts, `${engine}-${name}.png`);
  writeFileSync(path, await page.png({ fullPage }));
  return path;
}

/** Sizes of targets, of WCAG 2.2, are off in axe by default. */
const AXE_RULES = { 'target-size': { enabled: true } };

/** Runs axe-core on the page; returns its violations, each with rule, help, impact and the elements. */
export async function axe(page, rules = AXE_RULES) {
  await page.evaluate(readFileSync(join(root, 'node_modules/axe-core/axe.min.js'), 'utf8'));
  return page.evaluate(async (rules) => {
    const { violations } = await globalThis.axe.run(document, { rules });
    return violations.map(({ id, help, impact, nodes }) => ({
      id, help, impact, nodes: nodes.map(({ target, failureSummary }) => ({ target: target.join(' '), failureSummary })),
    }));
  }, rules);
}

/** Presses one key, by its `KeyboardEvent.key` name ("k", " ", "ArrowRight", "<"), with modifiers such as ['Shift']. */
export function pressKey(page, key, modifiers = []) {
  return page.press(key, modifiers);
}

/** Clicks the first element that the selector finds; in its middle, or at `at`, ratios of its width and height. */
export async function click(page, selector, at = { x: 0.5, y: 0.5 }, { times = 1 } = {}) {
  await page.pointer([await placeIn(page, selector, at)], { times });
}

/** Touches an element with one finger: at `from`, moved to the other places if there are any. Not in WebKit. */
export async function touch(page, selector, from, ...to) {
  const points = [];
  for (const at of [from, ...to]) points.push(await placeIn(page, selector, at));
  await page.touch(points);
}

/** Moves the pointer over the middle of an element, or `offset` CSS px away from it. */
export async function hover(page, selector, offset = { x: 0, y: 0 }) {
  const { x, y } = await placeIn(page, selector);
  await page.pointer([{ x: x + offset.x, y: y + offset.y }], { times: 0 });
}

/**
 * Drags within an element, from one place to another in some steps; places are ratios of its width and height.
 * @param {{x: number, y?: number}} from
 * @param {{x: number, y?: number}} to
 */
export async function drag(page, selector, from, to, steps = 10) {
  const box = await boxOf(page, selector);
  const at = ({ x, y = 0.5 }) => ({ x: box.x + x * box.width, y: box.y + y * box.height });
  const [start, end] = [at(from), at(to)];
  const points = Array.from({ length: steps + 1 }, (_, step) => ({
    x: start.x + ((end.x - start.x) * step) / steps,
    y: start.y + ((end.y - start.y) * step) / steps,
  }));
  await page.pointer(points, { times: 1 });
}

async function placeIn(page, selector, { x: across = 0.5, y: down = 0.5 } = {}) {
  const { x, y, width, height } = await boxOf(page, selector);
  return { x: x + across * width, y: y + down * height };
}

/** The element's place in the viewport, scrolled into view. */
export async function boxOf(page, selector) {
  const box = await page.evaluate((selector) => {
    const element = document.querySelector(selector);
    if (!element) return null;
    // To the middle: at the edge the player at the bottom would be in the way.
    element.scrollIntoView({ block: 'center', inline: 'nearest', behavior: 'instant' });
    const { x, y, width, height } = element.getBoundingClientRect();
    return { x, y, width, height };
  }, selector);
  assert.ok(box, `no element ${selector}`);
  return box;
}
