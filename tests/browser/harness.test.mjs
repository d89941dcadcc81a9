// The other tests are worth as much as their harness notices: plant each kind of problem, and expect to be told of it.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { click, drag, engine, hover, openPage, pressKey, waitForReady, withPage } from './harness.mjs';

const PLANTED = [
  { name: 'console errors', plant: () => console.error('planted error'), told: /console\.error: planted error/ },
  { name: 'exceptions', plant: () => { setTimeout(() => { throw new Error('planted exception'); }); }, told: /exception: .*planted exception/ },
  { name: 'rejections', plant: () => { Promise.reject(new Error('planted rejection')); }, told: /exception: .*planted rejection/ },
  {
    name: 'files that are not there',
    plant: () => fetch('./planted.json').then((response) => response.text()),
    told: /404.*planted\.json/,
  },
  {
    name: 'third parties and the policy that forbids them',
    plant: () => fetch('http://planted.invalid/').catch(() => {}),
    told: /policy violation: connect-src blocked http:\/\/planted\.invalid/,
  },
  {
    name: 'exceptions in workers that nobody handles',
    plant: () => {
      const worker = new Worker(document.getElementById('loader').src, { type: 'module' });
      worker.postMessage({ beside: { js: '../elsewhere.js' } });
    },
    told: /exception: .*which is no file name/s,
  },
  {
    name: 'workers that are no file of the page',
    plant: () => {
      // In WebKit it also throws.
      try {
        new Worker(URL.createObjectURL(new Blob([''])));
      } catch {}
    },
    told: /policy violation: worker-src blocked blob/,
  },
  {
    name: 'inline styles',
    plant: () => { document.body.insertAdjacentHTML('beforeend', '<p style="color: red">planted</p>'); },
    told: /policy violation: style-src-attr blocked inline/,
  },
  {
    name: 'inline scripts',
    plant: () => { document.body.appendChild(document.createElement('script')).textContent = 'planted()'; },
    told: /policy violation: script-src-elem blocked inline/,
  },
];

for (const { name, plant, told } of PLANTED) {
  test(`notices ${name}`, async () => {
    const page = await openPage();
    await waitForReady(page);
    await page.checkProblems();
    await page.evaluate(plant);
    // A busy machine takes its time to tell.
    const end = Date.now() + 5000;
    do {
      await new Promise((resolve) => setTimeout(resolve, 100));
      await page.collect?.();
    } while (!page.problems.some((problem) => told.test(problem)) && Date.now() < end);
    await assert.rejects(page.close(), (error) => {
      assert.match(error.actual.join('\n'), told, `in ${engine}`);
      return true;
    });
  });
}

test('keys, clicks and drags arrive in the page', async () => {
  await withPage('', {}, async (page) => {
    await waitForReady(page);
    await page.evaluate(() => {
      const pad = document.body.appendChild(document.createElement('div'));
      pad.id = 'pad';
      Object.assign(pad.style, { position: 'fixed', zIndex: 9999, top: '20px', left: '30px', width: '200px', height: '100px' });
      pad.tabIndex = 0;
      pad.focus();
      globalThis.arrived = [];
      addEventListener('keydown', ({ key, shiftKey }) => globalThis.arrived.push(`key ${shiftKey ? 'Shift+' : ''}${key}`));
      for (const type of ['pointerdown', 'pointermove', 'pointerup', 'click']) {
        pad.addEventListener(type, ({ clientX, clientY }) => globalThis.arrived.push(`${type} ${clientX},${clientY}`));
      }
    });
    const arrived = () => page.evaluate(() => globalThis.arrived.splice(0));

    await pressKey(page, 'k');
    await pressKey(page, 'ArrowRight', ['Shift']);
    await pressKey(page, 'End');
    const keys = (await arrived()).filter((entry) => entry !== 'key Shift+Shift');
    assert.deepEqual(keys, ['key k', 'key Shift+ArrowRight', 'key End']);

    await hover(page, '#pad', { x: -10, y: 0 });
    assert.ok((await arrived()).includes('pointermove 120,70'));

    await click(page, '#pad');
    const clicked = await arrived();
    assert.deepEqual(clicked.slice(-3), ['pointerdown 130,70', 'pointerup 130,70', 'click 130,70']);

    await drag(page, '#pad', { x: 0.25 }, { x: 0.75 }, 5);
    const dragged = await arrived();
    assert.ok(dragged.includes('pointerdown 80,70') && dragged.includes('pointermove 100,70'), dragged.join('; '));
    assert.ok(dragged.includes('pointerup 180,70'), dragged.join('; '));
  });
});
