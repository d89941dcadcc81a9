// The table of keys: the help lists it as specified, every key in it does what it says, and a focused widget wins.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { click, pressKey, screenshot } from './harness.mjs';
import {
  announced, attributes, becomes, count, countSeen, expectPlayer, focus, frames, goTo, HELP, playerKey, playerState, PLAY,
  secondsAt, SLIDER, texts, unfocus, WINDOW_S, withReplay,
} from './page.mjs';

const helpIsOpen = (page) => page.evaluate((at) => document.querySelector(at).open, HELP);
const isFullScreen = (page) => page.evaluate(() => document.fullscreenElement !== null);

/** One line of the help: what it says, and a test for every key in it. Each test starts paused at 10:30, at 1×. */
const TABLE = [
  {
    keys: 'Space, k',
    says: 'play / pause',
    async check(page) {
      for (const key of [' ', 'k']) {
        await playerKey(page, key);
        await expectPlayer(page, { playing: true }, `${key} plays`);
        await playerKey(page, key);
        await expectPlayer(page, { playing: false }, `${key} pauses`);
      }
    },
  },
  {
    keys: '← →',
    says: '1 incident minute back / on',
    async check(page) {
      await playerKey(page, 'ArrowRight');
      await pressKey(page, 'ArrowRight');
      await expectPlayer(page, { seconds: 120 });
      await pressKey(page, 'ArrowLeft');
      await expectPlayer(page, { seconds: 60, words: '10:31 UTC, 29 minutes before the incident, baseline' });
    },
  },
  {
    keys: 'Shift + ← →',
    says: '10 incident minutes back / on',
    async check(page) {
      await playerKey(page, 'ArrowRight', ['Shift']);
      await pressKey(page, 'ArrowRight', ['Shift']);
      await expectPlayer(page, { seconds: 1200 });
      await pressKey(page, 'ArrowLeft', ['Shift']);
      await expectPlayer(page, { seconds: 600 });
    },
  },
  {
    keys: ', .',
    says: 'one tick back / on (when paused)',
    async check(page) {
      await playerKey(page, '.');
      await pressKey(page, '.');
      await expectPlayer(page, { seconds: 10 });
      await pressKey(page, ',');
      await expectPlayer(page, { seconds: 5 });
    },
  },
  {
    keys: '[ ]',
    says: 'previous / next event',
    async check(page) {
      await playerKey(page, ']');
      await expectPlayer(page, { seconds: secondsAt('11:00') });
      await pressKey(page, ']');
      await expectPlayer(page, { seconds: secondsAt('11:05') });
      await becomes('the event is said', () => announced(page), '11:05 UTC, Investigation started');
      await pressKey(page, '[');
      await expectPlayer(page, { seconds: secondsAt('11:00') }, 'at an event, [ goes to the one before');
      await goTo(page, '11:08');
      await pressKey(page, '[');
      await expectPlayer(page, { seconds: secondsAt('11:05') }, 'after an event, [ goes to that event');
    },
  },
  {
    keys: '< >',
    says: 'slower / faster',
    async check(page) {
      for (const speed of [2, 4, 8, 16, 16]) {
        await playerKey(page, '>');
        await expectPlayer(page, { speed });
      }
      for (const speed of [8, 4, 2, 1, 0.5, 0.25, 0.25, ]) {
        await playerKey(page, '<');
        await expectPlayer(page, { speed });
      }
      await becomes('the speed is said', () => announced(page), '0.25×, 15 seconds per second');
      await playerKey(page, '>');
      await playerKey(page, '>');
      await expectPlayer(page, { speed: 1 });
    },
  },
  {
    keys: '0–9',
    says: '0–90 %',
    async check(page) {
      for (const tenths of [5, 1, 2, 3, 4, 6, 7, 8, 9, 0]) {
        await playerKey(page, String(tenths));
        await expectPlayer(page, { seconds: (WINDOW_S * tenths) / 10 }, `key ${tenths}`);
      }
    },
  },
  {
    keys: 'Home, End',
    says: 'start, end',
    async check(page) {
      await playerKey(page, 'End');
      await expectPlayer(page, { seconds: WINDOW_S });
      await playerKey(page, 'Home');
      await expectPlayer(page, { seconds: 0 });
    },
  },
  {
    keys: 'f',
    says: 'full screen',
    async check(page) {
      await playerKey(page, 'f');
      await becomes('full screen', () => isFullScreen(page), true);
      await becomes('the button says so', () => attributes(page, '#player [aria-label$="ull screen"]', 'aria-label'), ['Leave full screen']);
      await playerKey(page, 'f');
      await becomes('full screen', () => isFullScreen(page), false);
    },
  },
  {
    keys: '?',
    says: 'this help',
    async check(page) {
      await playerKey(page, '?');
      await becomes('the help is open', () => helpIsOpen(page), true);
      await pressKey(page, '?');
      await becomes('the help is open', () => helpIsOpen(page), false);
    },
  },
  {
    keys: 'Esc',
    says: 'close',
    async check(page) {
      await playerKey(page, '?');
      await becomes('the help is open', () => helpIsOpen(page), true);
      await pressKey(page, 'Escape');
      await becomes('the help is open', () => helpIsOpen(page), false);
      // Opened again, it must show again: the dialog and the player agree that it was closed.
      await playerKey(page, '?');
      await becomes('the help is open', () => helpIsOpen(page), true);
      await pressKey(page, 'Escape');
      await becomes('the help is open', () => helpIsOpen(page), false);

      await click(page, '.instances .instance');
      await becomes('the details are shown', () => count(page, '.details'), 1);
      await playerKey(page, 'Escape');
      await becomes('the details are shown', () => count(page, '.details'), 0);
    },
  },
  {
    keys: 'd',
    says: 'data table of the focused chart',
    async check(page) {
      await playerKey(page, 'd');
      assert.equal(await count(page, '.chart-table'), 0, 'no chart has the focus');
      await becomes('the hint is said', async () => /Go to a chart first/.test(await announced(page)), true);
      await focus(page, '.chart-latency .chart-plot');
      await pressKey(page, 'd');
      await becomes('the table', () => attributes(page, '.chart-table', 'id'), ['chart-latency-table']);
      await pressKey(page, 'd');
      await becomes('the table', () => count(page, '.chart-table'), 0);
    },
  },
  {
    keys: 'r',
    says: 'reset zoom',
    async check(page) {
      await focus(page, '.chart-memory .chart-plot');
      await pressKey(page, '+');
      await becomes('charts are zoomed', async () => (await count(page, '.chart-reset')) > 0, true);
      await pressKey(page, 'r');
      await becomes('charts are zoomed', async () => (await count(page, '.chart-reset')) > 0, false);
    },
  },
];

