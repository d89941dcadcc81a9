// The embed view: fits frames of any size, shows what was asked for, leads to the full page, and leaves its host in peace.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { axe, casesHere, click, screenshot, waitFor, waitForReady, withPage } from './harness.mjs';
import { startHost, withHost } from './embed-host.mjs';
import { becomes, choose, count, eventually, expectPlayer, frames, PLAY, playerState, secondsAt, SPEED, texts } from './page.mjs';
import { startServer } from './server.mjs';

let replay;
let host;

before(async () => {
  replay = await startServer();
  host = await startHost(new URL(replay.url).origin);
});

after(() => [replay, host].forEach((server) => server?.stop()));

function withEmbed(address, options, use) {
  return withPage(`?embed=1${address}`, options, async (page) => {
    await waitForReady(page);
    await use(page);
  });
}

/** How far the page could be scrolled, and the part of it that might. */
const beyond = (page) => page.evaluate(() => {
  const over = (element) => [element.scrollWidth - element.clientWidth, element.scrollHeight - element.clientHeight];
  return [...over(document.documentElement), ...over(document.querySelector('.embed-body'))];
});

const SIZES = casesHere([[320, 240], [640, 360], [480, 270], [800, 600], [1280, 720]], 2);
const VIEWS = ['', '&panel=memory', '&panel=system', '&panel=memory,latency', '&controls=0'];

for (const [width, height] of SIZES) {
  // Dark is the same layout: the smallest frame stands for all.
  for (const dark of width === 320 ? [false, true] : [false]) {
    test(`${width} × ${height}, ${dark ? 'dark' : 'light'}: nothing needs to be scrolled, nothing is out of reach`, async () => {
      for (const view of dark ? VIEWS.slice(0, 2) : VIEWS) {
        await withEmbed(`${view}#t=12:15`, { width, height, dark }, async (page) => {
          await frames(page);
          const [wide, high, ...body] = await beyond(page);
          assert.deepEqual([wide, high], [0, 0], view);
          // Two charts in the smallest frame are more than it can hold.
          if (!(view === '&panel=memory,latency' && width < 480)) assert.ok(body[1] <= 1, `${view}: ${body}`);
          assert.deepEqual(await axe(page), [], view);
          await screenshot(page, `embed-${width}-${dark ? 'dark' : 'light'}${view.replace(/\W+/g, '-')}`);
        });
      }
    });
  }
}

test('panels show what was asked for, alone', async () => {
  for (const [panel, charts, pictures] of casesHere([['system,memory', 1, 1], ['nothing', 0, 1], ['', 0, 1], ['system', 0, 1], ['memory', 1, 0], ['memory,latency,cpu', 3, 0]], 2)) {
    await withEmbed(panel && `&panel=${panel}`, {}, async (page) => {
      assert.deepEqual([await count(page, '.chart'), await count(page, '.picture')], [charts, pictures], panel);
      assert.equal(await count(page, '.story, .hero, .foot, .top'), 0);
      assert.equal(await count(page, '.note'), panel === 'nothing' ? 1 : 0);
    });
  }
});

test('controls: always, never, or out of the way of what plays', async () => {
  const opacity = (page) => page.evaluate(() => getComputedStyle(document.querySelector('#player')).opacity);
  await withEmbed('&controls=0', {}, async (page) => assert.equal(await count(page, '#player'), 0));
  await withEmbed('&controls=1', {}, async (page) => {
    await click(page, PLAY);
    await page.evaluate(() => document.activeElement.blur());
    await page.pointer([{ x: 0, y: 0 }], { times: 0 });
    await frames(page, 20);
    assert.equal(await opacity(page), '1');
  });
  await withEmbed('&speed=0.25&autoplay=1', {}, async (page) => {
    await eventually('playing', () => playerState(page), ({ playing }) => playing);
    // Where nothing can hover there must be something to touch.
    const canHover = await page.evaluate(() => matchMedia('(hover: hover)').matches);
    await becomes('no controls', () => opacity(page), canHover ? '0' : '1');
    await page.evaluate((at) => document.querySelector(at).focus(), PLAY);
    await becomes('controls for those who come near', () => opacity(page), '1');
  });
});

