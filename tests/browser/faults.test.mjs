// Whatever goes wrong is told, within seconds: files that do not arrive, workers that do not start, answer or live, and faults of
// the program itself.

import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { FAULTS, startFaultyServer } from './faulty-server.mjs';
import { cannot, click, engine, pressKey, screenshot, waitFor, waitForReady, withPage } from './harness.mjs';
import { addElement, call, frameOf, heard, startHost, waitForReplay, withHost } from './embed-host.mjs';
import { eventually, texts } from './page.mjs';
import { root, startServer } from './server.mjs';

const ALL = [/./s];

/** What a person reads while there is no replay. */
function told() {
  const shown = (id) => {
    const element = document.getElementById(id);
    return element?.checkVisibility({ visibilityProperty: true, contentVisibilityAuto: true }) && element.getBoundingClientRect().height > 0
      ? element.textContent : '';
  };
  return { message: shown('boot-message'), stalled: shown('boot-stalled'), story: shown('static-story').length };
}

/** Waits until the story is shown with words beside it, and returns these. */
async function wordsWithStory(page, words) {
  const isTold = ({ message, stalled, story }) => story > 1000 && words.test(message + stalled);
  const { message, stalled } = await eventually('the story and why', () => page.evaluate(told), isTold, 30_000);
  return message + stalled;
}

const STALLS = { webkit: 'its driver waits for the page to load' };

/** Opens the page with a fault, and waits for the words. */
async function expectStory(pattern, fault, words) {
  const server = await startFaultyServer({ pattern, fault });
  try {
    await withPage('', { server, allow: ALL, waits: fault !== 'stalled' }, (page) => wordsWithStory(page, words));
  } finally {
    await server.stop();
  }
}

/** Faults that can be tried here. */
const faults = Object.keys(FAULTS).filter((fault) => fault !== 'stalled' || !cannot(STALLS));

// All at once, since each takes its ten seconds.
test('the story shows by itself when the first script does not arrive', async () => {
  await Promise.all(faults.map((fault) => expectStory(/boot-.*\.js$/, fault, /Still loading/)));
});

test('a part that stalls is told, with the story', { skip: cannot(STALLS) }, async () => {
  await Promise.all([
    expectStory(/app-.*\.js$/, 'stalled', /its JavaScript has not arrived\. The story below stands/),
    expectStory(/\.wasm$/, 'stalled', /the program has not arrived\. The story below stands/),
  ]);
});

