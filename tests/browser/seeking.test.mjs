// Moving the playhead: by mouse, touch and keyboard on the seek bar, by its markers, by the story and by the charts.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cannot, click, drag, hover, pressKey, touch } from './harness.mjs';
import {
  attributes, becomes, count, expectPlayer, eventually, focus, frames, playerKey, playerState, SCENARIO, secondsAt, SLIDER, texts, WINDOW_S,
  withReplay,
} from './page.mjs';

/** A pixel of the bar is some seconds long. */
async function expectNear(page, ratio) {
  const tolerance = await page.evaluate((at, seconds) => (
    seconds / document.querySelector(at).getBoundingClientRect().width) * 2, SLIDER, WINDOW_S);
  await eventually(`the playhead at ${ratio * 100} % of the bar`, () => playerState(page),
    ({ seconds }) => Math.abs(seconds - ratio * WINDOW_S) <= tolerance);
}

/** Places of the bar without a marker, which would take the press: even where the bar is 320 px wide. */
const FREE = { quarter: 0.257, half: 0.5, late: 0.8 };

test('a click on the bar moves the playhead there, playing or not', async () => {
  await withReplay({}, async (page) => {
    await click(page, SLIDER, { x: FREE.quarter });
    await expectNear(page, FREE.quarter);
    await expectPlayer(page, { playing: false });
    await playerKey(page, 'k');
    await click(page, SLIDER, { x: FREE.half });
    const { seconds, playing } = await eventually('the new place', () => playerState(page), (state) => state.seconds > 0.4 * WINDOW_S);
    assert.ok(playing && seconds >= (FREE.half - 0.01) * WINDOW_S, `plays on from there: ${seconds} s`);
  });
});

test('a drag along the bar takes the playhead with it, even off its ends', async () => {
  await withReplay({}, async (page) => {
    await drag(page, SLIDER, { x: FREE.quarter }, { x: FREE.late });
    await expectNear(page, FREE.late);
    await drag(page, SLIDER, { x: FREE.late }, { x: -0.02 });
    await expectPlayer(page, { seconds: 0 }, 'beyond the start is the start');
    await drag(page, SLIDER, { x: FREE.quarter }, { x: 1.02 });
    await expectPlayer(page, { seconds: WINDOW_S }, 'beyond the end is the end');
    // Released: moving on does nothing.
    await hover(page, SLIDER);
    await expectPlayer(page, { seconds: WINDOW_S });
  });
});

test('the time under the mouse is shown', async () => {
  await withReplay({}, async (page) => {
    await hover(page, SLIDER);
    const [shown] = await eventually('the time', () => texts(page, '.seek-hover'), (found) => found.length === 1);
    assert.ok(Math.abs(secondsAt(shown) - WINDOW_S / 2) <= 90, shown);
    await hover(page, '.clock');
    await becomes('the time', () => count(page, '.seek-hover'), 0);
  });
});

test('a finger moves the playhead', { skip: cannot({ webkit: 'WebKitGTK takes touches from touch screens only' }) }, async () => {
  await withReplay({ width: 360, height: 740, touch: true }, async (page) => {
    await touch(page, SLIDER, { x: FREE.quarter });
    await expectNear(page, FREE.quarter);
    await touch(page, SLIDER, { x: FREE.quarter }, { x: FREE.half }, { x: FREE.late });
    await expectNear(page, FREE.late);
    await touch(page, '.chart-checkouts .chart-plot', { x: 0.5 });
    await eventually('the playhead in the middle', () => playerState(page),
      ({ seconds }) => seconds > 0.3 * WINDOW_S && seconds < 0.7 * WINDOW_S);
  });
});

test('the slider answers every key that sliders know', async () => {
  await withReplay({}, async (page) => {
    await focus(page, SLIDER);
    const steps = [
      ['ArrowRight', [], 60], ['ArrowUp', [], 120], ['ArrowLeft', [], 60], ['ArrowDown', [], 0], ['PageUp', [], 600],
      ['ArrowRight', ['Shift'], 1200], ['PageDown', [], 600], ['ArrowLeft', ['Shift'], 0], ['End', [], WINDOW_S], ['Home', [], 0],
    ];
    for (const [key, modifiers, seconds] of steps) {
      await pressKey(page, key, modifiers);
      await expectPlayer(page, { seconds }, [...modifiers, key].join('+'));
    }
    assert.equal(await page.evaluate((at) => document.activeElement === document.querySelector(at), SLIDER), true);
  });
});

