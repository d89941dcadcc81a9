// The charts as things to use: zoom, legend, data table, crosshair, keyboard cursor, export, sharpness.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { boxOf, click, drag, hover, pressKey } from './harness.mjs';
import {
  attributes, becomes, CHARTS, count, eventually, expectPlayer, focus, goTo, playerKey, secondsAt, texts, WINDOW_S, withReplay,
} from './page.mjs';

const plot = (chart) => `.chart-${chart} .chart-plot`;
const tableButton = (chart) => `.chart-${chart} [aria-label^="Table of"]`;

/** First and last time of a chart's open data table, in seconds since the start of the window, and its number of rows. */
async function tableRange(page, chart) {
  const times = await texts(page, `#chart-${chart}-table tbody th`);
  const seconds = (time) => secondsAt(time.slice(0, 5)) + Number(time.slice(6));
  return { from: seconds(times[0]), until: seconds(times.at(-1)), rows: times.length };
}

const isZoomed = async (page) => (await count(page, '.chart-reset')) > 0;

/** The seconds a plot shows, by the readout of its cursor at both ends. */
async function shownRange(page, chart) {
  await focus(page, plot(chart));
  const ends = [];
  for (const key of ['Home', 'End']) {
    const before = await texts(page, `${plot(chart)} .chart-tooltip-time`);
    await pressKey(page, key);
    const [time] = await eventually('the cursor', () => texts(page, `${plot(chart)} .chart-tooltip-time`),
      (found) => found.length === 1 && found[0] !== before[0]);
    ends.push(secondsAt(time.slice(0, 5)) + Number(time.slice(6)));
  }
  return ends;
}

test('there is every chart, each with title, summary, unit and a plot', async () => {
  await withReplay({}, async (page) => {
    for (const [index, chart] of CHARTS.entries()) {
      const [title] = await texts(page, `.chart-${chart} h3`);
      const [summary] = await texts(page, `#chart-${chart}-summary`);
      assert.ok(title.length > 5, chart);
      assert.match(summary, /\d.*\.$/, `the sentence under “${title}” tells figures`);
      assert.equal((await texts(page, '.chart h3'))[index], title, 'in the order of the page');
      assert.ok((await texts(page, `.chart-${chart} .chart-subtitle`))[0].length > 2, `“${title}” says its unit`);
      assert.ok((await count(page, `.chart-${chart} .chart-key`)) >= 1);
      const box = await boxOf(page, plot(chart));
      assert.ok(box.width > 200 && box.height > 80, `“${title}” is large enough`);
    }
  });
});

test('a drag zooms all charts of the window; each way back shows more again', async () => {
  await withReplay({}, async (page) => {
    await goTo(page, '12:15');
    await drag(page, plot('memory'), { x: 0.4 }, { x: 0.6 });
    await becomes('charts are zoomed', () => count(page, '.chart-reset'), CHARTS.length - 1);
    assert.equal(await count(page, '.chart-deployment .chart-reset'), 0, 'the chart since the deployment keeps its own time');
    await expectPlayer(page, { seconds: secondsAt('12:15') }, 'a drag does not seek: the playhead');
    const [from, until] = await shownRange(page, 'latency');
    assert.ok(until - from > WINDOW_S * 0.15 && until - from < WINDOW_S * 0.3, `${from} to ${until} s are shown`);

    await click(page, plot('cpu'), { x: 0.5 }, { times: 2 });
    const wider = await eventually('more is shown', () => shownRange(page, 'latency'), ([start, end]) => end - start > (until - from) * 1.5);
    assert.ok(wider[0] <= from && wider[1] >= until, `${wider} around ${from} to ${until} s`);
    await expectPlayer(page, { seconds: secondsAt('12:15') }, 'a double click does not seek in the end: the playhead');

    await click(page, '.chart-cpu .chart-reset');
    await becomes('charts are zoomed', () => isZoomed(page), false);
    assert.deepEqual(await shownRange(page, 'latency'), [0, WINDOW_S]);

    await drag(page, plot('checkouts'), { x: 0.7 }, { x: 0.3 });
    await becomes('a drag to the left zooms too', () => isZoomed(page), true);
    await playerKey(page, 'r');
    await becomes('charts are zoomed', () => isZoomed(page), false);
  });
});

