// The page by keyboard alone and as a screen reader finds it: axe in every mode, the accessibility tree, order and focus.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { axe, cannot, casesHere, click, pressKey, screenshot } from './harness.mjs';
import {
  announced, attributes, becomes, CHARTS, count, eventually, expectPlayer, focus, goTo, HELP, OPTIONS, playerKey, SLIDER, SPEED, texts,
  unfocus, WINDOW_S, withReplay,
} from './page.mjs';

/** Violations in a form that can be read. */
async function violations(page, rules) {
  return (await axe(page, rules)).map(({ id, nodes }) => `${id}: ${nodes.slice(0, 3).map(({ target }) => target).join(' ')}`);
}

const MODES = {
  'at 12:15, the options open': {
    // They lie over a part of the bar, on a narrow screen over a part of a marker.
    rules: { 'target-size': { enabled: false } },
    async enter(page) {
      await goTo(page, '12:15');
      await click(page, OPTIONS);
    },
    leave: (page) => pressKey(page, 'Escape'),
  },
  'the choice of speed open': {
    enter: (page) => click(page, SPEED),
    leave: (page) => pressKey(page, 'Escape'),
  },
  'details, tables and folded parts open': {
    async enter(page) {
      await click(page, '.instances .instance');
      for (const chart of ['memory', 'deployment']) await click(page, `.chart-${chart} [aria-label^="Table of"]`);
      await page.evaluate(() => document.querySelectorAll('details').forEach((element) => { element.open = true; }));
    },
  },
  'the help open': {
    async enter(page) {
      await playerKey(page, '?');
      await becomes('the help is open', () => page.evaluate((at) => document.querySelector(at).open, HELP), true);
    },
    leave: (page) => pressKey(page, 'Escape'),
  },
};

for (const [width, dark] of casesHere([[1440, false], [360, true], [1440, true]], 2)) {
  const theme = dark ? 'dark' : 'light';
  test(`axe finds nothing at ${width} px, ${theme}`, async (t) => {
    await withReplay({ width, height: 900, dark }, async (page) => {
      for (const [name, { rules, enter, leave }] of Object.entries(MODES)) {
        await t.test(name, async () => {
          await enter(page);
          assert.deepEqual(await violations(page, rules), []);
          if (name === 'the help open') await screenshot(page, `help-${width}-${theme}`);
          await leave?.(page);
        });
      }
    });
  });
}

test('roles and names are in the accessibility tree', { skip: cannot({ webkit: 'WebKitGTK shows its accessibility tree to the desktop only' }) }, async () => {
  await withReplay({}, async (page) => {
    const expected = [
      ['slider', 'Time of the incident', SLIDER],
      ['button', 'Play', '#player .play'],
      ['button', 'Next event', '#player button'],
      ['button', 'More options', '#player button'],
      ['button', '11:00 Detected', '.seek-marker'],
      ['button', 'Table of Heap after collection', '.chart-memory button'],
      ['button', 'Open scenario…', '.top button'],
      ['radio', 'Engineer', 'input'],
      ['heading', 'Claims, checked', 'h2'],
      ['link', 'Go to the player', 'a'],
    ];
    for (const [role, name, selector] of expected) {
      assert.equal(await page.accessible(role, name, selector), 1, `${role} “${name}”`);
    }
  });
});

test('the slider says its value in words', async () => {
  await withReplay({}, async (page) => {
    const value = () => page.evaluate((at) => Object.fromEntries([...document.querySelector(at).attributes]
      .filter(({ name }) => /^aria-/.test(name)).map(({ name, value: text }) => [name, text])), SLIDER);
    await goTo(page, '11:42');
    assert.deepEqual(await value(), {
      'aria-label': 'Time of the incident',
      'aria-orientation': 'horizontal',
      'aria-valuemin': '0',
      'aria-valuemax': String(WINDOW_S),
      'aria-valuenow': '4320',
      'aria-valuetext': '11:42 UTC, 42 minutes in, diagnosis',
    });
    await goTo(page, '13:40');
    assert.match((await value())['aria-valuetext'], /^13:40 UTC, 10 minutes after the end$/);
  });
});

