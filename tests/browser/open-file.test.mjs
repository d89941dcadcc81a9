// Opening a scenario file: what is wrong is said with path, line and column, and the page keeps what it shows.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { axe, click, screenshot } from './harness.mjs';
import { becomes, count, eventually, expectPlayer, goTo, SCENARIO, SCENARIO_TEXT, secondsAt, texts, withReplay } from './page.mjs';

/** Chooses a file in the file dialog, as far as the page can tell. */
function chooseFile(page, name, text) {
  return page.evaluate((fileName, content) => {
    const input = document.querySelector('input[type="file"]');
    const chosen = new DataTransfer();
    chosen.items.add(new File([content], fileName, { type: 'application/json' }));
    input.files = chosen.files;
    input.dispatchEvent(new Event('change', { bubbles: true }));
  }, name, text);
}

/** Drops a file in the middle of the page. */
function dropFile(page, name, text) {
  return page.evaluate((fileName, content) => {
    const dropped = new DataTransfer();
    dropped.items.add(new File([content], fileName, { type: 'application/json' }));
    for (const type of ['dragover', 'drop']) {
      const event = new DragEvent(type, { dataTransfer: dropped, bubbles: true, cancelable: true });
      document.querySelector('main').dispatchEvent(event);
      if (!event.defaultPrevented) throw new Error(`the browser would open the file itself (${type})`);
    }
  }, name, text);
}

/** Line and column of a piece of text, from 1. */
function positionOf(text, piece) {
  const before = text.slice(0, text.indexOf(piece));
  return { line: before.split('\n').length, column: before.length - before.lastIndexOf('\n') };
}

function changed(change) {
  const scenario = structuredClone(SCENARIO);
  change(scenario);
  return JSON.stringify(scenario, null, 2);
}

const NO_JSON = 'digraph {\n  a -> b\n}\n';
const UNKNOWN_FIELD = changed((scenario) => { scenario.incident.colour = 'red'; });
const UNORDERED = changed((scenario) => { scenario.timeline[3].at = '2024-08-15T11:15:00Z'; });
const OUT_OF_RANGE = changed((scenario) => { scenario.heap.limit_mib ??= { value: 0 }; scenario.instances.count.value = 0; });

const REFUSED = [
  { name: 'notes.txt', text: NO_JSON, why: 'no JSON', says: [/line 1, column 1\b/] },
  { name: 'cut.json', text: SCENARIO_TEXT.slice(0, 3000), why: 'half a file', says: [/line \d+, column \d+/, /EOF|end/i] },
  {
    name: 'colour.json',
    text: UNKNOWN_FIELD,
    why: 'a field that does not exist',
    says: [/incident\.colour|incident/, /unknown field `colour`/, new RegExp(`line ${positionOf(UNKNOWN_FIELD, '"colour"').line}, column \\d+`)],
  },
  {
    name: 'unordered.json',
    text: UNORDERED,
    why: 'times out of order',
    says: [/timeline\[3\]\.at/, new RegExp(`line ${positionOf(UNORDERED, '"2024-08-15T11:15:00Z"').line}, column \\d+`), /not allowed/],
  },
  { name: 'range.json', text: OUT_OF_RANGE, why: 'a value out of range', says: [/instances\.count/, /line \d+, column \d+/] },
  { name: 'large.json', text: ' '.repeat(4_000_001), why: 'a file that is too large', says: [/larger than 4 MB/] },
];

test('a bad file is refused with path, line and column, and nothing else changes', async (t) => {
  await withReplay({}, async (page) => {
    await goTo(page, '12:15');
    const shown = () => page.evaluate(() => ['.hero h1', '.top-title', '.now-sentence', '.foot-run'].map((at) => document.querySelector(at).textContent));
    const before = await shown();
    for (const { name, text, why, says } of REFUSED) {
      await t.test(why, async () => {
        await (name === 'cut.json' ? dropFile : chooseFile)(page, name, text);
        const [note] = await eventually('the message', () => texts(page, '[role="alert"]'), (found) => found[0]?.startsWith(name));
        for (const words of says) assert.match(note, words);
        assert.match(note, /cannot be opened\. The page shows what it showed before\./);
        await expectPlayer(page, { seconds: secondsAt('12:15'), playing: false });
        assert.deepEqual(await shown(), before);
        if (name === 'unordered.json') {
          await screenshot(page, 'refused-scenario');
          assert.deepEqual(await axe(page), []);
        }
        await click(page, '[role="alert"] button');
        await becomes('the message', () => count(page, '[role="alert"]'), 0);
      });
    }
  });
});

