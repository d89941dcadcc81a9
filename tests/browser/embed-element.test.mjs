// <incident-replay> on a page of another origin: every method and event, several on a page, taken out and put back, sources
// that are no replay, and messages from whoever should not send any.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { GIVEN_UP, axe, cannot, engine, withPage } from './harness.mjs';
import { becomes, eventually } from './page.mjs';
import { addElement, call, frameOf, heard, property, startHost, waitForReplay, withHost } from './embed-host.mjs';
import { root, startServer } from './server.mjs';

// A second of playing is a minute of the incident; the window is 10:30 to 13:45.
const at = (hours, minutes) => hours * 60 + minutes - 630;

let replay;
let stranger;
let host;

before(async () => {
  [replay, stranger] = await Promise.all([startServer(), startServer()]);
  host = await startHost(new URL(replay.url).origin, new URL(stranger.url).origin);
});

after(() => [replay, stranger, host].forEach((server) => server?.stop()));

/** WebKit shows a text file with a style of its own, which the policy that the file is sent with forbids. */
const TEXT_STYLE = [/Refused to apply a stylesheet.*(icon\.txt|embed\.js)/, /policy violation: style-src-attr blocked inline \(:1\)/];

function withElement(attributes, use, options = {}) {
  return withHost(replay.url, host, options, async (page) => {
    await addElement(page, { src: replay.url, ...attributes });
    await waitForReplay(page);
    await use(page);
  });
}

const isShown = (page, id = 'replay') => page.evaluate((name) => {
  const element = document.getElementById(name);
  const frame = element.shadowRoot.querySelector('iframe');
  return {
    fallback: element.querySelector('.fallback').checkVisibility(),
    frame: frame !== null && getComputedStyle(frame).visibility === 'visible',
  };
}, id);

test('the fallback stands until the replay is there, which then has the height it likes', async () => {
  await withHost(replay.url, host, {}, async (page) => {
    await addElement(page, { src: replay.url, 'start-at': '12:30', speed: '8', theme: 'dark', controls: '1', panel: 'memory' });
    assert.deepEqual(await isShown(page), { fallback: true, frame: false });
    assert.ok(Number.isNaN(await property(page, 'duration')));
    await waitForReplay(page);
    assert.deepEqual(await isShown(page), { fallback: false, frame: true });
    const [duration, currentTime, paused, playbackRate] = await Promise.all(
      ['duration', 'currentTime', 'paused', 'playbackRate'].map((name) => property(page, name)),
    );
    assert.deepEqual({ duration, currentTime, paused, playbackRate }, { duration: 195, currentTime: at(12, 30), paused: true, playbackRate: 8 });
    const heights = await page.evaluate(() => {
      const element = document.getElementById('replay');
      const natural = element.offsetHeight;
      // The document's own rules win.
      const sheet = new CSSStyleSheet();
      sheet.replaceSync('incident-replay { height: 321px }');
      document.adoptedStyleSheets = [sheet];
      return [natural, element.offsetHeight, element.shadowRoot.querySelector('iframe').offsetHeight];
    });
    assert.ok(heights[0] > 250 && heights[0] < 900, `${heights}`);
    assert.deepEqual(heights.slice(1), [321, 321]);
    assert.equal(await page.evaluate(() => document.activeElement === document.body), true, 'the focus stays where it was');
    const frame = await frameOf(page);
    assert.deepEqual(await frame.evaluate(() => [
      document.documentElement.dataset.theme, document.querySelectorAll('.chart').length, document.querySelectorAll('.picture').length,
    ]), ['dark', 1, 0]);
    // In Firefox axe posts messages to frames as if they were of its own origin.
    if (engine === 'chromium') assert.deepEqual(await axe(page), []);
  });
});

