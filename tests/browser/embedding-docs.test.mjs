// Every sample of docs/embedding.md, made into a page by the host's own renderer where one can be installed, and loaded: the
// replay is there, at the moment that the sample names. Its own address takes the place of the documentation's.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { evaluate } from '@mdx-js/mdx';
import { createElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import * as jsxRuntime from 'react/jsx-runtime';
import { cannot, waitForReady, withPage } from './harness.mjs';
import { attributes, becomes, CHARTS, count, eventually, SLIDER } from './page.mjs';
import { root, startServer } from './server.mjs';

const DOCUMENTED = 'https://status.example.org/replay/';
const DOCS = readFileSync(join(root, 'docs/embedding.md'), 'utf8');
const WAIT_MS_MAX = 60_000;
const OTHER_ORIGIN = /^third party: http:\/\/localhost:/;
const DRIVER = /Permission denied to access property "length"/;

/** Samples in order: their heading, language and text. */
const samples = [];
let heading = '';
for (const [, title, language, text] of DOCS.matchAll(/^## (.*)$|^```(\w+)\n([^]*?)^```$/gm)) {
  if (title) heading = title;
  else samples.push({ heading, language, text, used: false });
}

const folder = mkdtempSync(join(tmpdir(), 'incident-replay-embedding-'));
let replay;

before(async () => {
  replay = await startServer();
});

after(() => {
  replay.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** The next sample of a section in a language, with the address of the replay under test. */
function sample(heading, language) {
  const found = samples.find((one) => one.heading === heading && one.language === language && !one.used);
  assert.ok(found, `a sample in ${language} below “${heading}”`);
  found.used = true;
  return here(found.text);
}

/** A text of the documentation with the address of the replay under test. */
function here(text) {
  const { origin, host } = new URL(replay.url);
  return text.replaceAll(DOCUMENTED, replay.url).replaceAll(new URL(DOCUMENTED).origin, origin).replaceAll(new URL(DOCUMENTED).host, host);
}

/** Whether a program that makes pages is there; `cargo xtask test` installs them. */
function needs(program) {
  try {
    execFileSync('which', [program], { stdio: 'ignore' });
    return false;
  } catch {
    return `${program} is not installed (Debian: mkdocs, kramdown, cmark-gfm)`;
  }
}

let documents = 0;

/** Serves a document of another origin and opens it. `files` lie beside it; `policy` is added to what the documentation asks for. */
async function withDocument(html, use, { files = {}, policy = '', allow = [] } = {}) {
  documents += 1;
  const place = join(folder, String(documents));
  mkdirSync(place);
  const { origin } = new URL(replay.url);
  const csp = policy || `default-src 'none'; script-src 'self' ${origin}; frame-src ${origin}; img-src 'self' data:`;
  const page = html.includes('<html') ? html : `<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>Post-mortem</title></head><body>${html}</body></html>`;
  const head = `<meta http-equiv="Content-Security-Policy" content="${csp}"><link rel="icon" href="data:,">`;
  writeFileSync(join(place, 'index.html'), page.replace(/<head>/i, `<head>${head}`));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(place, name), text);
  await serve(place, use, allow);
}

async function serve(place, use, allow = []) {
  const host = await startServer({ folder: place });
  try {
    await withPage(host.url, { allow: [OTHER_ORIGIN, DRIVER, ...allow] }, use);
  } finally {
    host.stop();
  }
}

/** Waits until the document's first frame, also one within an element, shows the replay at a moment; gives the frame. */
async function framed(page, moment = '12:30') {
  const find = () => document.querySelector('iframe') ?? document.querySelector('incident-replay')?.shadowRoot?.querySelector('iframe');
  await eventually('a frame', () => page.evaluate(`(${find})() ? 1 : 0`), Boolean);
  // Samples load lazily, as documents should.
  await page.evaluate(`(${find})().scrollIntoView()`);
  const frame = await page.frame(find);
  const clock = (at) => (document.documentElement.dataset.replay === 'ready' ? document.querySelector(at)?.getAttribute('aria-valuetext') : undefined);
  const text = await eventually('the replay', () => frame.evaluate(clock, SLIDER).catch(() => undefined), Boolean, WAIT_MS_MAX);
  assert.ok(text.startsWith(`${moment} UTC`), text);
  return frame;
}

/** Follows a link of the documentation to the full page. */
function follow(url, moment) {
  assert.ok(url?.startsWith(replay.url), url);
  return withPage(url, { server: replay }, async (page) => {
    await waitForReady(page);
    assert.ok((await attributes(page, SLIDER, 'aria-valuetext'))[0].startsWith(`${moment} UTC`));
  });
}

const link = (text) => text.match(/http\S+/)[0];

function commandLine(...words) {
  return execFileSync('cargo', ['run', '--quiet', '--locked', '--bin', 'incident-replay', '--', ...words], { cwd: root, encoding: 'utf8' });
}

test('The address', async () => {
  const url = sample('The address', 'text').trim();
  await withDocument(`<iframe src="${url.replaceAll('&', '&amp;')}"></iframe>`, async (page) => {
    const frame = await framed(page);
    assert.deepEqual(await frame.evaluate(() => [...document.querySelectorAll('.chart')].map(({ className }) => className.match(/chart-(\w+)/)[1])), ['memory']);
  });
  const table = DOCS.split('## The address')[1].split('\n## ')[0].split('\n').filter((line) => line.startsWith('| `'));
  const parameters = table.flatMap((line) => Array.from(line.split('|')[1].matchAll(/`([^`]+)`/g), ([, parameter]) => parameter));
  assert.ok(parameters.length >= 12, parameters.join());
  const panels = Array.from(table.find((line) => line.startsWith('| `panel')).split('|')[2].matchAll(/`(\w+)`/g), ([, name]) => name);
  // This incident has no pools, no cache and no calls of their own; a chart of another incident is no mistake in an address.
  assert.deepEqual(panels.toSorted(), ['system', 'pools', 'cache', 'calls', ...CHARTS].toSorted());
  // Each address as full as it can be: what cannot be followed has a note of its own.
  const names = (query) => query.split('=')[0];
  // Times are those of this incident, so another one is asked for by itself.
  const together = parameters.filter((query, index) => names(query) !== 'scenario' && parameters.findIndex((other) => names(other) === names(query)) === index);
  const others = parameters.filter((query) => !together.includes(query));
  for (const query of [together.join('&'), ...others, `panel=${panels}&t=2:03&controls=auto`, 't=2024-08-15T12:30:00Z&controls=0']) {
    await withPage(`?embed=1&${query}`, { reducedMotion: true }, async (page) => {
      await waitForReady(page);
      // The line of a what-if is no warning.
      assert.equal(await count(page, '.note:not(.note-what-if)'), 0, query);
    });
  }
});

test('Any page', async () => {
  const [html, script] = [sample('Any page', 'html'), sample('Any page', 'js')];
  await withDocument(`${html}<script type="module" src="./height.js"></script>`, async (page) => {
    const frame = await framed(page);
    const height = () => page.evaluate(() => document.querySelector('iframe').offsetHeight);
    await eventually('the height that the replay likes', height, (px) => px !== 640 && px > 300);
    // It follows when the frame becomes narrow.
    const wide = await height();
    await page.evaluate(() => document.querySelector('iframe').setAttribute('width', '340'));
    await eventually('another height', height, (px) => px !== wide);
    assert.equal(await frame.evaluate(() => document.documentElement.scrollHeight > innerHeight + 1), false);
  }, { files: { 'height.js': script } });
});

test('Your own pages', async () => {
  const [html, script] = [sample('Your own pages', 'html'), sample('Your own pages', 'js')];
  await withDocument(`${html}<script type="module" src="./drive.js"></script>`, async (page) => {
    const state = () => page.evaluate(() => {
      const { paused, currentTime } = document.querySelector('incident-replay');
      return { paused, currentTime };
    });
    // It starts at 12:30; 11:30, the event that the script asks for, is a minute of playing from the beginning.
    await eventually('it plays on from the event', state, ({ paused, currentTime }) => !paused && currentTime > 60 && currentTime < 120, WAIT_MS_MAX);
  }, { files: { 'drive.js': script } });
});

test('GitHub README', { skip: needs('cmark-gfm') }, async () => {
  const words = here(DOCS.match(/`(incident-replay export --format svg[^`]+)`/)[1]).split(' ');
  const out = words.at(-1);
  commandLine(...words.slice(1, -1), join(folder, out));
  const markdown = sample('GitHub README', 'markdown');
  const html = execFileSync('cmark-gfm', ['--extension', 'autolink'], { input: markdown, encoding: 'utf8' });
  const [picture] = html.match(/src="([^"]+)"/).slice(1);
  const chart = readFileSync(join(folder, picture), 'utf8');
  const links = await new Promise((resolve, reject) => {
    withDocument(html.replace(picture, 'memory.svg'), async (page) => {
      await page.evaluate(() => document.querySelector('img').decode());
      assert.ok((await attributes(page, 'img', 'alt'))[0].length > 20);
      resolve(await attributes(page, 'a', 'href'));
    }, { files: { 'memory.svg': chart } }).catch(reject);
  });
  assert.equal(links.length, 2);
  await follow(links[0], '12:30');
  await follow(links[1], '11:00');
  const document = readFileSync(join(folder, out, 'post-mortem.md'), 'utf8');
  assert.ok(document.includes(`](${replay.url}#v=1&t=`), 'the document leads to the same page');
});

test('Jekyll and GitHub Pages', { skip: needs('kramdown') }, async () => {
  const html = execFileSync('kramdown', [], { input: sample('Jekyll and GitHub Pages', 'markdown'), encoding: 'utf8' });
  await withDocument(html, async (page) => {
    await framed(page);
    assert.deepEqual([await count(page, 'h2'), await count(page, 'p')], [1, 1], 'Markdown around it stays Markdown');
  });
});

test('MkDocs', { skip: needs('mkdocs') }, async () => {
  const place = join(folder, 'mkdocs');
  mkdirSync(join(place, 'docs'), { recursive: true });
  writeFileSync(join(place, 'mkdocs.yml'), 'site_name: Post-mortem\ntheme:\n  name: mkdocs\n  highlightjs: false\n');
  writeFileSync(join(place, 'docs/index.md'), sample('MkDocs', 'markdown'));
  execFileSync('mkdocs', ['build', '--quiet'], { cwd: place });
  const page = join(place, 'site/index.html');
  // Its theme has scripts and styles within the page.
  const policy = `default-src 'self' data: 'unsafe-inline' ${new URL(replay.url).origin}`;
  writeFileSync(page, readFileSync(page, 'utf8').replace('<head>', `<head><meta http-equiv="Content-Security-Policy" content="${policy}">`));
  await serve(join(place, 'site'), async (opened) => {
    const frame = await framed(opened);
    assert.equal(await frame.evaluate(() => document.querySelectorAll('.chart').length), 1);
  });
});

test('Backstage TechDocs', async () => {
  const purify = readFileSync(join(root, 'node_modules/dompurify/dist/purify.min.js'), 'utf8');
  const [frames, elements] = [sample('Backstage TechDocs', 'yaml'), sample('Backstage TechDocs', 'yaml')];
  const hosts = Array.from(frames.split('backend:')[0].matchAll(/^ +- (\S+)$/gm), ([, host]) => host);
  const policy = `default-src 'none'; script-src 'self'; img-src data:; frame-src ${frames.split('frame-src:')[1].match(/http\S+/)[0]}`;
  const [name, attribute] = ['TagName', 'AttributeName'].map((part) => elements.match(new RegExp(`allowedCustomElement${part}RegExp: '([^']+)'`))[1]);
  const markdown = sample('Backstage TechDocs', 'markdown');
  await withDocument('<main></main><script src="./purify.js"></script>', async (page) => {
    // The sanitizer of TechDocs, as its configuration describes it.
    const clean = (html, allowed, custom) => page.evaluate((dirty, names, [tagName, attributeName]) => {
      const { DOMPurify } = globalThis;
      DOMPurify.removeAllHooks();
      DOMPurify.addHook('beforeSanitizeElements', (node) => {
        if (node.nodeName === 'IFRAME' && !names.includes(new URL(node.getAttribute('src')).host)) node.remove();
      });
      document.querySelector('main').innerHTML = DOMPurify.sanitize(dirty, {
        ADD_TAGS: names.length > 0 ? ['iframe'] : [],
        CUSTOM_ELEMENT_HANDLING: tagName ? { tagNameCheck: new RegExp(tagName), attributeNameCheck: new RegExp(attributeName) } : {},
      });
      return document.querySelector('main').innerHTML;
    }, html, allowed, custom);
    const element = samples.find(({ heading, language }) => heading === 'Your own pages' && language === 'html').text;
    assert.equal(await clean(element, [], []).then((html) => /incident-replay|script/.test(html.replace(/href="[^"]*"/g, ''))), false, 'removed unless allowed');
    assert.match(await clean(element, [], [name, attribute]), /<incident-replay (?=[^>]*src=)(?=[^>]*start-at="12:30")(?=[^>]*panel=)/);
    assert.equal(await clean(markdown, [], []).then((html) => html.trim()), '', 'removed unless allowed');
    await clean(markdown, hosts, []);
    await framed(page);
  }, { files: { 'purify.js': purify }, policy });
});

test('Docusaurus', async () => {
  const html = async (mdx) => renderToStaticMarkup(createElement((await evaluate(mdx, jsxRuntime)).default));
  const config = join(folder, 'docusaurus.config.mjs');
  writeFileSync(config, sample('Docusaurus', 'js'));
  const { default: { scripts: [{ src, type }] } } = await import(config);
  const [frame, element] = [await html(sample('Docusaurus', 'mdx')), await html(sample('Docusaurus', 'mdx'))];
  await withDocument(frame, (page) => framed(page));
  await withDocument(`<script src="${src}" type="${type}"></script>${element}`, async (page) => {
    await framed(page);
    assert.equal((await attributes(page, 'incident-replay a', 'href'))[0], `${replay.url}#v=1&t=12:30`);
  });
});

test('Confluence', async () => {
  const [address, storage] = [sample('Confluence', 'text').trim(), sample('Confluence', 'xml')];
  await withDocument(`<iframe src="${address.replaceAll('&', '&amp;')}" width="100%" height="640"></iframe>`, (page) => framed(page));
  const html = await new Promise((resolve, reject) => {
    withDocument('', async (page) => resolve(await page.evaluate((xml) => {
      const parsed = new DOMParser().parseFromString(`<page xmlns:ac="urn:ac">${xml}</page>`, 'application/xml');
      return parsed.querySelector('parsererror') ? '' : parsed.documentElement.textContent.trim();
    }, storage))).catch(reject);
  });
  assert.match(html, /^<iframe /);
  await withDocument(html, (page) => framed(page));
});

test('Notion', async () => {
  const address = sample('Notion', 'text').trim();
  await withDocument(`<iframe src="${address.replaceAll('&', '&amp;')}"></iframe>`, async (page) => {
    const frame = await framed(page);
    assert.equal(await frame.evaluate(() => document.querySelectorAll('.chart-memory').length), 1);
  });
});

test('Grafana', async () => {
  assert.match(sample('Grafana', 'ini'), /^\[panels\]\ndisable_sanitize_html = true\n$/);
  const panel = JSON.parse(sample('Grafana', 'json'));
  assert.deepEqual([panel.type, panel.options.mode], ['text', 'html']);
  await withDocument(panel.options.content, async (page) => {
    const frame = await framed(page);
    assert.equal(await frame.evaluate(() => document.documentElement.dataset.theme), 'dark');
  });
});

test('Grafana, where its sandbox lets nothing run: the story with its pictures', {
  skip: cannot({ webkit: 'where a frame has no origin, a policy’s “self” is nothing: style sheet and pictures are refused' }),
}, async () => {
  const { options: { content } } = JSON.parse(here(samples.find(({ heading, language }) => heading === 'Grafana' && language === 'json').text));
  const before = replay.answers.length;
  // What its sanitizer makes of a frame.
  const html = content.replace('<iframe ', '<iframe sandbox credentialless referrerpolicy="no-referrer" ').replace('height="100%"', 'height="640"');
  const refused = [/Blocked script execution/, /\.js' from origin 'null'/, /\.js.*ERR_FAILED|ERR_FAILED.*\.js|Failed to load resource/];
  await withDocument(html, async (page) => {
    const answers = () => replay.answers.slice(before).map(({ status, path }) => `${status} ${path}`);
    await eventually('style and pictures', async () => answers(), (all) => ['.css', '.svg'].every((end) => all.some((one) => one.startsWith('200 ') && one.endsWith(end))));
    assert.deepEqual(page.problems.filter((problem) => /integrity|\.css.*blocked/i.test(problem)), [], 'the style sheet is taken');
  }, { allow: refused });
});

test('Slack and Google Docs', async () => {
  for (const heading of ['Slack', 'Google Docs']) await follow(link(sample(heading, 'text')), '12:30');
});

test('Tickets', () => {
  const [program, ...words] = sample('Tickets', 'sh').trim().split(' ');
  assert.equal(program, 'incident-replay');
  const file = join(folder, words.pop());
  commandLine(...words, file);
  assert.match(readFileSync(file, 'utf8'), /^<!DOCTYPE html>/i);
});

test('no sample is left untested', { skip: needs('cmark-gfm') || needs('kramdown') || needs('mkdocs') }, () => {
  assert.deepEqual(samples.filter(({ used }) => !used).map(({ heading, language }) => `${heading}: ${language}`), []);
  assert.ok(existsSync(join(root, 'static/embed.d.ts')), 'what the documentation links');
});
