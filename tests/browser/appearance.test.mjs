// How the page is shown: themes, time zones, widths, and on paper.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cannot, click, drag, engine, pressKey, screenshot, waitForReady, withPage } from './harness.mjs';
import {
  attributes, becomes, CHARTS, count, countSeen, eventually, expectPlayer, goTo, playerKey, SLIDER, texts, WINDOW_S, withReplay,
} from './page.mjs';

const THEME = '.top-controls [aria-label*="colours" i]';
const ZONE = '.top-controls [aria-label*="Times are in"]';

/** Lightness of the page's background, 0 to 255. */
function backgroundLightness(page) {
  return page.evaluate(() => {
    const canvas = document.createElement('canvas').getContext('2d');
    canvas.fillStyle = getComputedStyle(document.body).backgroundColor;
    canvas.fillRect(0, 0, 1, 1);
    const [red, green, blue] = canvas.getImageData(0, 0, 1, 1).data;
    return (red + green + blue) / 3;
  });
}

/** Lightness of the corner of a plot, which takes its colours from the theme as well; null where it is transparent. */
function chartInk(page) {
  return page.evaluate(() => {
    const canvas = document.querySelector('.chart-plot canvas');
    const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
    let [sum, number] = [0, 0];
    for (let at = 0; at < data.length; at += 4) {
      if (data[at + 3] > 200) {
        sum += data[at] + data[at + 1] + data[at + 2];
        number += 3;
      }
    }
    return sum / number;
  });
}

test('the theme goes round system, light and dark, and is remembered', async () => {
  await withReplay({ dark: false }, async (page) => {
    const theme = () => page.evaluate(() => document.documentElement.dataset.theme ?? 'system');
    assert.equal(await theme(), 'system');
    assert.ok((await backgroundLightness(page)) > 200);
    // Charts that nobody sees are not drawn anew.
    await page.evaluate(() => document.querySelector('.chart canvas').scrollIntoView({ block: 'center' }));
    const lightInk = await chartInk(page);
    await click(page, THEME);
    await becomes('the theme', theme, 'light');
    await click(page, THEME);
    await becomes('the theme', theme, 'dark');
    await eventually('a dark page', () => backgroundLightness(page), (lightness) => lightness < 60);
    await eventually('other colours in the charts', () => chartInk(page), (ink) => Math.abs(ink - lightInk) > 0.5);
    assert.match((await attributes(page, THEME, 'aria-label'))[0], /^Dark colours/);

    await page.reload();
    await waitForReady(page);
    assert.equal(await theme(), 'dark');
    assert.ok((await backgroundLightness(page)) < 60);
    await click(page, THEME);
    await becomes('the theme', theme, 'system');
    await eventually('a light page', () => backgroundLightness(page), (lightness) => lightness > 200);
  });
});

test('without a choice the theme is the system\'s', async () => {
  await withReplay({ dark: true }, async (page) => {
    await eventually('a dark page', () => backgroundLightness(page), (lightness) => lightness < 60);
    assert.match((await attributes(page, THEME, 'aria-label'))[0], /follow the system/);
  });
});

test('times are UTC, and local with one click, everywhere; it is remembered', async () => {
  await withReplay({}, async (page) => {
    await goTo(page, '12:15');
    // The tests' browsers live five and a half hours east of Greenwich.
    const shown = async () => ({
      slider: (await attributes(page, SLIDER, 'aria-valuetext'))[0].split(',')[0],
      clock: (await texts(page, '.clock strong'))[0].slice(0, 5),
      story: (await texts(page, '#event-detected time'))[0],
      marker: (await attributes(page, '.seek-marker', 'aria-label'))[0],
    });
    const utc = { slider: '12:15 UTC', clock: '12:15', story: '11:00', marker: '11:00 Detected' };
    const local = { slider: '17:45 local time', clock: '17:45', story: '16:30', marker: '16:30 Detected' };
    assert.deepEqual(await shown(), utc);
    await click(page, '.chart-memory [aria-label^="Table of"]');
    await click(page, ZONE);
    await becomes('local time', shown, local);
    await becomes('the table', async () => (await texts(page, '#chart-memory-table th')).filter((text) => /^Time|16:30/.test(text)),
      ['Time (local time)', '16:30:00']);
    await page.reload();
    await waitForReady(page);
    assert.equal((await shown()).marker, local.marker, 'remembered');
    await click(page, ZONE);
    await becomes('UTC', async () => (await shown()).marker, utc.marker);
  });
});

test('fits every width from 1440 to 360 px and back', async () => {
  const widths = [1440, 1024, 768, 540, 360, 1440];
  await withReplay({}, async (page) => {
    for (const width of widths) {
      await page.resize(width, 900);
      const wide = () => page.evaluate(() => {
        const { clientWidth, scrollWidth } = document.documentElement;
        const beyond = [...document.querySelectorAll('main *, header *, #player *')].filter((element) => {
          const { right, width: own } = element.getBoundingClientRect();
          return own > 0 && right > clientWidth + 1 && element.checkVisibility({ visibilityProperty: true })
            && !element.closest('.table-scroll, .visually-hidden, svg, pre, .chart-table, .skip');
        }).map((element) => `${element.tagName}.${element.className?.baseVal ?? element.className}`);
        const stretched = [...document.querySelectorAll('.chart-plot')].filter((plot) => {
          const canvas = plot.querySelector('canvas');
          return Math.abs(canvas.width / devicePixelRatio - plot.getBoundingClientRect().width) > 1.5;
        }).length;
        return { sideways: Math.max(scrollWidth - clientWidth, 0), beyond: beyond.slice(0, 5), stretched };
      });
      await becomes(`the page at ${width} px`, wide, { sideways: 0, beyond: [], stretched: 0 });
    }
  });
});

