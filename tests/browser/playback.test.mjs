// Playing: nothing starts by itself, it starts and stops, keeps its speed, loops, stops at events, and honours less motion.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { click, drag, pressKey } from './harness.mjs';
import {
  announced, attributes, becomes, choose, count, eventually, expectPlayer, focus, frames, goTo, OPTIONS, PLAY, playerKey,
  playerState, secondsAt, SLIDER, SPEED, texts, WINDOW_S, withReplay,
} from './page.mjs';

/** Where the thumb of the seek bar is drawn, in seconds since the start of the window; a pixel is some 15 s. */
function drawnSeconds(page) {
  return page.evaluate(thumbSeconds, SLIDER, WINDOW_S);
}

function thumbSeconds(sliderAt, windowS) {
  const bar = document.querySelector(sliderAt).getBoundingClientRect();
  const thumb = document.querySelector('.seek-thumb').getBoundingClientRect();
  return ((thumb.left + thumb.width / 2 - bar.left) / bar.width) * windowS;
}

async function moves(page) {
  const { seconds } = await playerState(page);
  await eventually('the playhead moves on', () => playerState(page), (state) => state.seconds > seconds);
}

async function standsStill(page) {
  await frames(page);
  const before = [await playerState(page), await drawnSeconds(page)];
  await frames(page, 20);
  assert.deepEqual([await playerState(page), await drawnSeconds(page)], before);
}

test('nothing plays by itself', async () => {
  await withReplay({}, async (page) => {
    await expectPlayer(page, { seconds: 0, playing: false });
    await standsStill(page);
    assert.ok(Math.abs(await drawnSeconds(page)) < 2);
  });
});

test('plays and pauses by each of its buttons', async () => {
  await withReplay({}, async (page) => {
    for (const button of ['.hero-play', PLAY]) {
      await click(page, button);
      await expectPlayer(page, { playing: true }, `${button} plays`);
      await moves(page);
      await click(page, button);
      await expectPlayer(page, { playing: false }, `${button} pauses`);
      await standsStill(page);
    }
    await becomes('the button on top', () => texts(page, '.hero-play'), ['Play on']);
    await playerKey(page, 'Home');
    await becomes('the button on top', () => texts(page, '.hero-play'), ['Play the incident']);
  });
});

test('says that it plays and where it stopped', async () => {
  await withReplay({}, async (page) => {
    await playerKey(page, 'k');
    await becomes('what is said', () => announced(page), 'Playing, 1×, 1 minute per second');
    await moves(page);
    await playerKey(page, 'k');
    const said = await eventually('what is said', () => announced(page), (text) => text.startsWith('Paused'));
    assert.match(said, /^Paused, 10:3\d(:\d\d)? UTC, \d+ minutes? before the incident, baseline$/);
  });
});

test('stops at the end, and plays again from the start', async () => {
  await withReplay({}, async (page) => {
    await playerKey(page, 'End');
    await pressKey(page, 'ArrowLeft');
    await pressKey(page, 'k');
    await expectPlayer(page, { seconds: WINDOW_S, playing: false }, 'the player at the end');
    await becomes('what is said', () => announced(page), 'End of the replay');
    await pressKey(page, 'k');
    const { seconds, playing } = await eventually('the start', () => playerState(page), (state) => state.seconds < WINDOW_S);
    assert.ok(playing && seconds < WINDOW_S / 2, `plays from the start, at ${seconds} s`);
  });
});

test('offers every speed in both units', async () => {
  await withReplay({}, async (page) => {
    await click(page, SPEED);
    await becomes('the menu', () => attributes(page, SPEED, 'aria-expanded'), ['true']);
    assert.deepEqual(await texts(page, '.player .menu-panel .menu-item'), [
      '0.25×15 s/s', '0.5×30 s/s', '1×1 min/s', '2×2 min/s', '4×4 min/s', '8×8 min/s', '16×16 min/s',
    ]);
    await choose(page, '8×');
    await expectPlayer(page, { speed: 8 });
    assert.deepEqual(await texts(page, SPEED), ['Speed 8× 8 min/s']);
    // By keyboard alone: arrows change the choice, Escape closes and gives the focus back.
    await focus(page, 'input[name="speed"]:checked');
    await pressKey(page, 'ArrowDown');
    await expectPlayer(page, { speed: 16 });
    await pressKey(page, 'Escape');
    await becomes('the menu', () => attributes(page, SPEED, 'aria-expanded'), ['false']);
    assert.ok(await page.evaluate((at) => document.activeElement === document.querySelector(at), SPEED));
  });
});

