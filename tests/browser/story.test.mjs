// What the page tells: the claims hold in the run it shows, the worst minute looks like one, and every figure says whether it
// is reported, simulated or assumed.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { click } from './harness.mjs';
import {
  attributes, becomes, count, countSeen, eventually, goTo, playerKey, SCENARIO, texts, withReplay,
} from './page.mjs';

const percentOf = (text) => Number.parseFloat(text.match(/([\d.]+)\s*%/)?.[1] ?? 'NaN') / 100;

/** Rows of the picture's text alternative, by their headings. */
function instances(page) {
  return page.evaluate(() => {
    const table = [...document.querySelectorAll('.picture table')].find(({ caption }) => caption?.textContent.startsWith('The payment service'));
    const heads = [...table.tHead.rows[0].cells].map((cell) => cell.textContent);
    return [...table.tBodies[0].rows].map((row) => Object.fromEntries([...row.cells].map((cell, index) => [heads[index], cell.textContent])));
  });
}

test('every claim of the scenario is in the ledger, and holds', async () => {
  await withReplay({}, async (page) => {
    // The counterfactual runs after the page is up.
    const rows = () => page.evaluate(() => [...document.querySelectorAll('tr[id^="claim-"]')].map((row) => ({
      id: row.id.replace('claim-', ''), text: row.cells[0].firstChild.textContent, verdict: row.cells[4].textContent.trim(),
    })));
    await becomes('the ledger', rows, SCENARIO.claims.map(({ id, text }) => ({ id, text, verdict: '✓ holds' })), 60_000);
    assert.match((await texts(page, 'section[aria-labelledby="claims-title"] .section-lead'))[0],
      new RegExp(`^${SCENARIO.claims.length} of ${SCENARIO.claims.length} claims hold`));
    const simulated = await texts(page, 'tr[id^="claim-"] td:nth-of-type(2)');
    assert.deepEqual(simulated.filter((value) => !/\d/.test(value)), [], 'every claim has a simulated value');
    // Every fact that a claim names can be looked up.
    const broken = await page.evaluate(() => [...document.querySelectorAll('main a[href^="#"]')]
      .map((link) => link.getAttribute('href')).filter((href) => !document.querySelector(CSS.escape ? `#${CSS.escape(href.slice(1))}` : href)));
    assert.deepEqual(broken, []);
  });
});

test('the top says what happened, to how many, beside what was reported', async () => {
  await withReplay({}, async (page) => {
    const [headline] = await texts(page, 'h1');
    assert.match(headline, /three users in five waited too long or failed; one in four could not complete/, headline);
    assert.match(headline, /one in four|25 %/, headline);
    assert.match(headline, /session/i, 'and why');
    const tiles = await texts(page, '.tile');
    assert.ok(tiles.length >= 3, tiles.join(' | '));
    for (const tile of tiles) assert.match(tile, /\d.*reported.*holds/, tile);
    assert.ok(tiles.some((tile) => /reported 60 %/.test(tile)) && tiles.some((tile) => /reported 25 %/.test(tile)), tiles.join(' | '));
  });
});

test('before the incident the service is well', async () => {
  await withReplay({}, async (page) => {
    await goTo(page, '10:45');
    const failed = await eventually('the share of failed', () => texts(page, '.chart-checkouts .chart-key'), (found) => found.length >= 3);
    assert.ok(percentOf(failed.find((text) => text.startsWith('failed'))) < 0.02, failed.join());
    const rows = await instances(page);
    assert.ok(rows.every((row) => row.State === 'in rotation'), JSON.stringify(rows));
    assert.equal(await count(page, '.event[aria-current]'), 0);
  });
});

test('the worst minute: six instances full of sessions, checkouts failing, two young instances with room', async () => {
  await withReplay({}, async (page) => {
    await goTo(page, '12:15');
    const keys = await eventually('the shares at 12:15', () => texts(page, '.chart-checkouts .chart-key'),
      (found) => percentOf(found.find((text) => text.startsWith('failed')) ?? '') > 0.2);
    const total = keys.map(percentOf).reduce((sum, ratio) => sum + ratio, 0);
    assert.ok(Math.abs(total - 1) < 0.02, `the shares make up everyone: ${keys}`);

    const rows = await instances(page);
    assert.equal(rows.length, SCENARIO.instances.count.value);
    const full = rows.filter((row) => percentOf(row['Live heap']) >= 0.95);
    const old = SCENARIO.instances.count.value - SCENARIO.instances.rescheduled.value;
    assert.equal(full.length, old, JSON.stringify(rows));
    for (const row of full) {
      assert.ok(Number(row['Leaked sessions'].replaceAll(',', '')) > 1000, JSON.stringify(row));
      assert.ok(percentOf(row['Time in GC']) > 0.25, `the collector stalls it: ${JSON.stringify(row)}`);
      assert.equal(row.Release, 'leaking');
    }
    const young = rows.filter((row) => !full.includes(row));
    assert.ok(young.every((row) => percentOf(row['Live heap']) < 0.8), JSON.stringify(young));

    // What is seen says the same as what is read out.
    const tiles = await texts(page, '.instance');
    assert.equal(tiles.filter((tile) => /(9[5-9]|100)(\.\d)? %\s*heap/.test(tile)).length, old, tiles.join(' | '));
    assert.ok((await count(page, '.instance .heap-leaked')) > 0);
    assert.match((await texts(page, '.gateway'))[0], /unchanged/);
    assert.match((await texts(page, '.now-sentence'))[0], /fail|cannot|not complete/i);
  });
});

