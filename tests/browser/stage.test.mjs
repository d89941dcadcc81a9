// The stage: picture, sentence and the present event are one unit, seen whole while it plays; nothing above what one looks at moves;
// the tour, and the end card.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { axe, boxOf, cannot, click, pressKey, screenshot, waitForReady, withPage } from './harness.mjs';
import {
  CHARTS, PLAY, SCENARIO, attributes, becomes, count, countSeen, eventually, expectPlayer, frames, goTo, playerKey, playerState, secondsAt, texts,
  withReplay,
} from './page.mjs';

const SIZES = [[1280, 720], [1440, 900], [1920, 1080], [768, 1024], [390, 844], [360, 780]];

/** In the page: the room between header and player, and where the parts of the stage are. */
function stage() {
  const box = (at) => {
    const element = [...document.querySelectorAll(at)].find((one) => one.checkVisibility());
    const { top, bottom, left, right } = element.getBoundingClientRect();
    return { top, bottom, left, right };
  };
  return {
    from: box('.top').bottom,
    until: box('#player').top,
    width: innerWidth,
    parts: [box('.picture-flow'), box('.now-sentence'), box('.present, .story')],
  };
}

function assertWhole({ from, until, width, parts }, what) {
  for (const [index, { top, bottom, left, right }] of parts.entries()) {
    assert.ok(top >= from - 0.5 && bottom <= until + 0.5, `${what}: part ${index} from ${top} to ${bottom}, room from ${from} to ${until}`);
    assert.ok(left >= 0 && right <= width + 0.5, `${what}: part ${index} from ${left} to ${right} of ${width}`);
  }
}

for (const [width, height] of SIZES) {
  test(`at ${width} × ${height} the whole stage is seen after Play, and by a link with a time`, async () => {
    await withPage('', { width, height }, async (page) => {
      await waitForReady(page);
      await click(page, PLAY);
      await expectPlayer(page, { playing: true });
      const seen = async () => {
        const { from, until, parts } = await page.evaluate(stage);
        return parts.every(({ top, bottom }) => top >= from - 0.5 && bottom <= until + 0.5);
      };
      await eventually('the stage', seen, Boolean, 3000).catch(() => {});
      assertWhole(await page.evaluate(stage), 'after Play');
      assert.ok(!(await page.evaluate(() => document.documentElement.scrollWidth > innerWidth)), 'nothing sideways');
    });
    await withPage('#v=1&t=12:15', { width, height }, async (page) => {
      await waitForReady(page);
      await eventually('the stage', () => page.evaluate(stage), ({ from, until, parts }) => parts.every(({ top, bottom }) => top >= from - 0.5 && bottom <= until + 0.5), 3000).catch(() => {});
      assertWhole(await page.evaluate(stage), 'by a link');
      await screenshot(page, `stage-${width}`);
      // A line of figures is left of the top, and the day of the incident.
      assert.ok((await boxOf(page, '.hero')).height < 60);
      assert.match((await texts(page, '.top'))[0], /2024/);
    });
  });
}

test('whoever looks at a chart stays there when it plays', async () => {
  await withReplay({ width: 1440, height: 900 }, async (page) => {
    // The top has shrunk already: WebKit keeps no place when what is above changes.
    await goTo(page, '11:00');
    await page.evaluate(() => document.querySelector('.chart-latency').scrollIntoView({ block: 'center' }));
    const place = () => page.evaluate(() => document.querySelector('.chart-latency').getBoundingClientRect().top);
    const before = await place();
    await playerKey(page, 'k');
    await expectPlayer(page, { playing: true });
    await eventually('a second', () => playerState(page), ({ seconds }) => seconds >= secondsAt('11:01'));
    assert.ok(Math.abs(await place() - before) < 1);
  });
});

