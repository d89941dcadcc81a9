// The page loads, shows a recording and nothing goes wrong, wherever it stands; it asks for little and keeps nothing.
// screenshots.test.mjs does the same at each width and in each theme, accessibility.test.mjs lets axe look at it.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { waitForReady, withPage } from './harness.mjs';

test('works under a sub-path', async () => {
  await withPage('', { base: '/some/where/' }, waitForReady);
});

test('asks for each file once; page and worker each for the JavaScript', async () => {
  await withPage('', {}, async (page) => {
    await waitForReady(page);
    // The service worker, too, which has asked for all that it keeps: only for the page itself must it ask anew.
    await page.evaluate(() => navigator.serviceWorker.ready.then(() => true));
    const paths = page.server.answers().map(({ path }) => path);
    const caches = await cachesFiles(page);
    for (const path of new Set(paths)) {
      const times = paths.filter((other) => other === path).length;
      assert.ok(times <= timesMax(path, caches), `${path}: asked for ${times} times${caches ? '' : ', without a cache'}`);
    }
  });
});

/** Whether the browser has a cache of files, which WebKitGTK lacks in sessions that leave no trace: asks for a file that it has. */
async function cachesFiles(page) {
  const before = page.server.answers().length;
  await page.evaluate(() => fetch(document.querySelector('link[rel="stylesheet"]').href).then((response) => response.text()));
  return page.server.answers().length === before;
}

function timesMax(path, caches) {
  if (path === '/') return 2;
  // Page, worker and service worker; the worker first checks the digest of the app's JavaScript, then imports it.
  if (!caches) return path.startsWith('/app-') && path.endsWith('.js') ? 4 : 3;
  return path.endsWith('.js') ? 2 : 1;
}

test('where a compiled program may not be sent, its bytes are', async () => {
  const refuse = () => {
    const { postMessage } = Worker.prototype;
    Worker.prototype.postMessage = function refusing(message, ...rest) {
      if (message.program instanceof WebAssembly.Module) throw new DOMException('no programs', 'DataCloneError');
      globalThis.sentBytes ||= message.program instanceof Uint8Array;
      return postMessage.call(this, message, ...rest);
    };
  };
  await withPage('', { before: refuse }, async (page) => {
    await waitForReady(page);
    assert.equal(await page.evaluate(() => globalThis.sentBytes), true);
  });
});

test('uses no cookies and no inline script', async () => {
  await withPage('', {}, async (page) => {
    await waitForReady(page);
    const found = await page.evaluate(() => ({
      cookie: document.cookie,
      inline: [...document.scripts].filter((script) => !script.src).length,
    }));
    assert.deepEqual(found, { cookie: '', inline: 0 });
  });
});
