// The share dialog: every form for every time, what is copied and saved, and that it can be used without a pointer.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { axe, casesHere, click, GIVEN_UP, pressKey, screenshot, waitForReady, withPage } from './harness.mjs';
import { attributes, becomes, count, eventually, expectPlayer, focus, frames, goTo, PLAY, SCENARIO, texts, withReplay } from './page.mjs';

const DIALOG = 'dialog.share';
const FORMS = ['Link', 'Markdown', 'Frame', 'Element', 'SVG', 'PNG', 'CSV', 'JSON'];

/** Keeps what is copied and saved, wherever the browser would have put it. */
function catchFiles() {
  globalThis.copied = [];
  globalThis.saved = [];
  const clipboard = {
    writeText: async (text) => { globalThis.copied.push(text); },
    write: async ([item]) => { globalThis.copied.push(await item.getType('image/png')); },
  };
  Object.defineProperty(navigator, 'clipboard', { configurable: true, get: () => clipboard });
  const blobs = new Map();
  const make = URL.createObjectURL.bind(URL);
  URL.createObjectURL = (blob) => {
    const url = make(blob);
    blobs.set(url, blob);
    return url;
  };
  HTMLAnchorElement.prototype.click = function save() {
    globalThis.saved.push({ name: this.download, blob: blobs.get(this.href) });
  };
}

async function open(page) {
  await click(page, '.share-button');
  await eventually('the dialog', () => count(page, `${DIALOG}[open]`), (number) => number === 1);
}

/** Chooses the radio button with this text. */
async function pick(page, text) {
  const found = await page.evaluate((label, at) => {
    const item = [...document.querySelectorAll(`${at} label`)].find(({ textContent }) => textContent.startsWith(label));
    item?.querySelector('input').click();
    return item !== undefined;
  }, text, DIALOG);
  assert.ok(found, `the dialog offers ${text}`);
  await frames(page, 2);
}

/** Chooses an option of the select with this name. */
async function select(page, name, value) {
  await page.evaluate((label, chosen, at) => {
    const item = [...document.querySelectorAll(`${at} .share-select`)].find(({ textContent }) => textContent.startsWith(label));
    const element = item.querySelector('select');
    element.value = chosen;
    element.dispatchEvent(new Event('change', { bubbles: true }));
  }, name, value, DIALOG);
  await frames(page, 2);
}

const snippet = (page) => page.evaluate((at) => document.querySelector(`${at} textarea`)?.value ?? null, DIALOG);
const preview = (page) => page.evaluate((at) => document.querySelector(`${at} .share-text`)?.textContent ?? null, DIALOG);

/** Presses Copy or Download; what came of it, with the text of files. */
async function take(page, what) {
  const kept = what === 'Copy' ? 'copied' : 'saved';
  const before = await page.evaluate((name) => globalThis[name].length, kept);
  await page.evaluate((label, at) => [...document.querySelectorAll(`${at} .share-actions button`)].find(({ textContent }) => textContent === label).click(), what, DIALOG);
  await eventually(what, () => page.evaluate((name) => globalThis[name].length, kept), (number) => number > before);
  return page.evaluate(async (name) => {
    const last = globalThis[name].at(-1);
    const blob = last.blob ?? last;
    if (!(blob instanceof Blob)) return { text: last };
    const bytes = new Uint8Array(await blob.arrayBuffer());
    const view = new DataView(bytes.buffer);
    const isPng = blob.type === 'image/png';
    return { name: last.name, type: blob.type, text: isPng ? '' : await blob.text(), size: isPng ? [view.getUint32(16), view.getUint32(20)] : null };
  }, kept);
}

