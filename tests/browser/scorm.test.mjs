// The drill in a learning management system: the run-time of scorm-again, with the page in a frame, as players of packages do.

import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { cannot, withPage } from './harness.mjs';
import { eventually } from './page.mjs';
import { root, startServer } from './server.mjs';

const WAIT_MS_MAX = 60_000;
let folder;
let server;

before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'incident-replay-lms-'));
  cpSync(join(root, 'dist'), folder, { recursive: true });
  cpSync(join(root, 'node_modules/scorm-again/dist/scorm12.min.js'), join(folder, 'runtime.js'));
  writeFileSync(join(folder, 'player.js'), `
    window.API = new Scorm12API({ autocommit: false, logLevel: 5 });
    window.calls = [];
    for (const name of ['LMSInitialize', 'LMSSetValue', 'LMSCommit', 'LMSFinish']) {
      const real = window.API[name].bind(window.API);
      window.API[name] = (...words) => { const answer = real(...words); window.calls.push([name, ...words, answer]); return answer; };
    }
    document.querySelector('iframe').src = './index.html?mode=drill#v=1&drill=0';
  `);
  writeFileSync(join(folder, 'lms.html'), `<!doctype html><html lang="en"><title>Player</title>
    <iframe title="Course" width="1200" height="800"></iframe>
    <script src="./runtime.js"></script><script src="./player.js"></script></html>`);
  server = await startServer({ folder });
});

after(() => {
  server?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const FRAMES = { skip: cannot({ firefox: 'one browser is enough for a protocol between two scripts', webkit: 'one browser is enough for a protocol between two scripts' }) };

/** Lives through a drill in the frame, as quickly as it goes. */
async function live(frame, kind) {
  const does = (what, ...words) => eventually(String(words), () => frame.evaluate(what, ...words).catch(() => false), Boolean, WAIT_MS_MAX);
  const press = (selector, text) => does((selector, text) => {
    const found = [...document.querySelectorAll(selector)].find((button) => button.innerText.trim().startsWith(text) && !button.disabled);
    found?.click();
    return found !== undefined;
  }, selector, text);
  await press('.drill-begin button', kind);
  await press('.drill-looks button', 'Recent changes');
  await press('.drill-acts button', 'Roll back');
  await press('.drill-bar button', 'End the drill');
  for (const sentence of ['One.', 'Two.']) {
    await does((text) => {
      const field = document.querySelector('.drill-sentence');
      if (!field || [...document.querySelectorAll('.drill-written li')].some((line) => line.innerText.includes(text))) return field === null;
      field.value = text;
      document.querySelector('.drill-mark').click();
      return true;
    }, sentence);
    await does((text) => [...document.querySelectorAll('.drill-written li')].some((line) => line.innerText.includes(text)), sentence);
  }
  await does(() => document.querySelector('#drill-compare') !== null);
}

for (const [kind, scored] of [['Take the check', true], ['Practise', false]]) {
  test(`a real run-time hears of completion${scored ? ', score' : ''} and time, once: ${kind}`, FRAMES, async () => {
    await withPage('lms.html', { server, allow: [/favicon/] }, async (page) => {
      const frame = await page.frame(() => document.querySelector('iframe'));
      await live(frame, kind);
      const calls = () => page.evaluate(() => window.calls);
      await eventually('the end', calls, (found) => found.some(([name]) => name === 'LMSFinish'), WAIT_MS_MAX);
      const made = await calls();
      assert.ok(made.every((call) => call.at(-1) === 'true'), JSON.stringify(made));
      assert.deepEqual([made[0][0], made.at(-2)[0], made.at(-1)[0]], ['LMSInitialize', 'LMSCommit', 'LMSFinish']);
      const set = Object.fromEntries(made.filter(([name]) => name === 'LMSSetValue').map(([, name, value]) => [name, value]));
      assert.equal(set['cmi.core.lesson_status'], 'completed');
      assert.match(set['cmi.core.session_time'], /^\d{4}:\d\d:\d\d$/);
      assert.match(set['cmi.suspend_data'], scored ? /^c-0-/ : /^p-0-/);
      assert.equal('cmi.core.score.raw' in set, scored);
      if (scored) assert.ok(Number(set['cmi.core.score.raw']) > 80, set['cmi.core.score.raw']);
      // Nothing more is told, whatever is done afterwards.
      await frame.evaluate(() => document.querySelector('.drill-plan button')?.click());
      assert.equal((await calls()).length, made.length);
    });
  });
}