test('a part that is wrong is told, with the story', async () => {
  for (const fault of faults.filter((fault) => fault !== 'stalled')) {
    // Of changed JavaScript it is the worker that notices the digest.
    await expectStory(/app-.*\.js$/, fault, /could not start \(.{3}|worker failed: .{3}/);
    // A wasm file of another type is the same file.
    if (fault !== 'of another type') await expectStory(/\.wasm$/, fault, /could not start \(.{3}/);
  }
});

/** Faults of workers, each a script to run in the page before its own. */
const WORKERS = {
  'its file is missing': () => {
    const Real = Worker;
    globalThis.Worker = function Missing(_, options) { return new Real('./no-such-file.js', options); };
    Worker.prototype = Real.prototype;
  },
  'it fires an event without a message': () => {
    const Real = Worker;
    globalThis.Worker = function Failing(...words) {
      const worker = new Real(...words);
      worker.terminate();
      setTimeout(() => worker.dispatchEvent(new Event('error')));
      return worker;
    };
    Worker.prototype = Real.prototype;
  },
  'it cannot read what it is sent': () => {
    const Real = Worker;
    globalThis.Worker = function Unreading(...words) {
      const worker = new Real(...words);
      setTimeout(() => worker.dispatchEvent(new MessageEvent('messageerror')));
      return worker;
    };
    Worker.prototype = Real.prototype;
  },
  'it never answers': () => {
    const Real = Worker;
    globalThis.Worker = function Silent(...words) {
      const worker = new Real(...words);
      worker.terminate();
      return worker;
    };
    Worker.prototype = Real.prototype;
  },
};

for (const [name, before] of Object.entries(WORKERS)) {
  test(`a worker that is no help is told: ${name}`, async () => {
    await withPage('', { before, allow: ALL }, async (page) => {
      const words = await wordsWithStory(page, /The replay cannot be shown: the simulation's worker failed: .{10}/);
      assert.doesNotMatch(words, /what the page started is none/);
    });
  });
}

test('a policy that forbids workers is told', async () => {
  const server = await startFaultyServer({ change: (html) => html.replace(/worker-src [^;"]+/, "worker-src 'none'") });
  try {
    await withPage('', { server, allow: ALL }, async (page) => {
      await wordsWithStory(page, /worker failed/);
    });
  } finally {
    await server.stop();
  }
});

/** Remembers the workers, so that a test can end them. */
function rememberWorkers() {
  const Real = Worker;
  globalThis.workers = [];
  globalThis.Worker = function Remembered(...words) {
    const worker = new Real(...words);
    globalThis.workers.push(worker);
    return worker;
  };
  Worker.prototype = Real.prototype;
}

const seedShown = async (page) => (await texts(page, '.foot-run dd'))[1];

for (const [name, kill] of [
  ['and says so', () => {
    const worker = globalThis.workers.at(-1);
    worker.terminate();
    worker.dispatchEvent(new ErrorEvent('error', { message: 'killed' }));
  }],
  ['without a word', () => globalThis.workers.at(-1).terminate()],
]) {
  test(`a worker that was there and ends ${name} is replaced`, async () => {
    // A worker that is killed while it starts may leave its script half loaded.
    await withPage('', { before: rememberWorkers, allow: [/app-[0-9a-f]+\.js \(NS_BINDING_ABORTED\)/] }, async (page) => {
      await waitForReady(page);
      await page.evaluate(kill);
      await page.evaluate(() => { location.hash = 'v=1&seed=7'; });
      await eventually('the other run', () => seedShown(page), (seed) => seed === '7', 40_000);
      // Also while it works.
      await page.evaluate(() => { location.hash = 'v=1&seed=8'; });
      await page.evaluate(kill);
      await eventually('the next run', () => seedShown(page), (seed) => seed === '8', 40_000);
      assert.deepEqual(await texts(page, '.note-error'), []);
    });
  });
}

/** Makes the program panic at the next change of what it shows. */
function breakIt() {
  Node.prototype.insertBefore = () => { throw new Error('broken on purpose'); };
}

test('a fault of the program is told, with a report and a way on', async () => {
  await withPage('#v=1&t=12:30', { allow: ALL }, async (page) => {
    await waitForReady(page);
    const scenario = (await texts(page, 'h1'))[0];
    await page.evaluate(breakIt);
    for (const key of ['e', 'n', 'ArrowRight', 'End', 'Home']) await pressKey(page, key).catch(() => {});
    await waitFor(page, 'the box', () => document.querySelector('#crash') !== null, 10_000);
    const report = await page.evaluate(() => document.querySelector('#crash textarea').value);
    await screenshot(page, 'crash');
    assert.match(report, /^incident-replay \d+\.\d+\.\d+\nhttp:\/\/localhost:\d+\/\nMozilla.*\n./);
    assert.doesNotMatch(report, /\/root|\/home|registry\/src|12:30/);
    assert.ok(!report.includes(scenario.slice(0, 30)));
    await click(page, '#crash button');
    await eventually('the page again', () => page.evaluate(() => document.documentElement?.dataset.replay).catch(() => ''),
      (state) => state === 'ready', 60_000);
  });
});

/** A program of one function, `f`, which does nothing but trap. */
const TRAP = [0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 3, 2, 1, 0, 7, 5, 1, 1, 102, 0, 0, 10, 5, 1, 3, 0, 0, 11];

// Such as a full memory, or a fault of the compiler.
for (const how of ['callback', 'promise']) {
  test(`an end of the program without a panic, in a ${how}, is told as well`, () => withPage('#v=1&t=12:30', { allow: ALL }, async (page) => {
    await waitForReady(page);
    await page.evaluate(async (bytes, how) => {
      const { instance } = await WebAssembly.instantiate(new Uint8Array(bytes));
      const { f: trap } = instance.exports;
      if (how === 'callback') setTimeout(trap);
      else Promise.resolve().then(trap);
    }, TRAP, how);
    await waitFor(page, 'the box', () => document.querySelector('#crash') !== null, 10_000);
    assert.match(await page.evaluate(() => document.querySelector('#crash textarea').value), /unreachable/i);
  }));
}

test('a fault in an embed is an error of the element', { skip: cannot({ webkit: 'tests see the document in a frame there, not its variables' }) }, async () => {
  const replay = await startServer();
  const host = await startHost(new URL(replay.url).origin);
  try {
    await withHost(replay.url, host, { allow: ALL }, async (page) => {
      await addElement(page, { src: replay.url, 'start-at': '12:30' });
      await waitForReplay(page);
      const frame = await frameOf(page);
      await frame.evaluate(breakIt);
      const asked = [call(page, 'nextEvent'), ...['11:00', '13:30', '10:30'].map((to) => call(page, 'seek', to))];
      await eventually('the error', () => heard(page), (types) => types.includes('error'));
      // Moments that were shown before the fault are kept promises; none is left open.
      await Promise.all(asked);
      assert.match((await call(page, 'getState')).rejected, /^Error: ./);
    });
  } finally {
    await Promise.all([host.stop(), replay.stop()]);
  }
});

test('the program carries no path of the machine that built it', () => {
  const dist = join(root, 'dist');
  const names = readdirSync(dist).filter((name) => /\.(wasm|js|html)$/.test(name));
  assert.ok(names.some((name) => name.endsWith('.wasm')), engine);
  for (const name of names) {
    const text = readFileSync(join(dist, name)).toString('latin1');
    for (const path of [root, homedir(), 'registry/src/', '/rustup/']) {
      assert.ok(!text.includes(path), `${name} contains ${path}`);
    }
  }
});

test('without workers the page simulates by itself', async () => {
  const simulated = async (before) => {
    let told;
    await withPage('#v=1&t=12:30', { before }, async (page) => {
      await waitForReady(page);
      // Without the claims, one of which waits for another run.
      const shown = () => page.evaluate(() => ['h1', '.tiles', '#picture', '.charts'].map((at) => document.querySelector(at).innerText).join('\n'));
      const first = await shown();
      // Another run, wanted while the claims' other run may still be on its way.
      await page.evaluate(() => { location.hash = '#v=1&t=12:30&seed=7'; });
      await waitFor(page, 'the other run', () => /What if/.test(document.title));
      told = [first, await shown()];
    });
    return told;
  };
  const [here, there] = [await simulated(() => delete globalThis.Worker), await simulated()];
  assert.ok(here[0] !== here[1] && here[0].length > 500);
  assert.deepEqual(here, there, 'the same runs');
});