test('legend entries switch their series off and on', async () => {
  await withReplay({}, async (page) => {
    await click(page, tableButton('latency'));
    const all = await eventually('the table', () => texts(page, '#chart-latency-table thead th'), (found) => found.length > 1);
    const keys = '.chart-latency .chart-key';
    const pressed = await attributes(page, keys, 'aria-pressed');
    assert.ok(pressed.length >= 3 && pressed.every((value) => value === 'true'), pressed.join());
    await click(page, keys);
    await becomes('the first entry', () => attributes(page, keys, 'aria-pressed'), ['false', ...pressed.slice(1)]);
    await becomes('the table without it', async () => (await texts(page, '#chart-latency-table thead th')).length, all.length - 1);
    await focus(page, keys);
    await pressKey(page, ' ');
    await becomes('the first entry', () => attributes(page, keys, 'aria-pressed'), pressed);
    await becomes('the table with it', () => texts(page, '#chart-latency-table thead th'), all);
  });
});

test('the data table has the values of what is shown, in reach of the keyboard', async () => {
  await withReplay({}, async (page) => {
    for (const chart of CHARTS) {
      await click(page, tableButton(chart));
      await becomes('the button', () => attributes(page, tableButton(chart), 'aria-pressed'), ['true']);
      const [heading, ...series] = await texts(page, `#chart-${chart}-table thead th`);
      assert.equal(heading, 'Time (UTC)');
      assert.ok(series.length >= 1, chart);
      assert.ok((await count(page, `#chart-${chart}-table tbody tr`)) > 20, chart);
      assert.deepEqual(await attributes(page, `#chart-${chart}-table`, 'tabindex'), ['0']);
    }
    const whole = await tableRange(page, 'checkouts');
    assert.ok(whole.from < 120 && whole.until > WINDOW_S - 120 && whole.rows > 190, JSON.stringify(whole));
    await focus(page, plot('checkouts'));
    await pressKey(page, '+');
    await eventually('the table of half the time', () => tableRange(page, 'checkouts'), ({ until }) => until < WINDOW_S * 0.55);
    await pressKey(page, 'Escape');
    await becomes('the table', () => count(page, '#chart-checkouts-table'), 0);
  });
});

test('the crosshair is shared, and its tooltip names every series', async () => {
  await withReplay({}, async (page) => {
    await hover(page, plot('memory'));
    await becomes('one tooltip', () => count(page, '.chart-tooltip'), 1);
    const rows = await texts(page, `${plot('memory')} .chart-tooltip-row span`);
    const labels = await texts(page, '.chart-memory .chart-key-label');
    assert.ok(rows.length >= labels.length, `${rows} of ${labels}`);
    // The other plots draw it at the same moment: their canvases above the plot are no longer as they were.
    const overlays = () => page.evaluate(() => [...document.querySelectorAll('.chart-plot canvas:last-of-type')].map((canvas) => canvas.toDataURL()));
    const pointed = await overlays();
    await hover(page, '.clock');
    await becomes('no tooltip', () => count(page, '.chart-tooltip'), 0);
    const left = await overlays();
    assert.equal(pointed.filter((image, index) => image !== left[index]).length, CHARTS.length);
  });
});

