// A page of another origin that embeds replays: an empty document under a strict policy of its own, served from a port of
// its own, with the element's module and nothing else.

import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { waitFor, withPage } from './harness.mjs';
import { startServer } from './server.mjs';

const WAIT_MS_MAX = 60_000;

/** Other ports are other origins, and that is the point. */
const OTHER_ORIGIN = /^third party: http:\/\/localhost:/;

/** Firefox's driver stumbles over frames of other origins at times and tells it as an exception; no page sees an error then. */
const DRIVER = /Permission denied to access property "length"/;

/** A server with one page whose policy lets it take scripts and frames from `origins`. */
export function startHost(...origins) {
  const folder = mkdtempSync(join(tmpdir(), 'incident-replay-host-'));
  const allowed = origins.join(' ');
  writeFileSync(join(folder, 'index.html'), `<!DOCTYPE html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src ${allowed}; frame-src ${allowed} data:; style-src 'self'; img-src 'self' data:">
  <link rel="icon" href="data:,">
  <title>Post-mortem</title>
</head>
<body>
  <main>
    <h1>Post-mortem</h1>
  </main>
</body>
</html>
`);
  return startServer({ folder });
}

/** Opens the host's page, with the element's module of the replay at `origin`, and hands it to `use`. */
export async function withHost(origin, host, options, use) {
  await withPage(host.url, { ...options, allow: [OTHER_ORIGIN, DRIVER, ...(options.allow ?? [])] }, async (page) => {
    await page.evaluate((url) => new Promise((resolve, reject) => {
      const script = Object.assign(document.createElement('script'), { type: 'module', src: url, onload: resolve, onerror: reject });
      document.head.append(script);
    }), `${origin}embed.js`);
    await use(page);
  });
}

/** Puts an element into the document, with its events counted in `element.heard`. */
export function addElement(page, attributes, id = 'replay') {
  return page.evaluate((name, given) => {
    const element = document.createElement('incident-replay');
    element.id = name;
    element.heard = [];
    for (const type of ['loadedmetadata', 'play', 'pause', 'timeupdate', 'seeked', 'ratechange', 'marker', 'ended', 'error']) {
      element.addEventListener(type, (event) => element.heard.push({ type, detail: event.detail, at: performance.now() }));
    }
    for (const [key, value] of Object.entries(given)) element.setAttribute(key, value);
    element.innerHTML = '<p class="fallback">A picture and a link</p>';
    document.querySelector('main').append(element);
  }, id, attributes);
}

/** Waits until an element shows its replay. */
export function waitForReplay(page, id = 'replay') {
  return waitFor(page, `the replay #${id}`, (name) => document.getElementById(name).heard.some(({ type }) => type === 'loadedmetadata'), WAIT_MS_MAX, id);
}

/** Calls a method of an element; what it resolves to, or `{ rejected: message }`. */
export function call(page, method, ...args) {
  return page.evaluate(
    (name, given) => document.getElementById('replay')[name](...given).catch((error) => ({ rejected: `${error.name}: ${error.message}` })),
    method,
    args,
  );
}

/** A property of an element. */
export function property(page, name, id = 'replay') {
  return page.evaluate((key, at) => document.getElementById(at)[key], name, id);
}

/** Types of the events an element has heard, in order, without `timeupdate`. */
export function heard(page, id = 'replay') {
  return page.evaluate((at) => document.getElementById(at).heard.map(({ type }) => type).filter((type) => type !== 'timeupdate'), id);
}

/** What is in an element's frame, to be evaluated in. */
export function frameOf(page, id = 'replay') {
  return page.frame((at) => document.getElementById(at).shadowRoot.querySelector('iframe'), id);
}
