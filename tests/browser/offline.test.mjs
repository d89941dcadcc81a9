// Without a network the page works once it was loaded; a newer build is announced, and comes when the reader wants it.

import assert from 'node:assert/strict';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { keepOffline } from '../../xtask/dist/offline.mjs';
import { axe, click, screenshot, waitFor, waitForReady, withPage } from './harness.mjs';
import { becomes, count, eventually, frames, texts } from './page.mjs';
import { copyOfDist, startServer } from './server.mjs';

/** Makes of the folder what another build would have made of a changed page. Returns the name of that build. */
function buildAnew(folder, title) {
  const page = join(folder, 'index.html');
  const html = readFileSync(page, 'utf8').replace(/<meta name="app-build"[^>]*>\n/, '');
  writeFileSync(page, html.replace(/<title>[^<]*/, `<title>${title}`));
  for (const name of ['index.html', 'sw.js']) for (const suffix of ['br', 'gz']) rmSync(join(folder, `${name}.${suffix}`), { force: true });
  return keepOffline(folder);
}

const build = (page) => page.evaluate(() => document.querySelector('meta[name="app-build"]').content);
const cacheNames = (page) => page.evaluate(async () => (await caches.keys()).map((name) => name.split(' ').at(-1)));
const whenKept = (page) => page.evaluate(() => navigator.serviceWorker.ready.then(() => true));

for (const base of ['/', '/some/where/']) {
  test(`works without its server, at ${base}`, async () => {
    const server = await startServer({ base });
    // The picture that a link is shown with is not kept: the dialog stands without it.
    await withPage('', { server, allow: [/preview\.png/] }, async (page) => {
      await waitForReady(page);
      await whenKept(page);
      assert.deepEqual(await cacheNames(page), [await build(page)]);
      const programs = page.server.answers().map(({ path }) => path).filter((path) => path.endsWith('.wasm'));
      assert.ok(programs.some((path) => path.includes('/part-')), 'parts of the program are kept before they are shown');
      assert.equal(new Set(programs).size, programs.length, 'what the browser has already is not fetched again to be kept');
      await server.stop();
      await page.evaluate(() => { document.title = 'before'; });
      await page.reload();
      await waitForReady(page);
      assert.notEqual(await page.evaluate(() => document.title), 'before');
      assert.equal(await count(page, '#update'), 0);
      await click(page, '.share-button');
      await becomes('the dialog', () => count(page, 'dialog[open]'), 1);
      await click(page, '.share-close');
      await click(page, '.top-modes .mode:nth-child(2)');
      await becomes('the levers', () => count(page, '#what-if .levers'), 1);
    });
  });
}

for (const dark of [false, true]) {
  test(`announces a newer build and changes to it when asked, ${dark ? 'dark' : 'light'}`, async () => {
    const folder = copyOfDist();
    const server = await startServer({ folder });
    after(() => server.stop());
    await withPage('', { server, dark, width: dark ? 360 : 1440, height: 740 }, async (page) => {
      await waitForReady(page);
      await whenKept(page);
      const [titleBefore, buildBefore] = [await page.evaluate(() => document.title), await build(page)];

      const newer = buildAnew(folder, 'The newer page');
      assert.notEqual(newer, buildBefore);
      await page.evaluate(() => navigator.serviceWorker.ready.then((registration) => registration.update()).then(() => {}));
      await becomes('the notice', () => texts(page, '#update p'), ['A new version is available.']);
      assert.equal(await page.evaluate(() => document.querySelector('#update').getAttribute('role')), 'status');
      await screenshot(page, `update-${dark ? 'dark' : 'light'}`);
      assert.deepEqual(await axe(page), []);
      const hidden = await page.evaluate(() => [...document.querySelectorAll('#update button')]
        .filter((button) => {
          const { x, y, width, height } = button.getBoundingClientRect();
          return document.elementFromPoint(x + width / 2, y + height / 2) !== button;
        }).length);
      assert.equal(hidden, 0, 'nothing covers the buttons');
      await frames(page);
      assert.equal(await page.evaluate(() => document.title), titleBefore, 'nobody is interrupted');

      await click(page, '#update button');
      await eventually('the newer page', () => page.evaluate(() => document.title).catch(() => ''), (title) => title === 'The newer page');
      await waitForReady(page);
      assert.equal(await build(page), newer);
      await becomes('the caches', () => cacheNames(page), [newer]);
      assert.equal(await count(page, '#update'), 0);
      await click(page, '.share-button');
      await becomes('the dialog', () => count(page, 'dialog[open]'), 1);
    });
  });
}