test('the keyboard walks along a chart, hears its values, seeks and zooms', async () => {
  await withReplay({}, async (page) => {
    await goTo(page, '12:00');
    await focus(page, plot('checkouts'));
    const cursor = () => texts(page, `${plot('checkouts')} .chart-tooltip-time`);
    const steps = [
      ['ArrowRight', [], '12:01:00'], ['ArrowLeft', [], '12:00:00'], ['ArrowRight', ['Shift'], '12:10:00'], ['PageUp', [], '12:00:00'],
      ['PageDown', [], '12:10:00'], ['Home', [], '10:30:00'], ['End', [], '13:45:00'], ['ArrowLeft', [], '13:44:00'],
    ];
    for (const [key, modifiers, time] of steps) {
      await pressKey(page, key, modifiers);
      await becomes([...modifiers, key].join('+'), cursor, [time]);
    }
    const [said] = await texts(page, '.chart-checkouts [aria-live="polite"]');
    assert.match(said, /13:44.*failed.*\d/s, 'the values are said');
    await expectPlayer(page, { seconds: secondsAt('12:00') }, 'the playhead stays');
    await pressKey(page, 'Enter');
    await expectPlayer(page, { seconds: secondsAt('13:44') }, 'Enter seeks');
    await pressKey(page, '+');
    await becomes('charts are zoomed', () => isZoomed(page), true);
    // At the end of the window there is nothing to add on one side: it takes two steps out for one step in.
    await pressKey(page, '-');
    await pressKey(page, '-');
    await becomes('charts are zoomed', () => isZoomed(page), false);
    await pressKey(page, 'Escape');
    await becomes('no cursor', () => count(page, '.chart-tooltip'), 0);
  });
});

test('values in the legend follow the playhead', async () => {
  await withReplay({}, async (page) => {
    const values = () => texts(page, '.chart-checkouts .chart-key-value');
    await goTo(page, '10:45');
    const calm = await values();
    await goTo(page, '12:15');
    await eventually('other values', values, (now) => now.join() !== calm.join());
  });
});

test('a chart is saved as a drawing that stands alone', async () => {
  await withReplay({}, async (page) => {
    await page.evaluate(() => {
      globalThis.saved = [];
      const create = URL.createObjectURL;
      URL.createObjectURL = (blob) => {
        globalThis.saved.push(blob.text());
        return create.call(URL, blob);
      };
      // The name is noted; the download itself is the browser's business.
      addEventListener('click', (event) => {
        if (event.target instanceof HTMLAnchorElement && event.target.download) {
          globalThis.savedAs = event.target.download;
          event.preventDefault();
        }
      }, true);
      HTMLAnchorElement.prototype.click = function click() { globalThis.savedAs = this.download; };
    });
    await click(page, '.chart-memory [aria-label^="Save"]');
    await eventually('the file', () => page.evaluate(() => globalThis.saved.length), (files) => files === 1);
    const { name, text } = await page.evaluate(async () => ({ name: globalThis.savedAs, text: await globalThis.saved[0] }));
    assert.equal(name, 'memory.svg');
    assert.match(text, /^<svg[^>]*xmlns="http:\/\/www\.w3\.org\/2000\/svg"/);
    assert.match(text, /<title|aria-label/, 'it has a text alternative');
    // Without styles, which would be under the page's policy here.
    const error = await page.evaluate((svg) => new DOMParser().parseFromString(svg, 'image/svg+xml').querySelector('parsererror')?.textContent ?? '',
      text.replaceAll(/ style="[^"]*"/g, ''));
    assert.equal(error, '');
    assert.doesNotMatch(text, /<script|href="http|url\(http/);
  });
});

test('plots are sharp on a screen with two pixels for one', async () => {
  await withReplay({ dpr: 2 }, async (page) => {
    const sizes = await page.evaluate(() => [...document.querySelectorAll('.chart-plot')].map((element) => {
      const { width, height } = element.getBoundingClientRect();
      const canvas = element.querySelector('canvas');
      return [canvas.width - Math.floor(width * devicePixelRatio), canvas.height - Math.floor(height * devicePixelRatio), devicePixelRatio];
    }));
    assert.deepEqual(sizes, CHARTS.map(() => [0, 0, 2]));
  });
});
