// What the tests know of the page: where its parts are, how to read its state, how to move its playhead.
//
// Tests wait for states and never for time: everything here polls until the page is as expected.

import assert from 'node:assert/strict';
import { isDeepStrictEqual } from 'node:util';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { click, pressKey, waitForReady, withPage } from './harness.mjs';
import { root } from './server.mjs';

/** The slider of the seek bar. */
export const SLIDER = '[role="slider"]';
/** The play button of the player. */
export const PLAY = '#player .play';
/** The button that opens the choice of speeds. */
export const SPEED = '#player button.speed';
/** The button that opens the other options. */
export const OPTIONS = '#player button[title="More options"]';
/** The help. */
export const HELP = 'dialog.help';

/** Charts in the order of the page; all but the last show the window of the incident, and zoom together. */
export const CHARTS = ['checkouts', 'memory', 'cpu', 'latency', 'sessions', 'gateway', 'queue', 'retries', 'deployment'];

/** The bundled scenario as the file says it. */
export const SCENARIO_TEXT = readFileSync(join(root, 'static/scenarios/checkout-outage-2024-08-15.json'), 'utf8');
export const SCENARIO = JSON.parse(SCENARIO_TEXT);

const WINDOW_FROM_MS = Date.parse(SCENARIO.window.from);
/** Length of the window in seconds. */
export const WINDOW_S = (Date.parse(SCENARIO.window.until) - WINDOW_FROM_MS) / 1000;

const WAIT_MS_MAX = 20_000;

/** Seconds from the start of the window to a moment of its day ("12:15") or an instant. */
export function secondsAt(moment) {
  const instant = moment.includes('T') ? moment : `${SCENARIO.window.from.slice(0, 10)}T${moment}:00Z`;
  return (Date.parse(instant) - WINDOW_FROM_MS) / 1000;
}

/** Opens the page, waits for its recording and hands it to `use`. */
export function withReplay(options, use) {
  return withPage('', options, async (page) => {
    await waitForReady(page);
    await use(page);
  });
}

/** Polls `read` until `holds` is true of what it gives, and returns that. */
export async function eventually(what, read, holds, msMax = WAIT_MS_MAX) {
  const end = Date.now() + msMax;
  for (;;) {
    const value = await read();
    if (holds(value)) return value;
    if (Date.now() > end) assert.fail(`waited ${msMax} ms for ${what}; last: ${JSON.stringify(value)}`);
    await new Promise((resolve) => setTimeout(resolve, 40));
  }
}

/** Polls `read` until it gives `expected`. */
export async function becomes(what, read, expected, msMax = WAIT_MS_MAX) {
  const end = Date.now() + msMax;
  for (;;) {
    const value = await read();
    if (isDeepStrictEqual(value, expected)) return;
    if (Date.now() > end) assert.deepEqual(value, expected, `${what} (waited ${msMax} ms)`);
    await new Promise((resolve) => setTimeout(resolve, 40));
  }
}

/** The player as the page shows it. */
export function playerState(page) {
  return page.evaluate((sliderAt, playAt, speedAt) => {
    const slider = document.querySelector(sliderAt);
    return {
      seconds: Number(slider.getAttribute('aria-valuenow')),
      words: slider.getAttribute('aria-valuetext'),
      playing: document.querySelector(playAt).getAttribute('aria-label') === 'Pause',
      speed: Number.parseFloat(document.querySelector(`${speedAt} strong`).textContent),
    };
  }, SLIDER, PLAY, SPEED);
}

/** Waits until the player is as `expected` says, such as `{ seconds: 60, playing: false }`. */
export function expectPlayer(page, expected, what = 'the player') {
  const pick = (state) => Object.fromEntries(Object.keys(expected).map((key) => [key, state[key]]));
  return becomes(what, async () => pick(await playerState(page)), expected);
}

/** Takes the focus from whatever has it, so that keys go to the player. */
export function unfocus(page) {
  return page.evaluate(() => document.activeElement?.blur());
}

/** Focuses the first element that the selector finds. */
export async function focus(page, selector) {
  const found = await page.evaluate((at) => {
    const element = document.querySelector(at);
    element?.focus();
    return element !== null && document.activeElement === element;
  }, selector);
  assert.ok(found, `${selector} can have the focus`);
}

/** Presses a key with nothing in focus. */
export async function playerKey(page, key, modifiers = []) {
  await unfocus(page);
  await pressKey(page, key, modifiers);
}

/** Moves the playhead to a full minute of the window ("12:15") with the player's own keys. */
export async function goTo(page, moment) {
  const minutes = secondsAt(moment) / 60;
  await playerKey(page, 'Home');
  for (let tens = Math.floor(minutes / 10); tens > 0; tens -= 1) await pressKey(page, 'ArrowRight', ['Shift']);
  for (let ones = minutes % 10; ones > 0; ones -= 1) await pressKey(page, 'ArrowRight');
  await expectPlayer(page, { seconds: minutes * 60 }, `the playhead at ${moment}`);
}

/** The text of every element that the selector finds, without needless space. */
export function texts(page, selector) {
  return page.evaluate(
    (at) => [...document.querySelectorAll(at)].map((element) => element.textContent.replaceAll(/\s+/g, ' ').trim()),
    selector,
  );
}

/** An attribute of every element that the selector finds. */
export function attributes(page, selector, name) {
  return page.evaluate((at, key) => [...document.querySelectorAll(at)].map((element) => element.getAttribute(key)), selector, name);
}

/** How many elements the selector finds. */
export function count(page, selector) {
  return page.evaluate((at) => document.querySelectorAll(at).length, selector);
}

/** How many elements that the selector finds can be seen. */
export function countSeen(page, selector) {
  return page.evaluate((at) => [...document.querySelectorAll(at)].filter((element) => element.checkVisibility()).length, selector);
}

/** Clicks the radio button or check box with this text in an open menu. */
export async function choose(page, text) {
  // A menu that was just opened may not be there yet.
  await eventually(`the menu offers “${text}”`, () => page.evaluate((label) => {
    const item = [...document.querySelectorAll('.menu-item')].find(({ textContent }) => textContent.startsWith(label));
    document.querySelectorAll('[data-test-chosen]').forEach((element) => element.removeAttribute('data-test-chosen'));
    item?.setAttribute('data-test-chosen', '');
    return item !== undefined;
  }, text), Boolean);
  await click(page, '[data-test-chosen]');
}

/** Lets the page draw some frames; for what must not happen. */
export function frames(page, number = 5) {
  return page.evaluate(async (times) => {
    for (let frame = 0; frame < times; frame += 1) await new Promise((resolve) => requestAnimationFrame(resolve));
  }, number);
}

/** What the page last said to screen readers. */
export function announced(page) {
  // What is said again ends with a space that does not break, so that it is new.
  return page.evaluate(() => [...document.querySelectorAll('[aria-live="polite"]')].at(-1).textContent.replace(/\u00a0$/, ''));
}
