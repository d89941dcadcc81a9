// Foreign hands in the page: a translator that replaces texts every second, an extension that puts elements into the body,
// storage that throws, workers that are killed, a slow network that drops a file. Everything is used meanwhile, and nothing
// dies in silence.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startFaultyServer } from './faulty-server.mjs';
import { GIVEN_UP, cannot, click, drag, engine, pressKey, waitForReady, withPage } from './harness.mjs';
import { addElement, call, frameOf, heard, startHost, waitForReplay, withHost } from './embed-host.mjs';
import { becomes, choose, CHARTS, count, eventually, expectPlayer, goTo, PLAY, playerKey, SCENARIO_TEXT, secondsAt, texts } from './page.mjs';
import { startServer } from './server.mjs';

/** Runs in the page before its own scripts. */
function foreignHands() {
  // As Chromium's and Firefox's translators do, each text in one of the ways seen in the wild.
  globalThis.translate = (root) => {
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT, {
      acceptNode: ({ parentElement, nodeValue }) => (
        nodeValue.trim() === '' || parentElement.closest('script, style, textarea, [translate="no"], .foreign') ? NodeFilter.FILTER_REJECT : NodeFilter.FILTER_ACCEPT),
    });
    const found = [];
    while (walker.nextNode()) found.push(walker.currentNode);
    found.forEach((text, index) => {
      const font = document.createElement('font');
      font.className = 'foreign';
      const inner = font.appendChild(document.createElement('font'));
      inner.textContent = text.nodeValue;
      const way = (index + globalThis.translations) % 4;
      if (way === 0) text.replaceWith(font);
      else if (way === 1) text.parentNode.replaceChild(font, text);
      else if (way === 2) {
        text.before(font);
        text.remove();
      } else {
        // Wrapped, with the text in it.
        inner.textContent = '';
        text.before(font);
        inner.append(text);
      }
    });
    globalThis.translations += 1;
    return found.length;
  };
  globalThis.translations = 0;
  globalThis.translated = 0;
  setInterval(() => {
    if (document.body) globalThis.translated += globalThis.translate(document.body);
  }, 1000);
  // An extension's own elements, first and last in the body and beside the app.
  setInterval(() => {
    if (!document.body || document.querySelectorAll('.extension').length > 12) return;
    for (const place of ['prepend', 'append']) {
      const element = document.createElement('grammar-helper');
      element.className = 'extension foreign';
      document.body[place](element);
    }
    document.getElementById('app')?.after(Object.assign(document.createElement('div'), { className: 'extension foreign' }));
  }, 700);
  for (const name of ['getItem', 'setItem', 'removeItem']) {
    Storage.prototype[name] = () => { throw new DOMException('no storage here', 'SecurityError'); };
  }
  const Real = Worker;
  globalThis.workers = [];
  globalThis.Worker = function Remembered(...words) {
    const worker = new Real(...words);
    globalThis.workers.push(worker);
    return worker;
  };
  Worker.prototype = Real.prototype;
}

const kill = () => {
  const worker = globalThis.workers.at(-1);
  worker.terminate();
  worker.dispatchEvent(new ErrorEvent('error', { message: 'killed' }));
};

const isAlive = async (page) => {
  assert.equal(await page.evaluate(() => document.documentElement.dataset.replay), 'ready');
  assert.equal(await count(page, '#crash'), 0);
};