test('landmarks and headings make an outline', async () => {
  await withReplay({}, async (page) => {
    const outline = await page.evaluate(() => ({
      language: document.documentElement.lang,
      title: document.title,
      main: document.querySelectorAll('main').length,
      banner: [...document.querySelectorAll('header')].filter((element) => !element.closest('main, article, section, aside, nav')).length,
      contentinfo: [...document.querySelectorAll('footer')].filter((element) => !element.closest('main, article, section, aside, nav')).length,
      player: document.getElementById('player').getAttribute('aria-label'),
      headings: [...document.querySelectorAll('h1, h2, h3, h4, h5, h6')].filter((heading) => !heading.closest('dialog:not([open])'))
        .map((heading) => [Number(heading.tagName[1]), heading.textContent.trim()]),
    }));
    assert.equal(outline.language, 'en');
    assert.match(outline.title, /Checkout outage/);
    assert.deepEqual([outline.main, outline.banner, outline.contentinfo, outline.player], [1, 1, 1, 'Player']);
    assert.equal(outline.headings[0][0], 1, 'the first heading is the title');
    assert.equal(outline.headings.filter(([level]) => level === 1).length, 1);
    outline.headings.slice(1).forEach(([level, text], index) => {
      assert.ok(text !== '' && level - outline.headings[index][0] <= 1, `“${text}” (h${level}) after h${outline.headings[index][0]}`);
    });
  });
});

test('what happens is said once, by a live region that was there before', async () => {
  await withReplay({}, async (page) => {
    assert.equal(await announced(page), '');
    await page.evaluate(() => { globalThis.region = [...document.querySelectorAll('[aria-live="polite"]')].at(-1); });
    await playerKey(page, ']');
    await becomes('what is said', () => announced(page), '11:00 UTC, Detected');
    assert.ok(await page.evaluate(() => globalThis.region.isConnected), 'the same element');
    // While playing nothing is said over and over.
    await playerKey(page, 'k');
    await becomes('what is said', () => announced(page), 'Playing, 1×, 1 minute per second');
    await becomes('the sentence of the moment is silent', () => attributes(page, '.now-sentence', 'aria-live'), ['off']);
    await playerKey(page, 'k');
    await becomes('the sentence of the moment speaks', () => attributes(page, '.now-sentence', 'aria-live'), ['polite']);
  });
});

test('what is said twice is new both times', async () => {
  await withReplay({}, async (page) => {
    // Every change of the region's text is what a screen reader says.
    await page.evaluate(() => {
      globalThis.changes = 0;
      const region = [...document.querySelectorAll('[aria-live="polite"]')].at(-1);
      new MutationObserver(() => { globalThis.changes += 1; }).observe(region, { subtree: true, childList: true, characterData: true });
    });
    await goTo(page, '13:30');
    for (let times = 1; times <= 3; times += 1) {
      const before = await page.evaluate(() => globalThis.changes);
      await playerKey(page, ']');
      await eventually(`the ${times}. time`, () => page.evaluate(() => globalThis.changes), (changes) => changes > before);
      assert.equal((await announced(page)).trim(), 'No later event');
    }
  });
});

test('the charts stand under a heading of their own, and every figure has a name', async () => {
  await withReplay({}, async (page) => {
    const over = await page.evaluate(() => {
      const headings = [...document.querySelectorAll('h2, h3')];
      const chart = headings.findIndex((heading) => heading.closest('.chart'));
      return headings.slice(0, chart).findLast((heading) => heading.tagName === 'H2').textContent;
    });
    assert.equal(over, 'Charts');
    const nameless = await page.evaluate(() => [...document.querySelectorAll('figure')]
      .filter((figure) => !figure.querySelector('figcaption')?.textContent && !figure.getAttribute('aria-label')).length);
    assert.equal(nameless, 0);
  });
});

test('charts are named and described', async () => {
  await withReplay({}, async (page) => {
    const charts = await page.evaluate(() => [...document.querySelectorAll('.chart-plot')].map((plot) => ({
      role: plot.getAttribute('role'),
      kind: plot.getAttribute('aria-roledescription'),
      name: plot.getAttribute('aria-label'),
      description: plot.getAttribute('aria-describedby').split(' ').map((id) => document.getElementById(id)?.textContent ?? '').join(' '),
      tabIndex: plot.tabIndex,
    })));
    assert.equal(charts.length, CHARTS.length);
    for (const { role, kind, name, description, tabIndex } of charts) {
      assert.deepEqual([role, kind, tabIndex], ['application', 'chart', 0]);
      assert.ok(name.length > 5, name);
      assert.match(description, /\d.*Arrow keys move the cursor/s, name);
    }
  });
});