test('a run from a file has no address, and nothing pretends that it has', async () => {
  const other = changed((scenario) => { scenario.title = 'Another day'; });
  await withReplay({}, async (page) => {
    await goTo(page, '12:15');
    await chooseFile(page, 'another-day.json', other);
    await eventually('the new title', () => texts(page, '.top-title strong'), ([title]) => title === 'Another day', 60_000);
    await becomes('the tab’s title', () => page.evaluate(() => document.title), 'Another day – incident replay');
    await goTo(page, '12:30');
    await becomes('the address', () => page.evaluate(() => location.search + location.hash), '');
    await click(page, '.share-button');
    await becomes('the dialog', () => count(page, 'dialog.share[open]'), 1);
    for (const form of ['Link', 'Frame', 'Element']) {
      await page.evaluate((label) => [...document.querySelectorAll('.share label')].find(({ textContent }) => textContent.startsWith(label)).click(), form);
      await eventually(form, () => texts(page, '.share-none'), ([said]) => /no address leads to it.*incident-replay bundle/.test(said));
      assert.equal(await count(page, '.share textarea'), 0);
    }
    await screenshot(page, 'no-address');
    assert.deepEqual(await axe(page), []);
    await page.evaluate(() => [...document.querySelectorAll('.share label')].find(({ textContent }) => textContent.startsWith('Markdown')).click());
    const [text] = await eventually('the quotation', () => texts(page, '.share .share-text'), ([found]) => found?.includes('12:30 UTC'));
    assert.doesNotMatch(text, /http/);
  });
});

test('a file in another encoding is read or named', async () => {
  const chooseBytes = (page, name, bytes) => page.evaluate((fileName, content) => {
    const input = document.querySelector('input[type="file"]');
    const chosen = new DataTransfer();
    chosen.items.add(new File([new Uint8Array(content)], fileName));
    input.files = chosen.files;
    input.dispatchEvent(new Event('change', { bubbles: true }));
  }, name, [...bytes]);
  const german = changed((scenario) => { scenario.title = 'Größte Störung'; });
  await withReplay({}, async (page) => {
    await chooseBytes(page, 'latin.json', Buffer.from(german, 'latin1'));
    await eventually('why not', () => texts(page, '[role="alert"]'), ([note]) => /is not UTF-8, as if it were saved in Latin-1/.test(note));
    await chooseBytes(page, 'utf-16.json', Buffer.from(`\ufeff${german}`, 'utf16le'));
    await eventually('the title', () => texts(page, '.top-title strong'), ([title]) => title === 'Größte Störung', 60_000);
  });
});

test('the page cannot be made to run what a file says', async () => {
  const hostile = changed((scenario) => {
    scenario.title = '<img src=x onerror="globalThis.planted = true"><b>title</b>';
    scenario.timeline[0].title = '<script>globalThis.planted = true</script>';
  });
  await withReplay({}, async (page) => {
    await chooseFile(page, 'hostile.json', hostile);
    await eventually('the title', () => texts(page, '.top-title strong'), ([title]) => title.startsWith('<img'), 60_000);
    assert.equal(await count(page, '.top-title b, .event-title script, .top-title img'), 0);
    assert.equal(await page.evaluate(() => globalThis.planted ?? false), false);
  });
});

test('a good file is simulated and shown, from the start', async () => {
  const other = changed((scenario) => {
    scenario.id = 'another-day';
    scenario.title = 'Another day';
    scenario.seed = 21;
    scenario.timeline[1].title = 'Somebody looks';
  });
  await withReplay({}, async (page) => {
    const [digestBefore] = await texts(page, '.foot-run code');
    await goTo(page, '12:15');
    await chooseFile(page, 'another-day.json', other);
    await eventually('the new title', () => texts(page, '.top-title strong'), ([title]) => title === 'Another day', 60_000);
    assert.match((await texts(page, '[role="status"]')).join(), /This is “Another day” now\./);
    await expectPlayer(page, { seconds: 0, playing: false });
    assert.equal((await texts(page, '#event-investigation .event-title'))[0], 'Somebody looks');
    assert.notEqual((await texts(page, '.foot-run code'))[0], digestBefore, 'another run');
    assert.deepEqual((await texts(page, '.foot-run dd')).slice(0, 2), ['another-day', '21']);
    // Claims are checked anew, the one with the fixed release a little later.
    await eventually('every claim is checked', () => texts(page, '.verdict-cell'), (verdicts) => (
      verdicts.length === SCENARIO.claims.length && verdicts.every((verdict) => /holds|does not hold/.test(verdict))), 60_000);
  });
});