test('the top comes back at the start', async () => {
  await withReplay({}, async (page) => {
    const height = async () => (await boxOf(page, '.hero')).height;
    const whole = await height();
    await goTo(page, '11:30');
    await becomes('a line', async () => (await height()) < 60, true);
    assert.equal((await texts(page, 'h1'))[0].length > 40, true, 'the headline is still read out');
    await playerKey(page, 'Home');
    await becomes('the headline', height, whole);
  });
});

const SHIFTS = { skip: cannot({ firefox: 'Firefox does not tell of layout shifts', webkit: 'WebKit does not tell of layout shifts' }) };

for (const width of [390, 768, 1024, 1240, 1440]) {
  test(`nothing moves while it plays at ${width} px, wherever one looks`, SHIFTS, async () => {
    await withPage('', { width, height: 900 }, async (page) => {
      await waitForReady(page);
      // Every chart at both ends; between them those at which the page has other columns.
      const charts = [390, 1440].includes(width) ? CHARTS : [CHARTS[0], CHARTS.at(-1)];
      for (const at of ['.top', '#picture', ...charts.map((chart) => `.chart-${chart}`)]) {
        await playerKey(page, 'Home');
        for (const key of ['>', '>', '>']) await playerKey(page, key);
        // Through the events from 11:00 to 12:45.
        await playerKey(page, '1');
        await page.evaluate((at) => document.querySelector(at).scrollIntoView({ block: 'center' }), at);
        await playerKey(page, 'k');
        await expectPlayer(page, { playing: true });
        await page.evaluate(() => new Promise((resolve) => { setTimeout(resolve, 350); }));
        const moved = await page.evaluate(() => new Promise((resolve) => {
          let sum = 0;
          const observer = new PerformanceObserver((list) => {
            for (const { value, hadRecentInput } of list.getEntries()) sum += hadRecentInput ? 0 : value;
          });
          observer.observe({ type: 'layout-shift' });
          setTimeout(() => { observer.disconnect(); resolve(sum); }, 1800);
        }));
        assert.ok(moved <= 0.05, `${at}: ${moved}`);
        await playerKey(page, 'k');
      }
    });
  });
}

test('a sentence stands long enough to be read, and changes at events at once', async () => {
  await withReplay({}, async (page) => {
    await goTo(page, '11:36');
    for (const key of ['>', '>']) await playerKey(page, key);
    const watch = () => {
      globalThis.changesMs = [];
      const sentence = document.querySelector('.now-sentence');
      new MutationObserver(() => globalThis.changesMs.push(performance.now())).observe(sentence, { characterData: true, childList: true, subtree: true });
    };
    await playerKey(page, 'k');
    await expectPlayer(page, { playing: true });
    await page.evaluate(watch);
    // Ten seconds at 4×: forty minutes without an event.
    await eventually('12:16', () => playerState(page), ({ seconds }) => seconds >= secondsAt('12:16'));
    const changes = await page.evaluate(() => globalThis.changesMs);
    for (const [index, at] of changes.slice(1).entries()) assert.ok(at - changes[index] > 7900, changes.join());
    assert.ok(changes.length <= 2, changes.join());
    const before = changes.length;
    await eventually('the event', () => playerState(page), ({ seconds }) => seconds >= secondsAt('12:31'));
    assert.ok((await page.evaluate(() => globalThis.changesMs.length)) > before, 'at the event');
  });
});

test('the present event is open and complete, the others are a line and open on request; nothing below moves', async () => {
  await withReplay({ width: 1440, height: 900 }, async (page) => {
    await goTo(page, '11:30');
    const below = () => page.evaluate(() => document.querySelector('.charts').getBoundingClientRect().top + scrollY);
    const before = await below();
    await becomes('what is open', () => countSeen(page, '.event-body'), 1);
    assert.match((await texts(page, '.story-now .event-body'))[0], /Seen at 11:30/);
    // The list is scrolled to the present one when that is drawn.
    await frames(page, 10);
    await page.evaluate(() => { document.getElementById('story-list').scrollTop = 0; });
    await click(page, '#event-detected .event-more');
    await becomes('what is open', () => countSeen(page, '.event-body'), 2);
    await becomes('it says so', () => attributes(page, '#event-detected .event-more', 'aria-expanded'), ['true']);
    await expectPlayer(page, { seconds: secondsAt('11:30') });
    assert.equal(await below(), before);
    await click(page, '#event-detected .event-more');
    await becomes('what is open', () => countSeen(page, '.event-body'), 1);
  });
});

