// What if: levers, the difference, the ranking, the price of a minute, other seeds, links and embeds.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { axe, casesHere, click, pressKey, screenshot, waitForReady, withPage } from './harness.mjs';
import { attributes, becomes, count, eventually, expectPlayer, focus, goTo, SCENARIO_TEXT, secondsAt, texts, withReplay } from './page.mjs';

const WAIT_MS_MAX = 60_000;
const SENTENCE = '#what-if .what-if-sentence';
const RESTART = '#what-if .lever input[data-candidate="rolling_restart"]';
const bar = (page) => page.evaluate(() => location.search + location.hash);
const sentence = (page) => texts(page, SENTENCE).then(([text]) => text ?? '');
const says = (page, what) => eventually(`the sentence says ${what}`, () => sentence(page), (text) => what.test(text), WAIT_MS_MAX);
const isHeld = (page, at) => page.evaluate((selector) => document.querySelector(selector).checked, at);

function withLevers(address, options, use) {
  return withPage(`?mode=whatif${address}`, options, async (page) => {
    await waitForReady(page);
    await eventually('the levers', () => count(page, '#what-if .lever'), (found) => found > 10);
    await use(page);
  });
}

test('the header leads to the levers; one is moved and moved back', async () => {
  await withReplay({}, async (page) => {
    assert.equal(await count(page, '#what-if'), 0);
    await click(page, '.top-modes .mode:nth-child(2)');
    await eventually('the levers', () => count(page, '#what-if .lever'), (found) => found > 10);
    await becomes('the address', () => bar(page), '?mode=whatif');
    await says(page, /Move a lever/);
    await click(page, RESTART);
    await says(page, /^2\d,\d00 fewer failed checkouts \(\d+\.\d % fewer\) and 2\d,\d00 fewer slow ones\. Mitigated 1 h 30 min earlier\.$/);
    await eventually('the address', () => bar(page), (text) => /^\?mode=whatif#v=1&actions\.rolling_restart\.at=detected/.test(text));
    assert.ok(await isHeld(page, RESTART));
    assert.equal(await count(page, '.harm-ghost'), 1, 'the seek bar outlines what happened');
    assert.ok(await count(page, '.chart-key-ghost') >= 5, 'and so do the charts');
    const rows = await texts(page, '.what-if-table tbody th');
    for (const label of ['Users slow', 'Users failed', 'First page', 'Mitigated', 'Over']) assert.ok(rows.includes(label), label);
    await click(page, RESTART);
    await says(page, /Move a lever/);
    assert.equal(await count(page, '.harm-ghost'), 0);
    await becomes('the address', () => bar(page), '?mode=whatif');
  });
});

test('times are moved by keyboard, and what follows a step moves with it', async () => {
  await withLevers('', {}, async (page) => {
    const slider = '#what-if .lever input[aria-label="Time of: Leak identified in session handling"]';
    await focus(page, slider);
    for (let minute = 0; minute < 3; minute += 1) await pressKey(page, 'ArrowLeft');
    await becomes('the times', () => texts(page, '#what-if .lever-group:first-child output'), ['11:00', '11:05', '11:30', '12:27', '12:42']);
    await says(page, /fewer failed checkouts/);
    await becomes('the change', () => texts(page, '.what-if-change'), ['patch at 12:42 instead of 12:45']);
    assert.ok(await page.evaluate((at) => document.activeElement === document.querySelector(at), slider), 'the focus stays');
    // Charts that nobody sees follow, too: a screen reader reads them, and paper shows them.
    const charts = await count(page, '.chart');
    await eventually('every chart has what happened behind it', () => count(page, '.chart .chart-key-ghost'), (found) => found === charts && found > 8);
  });
});

test('what would have helped most is sorted, says what it costs, and is tried with a press', async () => {
  await withLevers('', {}, async (page) => {
    await eventually('the ranking', () => texts(page, '.what-if-ranking .lever-note'), ([note]) => note?.startsWith('By the users'), WAIT_MS_MAX);
    const told = await texts(page, '.rank-told');
    const spared = told.map((text) => {
      const [, number] = text.match(/([\d,]+)/) ?? [null, '0'];
      return Number(number.replaceAll(',', '')) * (text.startsWith('harms') ? -1 : 1);
    });
    assert.ok(spared.length >= 12 && spared[0] > 50_000, told.join('; '));
    assert.deepEqual(spared, [...spared].sort((a, b) => b - a));
    assert.ok((await texts(page, '.rank-cost')).every((cost) => cost.length > 20));
    // How sure it is comes by itself, of the measures and of what they are compared with.
    const sure = await eventually('how sure', () => texts(page, '.rank-sure'),
      (found) => found.length >= 6 && found.every((text) => text.endsWith(' over 5 seeds')), WAIT_MS_MAX);
    assert.ok(sure.every((text) => /^−?[\d,]+ ± [\d,]+ over/.test(text)), sure.join('; '));
    const [best] = await texts(page, '.rank-best');
    assert.match(best, /^Would have spared most: a guard that ends every session, 7\d,\d00 users \(\d+\.\d %\)\. Over 5 seeds 7\d,\d{3} ± [\d,]+\.$/);
    assert.match((await texts(page, '.rank-rivals'))[0], /^As many, to a hundredth: a review that catches the defect; /);
    await click(page, '.rank[data-candidate="memory_alert"]');
    await says(page, /Paged 3 h 24 min earlier/);
    await becomes('it is pressed', () => attributes(page, '.rank[data-candidate="memory_alert"]', 'aria-pressed'), ['true']);
    await becomes('its lever', () => isHeld(page, '.lever input[data-candidate="memory_alert"]'), true);
    // What is tried moves what is below it, so the button may move away under the pointer.
    await eventually('pairs are asked for', async () => {
      if (await count(page, '.rank-pairs') === 1) await click(page, '.rank-pairs');
      await new Promise((resolve) => { setTimeout(resolve, 300); });
      return count(page, '.rank-pairs');
    }, (buttons) => buttons === 0, WAIT_MS_MAX);
    await eventually('pairs', () => texts(page, '.rank-name'), (names) => names.some((name) => name.includes(' + ')), WAIT_MS_MAX);
    await eventually('the price of a minute', () => texts(page, '.what-if-curve p'), ([text]) => /each minute|a minute/.test(text), WAIT_MS_MAX);
  });
});

test('the price of a minute is that of the patch, or of anything else that responders can do', async () => {
  await withLevers('', {}, async (page) => {
    const told = () => texts(page, '.what-if-curve p');
    await eventually('the patch', told, ([slope, of]) => /^Around 12:45 UTC each minute costs/.test(slope) && /time of: patch\. The dashed/.test(of), WAIT_MS_MAX);
    const shape = () => page.evaluate(() => document.querySelector('.curve-failed').getAttribute('d'));
    const patch = await shape();
    const index = await page.evaluate(() => [...document.querySelectorAll('.curve-of option')].findIndex((option) => option.textContent.startsWith('restart of every')));
    assert.ok(index > 0);
    await page.evaluate((at) => {
      const select = document.querySelector('.curve-of select');
      select.selectedIndex = at;
      select.dispatchEvent(new Event('change', { bubbles: true }));
    }, index);
    await eventually('the restart', told, ([slope, of]) => /^Around 1\d:\d\d UTC/.test(slope) && /time of: restart of every instance, in waves\.$/.test(of), WAIT_MS_MAX);
    assert.notEqual(await shape(), patch);
    // A press on the curve tries it there.
    await click(page, '.what-if-curve svg', { x: 0.2, y: 0.5 });
    await says(page, /fewer failed/);
    await eventually('the change', () => texts(page, '.what-if-change'), ([text]) => /^rolling restart at 11:3\d/.test(text), WAIT_MS_MAX);
    await eventually('it is marked', () => count(page, '.curve-chosen'), (found) => found === 1);
  });
});

test('more seeds say how sure it is', async () => {
  await withLevers('#v=1&actions.rolling_restart.at=11:15', {}, async (page) => {
    await says(page, /fewer failed/);
    await click(page, '.what-if-sure .button');
    // After two or three seeds the intervals still jump.
    await eventually('enough seeds', () => texts(page, '.what-if-sure p'), ([text]) => /confidence:$/.test(text), WAIT_MS_MAX);
    const lines = await eventually('the intervals', () => texts(page, '.what-if-sure li'), (found) => found.length === 2 && /±/.test(found[1]), WAIT_MS_MAX);
    const numbers = lines[1].match(/[\d,]+/g).map((number) => Number(number.replaceAll(',', '')));
    const [mean, half, , actualHalf] = numbers;
    assert.ok(mean > 20_000 && half < mean / 10, lines[1]);
    assert.ok(half < actualHalf * 1.5, `the difference is known about as well as either side, or better: ${lines[1]}`);
    // Each row of the table has an interval, and both sides a band.
    const certain = await texts(page, '.what-if-table tbody td:nth-child(5)');
    assert.equal(certain.length, (await texts(page, '.what-if-table tbody tr')).length);
    assert.match(certain[1], /^[\d,]+ ± [\d,]+ fewer$/);
    const bands = await page.evaluate(() => [...document.querySelectorAll('.what-if-bands path')].map((path) => path.getBBox().height));
    assert.equal(bands.length, 4);
    assert.ok(bands.every((height) => height > 1), bands.join());
    await page.evaluate(() => document.querySelector('.what-if-bands').scrollIntoView({ block: 'center' }));
    await screenshot(page, 'what-if-bands');
  });
});

test('the picture shows either side', async () => {
  await withLevers('#v=1&t=12:15&actions.patch.at=11:00', {}, async (page) => {
    await says(page, /fewer failed/);
    const picture = () => texts(page, '#picture .now-sentence');
    const [tried] = await picture();
    await page.evaluate(() => [...document.querySelectorAll('.sides input')].at(1).click());
    await eventually('what happened', picture, ([happened]) => happened !== tried);
    await screenshot(page, 'what-if-as-it-happened');
    await page.evaluate(() => document.querySelector('.sides input').click());
    await becomes('the what-if', picture, [tried]);
    await click(page, '.what-if-buttons .button:nth-child(1)');
    await becomes('one side', () => count(page, '.sides'), 0);
  });
});

test('a link is a comparison, a broken one loses only the bad part, and comparisons are kept', async () => {
  await withLevers('#v=1&t=12:00&actions.patch.at=11:30&instances.colour=2', {}, async (page) => {
    await says(page, /fewer failed/);
    assert.deepEqual(await texts(page, '.what-if-change'), ['patch at 11:30 instead of 12:45']);
    assert.equal(await count(page, '.note'), 1, 'what is left out is said');
    await click(page, '.what-if-buttons .button:nth-child(2)');
    await becomes('kept', () => texts(page, '.what-if-kept tbody th'), ['patch at 11:30 instead of 12:45']);
    await eventually('its link', () => page.evaluate(() => location.hash), (hash) => hash.includes('kept=actions.patch.at%3D11:30'));
    await page.evaluate(() => [...document.querySelectorAll('.what-if-buttons .button')].find((button) => button.textContent === 'Copy as Markdown').click());
    await eventually('it is said', () => texts(page, '.what-if-buttons [role="status"]'), ([text]) => /^(Copied\.|Not copied: )/.test(text));
    await click(page, '.what-if-buttons .button:nth-child(1)');
    await says(page, /Move a lever/);
    await click(page, '.what-if-kept tbody th button');
    await says(page, /fewer failed/);
    await click(page, '.what-if-kept tbody td .button');
    await becomes('removed', () => count(page, '.what-if-kept'), 0);
  });
});

test('a link leads to the comparisons that are kept, computed anew', async () => {
  await withLevers('#v=1&t=12:00&kept=actions.patch.at%3D11:30&kept=actions.patch.at%3D12:00&kept=colour%3D2', {}, async (page) => {
    assert.equal(await count(page, '.note'), 1, 'what is left out is said');
    await becomes('kept', () => texts(page, '.what-if-kept tbody th'), ['patch at 11:30 instead of 12:45', 'patch at 12:00 instead of 12:45']);
    const spared = await eventually('the numbers', () => texts(page, '.what-if-kept tbody td:nth-child(2)'), (cells) => cells.every((cell) => /\d/.test(cell)), WAIT_MS_MAX);
    const [earlier, later] = spared.map((cell) => Number(cell.replace(/\D/g, '')));
    assert.ok(earlier > later && later > 0, spared.join());
  });
});

test('from the playhead on something else is done', async () => {
  await withLevers('#v=1&t=11:40', {}, async (page) => {
    await click(page, '.lever-now[aria-label="at 11:40, the playhead: Restart of every instance, in waves"]');
    await says(page, /fewer failed/);
    await becomes('the change', () => texts(page, '.what-if-change').then(([text]) => text.slice(0, 24)), 'rolling restart at 11:40');
    await expectPlayer(page, { seconds: secondsAt('11:40'), playing: false });
  });
});

test('what makes no sense is said', async () => {
  await withLevers('#v=1&actions.patch.at=10:40', {}, async (page) => {
    await becomes('the doubt', () => texts(page, '.what-if-doubts li'), ['Patch at 10:40: nobody is paged in this run, so somebody would have had to know.'], WAIT_MS_MAX);
  });
});

test('an opened file is tried like any other', async () => {
  const other = JSON.parse(SCENARIO_TEXT);
  other.id = 'other-shop';
  other.title = 'Another shop';
  await withLevers('', {}, async (page) => {
    await page.evaluate((text) => {
      const transfer = new DataTransfer();
      transfer.items.add(new File([text], 'other.json', { type: 'application/json' }));
      const input = document.querySelector('input[type="file"]');
      input.files = transfer.files;
      input.dispatchEvent(new Event('change', { bubbles: true }));
    }, JSON.stringify(other));
    await eventually('the file', () => texts(page, '.top-title'), ([title]) => title.includes('Another shop'), WAIT_MS_MAX);
    await click(page, RESTART);
    await says(page, /fewer failed/);
    await click(page, RESTART);
    await says(page, /Move a lever/);
  });
});

test('an embed shows what happened behind its what-if when it is asked to', async () => {
  for (const [address, ghosts] of [['?embed=1&panel=checkouts&compare=1', 1], ['?embed=1&panel=checkouts', 0]]) {
    await withPage(`${address}#v=1&t=12:00&actions.patch.at=11:30`, { width: 640, height: 480 }, async (page) => {
      await waitForReady(page);
      await eventually('the ghost', () => count(page, '.chart-key-ghost'), (found) => found === ghosts, WAIT_MS_MAX);
      assert.equal(await count(page, '.embed-compare'), ghosts);
      if (ghosts > 0) assert.match((await texts(page, '.embed-compare'))[0], /^simulated .* fewer failed checkouts/);
    });
  }
});

test('the end says what would have spared most, and leads to the levers', async () => {
  await withReplay({ width: 1280, height: 720 }, async (page) => {
    await goTo(page, '13:40');
    await pressKey(page, 'End');
    const lines = await eventually('the end', () => texts(page, '.end-best'), (found) => found.length === 2, WAIT_MS_MAX);
    assert.match(lines[0], /^Would have spared most: a guard that ends every session, 7\d,\d00 users/);
    assert.match(lines[1], /^A restart of all instances at 11:15 would have spared 5\d,\d00 users/);
    const cut = await page.evaluate(() => {
      const card = document.querySelector('.end-card');
      return card.scrollHeight - card.clientHeight;
    });
    assert.ok(cut <= 1, `${cut} px of the end card are cut`);
    await screenshot(page, 'end-card-1280');
    await page.evaluate(() => [...document.querySelectorAll('.end-buttons button')].find((button) => button.textContent === 'What if').click());
    await eventually('the levers', () => count(page, '#what-if .lever'), (found) => found > 10);
  });
});

for (const [width, height, dark] of casesHere([[1440, 900, false], [360, 780, true], [768, 1024, true], [360, 780, false]], 2)) {
  test(`fits and is accessible at ${width} px, ${dark ? 'dark' : 'light'}`, async () => {
    await withLevers('#v=1&t=12:00&actions.rolling_restart.at=11:15', { width, height, dark }, async (page) => {
      await says(page, /fewer failed/);
      await eventually('the ranking', () => texts(page, '.what-if-ranking .lever-note'), ([note]) => note?.startsWith('By the users'), WAIT_MS_MAX);
      await page.evaluate(() => document.querySelector('#what-if details').open = true);
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      assert.equal(wide, 0);
      assert.deepEqual(await axe(page), []);
      await page.evaluate(() => document.querySelector('#what-if').scrollIntoView({ behavior: 'instant' }));
      await screenshot(page, `what-if-${width}-${dark ? 'dark' : 'light'}`);
    });
  });
}
