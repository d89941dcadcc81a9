// Large type, wide spacing, long words, small screens, other directions, more contrast, forced colours: nothing is cut off, covered or
// pushed off the screen.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cannot, click, screenshot, withPage, waitForReady } from './harness.mjs';
import { becomes, eventually, goTo, withReplay } from './page.mjs';

/** In the page: what stands beyond its sides, and controls of header and player that are covered or outside of the screen. */
function lost() {
  const { clientWidth, clientHeight, scrollWidth } = document.documentElement;
  const name = (element) => `${element.tagName.toLowerCase()}.${[...element.classList].join('.')} “${(element.getAttribute('aria-label') ?? element.textContent).trim().slice(0, 30)}”`;
  const seen = (element) => element.checkVisibility({ visibilityProperty: true });
  const isFixed = (element) => ['fixed', 'sticky'].includes(getComputedStyle(element.closest('.top, #player') ?? element).position);
  const controls = [...document.querySelectorAll('.top button, .top a, .top summary, #player button, #player [role="slider"]')].filter(seen);
  const outside = controls.filter((element) => {
    const { left, right } = element.getBoundingClientRect();
    return left < -1 || right > clientWidth + 1;
  });
  const covered = controls.filter((element) => {
    if (element.matches('[role="slider"], .seek-marker, .seek *')) return false;
    const { left, top, width, height } = element.getBoundingClientRect();
    const [x, y] = [left + width / 2, top + height / 2];
    if (x < 0 || y < 0 || x > clientWidth || y > clientHeight) return isFixed(element);
    const hit = document.elementFromPoint(x, y);
    return hit !== null && !element.contains(hit) && !hit.contains(element);
  });
  const cut = [...document.querySelectorAll('.top h1, .now-sentence, .instance strong, .tile, .chart h2, .chart h3, .story-item')].filter(seen)
    .filter((element) => {
      const { overflowX, overflowY } = getComputedStyle(element);
      const wide = element.scrollWidth > element.clientWidth + 2 && !['auto', 'scroll', 'visible'].includes(overflowX);
      const tall = element.scrollHeight > element.clientHeight + 2 && !['auto', 'scroll', 'visible'].includes(overflowY);
      return (wide || tall) && !element.title && !element.closest('[title]') && !element.matches('.visually-hidden, .visually-hidden *');
    });
  // What belongs to an instance stays within its border, and the names of groups apart from each other.
  const crossing = [...document.querySelectorAll('.instance')].flatMap((instance) => {
    const { left, right } = instance.getBoundingClientRect();
    return [...instance.querySelectorAll('.instance-name, .gauge, .gauge strong, .instance-foot')].filter(seen).filter((part) => {
      const range = document.createRange();
      range.selectNodeContents(part);
      // What is cut off with an ellipsis, and told by a title, ends with its element.
      const box = (getComputedStyle(part).overflowX === 'visible' ? range : part).getBoundingClientRect();
      return box.left < left - 1 || box.right > right + 1;
    });
  });
  const groups = [...document.querySelectorAll('.instance-group')].filter(seen).map((group) => {
    const range = document.createRange();
    range.selectNodeContents(group);
    return range.getBoundingClientRect();
  });
  const overlaps = groups.filter((one, index) => groups.slice(index + 1).some((other) => (
    one.right > other.left + 1 && other.right > one.left + 1 && one.bottom > other.top + 1 && other.bottom > one.top + 1)));
  return {
    sideways: Math.max(0, scrollWidth - clientWidth),
    outside: outside.map(name),
    covered: covered.map(name),
    cut: cut.map(name),
    crossing: crossing.map(name),
    overlaps: overlaps.length,
  };
}

const NOTHING = { sideways: 0, outside: [], covered: [], cut: [], crossing: [], overlaps: 0 };

const CASES = {
  'a root font of 24 px': (page) => page.evaluate(() => { document.documentElement.style.fontSize = '24px'; }),
  'the text spacing of WCAG 1.4.12': (page) => page.evaluate(() => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync('* { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important; } p { margin-bottom: 2em !important; }');
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
  }),
  'text from right to left': (page) => page.evaluate(() => { document.documentElement.dir = 'rtl'; }),
};

for (const [what, change] of Object.entries(CASES)) {
  for (const width of [1280, 390]) {
    test(`${what} at ${width} px`, async () => {
      await withReplay({ width, height: width > 600 ? 720 : 844 }, async (page) => {
        await goTo(page, '12:15');
        await change(page);
        await screenshot(page, `legible-${what.replaceAll(/\W+/g, '-')}-${width}`);
        await becomes(what, () => page.evaluate(lost), NOTHING, 6000);
      });
    });
  }
}