test('is used with a thumb at 360 px', async () => {
  await withReplay({ width: 360, height: 740 }, async (page) => {
    // WCAG 2.2: targets of 24 px; what stands in a sentence is exempt.
    const small = await page.evaluate(() => [...document.querySelectorAll('button, input:not([hidden]), summary, [role="slider"]')]
      .filter((element) => element.checkVisibility())
      .map((element) => [element.closest('label') ?? element, element])
      .filter(([target]) => {
        const { width, height } = target.getBoundingClientRect();
        return width > 0 && (width < 23.5 || height < 23.5);
      })
      .map(([target]) => `${target.className} “${(target.getAttribute('aria-label') ?? target.textContent).slice(0, 40)}”`));
    assert.deepEqual(small, []);
    await click(page, '#player .play');
    await expectPlayer(page, { playing: true });
    await click(page, '#player [aria-label="Next event"]');
    await click(page, '#player .play');
    await expectPlayer(page, { playing: false });
    const player = await page.evaluate(() => document.getElementById('player').getBoundingClientRect().height / innerHeight);
    assert.ok(player < 0.33, `the player takes ${(player * 100).toFixed(0)} % of the screen`);
  });
});

test('the bar stands still while the playhead moves', async () => {
  await withReplay({}, async (page) => {
    const bar = () => page.evaluate((at) => {
      const { left, width } = document.querySelector(at).getBoundingClientRect();
      return [left, width];
    }, SLIDER);
    await playerKey(page, 'Home');
    await expectPlayer(page, { seconds: 0 });
    const atStart = await bar();
    for (const moment of ['10:59', '12:15', '13:44']) {
      await goTo(page, moment);
      assert.deepEqual(await bar(), atStart, `at ${moment}: a bar that moves under the pointer cannot be hit`);
    }
  });
});

test('on paper, too, a what-if is told', {
  skip: cannot({ firefox: 'it cannot be told to show what it prints', webkit: 'it cannot be told to show what it prints' }),
}, async () => {
  await withPage('#v=1&actions.patch.at=11:30', { width: 390, height: 844 }, async (page) => {
    await waitForReady(page);
    await page.raw.emulateMediaType('print');
    assert.equal(await countSeen(page, '.note-what-if'), 1);
    assert.match((await texts(page, '.note-what-if'))[0], /patch at 11:30 instead of 12:45/);
    assert.equal(await countSeen(page, '.note-what-if a, .note-what-if button'), 0, 'nothing to press');
    await page.raw.emulateMediaType('screen');
  });
});

test('on paper: the story and the charts, without what can only be pressed', async () => {
  await withReplay({}, async (page) => {
    await goTo(page, '12:15');
    await drag(page, '.chart-memory .chart-plot', { x: 0.3 }, { x: 0.8 });
    await pressKey(page, 'r');
    if (engine === 'chromium') await page.raw.emulateMediaType('print');
    else await page.evaluate(() => dispatchEvent(new Event('beforeprint')));
    await becomes('drawings of the charts', () => count(page, '.chart-print svg'), CHARTS.length);
    if (engine === 'chromium') {
      assert.equal(await countSeen(page, '#player'), 0, 'no player');
      assert.equal(await countSeen(page, '.chart-plot canvas'), 0, 'no bitmaps in the screen\'s colours');
      assert.equal(await countSeen(page, '.chart-print svg'), CHARTS.length);
      assert.equal(await countSeen(page, '.top-controls button'), 0, 'nothing to press');
      assert.equal(await countSeen(page, '.event-body'), await count(page, '.event'), 'every event is open');
      assert.match((await texts(page, '.print-address'))[0], /^http/);
      assert.equal(await countSeen(page, '.print-address'), 1);
      assert.ok((await backgroundLightness(page)) > 250, 'white paper');
      await screenshot(page, 'print', { fullPage: true });
      await page.raw.emulateMediaType('screen');
    } else {
      await page.evaluate(() => dispatchEvent(new Event('afterprint')));
    }
    await becomes('the charts are back', () => count(page, '.chart-print svg'), 0);
    assert.equal(await countSeen(page, '#player'), 1);
  });
});

test('two sheets of paper can be made of it, three in WebKit, which prints no columns', async () => {
  await withReplay({ dark: true }, async (page) => {
    await goTo(page, '12:15');
    const file = await page.pdf();
    assert.equal(file.subarray(0, 5).toString(), '%PDF-');
    assert.ok(file.length > 20_000, `${file.length} bytes`);
    // Firefox packs the pages away.
    const sheets = engine === 'webkit' ? 3 : 2;
    if (engine !== 'firefox') assert.equal(file.toString('latin1').match(/\/Type\s*\/Page\b(?!s)/g)?.length, sheets);
    await expectPlayer(page, { seconds: (105 / 195) * WINDOW_S }, 'the page afterwards');
  });
});
