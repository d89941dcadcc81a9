// The drill: started, lived through by mouse and by keyboard, written about, compared, kept; and what the page never holds.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { axe, casesHere, click, pressKey, screenshot, waitForReady, withPage } from './harness.mjs';
import { becomes, count, eventually, focus, texts, unfocus, withReplay } from './page.mjs';
import { root } from './server.mjs';

const WAIT_MS_MAX = 60_000;
const SCENARIOS = ['checkout-outage-2024-08-15.json', 'training/connections.json', 'training/slow-gateway.json', 'training/costly-release.json']
  .map((file) => JSON.parse(readFileSync(join(root, 'static/scenarios', file), 'utf8')));
// One draw of each incident; tests/drill.rs holds that they are.
const DRAWS = ['0', '1', '5', '6'];

const bar = (page) => page.evaluate(() => location.search + location.hash);
const told = (page) => texts(page, '.drill-line p');
const hears = (page, what) => eventually(`told ${what}`, () => told(page), (lines) => lines.some((line) => what.test(line)), WAIT_MS_MAX);
const clock = (page) => texts(page, '.drill-time strong').then(([text]) => text);

/** Presses the button with this text. */
async function press(page, text, within = '#drill') {
  const at = await eventually(`a button “${text}”`, () => page.evaluate((text, within) => {
    const found = [...document.querySelectorAll(`${within} button`)].find((button) => button.innerText.trim().startsWith(text) && !button.disabled);
    if (!found) return '';
    found.setAttribute('data-pressed', text);
    return `${within} button[data-pressed="${text}"]`;
  }, text, within), Boolean, WAIT_MS_MAX);
  await click(page, at);
}

async function set(page, selector, value) {
  await page.evaluate((selector, value) => {
    const field = document.querySelector(selector);
    field.value = value;
    field.dispatchEvent(new Event('change', { bubbles: true }));
  }, selector, value);
}

/** Opens the setup with a draw, untimed, so that the clock moves only when something is done. */
function withSetup(draw, options, use) {
  return withPage(`?mode=drill${draw === null ? '' : `#v=1&drill=${draw}`}`, options, async (page) => {
    await waitForReady(page);
    await becomes('the setup', () => count(page, '.drill-begin button'), 2);
    await set(page, '.drill-length', 'untimed');
    await use(page);
  });
}

function withDrill(draw, options, use, kind = 'Practise') {
  return withSetup(draw, options, async (page) => {
    await press(page, kind);
    await hears(page, /^11:00 UTC\. Payment service: checkouts are slow or fail/);
    await use(page);
  });
}

/** Everything of the page that somebody could look into. */
const everything = (page) => page.evaluate(async () => {
  const stored = Object.entries({ ...localStorage, ...sessionStorage }).flat().join('\n');
  // What the page says of itself in its head is the same whatever is drawn.
  return [document.body.outerHTML, document.title, location.href, stored, ...globalThis.heard].join('\n');
});

/** Runs in the page before its scripts: remembers what workers say. */
function listen() {
  globalThis.heard = [];
  const Real = Worker;
  globalThis.Worker = function Heard(...words) {
    const worker = new Real(...words);
    worker.addEventListener('message', ({ data }) => {
      if (document.querySelector('.drill-bar')) globalThis.heard.push(JSON.stringify(data, (_, value) => (ArrayBuffer.isView(value) ? '' : value)));
    });
    return worker;
  };
  Worker.prototype = Real.prototype;
}

test('somebody who has never been here knows what to do: a page, a sentence, two buttons', async () => {
  await withReplay({}, async (page) => {
    await press(page, 'Drill', '.top-modes');
    await becomes('the address', () => bar(page), '?mode=drill');
    assert.match((await texts(page, '.drill-pager'))[0], /checkouts are slow or fail\. You are on call\./);
    assert.deepEqual(await texts(page, '.drill-begin button'), ['Practise', 'Take the check']);
    assert.equal(await page.evaluate(() => document.title), 'Drill · Incident replay');
    await screenshot(page, 'drill-setup');
    await press(page, 'Replay', '.top-modes');
    await eventually('the replay', () => count(page, '#picture'), (found) => found === 1);
    assert.match(await page.evaluate(() => document.title), /Checkout outage/);
  });
});

