// The page as a single file: from a disk, without a network, in a frame without rights, with a scenario of one's own.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { cannot, click, screenshot, waitFor, waitForReady, withFile } from './harness.mjs';
import { becomes, count, eventually, expectPlayer, goTo, PLAY, playerKey, playerState, SCENARIO, SLIDER, texts, withReplay } from './page.mjs';
import { root } from './server.mjs';

const BUILT = join(root, 'dist/incident-replay.html');
const folder = mkdtempSync(join(tmpdir(), 'incident-replay-single-'));
after(() => rmSync(folder, { recursive: true }));

function bundle(name, ...words) {
  const out = join(folder, name);
  const said = execFileSync('cargo', ['run', '--quiet', '--bin', 'incident-replay', '--', 'bundle', out, ...words], { cwd: root, encoding: 'utf8' });
  assert.equal(said, `${out}: ${readFileSync(out).length} bytes\n`);
  return out;
}

/** What the file says of its run. */
function digest(page) {
  return page.evaluate(() => document.querySelector('.foot-run code').textContent);
}

test('from a disk: the same recording as the page, played and sought', async () => {
  let expected;
  await withReplay({}, async (page) => { expected = await digest(page); });
  await withFile(BUILT, {}, async (page) => {
    await waitForReady(page);
    assert.equal(await digest(page), expected);
    await playerKey(page, 'k');
    await eventually('the playhead moves', () => playerState(page), ({ seconds, playing }) => playing && seconds > 30);
    await playerKey(page, 'k');
    await expectPlayer(page, { playing: false });
    await goTo(page, '12:15');
    await screenshot(page, 'single-file');
    // The run with the fixed session code comes from the same worker.
    await eventually('every claim is checked', () => texts(page, '.verdict-cell'), (verdicts) => (
      verdicts.length === SCENARIO.claims.length && verdicts.every((verdict) => /holds/.test(verdict))), 60_000);
    // Sharing works from a disk, too.
    await click(page, '.share-button');
    await becomes('the dialog', () => count(page, 'dialog[open]'), 1);
  });
});

test('its policy lets nothing else in', async () => {
  await withFile(BUILT, { allow: [/policy violation: (script-src-elem|connect-src)/, /Content.Security.Policy/, /planted/] }, async (page) => {
    await waitForReady(page);
    const policy = await page.evaluate(() => document.querySelector('meta[http-equiv]').content);
    assert.doesNotMatch(policy, /unsafe-inline|'unsafe-eval'|'self'|http/);
    await page.evaluate(() => {
      document.body.appendChild(document.createElement('script')).textContent = 'globalThis.planted = true';
      fetch('http://planted.invalid/').catch(() => { globalThis.refused = true; });
    });
    await waitFor(page, 'the refusal', () => globalThis.refused === true);
    assert.equal(await page.evaluate(() => globalThis.planted ?? false), false);
  });
});

const escaped = (html) => html.replaceAll('&', '&amp;').replaceAll('"', '&quot;');
// On a busy machine Firefox's driver at times trips over frames that it may not look into; the page itself looks into none.
const DRIVER = [/^exception: Error: Error: Permission denied to access property "length"$/];
const HOSTS = {
  'by its address': () => '<iframe sandbox="allow-scripts" src="single.html"></iframe>',
  'as srcdoc': () => `<iframe sandbox="allow-scripts" srcdoc="${escaped(readFileSync(BUILT, 'utf8'))}"></iframe>`,
};

for (const [how, frameOf] of Object.entries(HOSTS)) {
  test(`in a frame without an origin, ${how}`, async () => {
    const [single, host] = ['single.html', 'host.html'].map((name) => join(folder, name));
    copyFileSync(BUILT, single);
    writeFileSync(host, `<!DOCTYPE html><title>Host</title><style>iframe { width: 1200px; height: 800px }</style>${frameOf()}`);
    await withFile(host, { files: [single], allow: DRIVER }, async (page) => {
      const frame = await page.frame(() => document.querySelector('iframe'));
      await waitFor(frame, 'the recording', () => document.documentElement.dataset.replay === 'ready', 60_000);
      const rights = await frame.evaluate(() => {
        try {
          return String(globalThis.localStorage);
        } catch (error) {
          return error.name;
        }
      });
      assert.equal(rights, 'SecurityError', 'the frame has no storage');
      await frame.evaluate((play) => document.querySelector(play).click(), PLAY);
      const seconds = () => frame.evaluate((slider) => Number(document.querySelector(slider).getAttribute('aria-valuenow')), SLIDER);
      await eventually('the playhead moves', seconds, (found) => found > 10);
      await screenshot(page, `single-file-${how.replaceAll(' ', '-')}`);
    });
  });
}

test('in a frame that may not run scripts it tells the story', {
  skip: cannot({ webkit: 'nothing can be evaluated in a frame that may not run scripts' }),
}, async () => {
  const [single, host] = ['single.html', 'still.html'].map((name) => join(folder, name));
  copyFileSync(BUILT, single);
  writeFileSync(host, '<!DOCTYPE html><title>Host</title><style>iframe { width: 1200px; height: 800px }</style><iframe sandbox src="single.html"></iframe>');
  await withFile(host, { files: [single], allow: [/sandboxed/] }, async (page) => {
    const frame = await page.frame(() => document.querySelector('iframe'));
    const shown = (selector) => frame.evaluate((at) => document.querySelector(at)?.checkVisibility() ?? false, selector);
    await eventually('the story', () => shown('#static-story'), Boolean);
    assert.deepEqual([await shown('#static-story img'), await shown('#boot-status')], [true, false]);
    assert.match(await frame.evaluate(() => document.querySelector('.hero-story').innerText), /Download the file and open it/);
    await screenshot(page, 'single-file-without-scripts');
  });
});

test('without WebAssembly it tells the story, with its pictures', async () => {
  await withFile(BUILT, { before: () => delete globalThis.WebAssembly }, async (page) => {
    await waitFor(page, 'the message', () => document.documentElement.dataset.boot === 'failed');
    const pictures = await waitFor(page, 'the pictures', () => {
      const images = [...document.querySelectorAll('#static-story img')];
      images.find((image) => !image.complete || image.naturalWidth === 0)?.scrollIntoView();
      return images.every((image) => image.complete && image.naturalWidth > 0) && images.length;
    }, 30_000);
    assert.ok(pictures >= 6, `${pictures} pictures`);
  });
});

test('a scenario of one’s own is in it, and what it says is only text', async () => {
  const hostile = '</script><script>globalThis.planted = true</script><!--<script> <img src=x onerror="globalThis.planted = true">';
  const scenario = structuredClone(SCENARIO);
  Object.assign(scenario, { id: 'own', title: hostile, seed: 21 });
  scenario.timeline[0].title = hostile;
  const source = join(folder, 'own.json');
  writeFileSync(source, JSON.stringify(scenario));
  await withFile(bundle('own.html', '--scenario', source), {}, async (page) => {
    const title = await page.evaluate(() => document.title);
    assert.equal(title, `${hostile} – incident replay`);
    await waitForReady(page);
    await becomes('the title', async () => (await texts(page, '.top-title strong'))[0], hostile);
    assert.deepEqual((await texts(page, '.foot-run dd')).slice(0, 2), ['own', '21']);
    assert.equal(await page.evaluate(() => globalThis.planted ?? false), false);
  });
});
