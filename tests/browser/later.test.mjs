// The program comes in two parts: ordinary visits are served by the first, the second comes when something of it is wanted, in
// whatever way.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { click, hover, openPage, pressKey, unless, waitFor, waitForReady, withPage } from './harness.mjs';
import { becomes, count, eventually, frames, focus, texts, withReplay } from './page.mjs';
import { root } from './server.mjs';
import { ordinaryVisits } from './visit.mjs';

const LATER = /\/later-[0-9a-f]+\.wasm$/;
const SHARE = '.share-button';
const DIALOG = 'dialog[open]';

const asked = (page) => page.server.answers().filter(({ path }) => LATER.test(path)).length;
/** What the page and its scripts asked for; the service worker keeps the second part for times without a network. */
const askedByPage = (page) => page.evaluate(() => performance.getEntriesByType('resource').filter(({ name }) => name.includes('/later-')).length);

// The list was measured on one build. Another compiler, or other paths, and a listed function may stand in for one that was
// part of its caller there: the page works, and asks for the second part earlier than it need.
const measured = /name="later-wasm"[^>]*data-measured="true"/.test(readFileSync(join(root, 'dist/index.html'), 'utf8'));
const onOneBuild = measured ? unless('chromium', 'firefox') : 'later.txt was measured on another build: cargo xtask profile';

test('ordinary visits need the first part alone', { skip: onOneBuild }, async () => {
  await ordinaryVisits(async (page, name) => assert.equal(await askedByPage(page), 0, name));
});

test('a click waits for the second part', async () => {
  await withReplay({}, async (page) => {
    await click(page, SHARE);
    await becomes('the dialog', () => count(page, DIALOG), 1);
    assert.equal(asked(page), 1);
    assert.equal(await count(page, '[aria-busy="true"]'), 0);
  });
});

test('clicks while it is on its way count once', { skip: onOneBuild }, async () => {
  await withReplay({}, async (page) => {
    const pressed = () => page.evaluate(() => document.querySelector('button.instance').getAttribute('aria-pressed'));
    await page.evaluate(() => {
      const tile = document.querySelector('button.instance');
      tile.click();
      tile.click();
    });
    await becomes('the tile', pressed, 'true');
    await frames(page);
    assert.equal(await pressed(), 'true');
    await click(page, 'button.instance');
    await becomes('the tile', pressed, 'false');
  });
});

test('what is pointed at or focused brings it in advance', { skip: unless('chromium', 'firefox') }, async () => {
  for (const prepare of [(page) => hover(page, SHARE), (page) => focus(page, SHARE)]) {
    await withReplay({}, async (page) => {
      await prepare(page);
      await eventually('the second part', () => askedByPage(page), (number) => number === 1);
      await focus(page, SHARE);
      await pressKey(page, 'Enter');
      await becomes('the dialog', () => count(page, DIALOG), 1);
      assert.equal(await askedByPage(page), 1);
    });
  }
});

test('a call that was not foreseen brings it at once', { skip: unless('chromium', 'firefox') }, async () => {
  // Notes about a bad address are of the second part, and are written while the page starts.
  await withPage('?colour=red', { allow: [/Synchronous XMLHttpRequest/] }, async (page) => {
    await waitForReady(page);
    await becomes('the note', async () => (await texts(page, '.note')).some((text) => text.includes('colour')), true);
    assert.equal(await askedByPage(page), 1);
  });
});

test('without the second part the page says so, once it is wanted', { skip: onOneBuild || unless('chromium') }, async () => {
  const allow = [/later-/, /could not be loaded/, /ERR_FAILED/, /Synchronous XMLHttpRequest/];
  const page = await openPage('', { allow });
  await waitForReady(page);
  await page.raw.setRequestInterception(true);
  page.raw.on('request', (request) => (LATER.test(request.url()) ? request.abort() : request.continue()));
  await click(page, SHARE);
  await waitFor(page, 'the message', () => document.querySelector('[role="alert"]')?.textContent.includes('could not be loaded'));
  await frames(page);
  await page.close();
});