test('eight times the speed covers eight times the time', async () => {
  await withReplay({}, async (page) => {
    for (const key of ['>', '>', '>']) await playerKey(page, key);
    await expectPlayer(page, { speed: 8 });
    await pressKey(page, 'k');
    // Measured in the page: on a busy machine a question takes its time to arrive.
    const [elapsedS, before, after] = await page.evaluate(async (sliderAt) => {
      const at = () => document.querySelector('.seek-thumb').getBoundingClientRect().left - document.querySelector(sliderAt).getBoundingClientRect().left;
      const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
      await frame();
      const [fromMs, from] = [await frame(), at()];
      let [untilMs, frames] = [fromMs, 0];
      // What is drawn may be a frame behind: of enough of them, where they are slow.
      while (untilMs - fromMs < 1500 || frames < 40) [untilMs, frames] = [await frame(), frames + 1];
      return [(untilMs - fromMs) / 1000, from, at()];
    }, SLIDER);
    const width = await page.evaluate((sliderAt) => document.querySelector(sliderAt).getBoundingClientRect().width, SLIDER);
    const measured = ((after - before) / width) * WINDOW_S / elapsedS;
    assert.ok(measured > 8 * 60 * 0.8 && measured < 8 * 60 * 1.2, `${measured.toFixed(0)} incident seconds per second`);
  });
});

test('loops a phase, and what the charts show', async () => {
  await withReplay({}, async (page) => {
    await goTo(page, '11:10');
    await click(page, OPTIONS);
    await choose(page, 'This phase');
    const phase = await eventually('what is said', () => announced(page), (text) => text.startsWith('Looping'));
    const [, from, until] = phase.match(/^Looping (\d\d:\d\d) to (\d\d:\d\d)$/);
    assert.ok(secondsAt(from) <= secondsAt('11:10') && secondsAt('11:10') < secondsAt(until), phase);
    assert.equal(await count(page, '.loop-band'), 1);
    await choose(page, 'Off');
    await becomes('what is said', () => announced(page), 'Loop off');

    await drag(page, '.chart-memory .chart-plot', { x: 0.5 }, { x: 0.54 });
    await becomes('charts are zoomed', async () => (await count(page, '.chart-reset')) > 0, true);
    // Pressing the mouse elsewhere closed the menu.
    await becomes('the menu', () => attributes(page, OPTIONS, 'aria-expanded'), ['false']);
    await click(page, OPTIONS);
    await choose(page, 'What the charts show');
    const zoom = await eventually('what is said', () => announced(page), (text) => text.startsWith('Looping'));
    const [start, end] = zoom.match(/\d\d:\d\d/g).map(secondsAt);
    assert.ok(start > secondsAt('11:30') && end < secondsAt('13:00') && end > start, zoom);
    for (const key of ['>', '>', '>', '>']) await playerKey(page, key);
    await pressKey(page, 'k');
    // Comes back to the start again and again, and never gets out.
    let [turns, last] = [0, 0];
    await eventually('two turns', async () => {
      const { seconds, playing } = await playerState(page);
      assert.ok(playing && seconds >= start - 60 && seconds <= end + 60, `at ${seconds} s of ${start} to ${end} s`);
      if (seconds < last) turns += 1;
      last = seconds;
      return turns;
    }, (number) => number >= 2, 60_000);
  });
});

test('pauses at each event when asked to', async () => {
  await withReplay({}, async (page) => {
    await click(page, OPTIONS);
    await choose(page, 'Pause at each event');
    await goTo(page, '10:55');
    for (const key of ['>', '>', '>']) await playerKey(page, key);
    await playerKey(page, 'k');
    await expectPlayer(page, { seconds: secondsAt('11:00'), playing: false }, 'the player at the first event');
    await becomes('what is said', () => announced(page), '11:00 UTC, Detected');
    await pressKey(page, 'k');
    await expectPlayer(page, { seconds: secondsAt('11:05'), playing: false }, 'the player at the second event');
  });
});

test('pauses when nobody can see it', async () => {
  await withReplay({}, async (page) => {
    await playerKey(page, 'k');
    await moves(page);
    await page.evaluate(() => {
      Object.defineProperty(document, 'hidden', { configurable: true, get: () => true });
      document.dispatchEvent(new Event('visibilitychange'));
    });
    await expectPlayer(page, { playing: false });
    await page.evaluate(() => {
      delete document.hidden;
      document.dispatchEvent(new Event('visibilitychange'));
    });
    await standsStill(page);
  });
});

test('less motion: the playhead moves minute by minute', async () => {
  await withReplay({ reducedMotion: true }, async (page) => {
    await expectPlayer(page, { seconds: 0, playing: false });
    await playerKey(page, '.');
    await playerKey(page, 'k');
    const drawn = new Set();
    await eventually('some minutes', async () => {
      // Of ten seconds, because a pixel is that long.
      drawn.add(Math.round((await drawnSeconds(page)) / 10) * 10);
      return drawn.size;
    }, (number) => number >= 4);
    assert.deepEqual([...drawn].filter((seconds) => seconds % 60 !== 0 && seconds > 10), [], 'on whole minutes only');
    const animated = await page.evaluate(() => document.getAnimations().filter(({ playState }) => playState === 'running').length);
    assert.equal(animated, 0, 'nothing else moves');
  });
});
