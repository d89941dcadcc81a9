// Addresses: where they lead, what the page writes into the bar and when, and that nothing in a link can do harm.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { axe, casesHere, click, pressKey, waitForReady, withPage } from './harness.mjs';
import {
  becomes, choose, count, eventually, expectPlayer, frames, goTo, PLAY, playerKey, playerState, SCENARIO_TEXT, secondsAt, SPEED, texts,
} from './page.mjs';

const BUNDLED = 'checkout-outage-2024-08-15';

/** Opens an address, waits for its recording and hands the page to `use`. */
function withAddress(address, options, use) {
  return withPage(address, options, async (page) => {
    await waitForReady(page);
    await use(page);
  });
}

/** What the address bar says after the page's own address. */
const bar = (page) => page.evaluate(() => location.search + location.hash);

/** Puts another hash into the address bar, as following a link on the page would. */
const follow = (page, hash) => page.evaluate((text) => { location.hash = text; }, hash);

const notes = (page) => texts(page, '.note:not(.note-what-if)');

test('times lead to their moment, paused', async (t) => {
  for (const [address, moment] of casesHere([
    ['#v=1&t=12:30:30', '2024-08-15T12:30:30Z'],
    ['?autoplay=1#t=12:30', '12:30'],
    ['#t=12:30', '12:30'],
    ['#t=2:03', '12:33'],
    ['#t=2024-08-15T13:00:00Z', '13:00'],
    ['?t=12:30', '12:30'],
  ], 2)) {
    await t.test(address, () => withAddress(address, {}, async (page) => {
      await expectPlayer(page, { seconds: secondsAt(moment), playing: false });
      assert.deepEqual(await notes(page), []);
    }));
  }
});

test('the whole configuration is followed', async () => {
  await withAddress(`?theme=dark&tz=local&speed=8&scenario=${BUNDLED}#v=1&t=12:00&reader=engineer&instance=3&zoom=11:30,12:30&hide=latency/p50`, {}, async (page) => {
    await expectPlayer(page, { seconds: secondsAt('12:00'), speed: 8, playing: false });
    assert.deepEqual(await notes(page), []);
    assert.equal(await page.evaluate(() => document.documentElement.dataset.theme), 'dark');
    // The browsers' clocks are 5:30 ahead of UTC.
    assert.match((await texts(page, '.clock strong'))[0], /^17:30 ?local/);
    assert.equal(await page.evaluate(() => document.querySelector('input[name="reader"]:checked').nextSibling.textContent), 'Engineer');
    assert.match((await texts(page, '.instance[aria-pressed="true"]'))[0], /^payment-3/);
    assert.ok(await count(page, '.chart-reset') > 0, 'the charts are zoomed');
    assert.match((await texts(page, '.chart-latency .chart-key[aria-pressed="false"]')).join(), /p50/);
    assert.equal(await page.evaluate(() => localStorage.length), 0, 'a link does not change what is remembered');
  });
});

test('autoplay plays, but not for those who asked for less motion', async () => {
  await withAddress('?autoplay=1', {}, async (page) => {
    await eventually('the playhead', () => playerState(page), ({ playing, seconds }) => playing && seconds > 0);
  });
  await withAddress('?autoplay=1', { reducedMotion: true }, async (page) => {
    await frames(page, 20);
    await expectPlayer(page, { playing: false, seconds: 0 });
  });
});