test('every method does what it says, and tells', async (t) => {
  await withElement({ 'start-at': '11:00' }, async (page) => {
    const currentTime = () => property(page, 'currentTime');
    await t.test('seek', async () => {
      for (const [to, seconds] of [[30, 30], ['12:30', at(12, 30)], ['2:03', 123], ['2024-08-15T13:00:00Z', at(13, 0)], [{ marker: 'escalated' }, at(11, 30)]]) {
        assert.equal(await call(page, 'seek', to), undefined);
        assert.equal(await currentTime(), seconds, `${JSON.stringify(to)}`);
      }
      assert.ok((await heard(page)).includes('seeked'));
      for (const nowhere of ['25:61', { marker: 'nothing' }, null, {}, '14:00']) {
        assert.match((await call(page, 'seek', nowhere)).rejected, /^Error: ./, JSON.stringify(nowhere));
      }
      assert.equal(await currentTime(), at(11, 30));
    });
    await t.test('nextEvent, prevEvent, step', async () => {
      await call(page, 'nextEvent');
      assert.equal(await currentTime(), at(12, 30));
      await call(page, 'prevEvent');
      assert.equal(await currentTime(), at(11, 30));
      await call(page, 'step', 12);
      assert.equal(await currentTime(), at(11, 31));
      await call(page, 'step', -12);
      await call(page, 'step');
      assert.ok(Math.abs(await currentTime() - at(11, 30) - 1 / 12) < 1e-9);
      assert.match((await call(page, 'step', 0.5)).rejected, /whole number/);
    });
    await t.test('playbackRate and currentTime', async () => {
      await page.evaluate(() => Object.assign(document.getElementById('replay'), { playbackRate: 16, currentTime: 60 }));
      await becomes('both', async () => [await property(page, 'playbackRate'), await currentTime()], [16, 60]);
      assert.ok((await heard(page)).includes('ratechange'));
    });
    await t.test('play, pause', async () => {
      await call(page, 'play');
      assert.equal(await property(page, 'paused'), false);
      await eventually('the playhead', currentTime, (seconds) => seconds > 75);
      await call(page, 'pause');
      assert.equal(await property(page, 'paused'), true);
      const types = await heard(page);
      assert.ok(types.indexOf('play') < types.indexOf('pause'), `${types}`);
      const seconds = await currentTime();
      await page.evaluate(() => new Promise((resolve) => { setTimeout(resolve, 300); }));
      assert.equal(await currentTime(), seconds);
    });
    await t.test('getState, setState', async () => {
      await call(page, 'seek', '12:15');
      const state = await call(page, 'setState', { parameters: { theme: 'dark', panel: 'cpu', instance: '3' } });
      assert.deepEqual(state.parameters, { embed: '1', theme: 'dark', panel: 'cpu', speed: '16' });
      assert.deepEqual([state.hash, state.at, state.phase, state.event], ['v=1&t=12:15&instance=3', '2024-08-15T12:15:00Z', 'Diagnosis', 'escalated']);
      assert.equal(state.href, `${replay.url}?theme=dark&speed=16#v=1&t=12:15&instance=3`);
      const later = await call(page, 'setState', { hash: 'v=1&t=13:00', playbackRate: 2 });
      assert.deepEqual([later.currentTime, later.playbackRate, later.hash], [at(13, 0), 2, 'v=1&t=13:00']);
      const back = await call(page, 'setState', { hash: state.hash, playbackRate: state.playbackRate });
      assert.deepEqual(back, state);
      assert.deepEqual(await call(page, 'getState'), state);
      for (const bad of [{ parameters: { colour: 'red' } }, { parameters: { t: {} } }, { currentTime: 'x' }, { hash: 't=25:61' }]) {
        assert.match((await call(page, 'setState', bad)).rejected, /^Error: ./, JSON.stringify(bad));
      }
    });
    await t.test('another run', async () => {
      await call(page, 'setState', { hash: 'v=1&t=12:00&seed=21' });
      await eventually('the run', () => call(page, 'getState'), ({ hash }) => hash === 'v=1&t=12:00&seed=21', 60_000);
    });
    await t.test('snapshot', async () => {
      const picture = (options) => page.evaluate(async (given) => {
        const blob = await document.getElementById('replay').snapshot(given);
        const bytes = new Uint8Array(await blob.arrayBuffer());
        const view = new DataView(bytes.buffer);
        return { type: blob.type, head: [...bytes.slice(0, 4)], size: [view.getUint32(16), view.getUint32(20)], text: await blob.text() };
      }, options);
      const png = await picture({});
      assert.deepEqual([png.type, png.head, png.size], ['image/png', [0x89, 0x50, 0x4e, 0x47], [1520, 680]]);
      const svg = await picture({ panel: 'memory', format: 'svg' });
      assert.equal(svg.type, 'image/svg+xml');
      assert.match(svg.text, /^<svg [^]*<title>Heap after collection\. What if: seed 21 instead of 20<\/title>/);
      assert.match((await call(page, 'snapshot', { panel: 'nothing' })).rejected, /no such chart/);
      assert.match((await call(page, 'snapshot', { format: 'gif' })).rejected, /png and svg/);
    });
  });
});

