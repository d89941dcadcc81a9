// What hands do that nobody plans for: a drag that begins on a marker, a swipe that begins on the bar, a second finger, a
// pointer that is taken away, keys that are held down, keyboards of other scripts, screens that change their resolution.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { boxOf, cannot, click, drag, pressKey, touch } from './harness.mjs';
import {
  becomes, count, countSeen, eventually, expectPlayer, focus, frames, goTo, OPTIONS, playerKey, playerState, secondsAt, SLIDER, SPEED, texts, unfocus,
  WINDOW_S, withReplay,
} from './page.mjs';

const NO_TOUCH = { skip: cannot({ webkit: 'WebKitGTK takes touches from touch screens only' }) };

/** Sends pointer events to the element, as a browser would with several pointers. */
function pointers(page, selector, events) {
  return page.evaluate((at, sent) => {
    const element = document.querySelector(at);
    const box = element.getBoundingClientRect();
    for (const [type, pointerId, x] of sent) {
      element.dispatchEvent(new PointerEvent(type, {
        bubbles: true, cancelable: true, pointerId, isPrimary: pointerId === 1, pointerType: 'touch', button: type === 'pointermove' ? -1 : 0,
        buttons: type === 'pointerup' ? 0 : 1,
        clientX: box.left + x * box.width, clientY: box.top + box.height / 2,
      }));
    }
  }, selector, events);
}

test('a press on a marker is a click, and a drag once it moves', async () => {
  await withReplay({}, async (page) => {
    await goTo(page, '12:30');
    const bar = await boxOf(page, SLIDER);
    const marker = '.seek-marker[aria-label^="12:30"]';
    const { width } = await boxOf(page, marker);
    await drag(page, marker, { x: 0.5 }, { x: 0.5 - 60 / width });
    const expected = secondsAt('12:30') - 60 * (WINDOW_S / bar.width);
    await eventually('the playhead 60 px further left', () => playerState(page), ({ seconds }) => Math.abs(seconds - expected) < 180);
    await click(page, marker);
    await expectPlayer(page, { seconds: secondsAt('12:30') });
  });
});

test('a swipe up or down that begins on the bar scrolls, and seeks nothing', NO_TOUCH, async () => {
  await withReplay({ width: 390, height: 844, touch: true }, async (page) => {
    await goTo(page, '11:20');
    const seeks = await page.evaluate((at) => getComputedStyle(document.querySelector(at)).touchAction, SLIDER);
    assert.match(seeks, /pan-y/);
    // What the browser sends when it takes the finger for scrolling.
    await pointers(page, SLIDER, [['pointerdown', 1, 0.8], ['pointermove', 1, 0.802], ['pointercancel', 1, 0.8], ['pointermove', 1, 0.9]]);
    await frames(page, 3);
    await expectPlayer(page, { seconds: secondsAt('11:20') });
    // And a tap still seeks.
    await touch(page, SLIDER, { x: 0.5 });
    await eventually('the middle', () => playerState(page), ({ seconds }) => Math.abs(seconds - WINDOW_S / 2) < 120);
  });
});

test('a press that is released elsewhere holds nothing', async () => {
  await withReplay({}, async (page) => {
    await goTo(page, '12:30');
    // Pressed on a marker; then the pointer comes back without a button.
    await page.evaluate((at) => {
      const marker = document.querySelector('.seek-marker[aria-label^="12:30"]');
      const box = document.querySelector(at).getBoundingClientRect();
      const send = (element, type, x, buttons) => element.dispatchEvent(new PointerEvent(type, {
        bubbles: true, cancelable: true, pointerId: 1, isPrimary: true, pointerType: 'mouse', button: type === 'pointermove' ? -1 : 0, buttons,
        clientX: box.left + x * box.width, clientY: box.top + box.height / 2,
      }));
      send(marker, 'pointerdown', 0.6, 1);
      send(document.querySelector(at), 'pointermove', 0.1, 0);
      send(document.querySelector(at), 'pointermove', 0.2, 1);
    }, SLIDER);
    await frames(page, 3);
    await expectPlayer(page, { seconds: secondsAt('12:30') });
  });
});