test('the whole page is used under foreign hands', async () => {
  // The Share dialog's live previews are gone before they are loaded.
  await withPage('#v=1&t=12:00', { before: foreignHands, allow: [GIVEN_UP] }, async (page) => {
    await waitForReady(page);
    await eventually('the translator', () => page.evaluate(() => globalThis.translated), (number) => number > 100);

    // Texts follow the playhead.
    for (const clock of ['11:05', '12:30', '13:30']) {
      await goTo(page, clock);
      await becomes('the clock', async () => (await texts(page, '.clock strong'))[0]?.slice(0, 5), clock);
      await page.evaluate(() => globalThis.translate(document.body));
    }
    const sentence = async () => (await texts(page, '.now'))[0];
    const before = await sentence();
    await goTo(page, '10:35');
    await eventually('another sentence', sentence, (text) => text !== before);

    // Play.
    await click(page, PLAY);
    await eventually('a minute played', () => page.evaluate(() => globalThis.translations), (number) => number > 6);
    await click(page, PLAY);
    await isAlive(page);

    // Keys, help, instances, audiences.
    for (const key of ['e', 'n', 'p', 'ArrowRight', 'ArrowLeft', 'End', 'Home', 'j', 'l']) await playerKey(page, key);
    await pressKey(page, '?');
    await eventually('the help', () => page.evaluate(() => document.querySelector('dialog.help').open), Boolean);
    await page.evaluate(() => globalThis.translate(document.body));
    await pressKey(page, 'Escape');
    for (const audience of ['engineer', 'trainer', 'plain']) {
      await page.evaluate((name) => { location.hash = `v=1&t=12:15&reader=${name}&instance=3`; }, audience);
      await expectPlayer(page, { seconds: secondsAt('12:15') });
      await page.evaluate(() => globalThis.translate(document.body));
    }
    await isAlive(page);

    // Tables and series of the charts, and dragging in them.
    assert.equal(await count(page, '.chart'), CHARTS.length);
    for (const chart of CHARTS.slice(0, 3)) {
      await page.evaluate((name) => document.querySelector(`.chart-${name} summary, .chart-${name} [aria-label*="able"]`)?.click(), chart);
      await page.evaluate(() => globalThis.translate(document.body));
      await page.evaluate((name) => document.querySelector(`.chart-${name} .chart-key`)?.click(), chart);
    }
    await page.evaluate(() => document.querySelector('.chart-plot').scrollIntoView({ block: 'center' }));
    await drag(page, '.chart-plot', { x: 0.3 }, { x: 0.6 }, 4);
    await isAlive(page);

    // Share.
    await click(page, '.share-button');
    await eventually('the dialog', () => count(page, 'dialog.share[open]'), (number) => number === 1);
    for (let form = 0; form < 8; form += 1) {
      await page.evaluate((index) => document.querySelectorAll('input[name="share-form"]')[index].click(), form);
      await page.evaluate(() => globalThis.translate(document.body));
    }
    await pressKey(page, 'Escape');
    await becomes('the dialog', () => count(page, 'dialog.share[open]'), 0);

    // Another run, with the worker killed twice.
    const seed = async () => (await texts(page, '.foot-run dd'))[1];
    for (const wanted of ['7', '8']) {
      await page.evaluate((number) => { location.hash = `v=1&t=12:00&seed=${number}`; }, wanted);
      await page.evaluate(kill);
      await eventually(`seed ${wanted}`, seed, (shown) => shown === wanted, 40_000);
      await page.evaluate(() => globalThis.translate(document.body));
    }
    await isAlive(page);

    // A file, good and bad.
    for (const [text, note] of [['{', /cannot be opened/], [SCENARIO_TEXT.replace('Checkout outage of', 'Another outage of'), /This is “Another outage/]]) {
      await page.evaluate((content) => {
        const input = document.querySelector('input[type="file"]');
        const data = new DataTransfer();
        data.items.add(new File([content], 'scenario.json'));
        input.files = data.files;
        input.dispatchEvent(new Event('change', { bubbles: true }));
      }, text);
      await eventually('a note', async () => (await texts(page, '.note:not(.note-what-if)')).join(), (words) => note.test(words), 40_000);
      await page.evaluate(() => globalThis.translate(document.body));
    }
    await becomes('the title', async () => (await texts(page, '.top-title strong'))[0], 'Another outage of 15 August 2024');

    // Print.
    await page.evaluate(() => {
      dispatchEvent(new Event('beforeprint'));
      dispatchEvent(new Event('afterprint'));
    });
    if (engine !== 'firefox') assert.ok((await page.pdf()).length > 10_000);
    await goTo(page, '12:45');
    await becomes('the clock', async () => (await texts(page, '.clock strong'))[0]?.slice(0, 5), '12:45');
    await isAlive(page);
  });
});

test('an embed is used under foreign hands', { skip: cannot({ webkit: 'tests see the document in a frame there, not its variables' }) }, async () => {
  const replay = await startServer();
  const host = await startHost(new URL(replay.url).origin);
  try {
    await withHost(replay.url, host, { allow: [/no storage here/] }, async (page) => {
      await addElement(page, { src: replay.url, 'start-at': '12:00', panel: 'memory' });
      await waitForReplay(page);
      const frame = await frameOf(page);
      await frame.evaluate(`(${foreignHands})()`);
      for (const to of ['11:00', '12:30', '13:30', '10:35']) {
        await call(page, 'seek', to);
        await frame.evaluate(() => globalThis.translate(document.body));
      }
      await call(page, 'play');
      await eventually('the translator', () => frame.evaluate(() => globalThis.translations), (number) => number > 5);
      const { at, paused } = await call(page, 'getState');
      assert.ok(at > '2024-08-15T10:36' && !paused, at);
      assert.ok(!(await heard(page)).includes('error'));
    });
  } finally {
    await Promise.all([host.stop(), replay.stop()]);
  }
});

test('on a slow network that drops a file the story stands, and the replay comes with the next try', async () => {
  let drops = true;
  const server = await startFaultyServer({ pattern: /\.wasm$/, fault: 'cut', delayMs: 300, isOn: () => drops });
  try {
    await withPage('', { server, allow: [/./s], before: foreignHands }, async (page) => {
      await eventually('the message', () => page.evaluate(() => document.getElementById('boot-message')?.textContent ?? ''), (text) => /Reload/.test(text), 40_000);
      assert.ok(await page.evaluate(() => document.getElementById('static-story').innerText.length > 1000));
      drops = false;
      await page.reload();
      await waitForReady(page);
    });
  } finally {
    await server.stop();
  }
});