test('playing tells of the time at most four times a second, of markers and of the end', async () => {
  await withElement({ 'start-at': '12:25', end: '12:46', speed: '4' }, async (page) => {
    await call(page, 'play');
    await eventually('the end', () => heard(page), (types) => types.includes('ended'));
    const events = await page.evaluate(() => document.getElementById('replay').heard);
    const updates = events.filter(({ type }) => type === 'timeupdate');
    const seconds = (events.find(({ type }) => type === 'ended').at - events.find(({ type }) => type === 'play').at) / 1000;
    assert.ok(updates.length >= 2 && updates.length <= seconds * 4 + 2, `${updates.length} in ${seconds} s`);
    const markers = events.filter(({ type }) => type === 'marker').map(({ detail }) => detail);
    assert.deepEqual(markers.slice(0, 2).map(({ id, title, at: when, currentTime }) => [id, title, when, currentTime]), [
      ['identified', 'Leak identified in session handling', '2024-08-15T12:30:00Z', at(12, 30)],
      ['patched', 'Roll-out of the patch started', '2024-08-15T12:45:00Z', at(12, 45)],
    ]);
    assert.deepEqual([await property(page, 'paused'), await property(page, 'ended'), await property(page, 'currentTime')], [true, true, at(12, 46)]);
  });
});

test('attributes reflect and are followed', async () => {
  await withElement({}, async (page) => {
    const set = (properties) => page.evaluate((given) => Object.assign(document.getElementById('replay'), given), properties);
    await set({ startAt: '12:30', speed: '2', theme: 'dark', controls: '0', panel: 'memory,latency' });
    assert.equal(await page.evaluate(() => document.getElementById('replay').getAttribute('start-at')), '12:30');
    await becomes('the state', async () => {
      const { currentTime, playbackRate, parameters } = await call(page, 'getState');
      return { currentTime, playbackRate, ...parameters };
    }, { currentTime: at(12, 30), playbackRate: 2, embed: '1', speed: '2', theme: 'dark', controls: '0', panel: 'memory,latency' });
    const frame = await frameOf(page);
    await becomes('the view', () => frame.evaluate(() => [document.querySelectorAll('.chart').length, document.querySelectorAll('#player').length]), [2, 0]);
    await page.evaluate(() => ['speed', 'theme', 'controls', 'panel'].forEach((name) => document.getElementById('replay').removeAttribute(name)));
    await becomes('the state', async () => (await call(page, 'getState')).parameters, { embed: '1' });
    assert.equal(await property(page, 'speed'), '');
    // What an attribute cannot mean is told and changes nothing.
    await set({ speed: 'fast' });
    await eventually('the error', () => page.evaluate(() => document.getElementById('replay').heard.at(-1)), ({ type, detail }) => type === 'error' && /speed/.test(detail.message));
    assert.equal(await property(page, 'playbackRate'), 1);
  });
});

test('several on a page do not disturb each other', async () => {
  await withElement({ 'start-at': '11:00' }, async (page) => {
    await addElement(page, { src: `${stranger.url}#v=1&t=12:00&instance=2`, panel: 'cpu' }, 'other');
    await waitForReplay(page, 'other');
    await call(page, 'seek', '13:00');
    assert.deepEqual([await property(page, 'currentTime'), await property(page, 'currentTime', 'other')], [at(13, 0), at(12, 0)]);
    assert.deepEqual(await heard(page, 'other'), ['loadedmetadata']);
  });
});

test('taken out it is silent, put back it is where it was', async () => {
  await withElement({ 'start-at': '11:00' }, async (page) => {
    await call(page, 'seek', '12:10');
    const outcome = await page.evaluate(async () => {
      const element = document.getElementById('replay');
      globalThis.kept = element;
      const asked = element.getState().then(() => 'answered', (error) => error.name);
      element.remove();
      element.heard.length = 0;
      return asked;
    });
    assert.equal(outcome, 'AbortError');
    assert.equal(await page.evaluate(() => frames.length), 0);
    await page.evaluate(() => document.body.append(globalThis.kept));
    assert.deepEqual((await isShown(page)).fallback, true);
    await waitForReplay(page);
    assert.equal(await property(page, 'currentTime'), at(12, 10));
    await call(page, 'seek', '12:20');
    assert.equal(await property(page, 'currentTime'), at(12, 20));
  });
});