test('playing stops at the end of the piece, or starts it again', async () => {
  await withAddress('?speed=16#t=12:30&end=12:35', {}, async (page) => {
    await click(page, PLAY);
    await expectPlayer(page, { seconds: secondsAt('12:35'), playing: false });
    await becomes('the address', () => bar(page), '?speed=16#v=1&t=12:35&end=12:35');
  });
  await withAddress('?loop=1&speed=16#t=12:30&end=12:35', {}, async (page) => {
    await click(page, PLAY);
    const seen = [];
    await eventually('the playhead to come round', async () => {
      seen.push((await playerState(page)).seconds);
      return seen;
    }, (all) => all.some((seconds, index) => index > 0 && seconds < all[index - 1]));
    assert.ok(seen.every((seconds) => seconds >= secondsAt('12:30') && seconds <= secondsAt('12:35')), `${seen}`);
    await click(page, PLAY);
    await eventually('the address', () => bar(page), (text) => /^\?loop=1&speed=16#v=1&t=12:3\d(:\d\d)?&from=12:30&end=12:35$/.test(text));
  });
});

test('the bar says where the page is once it rests, and nothing that is as usual', async () => {
  await withAddress('', {}, async (page) => {
    const length = await page.evaluate(() => history.length);
    assert.equal(await bar(page), '');
    await goTo(page, '12:15');
    await becomes('the address', () => bar(page), '#v=1&t=12:15');
    await click(page, SPEED);
    await choose(page, '16×');
    await becomes('the address', () => bar(page), '?speed=16#v=1&t=12:15');
    await click(page, PLAY);
    await eventually('the playhead', () => playerState(page), ({ seconds }) => seconds > secondsAt('12:30'));
    assert.equal(await bar(page), '?speed=16#v=1&t=12:15', 'not while playing');
    await click(page, PLAY);
    // What is shown a moment before it is drawn at rest is of a moment before.
    await expectPlayer(page, { playing: false });
    const { seconds } = await playerState(page);
    await eventually('the address', () => bar(page), (text) => !text.endsWith('12:15'));
    const shown = await bar(page);
    await page.reload();
    await waitForReady(page);
    const again = await playerState(page);
    assert.ok(Math.abs(again.seconds - seconds) <= 1, `${shown} leads to ${again.seconds}, not ${seconds}`);
    await playerKey(page, 'Home');
    await becomes('the address', () => bar(page), '?speed=16');
    assert.equal(await page.evaluate(() => history.length), length, 'no way back through every moment');
  });
});

test('a hash that is put in the bar is followed; places of the page are no moments', async () => {
  await withAddress('', {}, async (page) => {
    await follow(page, 'v=1&t=12:30&instance=2');
    await expectPlayer(page, { seconds: secondsAt('12:30'), playing: false });
    await becomes('the instance', () => count(page, '.instance[aria-pressed="true"]'), 1);
    await click(page, PLAY);
    await follow(page, 't=11:00');
    await expectPlayer(page, { seconds: secondsAt('11:00'), playing: false }, 'a time in the link pauses there');
    await becomes('no instance', () => count(page, '.instance[aria-pressed="true"]'), 0);
    await follow(page, 'player');
    await frames(page);
    await expectPlayer(page, { seconds: secondsAt('11:00'), playing: false });
    await pressKey(page, 'ArrowRight');
    await becomes('the address', () => bar(page), '#v=1&t=11:01');
  });
});

test('seed and differences lead to another run', async () => {
  await withAddress('#v=1&t=12:30&seed=21&responses.patch.at=12:00', {}, async (page) => {
    assert.deepEqual(await notes(page), []);
    await expectPlayer(page, { seconds: secondsAt('12:30') });
    assert.deepEqual((await texts(page, '.foot-run dd')).slice(0, 2), [BUNDLED, '21']);
    const [changed] = await texts(page, '.foot-run code');
    await pressKey(page, 'ArrowRight');
    await becomes('the address', () => bar(page), '#v=1&t=12:31&seed=21&actions.patch.at=12:00');
    await follow(page, 't=12:00');
    await eventually('the usual run', () => texts(page, '.foot-run dd'), ([, seed]) => seed !== '21', 60_000);
    await expectPlayer(page, { seconds: secondsAt('12:00') });
    assert.notEqual((await texts(page, '.foot-run code'))[0], changed);
    await pressKey(page, 'ArrowRight');
    await becomes('the address', () => bar(page), '#v=1&t=12:01');
  });
});

test('the last wish wins, whatever arrives late', async (t) => {
  const seed = async (page) => (await texts(page, '.foot-run dd'))[1];
  const usual = '20';
  await t.test('back to what is shown while another run is on its way', () => withAddress('', {}, async (page) => {
    await page.evaluate(() => {
      location.hash = 'v=1&seed=7';
      setTimeout(() => { location.hash = 'v=1&t=12:30'; }, 20);
    });
    await expectPlayer(page, { seconds: secondsAt('12:30') });
    await new Promise((resolve) => { setTimeout(resolve, 3000); });
    assert.equal(await seed(page), usual);
    await expectPlayer(page, { seconds: secondsAt('12:30') });
    assert.equal(await count(page, '.coming'), 0);
    // The run that is shown is checked to its end all the same.
    await eventually('every claim is checked', () => texts(page, '.verdict-cell'), (verdicts) => verdicts.length > 0 && verdicts.every((verdict) => /hold/.test(verdict)), 30_000);
  }));
  await t.test('the second of two other runs', () => withAddress('', {}, async (page) => {
    await page.evaluate(() => {
      location.hash = 'v=1&seed=7';
      setTimeout(() => { location.hash = 'v=1&seed=8&t=11:30'; }, 20);
    });
    await eventually('the run', () => seed(page), (shown) => shown === '8', 60_000);
    await new Promise((resolve) => { setTimeout(resolve, 2000); });
    assert.equal(await seed(page), '8');
    await expectPlayer(page, { seconds: secondsAt('11:30') });
  }));
  await t.test('another moment of a run that is on its way', () => withAddress('', {}, async (page) => {
    await page.evaluate(() => {
      location.hash = 'v=1&seed=7&t=11:00';
      setTimeout(() => { location.hash = 'v=1&seed=7&t=13:00'; }, 20);
    });
    await eventually('the run', () => seed(page), (shown) => shown === '7', 60_000);
    await expectPlayer(page, { seconds: secondsAt('13:00') });
  }));
  await t.test('a file, and then an address', () => withAddress('', {}, async (page) => {
    await page.evaluate((text) => {
      const input = document.querySelector('input[type="file"]');
      const chosen = new DataTransfer();
      chosen.items.add(new File([text], 'other.json'));
      input.files = chosen.files;
      input.dispatchEvent(new Event('change', { bubbles: true }));
      setTimeout(() => { location.hash = 'v=1&t=12:30'; }, 60);
    }, SCENARIO_TEXT.replace('Checkout outage of', 'Another outage of'));
    await expectPlayer(page, { seconds: secondsAt('12:30') });
  }));
});

test('an address that changes run, moment, theme and speed does all four', async () => {
  await withAddress('', {}, async (page) => {
    await follow(page, 'v=1&t=12:15&seed=21&theme=dark&speed=4');
    await eventually('the run', async () => (await texts(page, '.foot-run dd'))[1], (shown) => shown === '21', 60_000);
    await expectPlayer(page, { seconds: secondsAt('12:15'), speed: 4 });
    assert.equal(await page.evaluate(() => document.documentElement.dataset.theme), 'dark');
  });
});

test('what cannot be followed is left out alone, with a note', async () => {
  await withAddress('?colour=red&sped=2&speed=3&scenario=other#v=9&t=12:30&end=25:61&instances.count=0&instances.colour=1', {}, async (page) => {
    await expectPlayer(page, { seconds: secondsAt('12:30'), speed: 1 });
    const [note, ...others] = await notes(page);
    assert.deepEqual(others, []);
    for (const words of [/sped: not known. Is speed meant/, /speed=3: takes 0\.25/, /no scenario “other”/, /version 9/, /end=25:61: takes a time/, /instances\.count=0/, /instances\.colour=1/]) {
      assert.match(note, words);
    }
    assert.deepEqual(await axe(page), []);
    assert.doesNotMatch(note, /colour(?!=1)/, 'parameters of others are not spoken of');
    await click(page, '.note button');
    await becomes('the note', () => notes(page), []);
    await pressKey(page, 'ArrowRight');
    await becomes('the address', () => bar(page), '?colour=red#v=1&t=12:31');
  });
});

test('a link as mail, chat and trackers leave it leads to its moment', async (t) => {
  for (const address of casesHere(['#v%3D1%26t%3D12%3A30', '?utm_source=mail&fbclid=x#v=1&t=12:30', '#v=1&amp;t=12:30', '#v=1&t=12:30.', '#v=1&t=12:30)'], 2)) {
    await t.test(address, () => withAddress(address, {}, async (page) => {
      await expectPlayer(page, { seconds: secondsAt('12:30'), playing: false });
      assert.deepEqual(await notes(page), []);
      await pressKey(page, 'ArrowRight');
      const foreign = address.startsWith('?') ? address.split('#')[0] : '';
      await becomes('the address', () => bar(page), `${foreign}#v=1&t=12:31`);
    }));
  }
  await t.test('an embed whose hash was encoded with its query', () => withAddress('?embed=1%23v=1%26t=12:30', {}, async (page) => {
    assert.equal(await count(page, '.embed'), 1);
    await expectPlayer(page, { seconds: secondsAt('12:30'), playing: false });
  }));
});

test('a link says nothing in the name of the report, and what it changes is told, with a way back', async (t) => {
  const changes = 'incident.service=customer%20card%20vault&timeline[3].title=Breach&claims[1].reported=0.95&responses.patch.at=11:10';
  const line = 'What if: patch at 11:10 instead of 12:45; seed 7 instead of 20';
  await t.test('on the page', () => withAddress(`#v=1&t=12:30&seed=7&${changes}`, {}, async (page) => {
    const said = await page.evaluate(() => document.querySelector('#app').textContent);
    assert.doesNotMatch(said.replaceAll('incident.service=customer card vault', '').replaceAll('timeline[3].title=Breach', ''), /card vault|Breach|95 % ✓/);
    assert.deepEqual(await texts(page, '.note-what-if strong'), [line]);
    assert.deepEqual(await axe(page), []);
    const reported = await texts(page, '.tile-reported');
    await click(page, '.note-what-if a');
    await becomes('the what-if', () => texts(page, '.note-what-if strong'), [], 60_000);
    assert.deepEqual(await texts(page, '.tile-reported').then((tiles) => tiles.map((tile) => tile.replace(/[✓✗].*/s, ''))),
      reported.map((tile) => tile.replace(/[✓✗].*/s, '')), 'what is reported is the same');
    await expectPlayer(page, { seconds: secondsAt('12:30') });
    await becomes('the address', () => bar(page), '#v=1&t=12:30');
  }));
  await t.test('in an embed', () => withAddress(`?embed=1#v=1&t=12:30&seed=7&${changes}`, {}, async (page) => {
    assert.deepEqual(await texts(page, '.note-what-if strong'), [line]);
  }));
});

test('hostile addresses are inert', async (t) => {
  const markup = encodeURIComponent('<img src=x onerror="globalThis.planted = true">');
  for (const address of casesHere([
    `?theme=${markup}&${markup}=${markup}&scenario=${markup}#t=${markup}&users.${markup}=${markup}`,
    '?speed=NaN&theme=%ff%00#t=NaN&seed=-0&instance=1e999&zoom=NaN,NaN',
    `#t=${'9'.repeat(5000)}&seed=${'9'.repeat(5000)}&hide=${'a,'.repeat(900)}`,
    '#traffic.peak_per_s=1e300&instances.count=4000000000&seed=18446744073709551615',
  ], 1)) {
    await t.test(address.slice(0, 40), () => withAddress(address, {}, async (page) => {
      assert.equal((await notes(page)).length, 1, 'it is said');
      assert.equal(await page.evaluate(() => globalThis.planted ?? false), false);
      assert.equal(await count(page, '.note img'), 0);
      await expectPlayer(page, { seconds: 0, playing: false });
    }));
  }
});