test('a link leads to the full page at the same moment', async () => {
  await withEmbed('&controls=1&panel=memory&theme=dark#t=12:15&instance=2', {}, async (page) => {
    const link = () => page.evaluate(() => {
      const { href, target, rel } = document.querySelector('.embed-link');
      return [href.replace(/^[^?#]*\//, ''), target, rel];
    });
    assert.deepEqual(await link(), ['?theme=dark#v=1&t=12:15&instance=2', '_blank', 'noopener']);
    await page.evaluate(() => document.activeElement.blur());
    await page.press('ArrowRight', []);
    await becomes('the link', link, ['?theme=dark#v=1&t=12:16&instance=2', '_blank', 'noopener']);
  });
});

test('the menus are within reach in a small frame', async () => {
  await withEmbed('', { width: 320, height: 240 }, async (page) => {
    await click(page, SPEED);
    await eventually('the menu', () => count(page, '.menu-panel'), Boolean);
    const box = await page.evaluate(() => {
      const { top, bottom, left, right } = document.querySelector('.menu-panel').getBoundingClientRect();
      return [top >= 0, bottom <= innerHeight, left >= 0, right <= innerWidth];
    });
    assert.deepEqual(box, [true, true, true, true]);
    await choose(page, '16×');
    await expectPlayer(page, { speed: 16 });
  });
});

test('storage that throws is survived', async () => {
  const before = () => {
    for (const name of ['localStorage', 'sessionStorage']) {
      Object.defineProperty(globalThis, name, { get() { throw new DOMException('denied', 'SecurityError'); } });
    }
  };
  await withEmbed('#t=12:30', { before }, async (page) => {
    await expectPlayer(page, { seconds: secondsAt('12:30') });
    await click(page, PLAY);
    await eventually('playing', () => playerState(page), ({ seconds }) => seconds > secondsAt('12:30'));
  });
});

// What a host sees of an embed in a plain frame.

/** Puts a frame into the host's document and keeps what it says in `heard`. */
function addFrame(page, url, style) {
  return page.evaluate(async (src, rules) => {
    globalThis.heard = [];
    addEventListener('message', ({ data, origin }) => globalThis.heard.push({ data, origin }));
    const frame = document.createElement('iframe');
    Object.assign(frame.style, rules);
    frame.src = src;
    document.body.append(frame);
  }, url, style);
}

const heights = (page) => page.evaluate(() => globalThis.heard.filter(({ data }) => data?.type === 'iframe.resize').map(({ data }) => data.height));

test('the host is told the height that the content likes, and gets the same again when it follows', async () => {
  await withHost(replay.url, host, {}, async (page) => {
    await addFrame(page, `${replay.url}?embed=1#t=12:15`, { width: '900px', height: '300px' });
    const [first] = await eventually('the height', () => heights(page), ({ length }) => length > 0, 60_000);
    assert.ok(first > 400 && first < 1200, `${first}`);
    const text = await page.evaluate(() => JSON.parse(globalThis.heard.map(({ data }) => data).find((data) => typeof data === 'string')));
    assert.deepEqual([text.context, text.height], ['iframe.resize', first]);
    await page.evaluate((height) => { document.querySelector('iframe').style.height = `${height}px`; }, first);
    const told = await eventually('the height again', () => heights(page), ({ length }) => length > 1);
    assert.ok(told.every((height) => height === first), `${told}`);
    await page.evaluate(() => { document.querySelector('iframe').style.width = '400px'; });
    await eventually('another height', () => heights(page), (all) => all.at(-1) !== first);
    const strangers = await page.evaluate(() => globalThis.heard.filter(({ data }) => !['hello', 'iframe.resize'].includes(data?.type ?? JSON.parse(data).context)));
    assert.deepEqual(strangers, [], 'nothing else before it is greeted');
  });
});

test('scrolling over an embed scrolls its host, and the focus stays with the host', async () => {
  await withHost(replay.url, host, {}, async (page) => {
    await page.evaluate(() => { document.body.style.height = '4000px'; });
    await addFrame(page, `${replay.url}?embed=1&panel=memory#t=12:15`, { width: '640px', height: '360px' });
    await eventually('the embed', () => heights(page), ({ length }) => length > 0, 60_000);
    assert.equal(await page.evaluate(() => document.activeElement === document.body), true);
    const box = await page.evaluate(() => document.querySelector('iframe').getBoundingClientRect().toJSON());
    await page.pointer([{ x: box.x + 300, y: box.y + 150 }], { times: 0 });
    // A browser that is still busy loading loses turns of the wheel.
    await eventually('scrolled', async () => {
      await page.wheel(1);
      return page.evaluate(() => scrollY);
    }, (top) => top > 0);
  });
});

test('a replay that cannot start tells its host', async () => {
  const cutOff = () => {
    const real = globalThis.fetch;
    globalThis.fetch = (url, ...rest) => (String(url).endsWith('.wasm') ? Promise.reject(new TypeError('cut off')) : real(url, ...rest));
  };
  await withHost(replay.url, host, { before: cutOff, allow: [/exception: .*cut off/s] }, async (page) => {
    await addFrame(page, `${replay.url}?embed=1`, { width: '640px', height: '360px' });
    await waitFor(page, 'the message', () => globalThis.heard.some(({ data }) => data?.type === 'failed' && /could not start/.test(data.message)), 30_000);
  });
});