test('looking takes time, acting is prepared, a patch needs a finding, people ask', async () => {
  await withDrill('3', {}, async (page) => {
    await press(page, 'Dashboards by instance', '.drill-looks');
    await becomes('two minutes later', () => clock(page), '11:02:00');
    assert.equal(await count(page, '.drill-line.is-evidence dl div'), 8, 'eight instances');
    await press(page, 'Patch', '.drill-acts');
    await hears(page, /^Not done: state the cause first/);
    await set(page, '.drill-cause', 'sessions');
    await set(page, '.drill-series', 'heap');
    await set(page, '.drill-way', 'up');
    await click(page, '.drill-note');
    await hears(page, /^You think: sessions stay in memory \(a guess\)\. You expect fullest heap up within 5 minutes\./);
    await click(page, '.drill-state');
    await press(page, 'Patch', '.drill-acts');
    await hears(page, /“Patch the stated cause” will begin/);
    await press(page, 'Wait 15 min');
    await hears(page, /^Head of customer care: Customers call us/);
    await hears(page, /^A colleague: I have seen this before/);
    // What is ordered for a moment follows it.
    await press(page, 'Wait 1 min');
    await hears(page, /^The roll-out begins/);
    await click(page, '.drill-impact');
    await click(page, '.drill-doing');
    await set(page, '.drill-next', '15');
    await click(page, '.drill-send');
    await hears(page, /^You send an update: how many are affected, what is being done, that the next update comes in 15 minutes\./);
    assert.match(await page.evaluate(() => document.querySelector('#drill [aria-live]').innerText), /roll-out begins/, 'news are announced');
    await set(page, '.drill-cause', 'network');
    await click(page, '.drill-rule-out');
    await eventually('ruled out', () => texts(page, '.drill-open .is-out'), ([text]) => /network.*ruled out/.test(text ?? ''));
    await screenshot(page, 'drill-desk');
  });
});

