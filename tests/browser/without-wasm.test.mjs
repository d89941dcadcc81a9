// Where the replay cannot run: the page says so, and tells the story without it.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { axe, cannot, engine, screenshot, waitFor, waitForReady, withPage } from './harness.mjs';
import { root } from './server.mjs';

const scenario = JSON.parse(readFileSync(join(root, 'static/scenarios/checkout-outage-2024-08-15.json'), 'utf8'));

/** What a person reads. */
function visible() {
  const isShown = (selector) => document.querySelector(selector)?.checkVisibility() ?? false;
  return {
    message: document.getElementById('boot-message')?.textContent ?? '',
    role: document.getElementById('boot-message')?.getAttribute('role'),
    story: isShown('#static-story'),
    progress: isShown('#boot-progress'),
  };
}

/** What of the story can be seen. */
function told() {
  const seen = (selector) => [...document.querySelectorAll(selector)].filter((element) => element.checkVisibility());
  const texts = (selector) => seen(selector).map((element) => element.textContent.trim());
  return {
    headline: texts('h1').join(),
    tiles: texts('.tile-value'),
    story: seen('#static-story').map((element) => element.innerText).join(),
    times: texts('.event time'),
    evidence: texts('.chip strong'),
    claims: texts('tr[id^="claim-"] strong'),
    verdicts: texts('tr[id^="claim-"] .verdict'),
    facts: texts('li[id^="fact-"] p'),
    links: [...document.querySelectorAll('#app a')].map((link) => link.getAttribute('href')),
    unmade: document.documentElement.innerHTML.includes('<!-- story:'),
  };
}

/** Brings the next picture that has not come into view; true when all have come. */
function allPictures() {
  const missing = [...document.querySelectorAll('#static-story img')]
    .find((image) => !image.complete || image.naturalWidth === 0);
  missing?.scrollIntoView({ block: 'center', behavior: 'instant' });
  return !missing;
}

/** The whole story, from the scenario and one run of it. */
async function checkStory(page) {
  const story = await page.evaluate(told);
  assert.equal(story.unmade, false, 'the build has put in every piece');
  assert.ok(story.headline.length > 40, `the headline: ${story.headline}`);
  assert.equal(story.tiles.length, 4);
  assert.deepEqual(story.facts, scenario.facts.map(({ text }) => text));
  assert.deepEqual(story.times, scenario.timeline.map(({ at }) => at.slice(11, 16)));
  for (const { title, text } of scenario.timeline) {
    assert.ok(story.story.includes(title) && story.story.includes(text), title);
  }
  const values = scenario.timeline.flatMap(({ evidence = [] }) => evidence)
    .filter((name) => name !== 'code' && name !== 'heap_histogram');
  assert.equal(story.evidence.length, values.length, 'a value for each piece of evidence');
  assert.ok(story.evidence.every((value) => /\d/.test(value)), `values: ${story.evidence}`);
  assert.equal(story.claims.length, scenario.claims.length);
  assert.ok(story.claims.every((value) => /\d/.test(value)), `simulated values: ${story.claims}`);
  assert.ok(story.verdicts.every((verdict) => /holds/.test(verdict)), `verdicts: ${story.verdicts}`);
  for (const link of story.links) {
    assert.ok(await page.evaluate((link) => document.querySelector(link) !== null, link), `${link} leads somewhere`);
  }

  await waitFor(page, 'the pictures', allPictures, 30_000);
  const pictures = await page.evaluate(() => [...document.querySelectorAll('#static-story img')]
    .map(({ alt, width, height, naturalWidth, naturalHeight }) => ({ alt, width, height, naturalWidth, naturalHeight })));
  assert.ok(pictures.length >= 6, `${pictures.length} pictures`);
  for (const { alt, width, height, naturalWidth, naturalHeight } of pictures) {
    assert.match(alt, /\d/, 'the description comes from the data');
    assert.ok(Math.abs(width / height - naturalWidth / naturalHeight) < 0.02, `${alt}: not distorted`);
  }
}

const REFUSALS = [
  { name: 'WebAssembly', before: () => delete globalThis.WebAssembly, words: /lacks WebAssembly/ },
  {
    name: 'canvas drawing',
    before: () => { HTMLCanvasElement.prototype.getContext = () => null; },
    words: /lacks canvas drawing/,
  },
  {
    name: 'the network, half way',
    before: () => {
      const real = globalThis.fetch;
      globalThis.fetch = (url, ...rest) => (
        String(url).endsWith('.wasm') ? Promise.reject(new TypeError('cut off')) : real(url, ...rest));
    },
    words: /could not start \(cut off\)\. Reload/,
    allow: [/exception: .*cut off/s],
  },
  {
    name: 'the very wasm it was built with',
    before: () => {
      const real = globalThis.fetch;
      globalThis.fetch = (url, ...rest) => (
        String(url).endsWith('.wasm') ? Promise.resolve(new Response(new Uint8Array(8))) : real(url, ...rest));
    },
    words: /not the one this page was built with/,
    allow: [/exception: .*not the one this page was built with/s],
  },
];

for (const { name, before, words, allow = [] } of REFUSALS) {
  test(`without ${name}`, async () => {
    await withPage('', { before, allow }, async (page) => {
      await waitFor(page, 'the message', () => document.documentElement.dataset.boot === 'failed');
      const { message, role, story, progress } = await page.evaluate(visible);
      await screenshot(page, `without-${name.replaceAll(/\W+/g, '-')}`);
      assert.match(message, words);
      assert.deepEqual({ role, story, progress }, { role: 'alert', story: true, progress: false });
    });
  });
}