for (const [width, height] of [[1280, 720], [1440, 900], [390, 844]]) {
  test(`the line of the present event is seen above what it has to say, at ${width} × ${height}`, () => withReplay({ width, height }, async (page) => {
    await becomes('nothing to say', () => count(page, '.story-now'), 0);
    // Forwards, then back: the list is scrolled to the line from either side.
    for (const key of [...SCENARIO.timeline.map(() => ']'), ...SCENARIO.timeline.slice(1).map(() => '[')]) {
      await playerKey(page, key);
      await frames(page, 3);
      const { line, list, now, story, title, says } = await page.evaluate(() => {
        const box = (at) => {
          const { top, bottom } = document.querySelector(at).getBoundingClientRect();
          return { top: Math.round(top), bottom: Math.round(bottom) };
        };
        return {
          line: box('.event.is-current .event-line'), list: box('#story-list'), now: box('.story-now'), story: box('.story'),
          title: document.querySelector('.event.is-current .event-title').textContent,
          says: document.querySelector('.story-now').getAttribute('aria-label'),
        };
      });
      assert.equal(says, title);
      assert.equal(await page.evaluate(() => document.querySelector('.story-now').scrollTop), 0, `${title}: from its beginning`);
      await page.evaluate(() => { document.querySelector('.story-now').scrollTop = 1000; });
      assert.ok(line.top >= list.top - 1 && line.bottom <= list.bottom + 1, `${title}: ${JSON.stringify({ line, list })}`);
      assert.ok(list.bottom <= now.top + 1 && now.bottom <= story.bottom + 1, `${title}: ${JSON.stringify({ list, now, story })}`);
    }
  }));
}

test('a tour rests at the events, and is left by hand', async () => {
  await withPage('?tour=1', {}, async (page) => {
    await waitForReady(page);
    await eventually('a rest at 11:00', async () => [(await playerState(page)).seconds, await count(page, '.picture.is-told')],
      ([seconds, told]) => seconds === secondsAt('11:00') && told === 1);
    await eventually('it goes on', () => playerState(page), ({ seconds }) => seconds > secondsAt('11:00'));
    await click(page, PLAY);
    await expectPlayer(page, { playing: false });
    assert.equal(await count(page, '.picture.is-told'), 0);
  });
  await withPage('?tour=1', { reducedMotion: true }, async (page) => {
    await waitForReady(page);
    await expectPlayer(page, { playing: false, seconds: 0 });
    assert.deepEqual(await texts(page, '.hero-tour'), ['Tell it event by event']);
    await click(page, '.hero-tour');
    await expectPlayer(page, { playing: false, seconds: secondsAt('11:00') });
  });
});