test('every event is a marker on the bar: to click, and to reach by keyboard', async () => {
  await withReplay({}, async (page) => {
    const markers = await attributes(page, '.seek-marker', 'aria-label');
    assert.deepEqual(markers, SCENARIO.timeline.map(({ at, title }) => `${at.slice(11, 16)} ${title}`));
    for (const [index, { at }] of SCENARIO.timeline.entries()) {
      const marker = `.seek-marker:nth-of-type(${index + 1})`;
      if (index % 2 === 0) {
        await click(page, `.seek-marker[aria-label="${markers[index]}"]`);
      } else {
        await focus(page, `.seek-marker[aria-label="${markers[index]}"]`);
        await pressKey(page, 'Enter');
      }
      await expectPlayer(page, { seconds: secondsAt(at) }, marker);
      await becomes('the event of the story', () => attributes(page, '.event[aria-current="step"]', 'id'), [`event-${SCENARIO.timeline[index].id}`]);
    }
  });
});

test('every phase is a segment of the bar, named at the playhead, and a click on it leads into it', async () => {
  await withReplay({}, async (page) => {
    const names = await texts(page, '.phase-name');
    assert.ok(names.length >= SCENARIO.timeline.length, names.join());
    assert.equal(await count(page, '.segment'), names.length);
    const places = await page.evaluate((at) => {
      const bar = document.querySelector(at).getBoundingClientRect();
      return [...document.querySelectorAll('.segment')].map((segment) => {
        const { left, right } = segment.getBoundingClientRect();
        return [(left - bar.left) / bar.width, (right - bar.left) / bar.width];
      });
    }, SLIDER);
    for (const [index, [from, until]] of places.entries()) {
      // Markers stand at the beginnings of phases; a phase hardly wider than a marker is reached by it.
      const wide = until - from > 0.05;
      if (!wide) continue;
      await click(page, SLIDER, { x: from + (until - from) * 0.62 });
      await eventually(`phase ${names[index]}`, () => playerState(page), ({ words }) => words.endsWith(`, ${names[index]}`) || index === names.length - 1);
      await becomes('the phase that is marked', () => texts(page, '.phase-name.is-current'), [names[index]]);
    }
  });
});

for (const [width, height] of [[1440, 900], [768, 1024], [390, 844]]) {
  test(`no name of a phase is cut or covered, ${width} px wide`, () => withReplay({ width, height }, async (page) => {
    // A minute into each phase, however short.
    const moments = await page.evaluate(() => document.querySelectorAll('.segment').length);
    const seen = new Set();
    for (let step = 0; step < moments; step += 1) {
      if (step > 0) await playerKey(page, ']');
      await frames(page, 2);
      const { names, troubles } = await page.evaluate(() => {
        const shown = [...document.querySelectorAll('.phase-name')].map((name) => {
          const range = document.createRange();
          range.selectNodeContents(name.firstElementChild);
          const [text, box] = [range.getBoundingClientRect(), name.getBoundingClientRect()];
          const isPresent = name.classList.contains('is-current');
          return { name: name.textContent, isPresent, left: text.left, right: text.right, width: isPresent ? text.width : Math.min(text.width, box.width), cut: !isPresent && box.width > 0 && text.width > box.width + 1 };
        }).filter(({ width }) => width > 0);
        const troubles = [];
        for (const one of shown) {
          if (one.cut) troubles.push(`${one.name} is cut`);
          for (const other of shown) {
            if (one.left < other.left && one.right > other.left + 0.5) troubles.push(`${one.name} and ${other.name} overlap`);
          }
        }
        return { names: shown.filter(({ isPresent }) => isPresent).map(({ name }) => name), troubles };
      });
      assert.deepEqual(troubles, []);
      assert.equal(names.length, 1, 'the present phase is named');
      seen.add(names[0]);
    }
    assert.ok(seen.size >= 4, [...seen].join());
  }));
}

test('the buttons beside play step from event to event', async () => {
  await withReplay({}, async (page) => {
    for (const { at } of SCENARIO.timeline) {
      await click(page, '#player [aria-label="Next event"]');
      await expectPlayer(page, { seconds: secondsAt(at) });
    }
    await click(page, '#player [aria-label="Previous event"]');
    await expectPlayer(page, { seconds: secondsAt(SCENARIO.timeline.at(-2).at) });
  });
});

test('a click on an event of the story, or on a chart, moves the playhead', async () => {
  await withReplay({}, async (page) => {
    await click(page, '#event-identified .event-head');
    await expectPlayer(page, { seconds: secondsAt('12:30') });
    await becomes('the event of the story', () => attributes(page, '.event[aria-current="step"]', 'id'), ['event-identified']);
    await click(page, '.chart-gateway .chart-plot', { x: 0.5 });
    await eventually('the playhead in the middle', () => playerState(page),
      ({ seconds }) => seconds !== secondsAt('12:30') && seconds > 0.35 * WINDOW_S && seconds < 0.65 * WINDOW_S);
  });
});