for (const [width, height, dark] of [[1440, 900, false], [360, 740, true]]) {
  test(`the story without WebAssembly, at ${width} px`, async () => {
    await withPage('', { before: REFUSALS[0].before, width, height, dark }, async (page) => {
      await waitFor(page, 'the message', () => document.documentElement.dataset.boot === 'failed');
      await checkStory(page);
      await screenshot(page, `story-${width}`, { fullPage: true });
      const scrolls = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      assert.ok(scrolls <= 0, `scrolls sideways by ${scrolls} px`);
      assert.deepEqual(await axe(page), []);
    });
  });
}

/** Tables of which a part is out of reach: beyond the paper, or cut off where nothing scrolls. */
function cutTables(isPaper) {
  return [...document.querySelectorAll('table')].filter((table) => table.checkVisibility()).flatMap((table) => {
    const edge = document.documentElement.clientWidth + 1;
    const name = table.closest('section, article, li')?.querySelector('h2, h3')?.textContent ?? table.className;
    const cells = [...table.querySelectorAll('th, td')].filter((cell) => cell.getClientRects().length > 0);
    const right = Math.max(...cells.map((cell) => cell.getBoundingClientRect().right));
    let scroller = table.parentElement;
    while (scroller && !/auto|scroll/.test(getComputedStyle(scroller).overflowX)) scroller = scroller.parentElement;
    const isCut = isPaper || !scroller ? right > Math.min(edge, (scroller ?? document.body).getBoundingClientRect().right + 1) : false;
    // What scrolls must be in reach of the keyboard.
    const isOut = !isPaper && scroller && scroller.scrollWidth > scroller.clientWidth + 1 && scroller.tabIndex < 0 && scroller !== document.documentElement;
    return isCut || isOut ? [`${name}: ${Math.round(right)} px`] : [];
  });
}

for (const width of [1440, 390]) {
  test(`no table of the story loses a column, on the screen at ${width} px and on paper`, async () => {
    await withPage('', { before: REFUSALS[0].before, width, height: 844 }, async (page) => {
      await waitFor(page, 'the message', () => document.documentElement.dataset.boot === 'failed');
      assert.deepEqual(await page.evaluate(cutTables, false), []);
      const hidden = await page.evaluate(() => [...document.querySelectorAll('#static-story table')].map((table) => [
        table.querySelectorAll('thead th').length,
        [...table.querySelectorAll('thead th')].filter((cell) => cell.checkVisibility()).length,
      ]));
      assert.ok(hidden.length >= 2, `${hidden.length} tables`);
      for (const [all, seen] of hidden) assert.equal(seen, all);
      if (engine !== 'chromium') return;
      await page.raw.emulateMediaType('print');
      // As wide as a sheet of A4 between its margins.
      for (const paper of [718, 560]) {
        await page.resize(paper, 1000);
        assert.deepEqual(await page.evaluate(cutTables, true), [], `paper of ${paper} px`);
      }
      await page.raw.emulateMediaType('screen');
    });
  });
}

test('the app takes over where the story stood, and fetches no picture of it', async () => {
  await withPage('', {}, async (page) => {
    const before = await page.evaluate(() => document.querySelector('h1').textContent);
    await waitForReady(page);
    const after = await page.evaluate(() => document.querySelector('h1').textContent);
    const isGone = await page.evaluate(() => document.getElementById('static-story') === null);
    assert.equal(after, before, 'the headline made by the build is that of the run in the browser');
    assert.ok(isGone, 'the story has made room');
    assert.deepEqual(page.server.answers().map(({ path }) => path).filter((path) => path.includes('/story/')), []);
  });
});

test('nothing jumps when the app takes over', { skip: cannot({ firefox: 'Firefox does not tell of layout shifts', webkit: 'WebKit does not tell of layout shifts' }) }, async () => {
  const watch = () => {
    globalThis.shifts = [];
    new PerformanceObserver((list) => globalThis.shifts.push(...list.getEntries().map(({ value }) => value)))
      .observe({ type: 'layout-shift', buffered: true });
    const place = () => document.querySelector('h1')?.getBoundingClientRect().toJSON();
    const remember = () => {
      if (document.documentElement.dataset.replay) return;
      globalThis.firstPlace ??= place();
      requestAnimationFrame(remember);
    };
    requestAnimationFrame(remember);
  };
  for (const [width, height] of [[1440, 900], [768, 1024], [360, 740]]) {
    await withPage('', { before: watch, width, height }, async (page) => {
      await waitForReady(page);
      const { before, after, shift } = await page.evaluate(() => ({
        before: globalThis.firstPlace,
        after: document.querySelector('h1').getBoundingClientRect().toJSON(),
        shift: globalThis.shifts.reduce((sum, value) => sum + value, 0),
      }));
      console.log(`layout shift at ${width} px: ${shift.toFixed(4)}; headline from ${before.top} to ${after.top} px`);
      assert.ok(shift < 0.05, `cumulative layout shift ${shift}`);
      for (const side of ['left', 'top', 'width', 'height']) {
        assert.ok(Math.abs(before[side] - after[side]) <= 4, `${side} of the headline: ${before[side]}, ${after[side]}`);
      }
    });
  }
});

test('with JavaScript switched off', { skip: cannot({ firefox: 'WebDriver BiDi cannot switch it off' }) }, async () => {
  // Chromium gives up the module that it had begun to preload.
  await withPage('', { js: false, allow: [/^failed: .*\.js /] }, async (page) => {
    await screenshot(page, 'without-javascript');
    await checkStory(page);
    const { story, progress } = await page.evaluate(visible);
    const noscript = await page.evaluate(() => document.querySelector('noscript').innerText);
    assert.match(noscript, /needs JavaScript/);
    assert.deepEqual({ story, progress }, { story: true, progress: false });
  });
});