test('the picture has a text alternative for each moment', async () => {
  await withReplay({}, async (page) => {
    await goTo(page, '12:15');
    const [caption] = await texts(page, '.picture caption');
    assert.match(caption, /^The payment service at 12:15 UTC: [\d.]+ users per second start a checkout, [\d,]+ wait for an outcome, \d(\.\d)? of 8 instances were in rotation on average over the last minute\. It calls the gateway \([\d.]+ s, unchanged\)\.$/);
    const drawn = await page.evaluate(() => [...document.querySelectorAll('.picture canvas, .picture svg')].filter((element) => (
      element.closest('[aria-hidden="true"]') === null)).length);
    assert.equal(drawn, 0, 'drawings are hidden from screen readers');
  });
});

test('the keyboard reaches everything, in order, and always shows where it is', async () => {
  await withReplay({}, async (page) => {
    await unfocus(page);
    const visited = [];
    for (let press = 0; press < 220; press += 1) {
      await pressKey(page, 'Tab');
      const stop = await page.evaluate(() => {
        const element = document.activeElement;
        if (!element || element === document.body || element === document.documentElement) return null;
        if (element.hasAttribute('data-test-seen')) return 'again';
        element.setAttribute('data-test-seen', '');
        // The mark of a radio button or check box may be on what is drawn in its place.
        const marks = [element, element.closest('label'), element.nextElementSibling, element.querySelector('.seek-thumb')].filter(Boolean);
        const isMarked = marks.some((mark) => {
          const style = getComputedStyle(mark);
          return (style.outlineStyle !== 'none' && Number.parseFloat(style.outlineWidth) > 0) || style.boxShadow !== 'none';
        });
        const { width, height, top, bottom } = element.getBoundingClientRect();
        // At least a part of it is on the screen and not below the player.
        const bar = document.getElementById('player');
        const floor = bar.contains(element) ? innerHeight : bar.getBoundingClientRect().top;
        return {
          name: element.getAttribute('aria-label') ?? element.textContent.trim().slice(0, 30),
          hidden: !isMarked || width === 0 || height === 0 || bottom <= 0 || top >= floor,
        };
      });
      if (stop === 'again' || (stop === null && visited.length > 20)) break;
      if (stop) visited.push(stop);
    }
    assert.equal(visited[0].name, 'Go to the player');
    assert.deepEqual(visited.filter(({ hidden }) => hidden).map(({ name }) => name), [], 'the focus can be seen');
    const missed = await page.evaluate(() => [...document.querySelectorAll('button, a[href], input:not([hidden]), summary, [tabindex="0"]')]
      .filter((element) => element.checkVisibility() && !element.hasAttribute('data-test-seen') && !element.closest('dialog'))
      // One radio button of each group is a stop.
      .filter((element) => element.type !== 'radio' || element.checked)
      .map((element) => element.getAttribute('aria-label') ?? element.textContent.trim().slice(0, 30)));
    assert.deepEqual(missed, []);
  });
});

test('the first link leads to the player, and dialogs give the focus back', async () => {
  await withReplay({}, async (page) => {
    await focus(page, 'a.skip');
    await pressKey(page, 'Enter');
    await becomes('the focus', () => page.evaluate(() => document.activeElement.closest('#player') !== null), true);
    await pressKey(page, ']');
    await eventually('the first event', () => attributes(page, SLIDER, 'aria-valuetext'), ([text]) => text.startsWith('11:00'));
    await focus(page, '.top [aria-label="Help: keys"]');
    await pressKey(page, 'Enter');
    await becomes('the focus is in the help', () => page.evaluate((at) => document.activeElement.closest(at) !== null, HELP), true);
    await pressKey(page, 'Escape');
    await becomes('the focus is back', () => page.evaluate(() => document.activeElement.getAttribute('aria-label')), 'Help: keys');
    await expectPlayer(page, { playing: false });
    assert.equal(await count(page, 'dialog[open]'), 0);
  });
});