test('the sentence of the moment speaks to three readers', async () => {
  await withReplay({}, async (page) => {
    await goTo(page, '11:30');
    const sentences = new Set();
    for (const [index, reader] of ['Plain', 'Engineer', 'Trainer'].entries()) {
      await click(page, `.choice-item:nth-of-type(${index + 1})`);
      await becomes('the reader', () => texts(page, '.choice-item:has(:checked)'), [reader]);
      sentences.add((await eventually('another sentence', () => texts(page, '.now-sentence'), ([text]) => !sentences.has(text)))[0]);
    }
    for (const sentence of sentences) assert.match(sentence, /^[A-Z0-9].*[.?]$/s);
  });
});

test('the story opens event by event, with what could be seen and what was suspected', async () => {
  await withReplay({}, async (page) => {
    for (const [index, { id, hypotheses = [] }] of SCENARIO.timeline.entries()) {
      await playerKey(page, ']');
      await becomes('the event', () => attributes(page, '.event[aria-current="step"]', 'id'), [`event-${id}`]);
      assert.equal(await countSeen(page, '.story-now .event-body'), 1, `${id} is open`);
      assert.equal(await countSeen(page, '.event.is-future .event-body'), 0, 'what is to come stays closed');
      assert.equal((await texts(page, '.story-now .hypothesis')).length, hypotheses.length);
      const chips = await texts(page, '.story-now .chip:not(.chip-link)');
      for (const chip of chips) assert.match(chip, /\d|none|no /, `event ${index}: ${chip}`);
    }
    // 11:30: the flat lines that rule the network out.
    const escalated = await texts(page, '#event-escalated .event-body');
    assert.match(escalated.join(), /network.*ruled out|ruled out.*network/is);
    // 12:30: the heap by class, and the way to the code.
    assert.ok((await count(page, '#event-identified table')) >= 1, 'a heap histogram');
    assert.ok((await count(page, '#event-identified a[href="#defect"], #event-patched a[href="#defect"]')) >= 2);
    assert.equal(await count(page, '#defect'), 1);
  });
});

test('the defect stands beside its fix, from the files that are compiled', async () => {
  await withReplay({}, async (page) => {
    const [defect] = await texts(page, '#defect');
    assert.match(defect, /faulty\.rs/);
    assert.match(defect, /fixed\.rs/);
    assert.ok((await count(page, '#defect mark, #defect .is-marked, #defect [class*="mark"]')) >= 1, 'the lines that matter are marked');
  });
});

test('an instance shows its details, and gives them up again', async () => {
  await withReplay({}, async (page) => {
    await goTo(page, '12:15');
    await click(page, '.instances .instance-place:nth-child(3) .instance');
    await becomes('the button', async () => (await attributes(page, '.instance', 'aria-pressed')).indexOf('true'), 1);
    const [details] = await texts(page, '.details');
    assert.match(details, /leaked sessions\s*[\d,]+/);
    assert.match(details, /Sessions by age/);
    await click(page, '.instances .instance-place:nth-child(3) .instance');
    await becomes('the details', () => count(page, '.details'), 0);
  });
});

for (const [width, height] of [[390, 844], [1280, 720]]) {
  test(`the details of an instance come into view, at ${width} px`, async () => {
    await withReplay({ width, height }, async (page) => {
      await goTo(page, '12:15');
      await click(page, '.instance');
      await eventually('the details between header and player', () => page.evaluate(() => {
        const box = (selector) => document.querySelector(selector).getBoundingClientRect();
        const { top, bottom } = box('.details');
        return { top: top - box('.top').bottom, seen: Math.min(bottom, box('#player').top) - top, height: bottom - top };
      }), ({ top, seen, height: all }) => top >= -1 && seen >= Math.min(all, 300));
    });
  });
}

test('no mark of a notation is left in what is read', async () => {
  await withReplay({}, async (page) => {
    const text = await page.evaluate(() => document.querySelector('main').textContent);
    assert.doesNotMatch(text, /`/);
    assert.doesNotMatch(text, /(^|\s)-\d/, 'a negative number has the sign of mathematics');
  });
});

test('what is reported, simulated and assumed says so', async () => {
  await withReplay({}, async (page) => {
    const badges = new Set((await texts(page, '.badge')).map((text) => text.toLowerCase()));
    assert.deepEqual([...badges].toSorted(), ['assumed', 'reported', 'simulated']);
    const figures = await texts(page, '.figure dd');
    assert.deepEqual(figures.filter((figure) => !/reported|simulated|assumed/i.test(figure)), [], 'every figure of the incident has its source');
    assert.equal(await count(page, '.facts [class="ref"]') >= SCENARIO.facts.length, true);
    // Every assumption has its reason.
    const reasons = await texts(page, 'section[aria-labelledby="assumptions-title"] .reason');
    assert.ok(reasons.length > 40 && reasons.slice(1).every((reason, index) => reason.length > 8 || index === 0), `${reasons.length} reasons`);
    await click(page, 'details.fold summary');
    await eventually('the parameters', () => countSeen(page, 'details.fold tbody tr'), (rows) => rows > 30);
  });
});

test('the figures of the incident grow with the playhead', async () => {
  await withReplay({}, async (page) => {
    const harm = () => texts(page, '.figures[aria-label="Harm so far"]');
    await goTo(page, '10:40');
    const before = await harm();
    await goTo(page, '12:15');
    await eventually('more harm', harm, (now) => now.join() !== before.join());
    assert.match((await texts(page, '#figures-title'))[0], /12:15 UTC/);
    await goTo(page, '13:40');
    const times = (await texts(page, '.figures[aria-label="Times of the response"]')).join();
    for (const word of ['detect', 'investigate', 'escalate', 'identify', 'mitigate', 'resolve']) {
      assert.match(times.toLowerCase(), new RegExp(`time to ${word}`), times);
    }
  });
});