test('a plain reload brings the newer build too, which then takes over by itself', async () => {
  const folder = copyOfDist();
  const server = await startServer({ folder });
  after(() => server.stop());
  await withPage('', { server }, async (page) => {
    await waitForReady(page);
    await whenKept(page);
    const newer = buildAnew(folder, 'The newer page');
    await page.reload();
    await waitForReady(page);
    assert.equal(await build(page), newer);
    await becomes('the caches', () => cacheNames(page), [newer]);
    assert.equal(await count(page, '#update'), 0);
  });
});

test('a file that is not the build’s is not kept', async () => {
  const folder = copyOfDist();
  // As if something between the build and the reader had put its own words in.
  const changed = join(folder, 'index.html');
  for (const suffix of ['br', 'gz']) rmSync(`${changed}.${suffix}`);
  writeFileSync(changed, `${readFileSync(changed, 'utf8')}<!-- not of the build -->`);
  const server = await startServer({ folder });
  after(() => server.stop());
  // The browser tells the console why.
  await withPage('', { server, allow: [/integrity/i] }, async (page) => {
    await waitForReady(page);
    const states = await page.evaluate(async () => {
      const registration = await navigator.serviceWorker.register('sw.js');
      const coming = registration.installing ?? registration.waiting ?? registration.active;
      if (coming) await new Promise((resolve) => {
        const look = () => /redundant|activated/.test(coming.state) && resolve();
        coming.addEventListener('statechange', look);
        look();
      });
      return coming?.state ?? 'redundant';
    });
    assert.equal(states, 'redundant');
  });
});

/** Notes in the page whether it asks for a service worker. */
function noteRegistration() {
  const container = globalThis.ServiceWorkerContainer?.prototype;
  if (!container) return;
  const { register } = container;
  container.register = function noted(...words) {
    globalThis.asked = true;
    return register.apply(this, words);
  };
}

test('an embedded page is not kept', async () => {
  const asked = () => globalThis.asked === true;
  await withPage('', { before: noteRegistration }, async (page) => {
    await waitForReady(page);
    await waitFor(page, 'the service worker', asked);
  });
  await withPage('?embed=1', { before: noteRegistration }, async (page) => {
    await waitForReady(page);
    await frames(page, 10);
    assert.equal(await page.evaluate(asked), false);
  });
});

test('where storage and service workers are refused, the page works', async () => {
  const refuse = () => {
    const refused = () => { throw new DOMException('refused', 'SecurityError'); };
    for (const name of ['localStorage', 'sessionStorage', 'caches', 'indexedDB']) {
      Object.defineProperty(globalThis, name, { get: refused });
    }
    Object.defineProperty(Navigator.prototype, 'serviceWorker', { get: refused });
  };
  await withPage('', { before: refuse }, async (page) => {
    await waitForReady(page);
    await click(page, '[title^="Theme"], .top-controls button');
    await frames(page, 10);
  });
});

test('every file is sent with the policy of the page', async () => {
  await withPage('', {}, async (page) => {
    await waitForReady(page);
    const policies = await page.evaluate(async () => {
      const loader = document.getElementById('loader').src;
      const policy = async (address) => (await fetch(address, { cache: 'no-store' })).headers.get('content-security-policy');
      return Promise.all(['./', 'sw.js', loader].map(policy));
    });
    const own = await page.evaluate(() => document.querySelector('meta[http-equiv]').content);
    assert.deepEqual(policies, [own, own, own], 'page, service worker and worker');
    assert.match(own, /default-src 'none'.*worker-src 'self'/);
  });
});