test('a source that is no replay leaves the fallback and tells', async (t) => {
  for (const [src, message] of [
    ['', /needs a src/],
    ['http://', /no address/],
    ['javascript:globalThis.planted = true', /http or https/],
    ['data:text/html,<p>no replay</p>', /http or https/],
    [`${'{replay}'}icon.txt`, /does not answer/],
  ]) {
    await t.test(src || 'none', () => withHost(replay.url, host, { allow: [/404/, ...(src.endsWith('.txt') ? TEXT_STYLE : [])] }, async (page) => {
      await page.evaluate(() => { customElements.get('incident-replay').readyMsMax = 200; });
      await addElement(page, { src: src.replace('{replay}', replay.url) });
      const error = () => page.evaluate(() => document.getElementById('replay').heard.find(({ type }) => type === 'error')?.detail.message);
      assert.match(await eventually('the error', error, Boolean), message);
      assert.deepEqual(await isShown(page), { fallback: true, frame: false });
      assert.equal(await page.evaluate(() => globalThis.planted ?? false), false);
    }));
  }
});

test('a good source after a bad one is shown', async () => {
  await withHost(replay.url, host, {}, async (page) => {
    await addElement(page, { src: 'data:,' });
    assert.match((await call(page, 'getState')).rejected, /^Error: src="data:,"/, 'nobody waits for what cannot come');
    await page.evaluate((src) => { document.getElementById('replay').src = src; }, replay.url);
    const asked = call(page, 'getState');
    await waitForReplay(page);
    assert.equal((await asked).duration, 195);
  });
});

/** The methods, each with arguments that it takes. */
const METHODS = {
  play: [], pause: [], seek: ['12:30'], step: [1], nextEvent: [], prevEvent: [], getState: [], setState: [{ paused: true }], snapshot: [{ format: 'svg' }],
};

test('no promise is left open, whatever becomes of the element', async (t) => {
  const cases = [
    ['never attached', { src: replay.url }, /^AbortError: the replay is not in the document$/],
    ['taken out at once', { src: replay.url }, /^AbortError: the replay was taken out of the document$/],
    ['without a src', {}, /^Error: <incident-replay> needs a src/],
    ['after an error', { src: 'javascript:1' }, /^Error: src="javascript:1"/],
  ];
  await withHost(replay.url, host, { allow: [GIVEN_UP] }, async (page) => {
    for (const [name, attributes, words] of cases) {
      await t.test(name, async () => {
        const [only, ...others] = await page.evaluate(async (methods, what, given) => {
          const element = document.createElement('incident-replay');
          for (const [key, value] of Object.entries(given)) element.setAttribute(key, value);
          if (what !== 'never attached') document.querySelector('main').append(element);
          if (what === 'after an error') await new Promise((resolve) => { setTimeout(resolve, 50); });
          const late = new Promise((resolve) => { setTimeout(resolve, 5000, 'open'); });
          const asked = Object.entries(methods).map(([method, words]) => element[method](...words)
            .then(() => 'resolved', (error) => `${error.name}: ${error.message}`));
          if (what === 'taken out at once') element.remove();
          const settled = await Promise.all(asked.map((answer) => Promise.race([answer, late])));
          element.remove();
          return [...new Set(settled)];
        }, METHODS, name, attributes);
        assert.deepEqual(others, []);
        assert.match(only, words);
      });
    }
  });
});

test('a state is answered when its run is there, and what is asked meanwhile means that run', async () => {
  await withElement({ 'start-at': '12:30' }, async (page) => {
    const [state, sought] = await page.evaluate(() => {
      const element = document.getElementById('replay');
      return Promise.all([
        element.setState({ hash: 'v=1&seed=7', currentTime: 60, paused: false }),
        element.seek('13:00').then(() => element.getState()),
      ]);
    });
    assert.match(state.hash, /seed=7/);
    assert.ok(state.currentTime >= 60 && state.currentTime < 62 && !state.paused, JSON.stringify(state));
    assert.match(sought.hash, /seed=7/);
    assert.ok(sought.at >= '2024-08-15T13:00:00', sought.at);
    const refused = await call(page, 'setState', { hash: 'v=1&incident.service=vault' });
    assert.match(refused.rejected, /incident\.service=vault: cannot be changed/);
  });
});

