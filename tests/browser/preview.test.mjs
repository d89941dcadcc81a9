// What other sites show of the page: the tags, the picture, and oembed.json where the address is known.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { oembed, publicAddress, tags } from '../../xtask/dist/preview.mjs';
import { waitForReady, withPage } from './harness.mjs';

const ADDRESS = 'https://status.example.org/replay/';
const TEXTS = { title: 'A &quot;title&quot;', description: 'One &amp; two', alt: 'A chart' };

/** Tags as a reader of the page's HTML finds them. */
function read(html) {
  const document = new DOMParser().parseFromString(html, 'text/html');
  const named = [...document.querySelectorAll('meta[property], meta[name^="twitter:"]')]
    .map((meta) => [meta.getAttribute('property') ?? meta.name, meta.content]);
  const links = [...document.querySelectorAll('link[rel="alternate"], link[rel="canonical"]')].map(({ rel, type, href }) => [rel, type, href]);
  return { named: Object.fromEntries(named), links };
}

test('the built page has a title, a sentence of the run and a picture of the usual size', async () => {
  await withPage('', {}, async (page) => {
    const html = await page.evaluate(() => fetch('./').then((response) => response.text()));
    const { named } = await page.evaluate(read, html);
    const headline = await page.evaluate(() => document.querySelector('h1').textContent);
    assert.equal(named['og:title'], await page.evaluate(() => document.title));
    assert.equal(named['og:description'], headline);
    assert.equal(named['twitter:card'], 'summary_large_image');
    assert.equal(named['twitter:image'], named['og:image']);
    assert.match(named['og:image:alt'], /\d\d:\d\d/, 'the description comes from the run');
    const picture = await page.evaluate(async (source) => {
      const image = new Image();
      image.src = source;
      await image.decode();
      return { width: String(image.naturalWidth), height: String(image.naturalHeight) };
    }, named['og:image'].split('/').at(-1));
    assert.deepEqual(picture, { width: named['og:image:width'], height: named['og:image:height'] });
    assert.deepEqual(picture, { width: '1200', height: '630' });
    await waitForReady(page);
  });
});

test('with an address, everything is absolute and there is an oEmbed answer', async () => {
  await withPage('', {}, async (page) => {
    const { named, links } = await page.evaluate(read, tags(TEXTS, ADDRESS));
    assert.equal(named['og:url'], ADDRESS);
    assert.equal(named['og:image'], `${ADDRESS}preview.png`);
    assert.deepEqual([named['og:title'], named['twitter:description']], ['A "title"', 'One & two']);
    assert.deepEqual(links, [['canonical', '', ADDRESS], ['alternate', 'application/json+oembed', `${ADDRESS}oembed.json`]]);

    const answer = JSON.parse(JSON.stringify(oembed(TEXTS, ADDRESS)));
    assert.deepEqual([answer.version, answer.type, answer.title], ['1.0', 'rich', 'A "title"']);
    const frame = await page.evaluate((html) => {
      const { src, width, height, title } = new DOMParser().parseFromString(html, 'text/html').querySelector('iframe');
      return { src, width, height, title };
    }, answer.html);
    assert.deepEqual(frame, { src: `${ADDRESS}?embed=1`, width: String(answer.width), height: String(answer.height), title: 'A "title"' });
    await waitForReady(page);
  });
});

test('addresses are absolute and end in a slash; others are refused', () => {
  assert.equal(publicAddress(undefined), '');
  assert.equal(publicAddress('https://example.org/a'), 'https://example.org/a/');
  for (const bad of ['example.org', 'javascript:alert(1)', 'https://example.org/?a=1', 'https://example.org/#b', '/replay/']) {
    assert.throws(() => publicAddress(bad), /INCIDENT_REPLAY_URL/, bad);
  }
  assert.doesNotMatch(tags(TEXTS, ''), /og:url|canonical|oembed|"http/);
});
