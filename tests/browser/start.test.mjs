// A browser that does not start is started again; a test that fails is not run again here.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { browsersBy } from './start.mjs';

test('a browser that does not start is started once more, and then shared', async () => {
  let starts = 0;
  const browsers = browsersBy(async (name) => {
    starts += 1;
    if (starts === 1) throw new Error('no display');
    return `${name} ${starts}`;
  });
  assert.equal(await browsers.get('dark', 'firefox'), 'firefox 2');
  assert.equal(await browsers.get('dark', 'firefox'), 'firefox 2');
  assert.equal(await browsers.get('light', 'firefox'), 'firefox 3');
});

test('a browser that never starts fails the test with its own words', async () => {
  let starts = 0;
  const browsers = browsersBy(async () => {
    starts += 1;
    throw new Error('no display');
  });
  await assert.rejects(browsers.get('dark'), /no display/);
  assert.equal(starts, 2);
});

test('a stop waits for each browser', async () => {
  const stopped = [];
  const browsers = browsersBy(async (name) => name);
  browsers.get('a', 'chromium');
  browsers.get('b', 'firefox');
  await browsers.stop(async (browser) => { stopped.push(browser); });
  assert.deepEqual(stopped, ['chromium', 'firefox']);
});
