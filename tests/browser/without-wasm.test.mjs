// Where the replay cannot run: the page says so, and tells the story without it.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { screenshot, unless, waitFor, withPage } from './harness.mjs';

/** What a person reads. */
function visible() {
  const isShown = (selector) => document.querySelector(selector)?.checkVisibility() ?? false;
  return {
    message: document.getElementById('boot-message')?.textContent ?? '',
    role: document.getElementById('boot-message')?.getAttribute('role'),
    story: isShown('#static-story'),
    progress: isShown('#boot-progress'),
  };
}

const REFUSALS = [
  { name: 'WebAssembly', before: () => delete globalThis.WebAssembly, words: /lacks WebAssembly/ },
  { name: 'workers', before: () => delete globalThis.Worker, words: /lacks web workers/ },
  {
    name: 'canvas drawing',
    before: () => { HTMLCanvasElement.prototype.getContext = () => null; },
    words: /lacks canvas drawing/,
  },
  {
    name: 'the network, half way',
    before: () => {
      const real = globalThis.fetch;
      globalThis.fetch = (url, ...rest) => (
        String(url).endsWith('.wasm') ? Promise.reject(new TypeError('cut off')) : real(url, ...rest));
    },
    words: /could not start \(cut off\)\. Reload/,
    allow: [/exception: .*cut off/s],
  },
  {
    name: 'the very wasm it was built with',
    before: () => {
      const real = globalThis.fetch;
      globalThis.fetch = (url, ...rest) => (
        String(url).endsWith('.wasm') ? Promise.resolve(new Response(new Uint8Array(8))) : real(url, ...rest));
    },
    words: /not the one this page was built with/,
    allow: [/exception: .*not the one this page was built with/s],
  },
];

for (const { name, before, words, allow = [] } of REFUSALS) {
  test(`without ${name}`, async () => {
    await withPage('', { before, allow }, async (page) => {
      await waitFor(page, 'the message', () => document.documentElement.dataset.boot === 'failed');
      const { message, role, story, progress } = await page.evaluate(visible);
      await screenshot(page, `without-${name.replaceAll(/\W+/g, '-')}`);
      assert.match(message, words);
      assert.deepEqual({ role, story, progress }, { role: 'alert', story: true, progress: false });
    });
  });
}

test('with JavaScript switched off', { skip: unless('chromium') }, async () => {
  // Chromium gives up the module that it had begun to preload.
  await withPage('', { js: false, allow: [/^failed: .*\.js /] }, async (page) => {
    await screenshot(page, 'without-javascript');
    const { story, progress } = await page.evaluate(visible);
    const noscript = await page.evaluate(() => document.querySelector('noscript').innerText);
    assert.match(noscript, /needs JavaScript/);
    assert.deepEqual({ story, progress }, { story: true, progress: false });
  });
});