test('the help lists the table of keys as specified', async () => {
  await withReplay({}, async (page) => {
    await click(page, '.top [aria-label="Help: keys"]');
    await becomes('the help is open', () => helpIsOpen(page), true);
    const rows = await page.evaluate((at) => [...document.querySelectorAll(`${at} tbody tr`)]
      .map((row) => [...row.cells].map((cell) => cell.textContent.trim())), HELP);
    assert.deepEqual(rows, TABLE.map(({ keys, says }) => [keys, says]));
    await screenshot(page, 'help');
    await click(page, `${HELP} .button.primary`);
    await becomes('the help is open', () => helpIsOpen(page), false);
  });
});

test('every key does what the help says', async (t) => {
  await withReplay({}, async (page) => {
    for (const { keys, says, check } of TABLE) {
      await t.test(`${keys}: ${says}`, async () => {
        await playerKey(page, 'Home');
        await expectPlayer(page, { seconds: 0, playing: false, speed: 1 });
        await check(page);
      });
    }
  });
});

test('the browser keeps its combinations', async () => {
  await withReplay({}, async (page) => {
    await unfocus(page);
    // Dispatched, not typed: the browser would act on some of them.
    const taken = await page.evaluate(() => [['altKey', 'ArrowRight'], ['ctrlKey', 'k'], ['metaKey', 'f'], ['ctrlKey', 'r']]
      .filter(([modifier, key]) => {
        const event = new KeyboardEvent('keydown', { key, [modifier]: true, bubbles: true, cancelable: true });
        return !document.body.dispatchEvent(event);
      }));
    assert.deepEqual(taken, []);
    await frames(page);
    await expectPlayer(page, { seconds: 0, playing: false });
  });
});

test('a focused widget wins', async () => {
  await withReplay({}, async (page) => {
    // Space on a button is that button's alone.
    await focus(page, '#player [aria-label="Next event"]');
    await pressKey(page, ' ');
    await expectPlayer(page, { seconds: secondsAt('11:00'), playing: false });
    // Space on the play button plays once, not twice.
    await focus(page, PLAY);
    await pressKey(page, ' ');
    await expectPlayer(page, { playing: true });
    await pressKey(page, ' ');
    await expectPlayer(page, { playing: false });
    // Arrows on a chart move its cursor, not the playhead.
    await goTo(page, '11:00');
    await focus(page, '.chart-memory .chart-plot');
    await pressKey(page, 'ArrowRight');
    await becomes('the cursor', () => texts(page, '.chart-memory .chart-tooltip-time'), ['11:01:00']);
    assert.equal((await playerState(page)).seconds, secondsAt('11:00'));
    // Arrows on a choice choose.
    await focus(page, 'input[name="reader"]:checked');
    await pressKey(page, 'ArrowRight');
    await becomes('the reader', () => texts(page, '.choice-item:has(:checked)'), ['Engineer']);
    assert.equal((await playerState(page)).seconds, secondsAt('11:00'));
    // On the slider they are the player's own.
    await focus(page, SLIDER);
    await pressKey(page, ' ');
    await expectPlayer(page, { playing: true }, 'Space on the slider plays');
    await pressKey(page, 'k');
    await expectPlayer(page, { playing: false });
  });
});

test('keys can be switched off, and on again', async () => {
  await withReplay({}, async (page) => {
    await playerKey(page, '?');
    await becomes('the help is open', () => helpIsOpen(page), true);
    await click(page, `${HELP} input[type="checkbox"]`);
    await pressKey(page, 'Escape');
    await becomes('the help is open', () => helpIsOpen(page), false);
    for (const key of ['k', 'ArrowRight', 'End', '5', '?']) await playerKey(page, key);
    await frames(page);
    await expectPlayer(page, { seconds: 0, playing: false });
    assert.equal(await countSeen(page, HELP), 0);

    await click(page, '.top [aria-label="Help: keys"]');
    await becomes('the help is open', () => helpIsOpen(page), true);
    await click(page, `${HELP} input[type="checkbox"]`);
    await pressKey(page, 'Escape');
    await becomes('the help is open', () => helpIsOpen(page), false);
    await playerKey(page, 'ArrowRight');
    await expectPlayer(page, { seconds: 60 });
  });
});