test('a second finger takes nothing over, and pinching is the browser\'s', async () => {
  await withReplay({}, async (page) => {
    await pointers(page, SLIDER, [
      ['pointerdown', 1, 0.3], ['pointermove', 1, 0.4], ['pointerdown', 2, 0.9], ['pointermove', 2, 0.95], ['pointermove', 1, 0.5], ['pointerup', 2, 0.95],
      ['pointerup', 1, 0.5],
    ]);
    await eventually('the first finger\'s place', () => playerState(page), ({ seconds }) => Math.abs(seconds - WINDOW_S / 2) < 60);
    await page.evaluate(() => document.querySelector('.chart-memory').scrollIntoView());
    const chart = '.chart-memory .chart-plot';
    await pointers(page, chart, [['pointerdown', 1, 0.4], ['pointermove', 1, 0.45], ['pointerdown', 2, 0.8], ['pointercancel', 1, 0.45], ['pointercancel', 2, 0.8]]);
    await frames(page, 3);
    assert.equal(await countSeen(page, '.chart-reset'), 0, 'no zoom');
    assert.doesNotMatch(await page.evaluate(() => location.hash), /zoom/);
    for (const at of [SLIDER, chart]) {
      assert.match(await page.evaluate((selector) => getComputedStyle(document.querySelector(selector)).touchAction, at), /pinch-zoom/, at);
    }
  });
});

test('a pointer that is taken away is not followed', async () => {
  await withReplay({}, async (page) => {
    await pointers(page, SLIDER, [['pointerdown', 1, 0.3], ['pointermove', 1, 0.4], ['lostpointercapture', 1, 0.4], ['pointermove', 1, 0.9]]);
    await eventually('the last place', () => playerState(page), ({ seconds }) => Math.abs(seconds - 0.4 * WINDOW_S) < 60);
    const chart = '.chart-memory .chart-plot';
    await page.evaluate((at) => document.querySelector(at).scrollIntoView({ block: 'center' }), chart);
    await pointers(page, chart, [['pointerdown', 1, 0.3], ['pointermove', 1, 0.5], ['lostpointercapture', 1, 0.5], ['pointerup', 1, 0.8]]);
    await frames(page, 3);
    assert.equal(await countSeen(page, '.chart-reset'), 0, 'nothing is zoomed by a drag that was lost');
  });
});

test('a key that is held down steps on, and toggles once', async () => {
  await withReplay({}, async (page) => {
    await unfocus(page);
    const hold = (key, times) => page.evaluate((held, count_) => {
      const prevented = [];
      for (let index = 0; index < count_; index += 1) {
        prevented.push(!document.body.dispatchEvent(new KeyboardEvent('keydown', { key: held, repeat: index > 0, bubbles: true, cancelable: true })));
      }
      document.body.dispatchEvent(new KeyboardEvent('keyup', { key: held, bubbles: true }));
      return prevented;
    }, key, times);
    for (const key of [' ', 'k']) {
      await hold(key, 30);
      await expectPlayer(page, { playing: true }, `${key} held`);
      await pressKey(page, 'k');
      await expectPlayer(page, { playing: false });
    }
    await pressKey(page, 'Home');
    await hold('ArrowRight', 5);
    await expectPlayer(page, { seconds: 300 }, 'an arrow held');
    await hold('?', 30);
    await becomes('the help', () => count(page, 'dialog.help[open]'), 1);
    await pressKey(page, 'Escape');
    await becomes('the help', () => count(page, 'dialog.help[open]'), 0);
  });
});

test('keyboards of other scripts have the same keys; what is being composed is none', async () => {
  await withReplay({}, async (page) => {
    await unfocus(page);
    const key = (init) => page.evaluate((given) => document.body.dispatchEvent(new KeyboardEvent('keydown', { bubbles: true, cancelable: true, ...given })), init);
    await key({ key: 'л', code: 'KeyK' });
    await expectPlayer(page, { playing: true }, 'the Russian key in the place of k');
    await key({ key: 'k', code: 'KeyK', isComposing: true });
    await frames(page, 2);
    await expectPlayer(page, { playing: true }, 'composed');
    await key({ key: 'κ', code: 'KeyK' });
    await expectPlayer(page, { playing: false }, 'the Greek one');
  });
});

