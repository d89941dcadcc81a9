// The incidents that come with the page: chosen in the menu behind the title or by the address, each with its own story,
// charts and picture; a name that is not there, and a file that does not come.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startFaultyServer } from './faulty-server.mjs';
import { GIVEN_UP, axe, click, pressKey, screenshot, waitForReady, withPage } from './harness.mjs';
import { attributes, becomes, count, eventually, playerKey, texts } from './page.mjs';

const OTHERS = [
  { id: 'cloudflare-2019-07-02', at: '13:55', said: /visitor|request/, chart: 'cpu', gauge: /CPU/ },
  { id: 'dynamodb-2015-09-20', at: '11:00', said: /storage server/, chart: 'retries', gauge: /CPU/ },
  { id: 'training-connections', at: '11:40', said: /connections to the gateway/, chart: 'pools', gauge: /slots/ },
  { id: 'training-slow-gateway', at: '11:30', said: /worker threads|wait more than/, chart: 'gateway', gauge: /CPU/ },
  { id: 'training-costly-release', at: '11:20', said: /no CPU time left/, chart: 'cpu', gauge: /CPU/ },
];
const MENU = '.top-title .menu > button';

for (const { id, at, said, chart, gauge } of OTHERS) {
  test(`${id} has its own headline, sentences, charts and picture`, async () => {
    await withPage(`?scenario=${id}#v=1&t=${at}`, {}, async (page) => {
      await waitForReady(page);
      assert.doesNotMatch((await texts(page, '.top-title strong'))[0], /^Checkout outage/);
      assert.equal(await count(page, '.note'), 0);
      const [headline, sentence] = [(await texts(page, 'h1'))[0], (await texts(page, '.now'))[0]];
      assert.doesNotMatch(headline, /session|memory/);
      assert.match(sentence, said);
      assert.equal(await count(page, `.chart-${chart}`), 1);
      assert.equal(await count(page, '.chart-sessions, .chart-deployment'), 0, 'nothing leaks');
      assert.match((await texts(page, '.instance-gauges'))[0], gauge);
      const verdicts = () => texts(page, '.verdict-cell .verdict');
      await eventually('every claim holds', verdicts, (all) => all.length > 8 && all.every((verdict) => /✓ holds/.test(verdict)), 40_000);
      assert.match((await texts(page, '#defect h2'))[0], /What was wrong/);
      assert.ok((await count(page, '#defect .faults li')) > 0 && (await count(page, '#defect .code-pair')) === 0);
      // Each fault is shown as it is configured, which can be put into a file again.
      const configured = (await texts(page, '#defect .faults pre')).map((text) => JSON.parse(text));
      assert.ok(configured.length > 0 && configured.every(({ id, does, reason }) => id && does && reason), JSON.stringify(configured));
      // Links of the page lead to the same incident.
      await playerKey(page, 'ArrowRight');
      await eventually('the next minute', () => page.evaluate(() => location.hash), (hash) => hash !== `#v=1&t=${at}` && /t=\d\d:\d\d/.test(hash));
      assert.match(await page.evaluate(() => location.search), new RegExp(`scenario=${id}`));
      await screenshot(page, id);
    });
  });
}

test('the menu behind the title leads to each of them and back', async () => {
  await withPage('', {}, async (page) => {
    await waitForReady(page);
    await click(page, MENU);
    const links = await attributes(page, '.incident-list a', 'href');
    assert.equal(links.length, 1 + OTHERS.length);
    assert.deepEqual(await attributes(page, '.incident-list a[aria-current]', 'href'), [links[0]]);
    assert.deepEqual(links.slice(1).map((link) => new URL(link).search), OTHERS.map(({ id }) => `?scenario=${id}`));
    assert.deepEqual(await axe(page), []);
    await pressKey(page, 'Escape');
    await becomes('the menu', () => count(page, '.incident-list'), 0);
    await click(page, MENU);
    await page.evaluate(() => document.querySelectorAll('.incident-list a')[3].click());
    await eventually('another incident', () => texts(page, '.top-title strong').catch(() => []), ([title]) => /not given back/.test(title ?? ''), 60_000);
    await waitForReady(page);
    await click(page, MENU);
    await page.evaluate(() => document.querySelectorAll('.incident-list a')[0].click());
    await eventually('the first', () => texts(page, '.top-title strong').catch(() => []), ([title]) => /Checkout outage/.test(title ?? ''), 60_000);
  });
});

test('an embed shows another incident, too', async () => {
  await withPage('?embed=1&scenario=training-connections&panel=pools#v=1&t=11:40', { width: 700, height: 420 }, async (page) => {
    await waitForReady(page);
    assert.equal(await count(page, '.chart-pools'), 1);
    assert.equal(await count(page, MENU), 0);
  });
});

test('a name that is not there, and a file that does not come, lead to the page\'s own incident and say so', async () => {
  await withPage('?scenario=nothing-of-the-kind', {}, async (page) => {
    await waitForReady(page);
    assert.match((await texts(page, '.note')).join(), /There is no scenario “nothing-of-the-kind” here/);
  });
  const server = await startFaultyServer({ pattern: /connections\.json$/, fault: '404', isOn: () => true });
  try {
    await withPage('?scenario=training-connections', { server, allow: [GIVEN_UP, /connections\.json|404/] }, async (page) => {
      await waitForReady(page);
      assert.match((await texts(page, '.note')).join(), /could not be loaded.*This is “checkout-outage-2024-08-15” instead/);
      assert.match((await texts(page, '.top-title strong'))[0], /Checkout outage/);
    });
  } finally {
    await server.stop();
  }
});