const pageUrl = (page) => page.evaluate(() => location.href.split(/[?#]/)[0]);

test('a what-if is shared with what happened behind it, as a frame, a picture and a text', async () => {
  await withPage('?mode=whatif#v=1&t=12:00&actions.rolling_restart.at=11:15', { before: catchFiles, allow: [GIVEN_UP] }, async (page) => {
    await waitForReady(page);
    await eventually('both sides', () => count(page, '.chart-key-ghost'), (found) => found > 0);
    await open(page);
    await pick(page, 'Frame');
    assert.match(await snippet(page), /[?&]amp;compare=1|\?compare=1|&amp;compare=1/);
    assert.match(await snippet(page), /actions\.rolling_restart\.at=11:15/);
    await select(page, 'Behind it', '0');
    assert.doesNotMatch(await snippet(page), /compare=1/);
    await pick(page, 'SVG');
    const alone = await take(page, 'Download');
    await select(page, 'Behind it', '1');
    const compared = await take(page, 'Download');
    assert.match(compared.text, /, as it happened/);
    assert.doesNotMatch(alone.text, /, as it happened/);
    await pick(page, 'Markdown');
    await pick(page, 'The whole');
    const text = await preview(page);
    assert.match(text, /^\*\*What if: rolling restart at 11:15, in waves .*\*\* [\d,]+ fewer failed checkouts/);
    assert.match(text, /\| Users failed \|/);
    assert.match(text, /actions\.rolling_restart\.at=11:15/, 'with a link to it');
    await pick(page, 'CSV');
    assert.equal((await take(page, 'Download')).name, `${SCENARIO.id}-comparison.csv`);
  });
});

test('links, frames and elements for a moment, a piece and the whole', async () => {
  await withReplay({ before: catchFiles, allow: [GIVEN_UP] }, async (page) => {
    const base = await pageUrl(page);
    await goTo(page, '12:15');
    await click(page, PLAY);
    await open(page);
    const [minute] = await texts(page, `${DIALOG} .share-extent .choice-item`);
    assert.match(minute, /^This moment, 12:1\d$/);
    await expectPlayer(page, { playing: false }, 'the dialog pauses');
    await page.evaluate((at) => document.querySelector(`${at} .share-close`).click(), DIALOG);
    await goTo(page, '12:15');
    await open(page);

    assert.equal(await snippet(page), `${base}#v=1&t=12:15`);
    assert.deepEqual(await take(page, 'Copy'), { text: `${base}#v=1&t=12:15` });
    assert.deepEqual(await texts(page, `${DIALOG} [role="status"]`), ['Copied']);
    const shortcut = await take(page, 'Download');
    assert.deepEqual([shortcut.name, shortcut.text], [`${SCENARIO.id}-link-1215.url`, `[InternetShortcut]\r\nURL=${base}#v=1&t=12:15\r\n`]);
    // What chats show: the tags of the page.
    assert.deepEqual(await texts(page, `${DIALOG} .share-card strong`), [await page.evaluate(() => document.querySelector('meta[property="og:title"]').content)]);
    await page.evaluate((at) => document.querySelector(`${at} .share-card img`).decode(), DIALOG);
    await pick(page, 'The whole');
    assert.equal(await snippet(page), base);
    await pick(page, 'A piece');
    assert.equal(await snippet(page), `${base}#v=1&t=12:15&end=12:30`);
    const time = (index, text) => page.evaluate((at, which, value) => {
      const input = document.querySelectorAll(`${at} .share-time`)[which];
      input.value = value;
      input.dispatchEvent(new Event('change', { bubbles: true }));
    }, DIALOG, index, text);
    await time(1, '13:00');
    await becomes('the link', () => snippet(page), `${base}#v=1&t=12:15&end=13:00`);
    for (const nonsense of ['25:61', '9:00', '12:00', '<b>']) {
      await time(1, nonsense);
      await becomes('the time', () => page.evaluate((at) => document.querySelectorAll(`${at} .share-time`)[1].value, DIALOG), '13:00');
    }
    assert.equal(await snippet(page), `${base}#v=1&t=12:15&end=13:00`);

    await pick(page, 'Frame');
    await select(page, 'Shows', 'memory');
    await select(page, 'Colours', 'dark');
    await select(page, 'Player', '1');
    const url = `${base}?embed=1&controls=1&theme=dark&panel=memory#v=1&t=12:15&end=13:00`;
    const frame = await page.evaluate((html) => {
      const { src, title, height } = new DOMParser().parseFromString(html, 'text/html').querySelector('iframe');
      return [src, title, height];
    }, await snippet(page));
    assert.deepEqual(frame, [url, `${SCENARIO.title}, 12:15 to 13:00 UTC`, '400']);
    const file = await take(page, 'Download');
    assert.deepEqual([file.name, file.text.trim()], [`${SCENARIO.id}-embed-1215-1300.html`, await snippet(page)]);
    assert.deepEqual(await attributes(page, `${DIALOG} iframe`, 'src'), [url], 'the preview is the embed itself');

    await pick(page, 'Element');
    const element = await page.evaluate((html) => {
      const parsed = new DOMParser().parseFromString(html, 'text/html');
      const replay = parsed.querySelector('incident-replay');
      return {
        script: parsed.querySelector('script').src,
        ...Object.fromEntries([...replay.attributes].map(({ name, value }) => [name, value])),
        link: replay.querySelector('a').getAttribute('href'),
      };
    }, await snippet(page));
    assert.deepEqual(element, {
      script: `${base}embed.js`, src: base, 'start-at': '12:15', end: '13:00', theme: 'dark', controls: '1', panel: 'memory',
      link: `${base}?theme=dark#v=1&t=12:15&end=13:00`,
    });
  });
});

test('documents, tables and data', async () => {
  await withReplay({ before: catchFiles }, async (page) => {
    const base = await pageUrl(page);
    await goTo(page, '12:15');
    await open(page);
    await pick(page, 'Markdown');
    const quotation = await take(page, 'Download');
    assert.equal(quotation.name, `${SCENARIO.id}-moment-1215.md`);
    assert.match(quotation.text, new RegExp(`^> \\*\\*\\[12:15 UTC\\]\\(${base.replaceAll('/', '\\/')}#v=1&t=12:15\\)\\*\\* Six of eight`));
    assert.equal((await preview(page)).trim(), quotation.text.trim());
    await pick(page, 'CSV');
    const minute = await take(page, 'Download');
    assert.deepEqual([minute.name, minute.type], [`${SCENARIO.id}-recording-1215.csv`, 'text/csv']);
    const rows = minute.text.trim().split('\r\n');
    assert.deepEqual([rows.length, rows[0].split(',')[0], rows[1].split(',')[0]], [61, 'time_utc', '2024-08-15T12:15:01Z']);
    await pick(page, 'JSON');
    const moment = JSON.parse((await take(page, 'Copy')).text);
    assert.deepEqual([moment.at, moment.phase, moment.link], ['2024-08-15T12:15:00Z', 'Diagnosis', `${base}#v=1&t=12:15`]);
    assert.match(moment.charts.latency.p95, /\d s$/);

    await pick(page, 'The whole');
    assert.ok(JSON.parse((await take(page, 'Download')).text).users.arrived > 10_000);
    await pick(page, 'Every series');
    assert.ok(Object.keys(JSON.parse((await take(page, 'Download')).text)).length > 0);
    await pick(page, 'Markdown');
    const timeline = (await take(page, 'Copy')).text;
    assert.match(timeline, /^\| Time \(UTC\) \|/);
    assert.ok(timeline.includes(`[12:30:00](${base}#v=1&t=12:30)`));
    await pick(page, 'Post-mortem document');
    assert.match((await take(page, 'Download')).text, /^# Post-mortem: /);
    await pick(page, 'A piece');
    await pick(page, 'Timeline');
    const piece = (await take(page, 'Copy')).text;
    assert.ok(piece.includes('[12:30:00]') && !piece.includes('[11:30:00]'), piece);
  });
});

test('pictures: SVG, and PNG at twice its size', async () => {
  await withReplay({ before: catchFiles }, async (page) => {
    await goTo(page, '12:15');
    await open(page);
    await pick(page, 'SVG');
    await select(page, 'Chart', 'memory');
    const svg = await take(page, 'Download');
    assert.deepEqual([svg.name, svg.type], [`${SCENARIO.id}-memory-1215.svg`, 'image/svg+xml']);
    assert.equal(await page.evaluate((text) => new DOMParser().parseFromString(text, 'image/svg+xml').querySelector('parsererror, script')?.textContent ?? null, svg.text), null);
    assert.match((await take(page, 'Copy')).text, /<title>Heap after collection<\/title>/);
    assert.equal(await page.evaluate((at) => {
      const canvas = document.querySelector(`${at} canvas`);
      const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
      return new Set(new Uint32Array(data.buffer)).size > 20;
    }, DIALOG), true, 'the preview is drawn');
    await pick(page, 'PNG');
    await select(page, 'Colours', 'dark');
    const png = await take(page, 'Download');
    assert.deepEqual([png.name, png.type, png.size], [`${SCENARIO.id}-memory-1215.png`, 'image/png', [1520, 680]]);
    assert.deepEqual((await take(page, 'Copy')).size, [1520, 680]);
  });
});

test('a picture is given to the clipboard within the click, as a promise', async () => {
  const watch = () => {
    globalThis.written = [];
    Object.defineProperty(navigator, 'clipboard', {
      configurable: true,
      get: () => ({ write: async ([item]) => { globalThis.written.push({ inClick: globalThis.inClick, type: (await item.getType('image/png')).type }); } }),
    });
  };
  await withReplay({ before: watch }, async (page) => {
    await open(page);
    await pick(page, 'PNG');
    await page.evaluate((at) => {
      const button = [...document.querySelectorAll(`${at} .share-actions button`)].find(({ textContent }) => textContent === 'Copy');
      globalThis.inClick = true;
      button.click();
      globalThis.inClick = false;
    }, DIALOG);
    const [written] = await eventually('the clipboard', () => page.evaluate(() => globalThis.written), (all) => all.length > 0);
    assert.deepEqual(written, { inClick: true, type: 'image/png' });
  });
});

test('pictures that the browser changes are not given away', async () => {
  const fingerprinting = () => {
    const { getImageData } = CanvasRenderingContext2D.prototype;
    CanvasRenderingContext2D.prototype.getImageData = function noise(...words) {
      const image = getImageData.apply(this, words);
      image.data.forEach((_, index) => { image.data[index] = index * 37; });
      return image;
    };
  };
  await withReplay({ before: fingerprinting }, async (page) => {
    await open(page);
    await pick(page, 'PNG');
    for (const what of ['Copy', 'Download']) {
      await page.evaluate((label, at) => [...document.querySelectorAll(`${at} .share-actions button`)].find(({ textContent }) => textContent === label).click(), what, DIALOG);
      await eventually('why not', () => texts(page, '.share-said'), ([said]) => /take the SVG/.test(said));
    }
  });
});

test('no word of saving that may not have happened', async () => {
  await withReplay({ before: catchFiles }, async (page) => {
    await open(page);
    await pick(page, 'SVG');
    await take(page, 'Download');
    assert.match((await texts(page, '.share-said'))[0], /^Passed to the browser as /);
  });
});

test('a run with another seed is shared as that run', async () => {
  await withReplay({}, async (page) => {
    const base = await pageUrl(page);
    await page.evaluate(() => { location.hash = 't=12:00&seed=21'; });
    await eventually('the run', () => texts(page, '.foot-run dd'), ([, seed]) => seed === '21', 60_000);
    await open(page);
    assert.equal(await snippet(page), `${base}#v=1&t=12:00&seed=21`);
    await pick(page, 'Markdown');
    await pick(page, 'The whole');
    assert.ok((await preview(page)).includes('#v=1&t=12:30&seed=21'));
  });
});

test('where there is no clipboard the text is selected', async () => {
  const before = () => Object.defineProperty(navigator, 'clipboard', { get: () => undefined });
  await withReplay({ before }, async (page) => {
    await open(page);
    await page.evaluate((at) => document.querySelector(`${at} .share-actions button`).click(), DIALOG);
    await eventually('the words', () => texts(page, `${DIALOG} [role="status"]`), ([said]) => /selected/.test(said));
    assert.deepEqual(await page.evaluate((at) => {
      const field = document.querySelector(`${at} textarea`);
      return [field.selectionStart, field.selectionEnd];
    }, DIALOG), [0, (await snippet(page)).length]);
  });
});

test('without a pointer: opened, used and closed with keys, which are not the player’s meanwhile', async () => {
  await withReplay({}, async (page) => {
    await goTo(page, '12:15');
    await focus(page, '.share-button');
    await pressKey(page, 'Enter');
    await becomes('the dialog', () => count(page, `${DIALOG}[open]`), 1);
    assert.equal(await page.evaluate((at) => document.querySelector(at).contains(document.activeElement), DIALOG), true);
    await focus(page, `${DIALOG} input[name="share-form"]:checked`);
    await pressKey(page, 'ArrowDown');
    await becomes('the next form', () => texts(page, `${DIALOG} .share-form:has(:checked) strong`), ['Markdown']);
    for (const key of ['k', 'Home', '5', '>']) await pressKey(page, key);
    await pressKey(page, 'Escape');
    await becomes('closed', () => count(page, DIALOG), 0);
    assert.equal(await page.evaluate(() => document.activeElement.className.includes('share-button')), true);
    await expectPlayer(page, { words: '12:15 UTC, 75 minutes in, diagnosis', playing: false, speed: 1 });
  });
});

for (const [width, height, dark] of casesHere([[1440, 900, false], [360, 740, true]], 2)) {
  test(`fits and is accessible at ${width} px, ${dark ? 'dark' : 'light'}`, async () => {
    await withReplay({ width, height, dark, allow: [GIVEN_UP] }, async (page) => {
      await goTo(page, '12:15');
      await open(page);
      for (const form of FORMS) {
        await pick(page, form);
        if (form === 'Frame') await pick(page, 'A piece');
        await frames(page);
        const wide = await page.evaluate((at) => {
          const dialog = document.querySelector(at);
          const inside = [...dialog.querySelectorAll('.share-head, .share-forms, .share-result, .share-actions')];
          return inside.filter((element) => element.scrollWidth > element.clientWidth + 1 || element.getBoundingClientRect().right > innerWidth + 1)
            .map(({ className }) => className);
        }, DIALOG);
        assert.deepEqual(wide, [], form);
        assert.deepEqual(await axe(page), [], form);
        await screenshot(page, `share-${width}-${dark ? 'dark' : 'light'}-${form.toLowerCase()}`);
      }
    });
  });
}

test('in a low window everything of it can be scrolled to, and nothing lies over it', async () => {
  await withReplay({ width: 640, height: 360, allow: [GIVEN_UP] }, async (page) => {
    await open(page);
    for (const form of ['Link', 'Frame', 'SVG']) {
      await pick(page, form);
      const covered = await page.evaluate((at) => {
        const controls = [...document.querySelectorAll(`${at} :is(button, input, select, textarea)`)].filter((element) => element.checkVisibility());
        return controls.filter((element) => {
          // A radio button is pressed by its label.
          const shown = element.closest('label') ?? element;
          shown.scrollIntoView({ block: 'center', behavior: 'instant' });
          const box = shown.getBoundingClientRect();
          const top = document.elementFromPoint(box.left + box.width / 2, box.top + Math.min(box.height, 60) / 2);
          return !shown.contains(top) && !top?.contains(element);
        }).map((element) => element.textContent || element.name || element.className);
      }, DIALOG);
      assert.deepEqual(covered, [], form);
    }
  });
});