test('a page of 320 × 256 and of 320 × 180 px can be read', async () => {
  for (const [width, height] of [[320, 256], [320, 180]]) {
    await withReplay({ width, height }, async (page) => {
      await goTo(page, '12:15');
      await screenshot(page, `legible-${width}-${height}`);
      await becomes(`${width} × ${height}`, () => page.evaluate(lost), NOTHING, 6000);
      // The content has the screen when one scrolls to it.
      const free = await page.evaluate(() => {
        document.querySelector('.picture-flow').scrollIntoView();
        const taken = ['.top', '#player'].map((at) => document.querySelector(at)).filter((element) => ['fixed', 'sticky'].includes(getComputedStyle(element).position));
        return 1 - taken.reduce((sum, element) => sum + element.getBoundingClientRect().height, 0) / innerHeight;
      });
      assert.ok(free > 0.6, `${(free * 100).toFixed(0)} % of the screen is free`);
    });
  }
});

const LONG = {
  title: 'Zahlungsabwicklungsdienstausfall: Sitzungsverwaltungsspeicherleck im Zahlungsverkehrsdienstleistungszentrum am Vormittag',
  instance: 'zahlungsabwicklungs',
  service: 'Donaudampfschifffahrtsgesellschaftszahlungsdienst',
  cjk: '支払いサービスのセッション漏れによるチェックアウト障害の記録と再生の要約です',
};

for (const [what, title] of [['long words', LONG.title], ['Chinese characters', LONG.cjk]]) {
  test(`${what} in a file push nothing off the screen`, async () => {
    for (const [width, height] of [[360, 780], [1280, 720]]) {
      await withReplay({ width, height }, async (page) => {
        await page.evaluate(async (title, instance, service) => {
          const text = await (await fetch('scenarios/checkout-outage-2024-08-15.json')).text();
          const scenario = JSON.parse(text);
          Object.assign(scenario, { id: 'long-words', title });
          Object.assign(scenario.incident, { instance, service });
          const file = new File([JSON.stringify(scenario)], 'long.json', { type: 'application/json' });
          const data = new DataTransfer();
          data.items.add(file);
          window.dispatchEvent(new DragEvent('dragover', { dataTransfer: data, bubbles: true, cancelable: true }));
          (document.querySelector('main') ?? document.body).dispatchEvent(new DragEvent('drop', { dataTransfer: data, bubbles: true, cancelable: true }));
        }, title, LONG.instance, LONG.service);
        await eventually('the file', () => page.evaluate(() => document.body.textContent), (text) => text.includes(`This is “${title}” now`));
        await waitForReady(page);
        await screenshot(page, `legible-${what.replaceAll(/\W+/g, '-')}-${width}`);
        await becomes(what, () => page.evaluate(lost), NOTHING, 6000);
      });
    }
  });
}

const MEDIA = { skip: cannot({ firefox: 'the driver cannot ask for it', webkit: 'the driver cannot ask for it' }) };

test('who asks for more contrast gets it, in the charts too', MEDIA, async () => {
  const ink = (page) => page.evaluate(() => {
    const probe = document.querySelector('.now-sentence, .hero p');
    const canvas = document.createElement('canvas').getContext('2d');
    const luminance = (colour) => {
      canvas.fillStyle = colour;
      canvas.fillRect(0, 0, 1, 1);
      const [red, green, blue] = [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3).map((value) => {
        const share = value / 255;
        return share <= 0.040_45 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
      });
      return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
    };
    const style = getComputedStyle(document.documentElement);
    const card = luminance(style.getPropertyValue('--card'));
    const against = (name) => {
      const [light, dark] = [luminance(style.getPropertyValue(name)), card].toSorted((a, b) => b - a);
      return (light + 0.05) / (dark + 0.05);
    };
    return { matches: matchMedia('(prefers-contrast: more)').matches, probe: probe !== null, least: Math.min(...['--ink', '--ink-2', '--accent', '--bad', '--warn', '--good'].map(against)) };
  });
  for (const dark of [false, true]) {
    await withReplay({ dark, media: [{ name: 'prefers-contrast', value: 'more' }] }, async (page) => {
      await goTo(page, '12:15');
      await screenshot(page, `legible-contrast-${dark ? 'dark' : 'light'}`);
      const { matches, least } = await ink(page);
      assert.ok(matches && least >= 7, `${matches} ${least}`);
    });
  }
});

test('in forced colours nothing is told by a background alone', MEDIA, async () => {
  await withReplay({ dark: true, media: [{ name: 'forced-colors', value: 'active' }] }, async (page) => {
    await goTo(page, '12:15');
    await screenshot(page, 'legible-forced-colours');
    const seen = await page.evaluate(() => {
      const told = (at, properties) => {
        const style = getComputedStyle(document.querySelector(at));
        return properties.some((name) => {
          const value = style[name];
          return name.endsWith('Width') ? Number.parseFloat(value) > 0 : value !== getComputedStyle(document.body).backgroundColor;
        });
      };
      return {
        active: matchMedia('(forced-colors: active)').matches,
        rail: told('.seek-rail', ['borderTopWidth']),
        fill: told('.seek-fill', ['backgroundColor']),
        thumb: told('.seek-thumb', ['backgroundColor']),
        queue: told('.queue i', ['borderTopWidth']),
      };
    });
    assert.deepEqual(seen, { active: true, rail: true, fill: true, thumb: true, queue: true });
  });
});