test('the end card says what is left to say, and leads back', async () => {
  await withReplay({}, async (page) => {
    await playerKey(page, 'End');
    const card = (await eventually('the card', () => texts(page, '.end-card'), ([text]) => Boolean(text)))[0];
    assert.match(card, /In the end[^]*users were slow or failed \(\d[^]*of them failed[^]*before the first page/);
    assert.deepEqual(await axe(page), []);
    await screenshot(page, 'end-card');
    await click(page, '.end-card [aria-label="Show the picture"]');
    await becomes('it is closed', () => count(page, '.end-card'), 0);
    await pressKey(page, 'ArrowLeft');
    await playerKey(page, 'End');
    await eventually('it is there again', () => count(page, '.end-card'), (number) => number === 1);
    await click(page, '.end-card .primary');
    await expectPlayer(page, { playing: true });
    await becomes('it is gone', () => count(page, '.end-card'), 0);
  });
  await withPage('#v=1&t=13:45', { width: 360, height: 780, dark: true }, async (page) => {
    await waitForReady(page);
    await eventually('the card', () => count(page, '.end-card'), (number) => number === 1);
    assert.deepEqual(await axe(page), []);
    await screenshot(page, 'end-card-360');
  });
});

for (const [width, height] of [[1280, 720], [390, 844]]) {
  test(`at ${width} × ${height} instances stand in groups with a name that says what distinguishes them, and stay where they are`, async () => {
    await withPage('#v=1&t=10:40', { width, height }, async (page) => {
      await waitForReady(page);
      const seen = () => page.evaluate(() => {
        const box = (element) => {
          const { left, right, top, bottom } = element.getBoundingClientRect();
          return { left, right, top: top + scrollY, bottom: bottom + scrollY };
        };
        return {
          groups: [...document.querySelectorAll('.instance-group')].map((group) => ({ text: group.innerText.trim(), ...box(group) })),
          tiles: [...document.querySelectorAll('.instance')].map((tile) => ({ up: tile.innerText.match(/up (\d+) h/)?.[1], ...box(tile) })),
        };
      });
      const before = await seen();
      assert.equal(before.groups.length, 2);
      const [older, younger] = before.groups.map(({ text }) => Number(text.match(/^(?:started|up) (\d+) h/)[1]));
      assert.ok(older > younger, `${older}, ${younger}`);
      for (const tile of before.tiles) {
        const [group] = before.groups.filter(({ left, right }) => tile.left >= left - 1 && tile.right <= right + 1);
        assert.ok(group.bottom <= tile.top, 'the name is above');
        assert.ok(tile.up === undefined || group.text.includes(`${tile.up} h`), `${group.text}, ${tile.up}`);
      }
      await goTo(page, '13:20');
      const after = await seen();
      const places = ({ tiles }) => tiles.map(({ left, top }) => [left, top].map(Math.round));
      assert.deepEqual(places(after), places(before));
      assert.ok(after.groups.every(({ text }) => !text.includes(`${older} h`)), 'all were started anew since');
      await screenshot(page, `groups-${width}`);
    });
  });
}

for (const [width, height] of [[320, 256], [320, 180], [640, 360], [844, 390]]) {
  test(`at ${width} × ${height} nothing covers the content`, async () => {
    await withPage('#v=1&t=12:15', { width, height }, async (page) => {
      await waitForReady(page);
      for (const at of ['.instance', '.now-sentence', '.chart-checkouts canvas', '#claims-title', '#player .play']) {
        const seen = await page.evaluate((at) => {
          const element = document.querySelector(at);
          element.scrollIntoView({ block: 'center' });
          const { top, bottom, left, width } = element.getBoundingClientRect();
          const middle = (Math.max(top, 0) + Math.min(bottom, innerHeight)) / 2;
          const found = document.elementFromPoint(left + Math.min(width, 100) / 2, middle);
          return element.contains(found) || found?.contains(element) || found?.closest('.chart, .picture, section') === element.closest('.chart, .picture, section');
        }, at);
        assert.ok(seen, `${at} is covered`);
      }
      const fixed = await page.evaluate(() => ['.top', '#player'].map((at) => getComputedStyle(document.querySelector(at)).position));
      assert.deepEqual(fixed, ['static', 'static']);
      // The menu of the player fits.
      await click(page, '#player button[title="More options"]');
      const menu = await eventually('the menu', () => page.evaluate(() => {
        const open = [...document.querySelectorAll('#player .menu-panel')].find((one) => one.checkVisibility());
        const { left, right } = open?.getBoundingClientRect() ?? {};
        return [left, right, innerWidth];
      }), ([left]) => typeof left === 'number');
      assert.ok(menu[0] >= 0 && menu[1] <= menu[2], menu.join());
      await screenshot(page, `low-${width}-${height}`);
    });
  });
}