test('a menu closes by a press outside and by Escape, wherever the focus is; one is open at a time', async () => {
  await withReplay({}, async (page) => {
    const open = () => count(page, '#player .menu-panel');
    for (const button of [SPEED, OPTIONS]) {
      // As Safari does, which focuses no button that is pressed.
      const press = async () => {
        await unfocus(page);
        await page.evaluate((at) => document.querySelector(at).click(), button);
      };
      await press();
      await becomes(`${button} opens`, open, 1);
      await pressKey(page, 'Escape');
      await becomes(`${button} by Escape`, open, 0);
      await press();
      await becomes(`${button} opens again`, open, 1);
      await click(page, 'h1, .hero');
      await becomes(`${button} by a press outside`, open, 0);
    }
    await click(page, SPEED);
    await becomes('the speeds', open, 1);
    await click(page, OPTIONS);
    await eventually('the options alone', () => texts(page, '#player .menu-panel'), (panels) => panels.length === 1 && /Keys/.test(panels[0]));
  });
});

test('canvases follow the resolution of the screen, where nothing else changes', { skip: cannot({
  firefox: 'its resolution is set when it starts', webkit: 'its resolution is set when it starts',
}) }, async () => {
  await withReplay({}, async (page) => {
    const ratios = () => page.evaluate(() => [...document.querySelectorAll('.dots, .chart-checkouts canvas')]
      .map((canvas) => Math.round(canvas.width / canvas.getBoundingClientRect().width)));
    await becomes('one pixel for one', ratios, [1, 1, 1]);
    // The developer tools tell the page nothing of it; a screen would.
    for (const ratio of [2, 1, 3]) {
      await page.raw.setViewport({ ...page.raw.viewport(), deviceScaleFactor: ratio });
      await playerKey(page, 'ArrowRight');
      await becomes(`${ratio} for one, after a step`, ratios, [ratio, ratio, ratio]);
    }
  });
});

test('the focus goes back where it came from', async () => {
  await withReplay({}, async (page) => {
    const focused = () => page.evaluate(() => document.activeElement?.getAttribute('aria-label') ?? document.activeElement?.tagName);
    // A table of a chart, left by the key that opened it and by Escape.
    for (const key of ['d', 'Escape']) {
      await focus(page, '.chart-memory .chart-plot');
      await pressKey(page, 'd');
      await eventually('the table', () => count(page, '.chart-memory table'), (found) => found === 1);
      await focus(page, '.chart-memory [tabindex="0"]:has(table), .chart-memory .data-table');
      await pressKey(page, key);
      await becomes('no table', () => count(page, '.chart-memory table'), 0);
      assert.notEqual(await focused(), 'BODY', `after ${key}`);
    }
    // Details of an instance.
    await click(page, '.instance');
    await becomes('the details', () => count(page, '.details'), 1);
    await focus(page, '.details button');
    await pressKey(page, 'Enter');
    await becomes('no details', () => count(page, '.details'), 0);
    assert.notEqual(await focused(), 'BODY', 'after the details');
  });
});

test('the head of a data table is seen above its rows', async () => {
  await withReplay({}, async (page) => {
    await focus(page, '.chart-memory .chart-plot');
    await pressKey(page, 'd');
    await becomes('the table', () => count(page, '.chart-memory table'), 1);
    const seen = await page.evaluate(() => {
      const table = document.querySelector('.chart-memory table');
      let scroller = table.parentElement;
      while (scroller.scrollHeight <= scroller.clientHeight) scroller = scroller.parentElement;
      scroller.scrollTop = 200;
      document.querySelector('.chart-memory').scrollIntoView({ block: 'center' });
      return [...table.querySelectorAll('thead th')].slice(0, 3).map((cell) => {
        const box = cell.getBoundingClientRect();
        return cell.contains(document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2));
      });
    });
    assert.ok(seen.length > 1 && seen.every(Boolean), `${seen}`);
  });
});