test('what was set before the module came is taken over', async () => {
  await withPage(host.url, { allow: [/^third party: /] }, async (page) => {
    await page.evaluate((src) => {
      const element = document.createElement('incident-replay');
      element.id = 'replay';
      element.heard = [];
      Object.assign(element, { src, startAt: '12:30', currentTime: 130 });
      element.addEventListener('loadedmetadata', () => element.heard.push({ type: 'loadedmetadata' }));
      document.querySelector('main').append(element);
      return new Promise((resolve, reject) => {
        document.head.append(Object.assign(document.createElement('script'), { type: 'module', src: `${src}embed.js`, onload: resolve, onerror: reject }));
      });
    }, replay.url);
    await waitForReplay(page);
    await becomes('the time', () => property(page, 'currentTime'), 130);
    await page.evaluate(() => { document.getElementById('replay').startAt = '11:00'; });
    await becomes('the time', () => property(page, 'currentTime'), at(11, 0));
  });
});

test('moved within the document it goes on', { skip: cannot({ firefox: 'no moveBefore yet', webkit: 'no moveBefore yet' }) }, async () => {
  await withElement({ 'start-at': '12:30' }, async (page) => {
    const has = await page.evaluate(() => {
      const [element, main] = [document.getElementById('replay'), document.querySelector('main')];
      if (!main.moveBefore) return false;
      const frame = element.shadowRoot.querySelector('iframe');
      main.moveBefore(element, main.firstChild);
      return frame === element.shadowRoot.querySelector('iframe');
    });
    assert.equal(has, true, 'the frame is the same');
    assert.equal((await call(page, 'getState')).currentTime, at(12, 30));
    assert.deepEqual(await heard(page), ['loadedmetadata']);
  });
});

const FOLDS = { firefox: 'a closed fold counts as in sight there', webkit: 'a closed fold counts as in sight there' };

test('what is in a closed fold costs no worker, and starts when it is seen', { skip: cannot(FOLDS) }, async () => {
  await withHost(replay.url, host, { allow: [GIVEN_UP] }, async (page) => {
    await page.evaluate(() => {
      const fold = document.createElement('details');
      fold.append(Object.assign(document.createElement('summary'), { textContent: 'More' }));
      document.querySelector('main').append(fold);
    });
    await addElement(page, { src: replay.url, 'start-at': '12:30' });
    await page.evaluate(() => {
      const element = document.getElementById('replay');
      globalThis.heights = [];
      addEventListener('message', ({ data }) => { if (data?.type === 'iframe.resize') globalThis.heights.push(data.height); });
      document.querySelector('details').append(element);
      element.shadowRoot.querySelector('iframe').loading = 'eager';
    });
    await new Promise((resolve) => { setTimeout(resolve, 3000); });
    assert.deepEqual(await heard(page), [], 'it waits, and is no error');
    await page.evaluate(() => { document.querySelector('details').open = true; });
    await waitForReplay(page);
    assert.ok((await page.evaluate(() => globalThis.heights)).every((height) => height > 100));
  });
});

test('what is far below costs no worker, and starts when it is asked', async () => {
  await withHost(replay.url, host, { allow: [GIVEN_UP] }, async (page) => {
    await page.evaluate(() => {
      const gap = document.createElement('div');
      gap.id = 'gap';
      document.querySelector('main').append(gap);
      const sheet = new CSSStyleSheet();
      sheet.replaceSync('#gap { height: 20000px; }');
      document.adoptedStyleSheets = [sheet];
    });
    await addElement(page, { src: replay.url }, 'below');
    await page.evaluate(() => { document.getElementById('below').shadowRoot.querySelector('iframe').loading = 'eager'; });
    await new Promise((resolve) => { setTimeout(resolve, 3000); });
    assert.deepEqual(await heard(page, 'below'), [], 'it waits, and is no error');
    const state = await page.evaluate(() => document.getElementById('below').getState());
    assert.equal(state.duration, 195);
  });
});

