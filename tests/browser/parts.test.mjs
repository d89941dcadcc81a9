// Parts of the program: each is fetched when it is first shown, and what becomes of one that does not arrive.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startFaultyServer } from './faulty-server.mjs';
import { axe, click, screenshot, waitForReady, withPage } from './harness.mjs';
import { becomes, count, eventually, goTo, playerState, texts, withReplay } from './page.mjs';

const ALL = [/./s];
const mode = (name) => `.top-modes .mode:nth-child(${['Replay', 'What if', 'Drill'].indexOf(name) + 1})`;
/** What each is opened by, what shows that it is there, and the name of its file. */
const PARTS = [
  { file: 'what_if', open: (page) => click(page, mode('What if')), shown: '#what-if .levers', place: '#what-if' },
  { file: 'share', open: (page) => click(page, '.share-button'), shown: 'dialog[open] .share-close', place: '.part-over' },
  { file: 'drill', open: (page) => click(page, mode('Drill')), shown: '#drill .drill-begin', place: '#drill' },
];

/** Names of the parts that the page has asked for. Its service worker's requests are not the page's. */
const fetched = (page) => page.evaluate(() => performance.getEntriesByType('resource')
  .map(({ name }) => name.match(/\/part-(\w+)-[0-9a-f]+\.wasm$/)?.[1]).filter((name) => name && !name.startsWith('chunk'))
  .sort());

test('what belongs to a mode is fetched when the mode is chosen, once', () => withReplay({ width: 1440, height: 900 }, async (page) => {
  assert.deepEqual(await fetched(page), []);
  const asked = [];
  for (const { file, open, shown } of PARTS) {
    await open(page);
    asked.push(file);
    await becomes(`what is shown of ${file}`, () => count(page, shown), 1);
    assert.deepEqual(await fetched(page), asked.toSorted());
    if (file === 'share') await click(page, '.share-close');
  }
  await click(page, mode('What if'));
  await becomes('the levers again', () => count(page, '#what-if .levers'), 1);
  assert.deepEqual(await fetched(page), asked.toSorted());
}));

for (const [path, file, shown] of [['?mode=whatif', 'what_if', '#what-if .levers'], ['?mode=drill', 'drill', '#drill .drill-begin'], ['?mode=facilitate', 'drill', '#drill h1']]) {
  test(`an address with ${path} fetches that alone`, () => withPage(path, {}, async (page) => {
    await waitForReady(page);
    assert.equal(await count(page, shown), 1, 'a page that is ready has all of it');
    assert.deepEqual(await fetched(page), [file]);
  }));
}

for (const fault of ['404', '500', 'cut', 'changed']) {
  test(`a part that is ${fault} is told in its place, and can be asked for again`, async () => {
    let isOn = true;
    const server = await startFaultyServer({ pattern: /\/part-/, fault, isOn: () => isOn });
    try {
      await withPage('', { server, allow: ALL, width: 1280, height: 720 }, async (page) => {
        await waitForReady(page);
        for (const { file, open, shown, place } of PARTS) {
          isOn = true;
          await open(page);
          const [words] = await eventually(`words on ${file}`, () => texts(page, `${place} [role="alert"]`), ({ length }) => length === 1);
          assert.match(words, /did not arrive: no network, or a newer version .* Try again/s);
          assert.equal(await count(page, '#crash'), 0);
          if (fault === '404') {
            assert.deepEqual(await axe(page), []);
            await screenshot(page, `part-lost-${file}`);
          }
          if (file === 'share') {
            await click(page, `${place} [aria-label="Close"]`);
            await becomes('nothing of it', () => count(page, place), 0);
            await open(page);
            await becomes('words again', () => count(page, `${place} [role="alert"]`), 1);
          }
          if (file === 'what_if') {
            // The rest of the page works.
            await goTo(page, '12:15');
            assert.match((await playerState(page)).words, /^12:15 UTC/);
          }
          isOn = false;
          await click(page, `${place} [role="alert"] button`);
          await becomes(`what is shown of ${file}`, () => count(page, shown), 1);
          assert.equal(await count(page, `${place} [role="alert"]`), 0);
          assert.notEqual(await page.evaluate(() => document.activeElement.tagName), 'BODY', 'the focus is kept');
          if (file === 'share') await click(page, '.share-close');
        }
      });
    } finally {
      await server.stop();
    }
  });
}

test('a part that stalls is told after ten seconds, and leaves the way back', async () => {
  const server = await startFaultyServer({ pattern: /\/part-drill/, fault: 'stalled' });
  try {
    await withPage('', { server, allow: ALL }, async (page) => {
      await waitForReady(page);
      await click(page, mode('Drill'));
      await becomes('on its way', () => texts(page, '#drill .part-coming'), ['The drill is on its way …']);
      await becomes('late', () => texts(page, '#drill .part-coming'), ['The drill has not arrived yet. It may still come.'], 20_000);
      await click(page, mode('Replay'));
      await becomes('the way back', () => count(page, '#player .play'), 1);
    });
  } finally {
    await server.stop();
  }
});