for (const draw of casesHere(DRAWS, 2)) {
  test(`draw ${draw}: nothing of the cause, nor of what comes, is in the page while it lasts`, async () => {
    await withSetup(draw, { before: listen }, async (page) => {
      // What every page has, whatever is drawn.
      const before = await everything(page);
      await press(page, 'Practise');
      await hears(page, /^11:00 UTC/);
      await press(page, 'Wait 15 min');
      await hears(page, /^Head of customer care/);
      const seen = await everything(page);
      for (const { id, title, window, faults = [], timeline } of SCENARIOS) {
        for (const hidden of [title, window.from.slice(0, 10), ...timeline.map(({ text }) => text), ...faults.flatMap((fault) => [fault.id, fault.reason])]) {
          assert.ok(!seen.includes(hidden) || before.includes(hidden), `${id}: ${hidden}`);
        }
      }
      assert.doesNotMatch(await everything2(page), /training|leak|faulty/i);
      // Whatever is drawn, the same files are asked for.
      const asked = page.server.answers().map(({ path }) => path.replace(/.*\//, '')).filter((name) => name.endsWith('.json')).toSorted();
      assert.deepEqual(asked, ['connections.json', 'costly-release.json', 'slow-gateway.json']);
      assert.match(await bar(page), new RegExp(`^\\?mode=drill#v=1&drill=${draw}$`));
    });
  });
}

/** Lives through a short drill, to its debrief. */
async function live(page) {
  await press(page, 'Recent changes', '.drill-looks');
  await press(page, 'Roll back', '.drill-acts');
  await hears(page, /will begin/);
  await press(page, 'Wait 15 min');
  await hears(page, /^The roll-out begins/);
  await press(page, 'End the drill');
  await eventually('the debrief', () => count(page, '#drill-own'), (found) => found === 1, WAIT_MS_MAX);
}

async function write(page, sentence) {
  const before = await count(page, '.drill-written li');
  await page.evaluate((text) => { document.querySelector('.drill-sentence').value = text; }, sentence);
  await click(page, '.drill-mark');
  await becomes('the sentence', () => count(page, '.drill-written li'), before + 1);
}

test('the debrief compares after two sentences, a check is scored, and its link says the same', async () => {
  let link;
  let score;
  // Draw 0 is a release that costs more.
  await withDrill('0', {}, async (page) => {
    await live(page);
    const own = await everything2(page);
    assert.doesNotMatch(own, /The cause:|by search|What the responders did|of 100/);
    // A time leads to its minute of one's own run, and back.
    const first = '.drill-trace .drill-to-minute';
    const [clock] = await texts(page, first);
    assert.match(clock, /^1\d:\d\d$/);
    await press(page, clock, '.drill-trace');
    await eventually('its minute', () => texts(page, '#drill-minute'), ([text]) => text?.startsWith(`${clock} of your run`), WAIT_MS_MAX);
    assert.ok((await count(page, '#drill-minute dd')) >= 4, 'the values of the charts');
    assert.equal(await count(page, '.drill-minute-sentence'), 0, 'in words only beside the comparison');
    assert.equal(await page.evaluate(() => document.activeElement.id), 'drill-minute');
    await press(page, 'Back to the sentence');
    await becomes('where it was pressed', () => page.evaluate(() => document.activeElement.textContent), clock);
    await write(page, 'I saw that a release had begun at 10:55.');
    assert.equal(await count(page, '#drill-compare'), 0);
    await write(page, 'I took it back & waited.');
    await eventually('the comparison', () => texts(page, '.drill-cause-told'), ([text]) => /The cause: requests cost more CPU/.test(text ?? ''), WAIT_MS_MAX);
    assert.match((await texts(page, '.drill-effects'))[0], /Roll back to the release before: spared \d\d,\d{3} users/);
    const timeless = await page.evaluate(() => [...document.querySelectorAll('.drill-columns li, .drill-trace li, .drill-written li')]
      .filter((item) => !item.querySelector('.drill-to-minute')).map((item) => item.textContent));
    assert.deepEqual(timeless, [], 'every sentence has its minute');
    const [configured] = await texts(page, '.drill-fault .faults pre');
    assert.equal(JSON.parse(configured).does.cpu_cost.factor, 5, 'the configuration of the fault');
    const [effect] = await texts(page, '.drill-effects .drill-to-minute');
    await press(page, effect, '.drill-effects');
    await eventually('the minute in words', () => texts(page, '.drill-minute-sentence'), ([text]) => text?.length > 20, WAIT_MS_MAX);
    await press(page, 'Back to the sentence');
    score = (await texts(page, '.drill-score dd'));
    assert.match(score[0], /^(9\d|100) of 100/);
    assert.match(score[1], /^1 of 1 acts/);
    await page.evaluate(() => { document.querySelector('.drill-plan-text').value = 'When a page comes, I will look at the changes.'; });
    await press(page, 'Keep it', '.drill-plan');
    await becomes('the plan', () => texts(page, '.drill-plan blockquote'), ['When a page comes, I will look at the changes.']);
    await page.evaluate(() => { document.querySelector('.drill-result details').open = true; });
    [link] = await texts(page, '.drill-link');
    assert.ok(link.length < 400, link);
    assert.deepEqual(await axe(page), []);
    await screenshot(page, 'drill-debrief', { fullPage: true });
  }, 'Take the check');
  const hash = link.slice(link.indexOf('?'));
  await withPage(hash, {}, async (page) => {
    await waitForReady(page);
    await eventually('the comparison', () => texts(page, '.drill-cause-told'), ([text]) => /The cause/.test(text ?? ''), WAIT_MS_MAX);
    assert.deepEqual(await texts(page, '.drill-score dd'), score);
    assert.deepEqual(await texts(page, '.drill-written li'), ['11:00 I saw that a release had begun at 10:55.', '11:00 I took it back & waited.']);
  });
  // Somebody claims that fewer were harmed.
  await withPage(hash.replace(/drill=c-0-\w+-/, 'drill=c-0-1-'), {}, async (page) => {
    await waitForReady(page);
    await eventually('the doubt', () => texts(page, '#drill .note-error'), ([text]) => /cannot be trusted.*claims 1 users/.test(text ?? ''), WAIT_MS_MAX);
    assert.equal(await count(page, '.drill-score'), 0);
  });
});

const everything2 = (page) => page.evaluate(() => document.querySelector('#drill').innerText);

test('a line is marked, a reason is written, and every version is run', async () => {
  await withPage('?mode=drill', {}, async (page) => {
    await waitForReady(page);
    await eventually('the exercise', () => count(page, '.drill-review'), (found) => found === 1);
    await page.evaluate(() => { document.querySelector('.drill-review').open = true; });
    await press(page, 'Run all three', '.drill-review');
    await eventually('a wish', () => texts(page, '.drill-review [role="status"]'), ([text]) => text === 'Mark the line that forgets a session.');
    await press(page, 'east.rs', '.drill-review');
    const line = await eventually('the line', () => page.evaluate(() => [...document.querySelectorAll('.drill-code code')]
      .findIndex((code) => code.innerText.trim() === 'session = desk.open_session();')), (index) => index > 20);
    assert.ok(await count(page, '.drill-code li') >= 60);
    await focus(page, `.drill-code li:nth-child(${line + 1}) button`);
    await pressKey(page, 'Enter');
    await becomes('the mark', () => count(page, '.drill-code-line[aria-pressed="true"]'), 1);
    await page.evaluate(() => { document.querySelector('.drill-why').value = 'The old session has no name any more.'; });
    await press(page, 'Run all three', '.drill-review');
    await eventually('the answer', () => texts(page, '.drill-answer p'), ([text]) => /^You marked it\. east\.rs, line/.test(text ?? ''));
    const rows = await texts(page, '.drill-answer tbody tr');
    assert.equal(rows.length, 4);
    assert.ok(rows.every((row) => /432/.test(row)), rows.join());
    assert.deepEqual(rows.map((row) => /never$/.test(row)), [true, false, true, true]);
    assert.deepEqual(await axe(page), []);
    await screenshot(page, 'drill-review', { fullPage: true });
  });
});

test('the results of a class stand side by side, with doubts where there are some', async () => {
  await withPage('?mode=drill', {}, async (page) => {
    await waitForReady(page);
    await becomes('the setup', () => count(page, '.drill-begin button'), 2);
    await page.evaluate(() => {
      document.querySelector('.drill-class').open = true;
      document.querySelector('.drill-pasted').value = ['Ada: c-0-0-0E', 'p-5-x-', 'no link'].join('\n');
    });
    await click(page, '.drill-show');
    const rows = () => texts(page, '.drill-class tbody tr');
    await eventually('every row', rows, (found) => found.length === 3 && found.every((row) => !row.includes('…')), WAIT_MS_MAX);
    const [ada, second, third] = await rows();
    assert.match(ada, /^Ada\s*Cannot be trusted: this result claims 0 users slow or failed, but its journal comes to \d+/);
    assert.match(second, /^2\s*Cannot be trusted/);
    assert.match(third, /^no\s*Cannot be trusted: a result begins with its kind/);
    const harmed = /comes to (\d+)/.exec(ada)[1];
    await page.evaluate((claim) => { document.querySelector('.drill-pasted').value = `c-0-${claim}-0E`; }, Number(harmed).toString(36));
    await click(page, '.drill-show');
    await eventually('the row', rows, ([row]) => /^1\s*Training: a release that costs more CPU\s*0 of 100\s*10\d,\d{3}\s*0 of 0/.test(row ?? ''), WAIT_MS_MAX);
    assert.deepEqual(await axe(page), []);
  });
});

test('a practice has no score, and another attempt leaves the first as it was', async () => {
  await withDrill('0', {}, async (page) => {
    await live(page);
    await write(page, 'One.');
    await write(page, 'Two.');
    await eventually('the comparison', () => count(page, '#drill-compare'), (found) => found === 1, WAIT_MS_MAX);
    assert.equal(await count(page, '.drill-score'), 0);
    assert.doesNotMatch(await everything2(page), /of 100/);
    await press(page, 'Try another way', '.drill-trace');
    await becomes('back at the page', () => clock(page), '11:00:00');
    assert.equal(await count(page, '#drill-compare'), 0);
    assert.match((await texts(page, '.drill-branch'))[0], /first result stays/);
    await press(page, 'End the drill');
    await eventually('the first result', () => texts(page, '.drill-result'), ([text]) => /In the first, [\d,]+ users/.test(text ?? ''), WAIT_MS_MAX);
  });
});

test('a reload goes on where it was, also without storage the drill works', async () => {
  await withDrill('1', {}, async (page) => {
    await press(page, 'Traces', '.drill-looks');
    await becomes('four minutes later', () => clock(page), '11:04:00');
    await page.reload();
    await waitForReady(page);
    await press(page, 'Go on where you left');
    await becomes('the time', () => clock(page), '11:04:00');
    assert.ok((await told(page)).some((line) => /^Traces of sampled requests/.test(line)));
  });
  const without = () => {
    for (const name of ['getItem', 'setItem', 'removeItem']) Storage.prototype[name] = () => { throw new DOMException('no', 'SecurityError'); };
  };
  await withDrill('1', { before: without }, async (page) => {
    await press(page, 'Logs', '.drill-looks');
    await becomes('three minutes later', () => clock(page), '11:03:00');
  });
});

test('on the clock it goes on by itself, and a pause stops it', async () => {
  await withPage('?mode=drill#v=1&drill=2', {}, async (page) => {
    await waitForReady(page);
    await press(page, 'Practise');
    await eventually('time passes', () => clock(page), (time) => time > '11:00:20' && time < '11:10', WAIT_MS_MAX);
    await click(page, '.drill-pause');
    await becomes('paused', () => texts(page, '.drill-pause'), ['Go on']);
    const at = await clock(page);
    await page.evaluate(() => new Promise((resolve) => { setTimeout(resolve, 1200); }));
    assert.equal(await clock(page), at);
  });
});

test('by keyboard alone, from the setup to the debrief', async () => {
  await withSetup('0', {}, async (page) => {
    const go = async (selector, key = 'Enter') => {
      await focus(page, selector);
      await pressKey(page, key);
    };
    await go('.drill-begin button');
    await hears(page, /^11:00 UTC/);
    await go('.drill-looks li:nth-child(6) button');
    await becomes('two minutes later', () => clock(page), '11:02:00');
    assert.ok(await page.evaluate(() => document.activeElement.matches('.drill-looks button')), 'the focus stays');
    // The player's keys mean nothing here.
    await unfocus(page);
    for (const key of ['k', 'e', 'Home']) await pressKey(page, key);
    assert.equal(await clock(page), '11:02:00');
    await go('.drill-acts li:nth-child(2) button', ' ');
    await hears(page, /will begin/);
    await go('.drill-bar-buttons button:last-child');
    await eventually('the debrief', () => count(page, '#drill-own'), (found) => found === 1, WAIT_MS_MAX);
  });
});

for (const [width, height, dark] of casesHere([[1440, 900, false], [360, 740, true], [768, 1024, true], [360, 740, false], [1280, 720, true]], 2)) {
  test(`fits and is accessible at ${width} px, ${dark ? 'dark' : 'light'}`, async () => {
    await withSetup('5', { width, height, dark }, async (page) => {
      const fits = async (what) => {
        assert.equal(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), true, what);
        assert.deepEqual(await axe(page), [], what);
        await screenshot(page, `drill-${width}-${dark ? 'dark' : 'light'}-${what}`, { fullPage: true });
      };
      await fits('setup');
      await press(page, 'Practise');
      await hears(page, /^11:00 UTC/);
      for (const look of ['Dashboards by instance', 'Traces']) await press(page, look, '.drill-looks');
      await press(page, 'Fail over', '.drill-acts');
      await press(page, 'Wait 15 min');
      await hears(page, /^Calls go to the other gateway/);
      await fits('desk');
      await press(page, 'End the drill');
      await eventually('the debrief', () => count(page, '#drill-own'), (found) => found === 1, WAIT_MS_MAX);
      for (const sentence of ['One.', 'Two.']) await write(page, sentence);
      await eventually('the comparison', () => count(page, '#drill-compare'), (found) => found === 1, WAIT_MS_MAX);
      await fits('debrief');
    });
  });
}

test('the facilitator sees what the trainee cannot, and speaks, pauses and restarts from another window', async () => {
  // Two windows of one browser: frames of a page of the same origin.
  // A browser's own view of a text has no icon and styles of its own.
  await withPage('sw.js', { allow: [/favicon/, /style-src/] }, async (page) => {
    await page.evaluate(() => {
      document.body.replaceChildren(...['drill#v=1&drill=6', 'facilitate'].map((mode) => (
        Object.assign(document.createElement('iframe'), { src: `./?mode=${mode}`, width: 900, height: 700, title: mode.slice(0, 5) }))));
    });
    const frames = [];
    for (const index of [0, 1]) frames.push(await page.frame((at) => document.querySelectorAll('iframe')[at], index));
    const [drill, leader] = frames;
    const reads = (frame, selector) => frame.evaluate((at) => [...document.querySelectorAll(at)].map((element) => element.innerText), selector).catch(() => []);
    const clicks = (frame, selector, text) => eventually(`${selector} ${text}`, () => frame.evaluate((at, text) => {
      const found = [...document.querySelectorAll(at)].find((button) => button.innerText.trim().startsWith(text));
      found?.click();
      return found !== undefined;
    }, selector, text).catch(() => false), Boolean, WAIT_MS_MAX);
    await eventually('the questions', () => reads(leader, '.drill-facilitator h2'), (found) => found.includes('Questions'), WAIT_MS_MAX);
    assert.deepEqual(await reads(leader, '.drill-sheet'), [], 'nothing is known yet');
    await clicks(drill, '.drill-begin button', 'Practise');
    await clicks(drill, '.drill-looks button', 'Logs');
    await eventually('the trace', () => reads(leader, '.drill-live .drill-trace li'), ([first]) => /You look: Logs/.test(first ?? ''), WAIT_MS_MAX);
    assert.match((await reads(leader, '.drill-sheet'))[0], /Training: connections not given back, draw 6\. The cause: connections are not given back/);
    await clicks(leader, '.drill-hold', 'Pause');
    await eventually('paused', () => reads(drill, '.drill-pause'), ([text]) => text === 'Go on', WAIT_MS_MAX);
    await leader.evaluate(() => { document.querySelector('.drill-words').value = 'Look at the connections.'; });
    await clicks(leader, '.drill-say', 'Send');
    await eventually('the word', () => reads(drill, '.drill-line p'), (lines) => lines.includes('Facilitator: Look at the connections.'), WAIT_MS_MAX);
    // It belongs to the drill: the journal has it, and with it the result.
    await eventually('the trace has the word', () => reads(leader, '.drill-live .drill-trace li'),
      (entries) => entries.some((entry) => entry.includes('Facilitator: Look at the connections.')), WAIT_MS_MAX);
    await clicks(leader, '.drill-live .drill-rewind', 'Restart here');
    await eventually('the restart', () => reads(drill, '.drill-branch'), ([text]) => /^Another attempt/.test(text ?? ''), WAIT_MS_MAX);
    assert.doesNotMatch((await reads(drill, '#drill')).join(), /Training:/, 'the trainee sees nothing of it');
  });
});

test('a sheet for a draw can be printed without a drill', async () => {
  await withPage('?mode=facilitate#v=1&drill=5', {}, async (page) => {
    await waitForReady(page);
    await eventually('the sheet', () => texts(page, '.drill-sheet p'), ([text]) => /a slow gateway and eager clients, draw 5\. The cause: the gateway answers late/.test(text ?? ''), WAIT_MS_MAX);
    assert.deepEqual(await axe(page), []);
    await screenshot(page, 'drill-facilitator', { fullPage: true });
  });
});