test('messages of strangers, and malformed ones, are ignored on both sides', {
  skip: cannot({ firefox: 'its driver cannot hand over a window of another origin as the source of a message' }),
}, async () => {
  await withElement({ 'start-at': '11:00' }, async (page) => {
    const before = await call(page, 'getState');
    await page.evaluate(async (foreign) => {
      const element = document.getElementById('replay');
      const frame = element.shadowRoot.querySelector('iframe');
      const state = { currentTime: 1, duration: 2, playbackRate: 16, paused: false };
      const lies = [{ type: 'event', event: 'seeked', state }, { type: 'hello' }, { type: 'failed', message: 'x' }, { type: 'iframe.resize', height: 3999 }];
      // To the element: from this window, and from a frame of another origin that is not its own.
      for (const lie of lies) window.postMessage({ ns: 'incident-replay', v: 1, ...lie }, '*');
      const other = document.createElement('iframe');
      other.src = `${foreign}embed.js`;
      document.body.append(other);
      await new Promise((resolve) => { other.onload = resolve; });
      for (const lie of lies) {
        window.dispatchEvent(new MessageEvent('message', { data: { ns: 'incident-replay', v: 1, ...lie }, origin: new URL(foreign).origin, source: other.contentWindow }));
        window.dispatchEvent(new MessageEvent('message', { data: { ns: 'incident-replay', v: 1, ...lie }, origin: new URL(foreign).origin, source: frame.contentWindow }));
      }
      // To the frame: what is no message of this protocol, or cannot be meant.
      const seek = { ns: 'incident-replay', v: 1, id: 1, type: 'seek', to: '12:00' };
      for (const message of [
        { ...seek, ns: 'other' }, { ...seek, v: 2 }, { ...seek, id: undefined }, { ...seek, type: 7 }, { ...seek, type: 'format' }, { ...seek, to: NaN },
        { ...seek, to: 'x'.repeat(10_000) }, { ...seek, type: 'setState', state: { parameters: { ['a'.repeat(9000)]: '1' } } },
        { ...seek, type: 'step', ticks: 1e300 }, 'text', null, 7, [], JSON.stringify(seek),
      ]) frame.contentWindow.postMessage(message, '*');
    }, stranger.url);
    // From a window that is not the frame's parent: a frame beside it.
    const frame = await frameOf(page);
    await frame.evaluate(() => {
      const seek = { ns: 'incident-replay', v: 1, id: 1, type: 'seek', to: '12:00' };
      window.postMessage(seek, '*');
      window.dispatchEvent(new MessageEvent('message', { data: seek, origin: 'https://stranger.example', source: window.parent }));
      window.dispatchEvent(new MessageEvent('message', { data: seek, origin: location.origin, source: window }));
    });
    assert.deepEqual(await call(page, 'getState'), before);
    assert.deepEqual(await heard(page), ['loadedmetadata']);
    assert.notEqual(await page.evaluate(() => document.getElementById('replay').offsetHeight), 3999);
  }, { allow: TEXT_STYLE });
});

test('what is scrolled out of sight stops', async () => {
  await withElement({ 'start-at': '11:00' }, async (page) => {
    await call(page, 'play');
    await page.evaluate(() => {
      document.body.style.paddingTop = '5000px';
      scrollTo({ top: 0, behavior: 'instant' });
    });
    await becomes('paused', () => property(page, 'paused'), true);
    assert.match((await call(page, 'play')).rejected, /out of sight/);
    await page.evaluate(() => document.getElementById('replay').scrollIntoView({ behavior: 'instant' }));
    await eventually('it plays again when asked to', () => call(page, 'play'), (outcome) => outcome === undefined);
  });
});

/** What needs no browser is run with one of them. */
const ONCE = { firefox: 'needs no browser, and was run with Chromium', webkit: 'needs no browser, and was run with Chromium' };

test('the types fit the element', { skip: cannot(ONCE) }, () => {
  // Throws with the compiler's messages.
  execFileSync(join(root, 'node_modules/.bin/tsc'), ['--noEmit', '--strict', '--target', 'es2022', '--module', 'esnext',
    '--moduleResolution', 'bundler', '--typeRoots', 'no-types-but-its-own', '--lib', 'es2022,dom,dom.iterable', join(root, 'tests/browser/embed-types.ts')], { cwd: root, encoding: 'utf8' });
});
