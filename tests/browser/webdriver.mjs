// WebKitGTK's MiniBrowser, by plain WebDriver. It runs under an X server (`xvfb-run -a`) and has no events: the page's
// problems are collected by probe.js, which the server puts into it.

import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createServer } from 'node:net';

const MINI_BROWSERS = [
  '/usr/lib/x86_64-linux-gnu/webkit2gtk-4.1/MiniBrowser',
  '/usr/lib/x86_64-linux-gnu/webkit2gtk-4.0/MiniBrowser',
  '/usr/lib/aarch64-linux-gnu/webkit2gtk-4.1/MiniBrowser',
  '/usr/lib/aarch64-linux-gnu/webkit2gtk-4.0/MiniBrowser',
];
const ELEMENT_KEYS = {
  Enter: '\uE007', Tab: '\uE004', Escape: '\uE00C', ' ': ' ', Space: ' ', Home: '\uE011', End: '\uE010', PageUp: '\uE00E',
  PageDown: '\uE00F', ArrowLeft: '\uE012', ArrowUp: '\uE013', ArrowRight: '\uE014', ArrowDown: '\uE015', Backspace: '\uE003',
  Delete: '\uE017', Shift: '\uE008', Control: '\uE009', Alt: '\uE00A', Meta: '\uE03D',
};

const CALL_MS_MAX = 90_000;

const open = new Set();

export async function stopWebDriver() {
  for (const stop of open) await stop();
}

export async function openWithWebDriver(engine, origin, url, settings) {
  const { width, height, dark } = settings;
  if (!settings.js || settings.reducedMotion || settings.touch || settings.dpr !== 1) {
    throw new Error('WebKitGTK: JavaScript, motion, touch and pixel ratio cannot be changed; skip this test there');
  }
  const port = await freePort();
  const driver = spawn('WebKitWebDriver', [`--port=${port}`], {
    stdio: 'ignore',
    // The page takes its colour scheme from the desktop theme.
    env: { ...process.env, GTK_THEME: dark ? 'Adwaita:dark' : 'Adwaita' },
  });
  const call = async (method, path, body) => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`, {
      // A driver that hangs fails one test, not all of a file.
      signal: AbortSignal.timeout(CALL_MS_MAX),
      method, ...(body && { body: JSON.stringify(body), headers: { 'Content-Type': 'application/json' } }),
    });
    const { value } = await response.json();
    if (!response.ok) throw new Error(`WebDriver ${path}: ${value.error}: ${value.message}`);
    return value;
  };
  let session;
  const stop = async () => {
    open.delete(stop);
    if (session) await call('DELETE', session).catch(() => {});
    driver.kill();
  };
  open.add(stop);

  await retry(() => call('GET', '/status'));
  const binary = MINI_BROWSERS.find(existsSync);
  if (!binary) throw new Error(`no MiniBrowser in ${MINI_BROWSERS.join(', ')}`);
  const { sessionId } = await call('POST', '/session', {
    capabilities: { alwaysMatch: { browserName: 'MiniBrowser', 'webkitgtk:browserOptions': { binary, args: ['--automation'] } } },
  });
  session = `/session/${sessionId}`;
  await call('POST', `${session}/timeouts`, { script: 60_000, pageLoad: 60_000 });
  const evaluate = async (what, ...args) => {
    // The text of a script: the page's policy forbids eval, but not what the driver itself runs.
    if (typeof what === 'string') return call('POST', `${session}/execute/sync`, { script: what, args: [] });
    const script = `const [args, done] = arguments;
      (async () => (${what})(...args))()
        .then((value) => done({ value }), (error) => done({ error: String(error?.stack ?? error) }));`;
    const { value, error } = await call('POST', `${session}/execute/async`, { script, args: [args] });
    if (error) throw new Error(error);
    return value ?? undefined;
  };

  await call('POST', `${session}/url`, { url: 'about:blank' });
  await setViewport(call, session, evaluate, width, height);
  await call('POST', `${session}/url`, { url });

  const problems = [];
  const requests = [];
  return {
    problems,
    requests,
    evaluate,
    async collect() {
      const seen = await evaluate(() => ({
        problems: globalThis.probe?.problems ?? ['probe.js did not run'],
        requests: performance.getEntriesByType('resource').map(({ name }) => name),
      }));
      problems.splice(0, problems.length, ...seen.problems);
      requests.splice(0, requests.length, ...seen.requests);
      const site = new URL(origin).origin;
      for (const request of requests) {
        if (request.startsWith('http') && new URL(request).origin !== site) problems.push(`third party: ${request}`);
      }
    },
    png: async () => Buffer.from(await call('GET', `${session}/screenshot`), 'base64'),
    close: stop,
    touch() {
      throw new Error('WebKitGTK: no touch; skip this test there');
    },
    reload: () => call('POST', `${session}/refresh`, {}),
    resize: (newWidth, newHeight) => setViewport(call, session, evaluate, newWidth, newHeight),
    accessible() {
      throw new Error('WebKitGTK: its driver does not know computed roles; skip this test there');
    },
    press(key, modifiers) {
      const keys = [...modifiers, key].map((name) => ELEMENT_KEYS[name] ?? name);
      const actions = [
        ...keys.map((value) => ({ type: 'keyDown', value })),
        ...keys.toReversed().map((value) => ({ type: 'keyUp', value })),
      ];
      return call('POST', `${session}/actions`, { actions: [{ type: 'key', id: 'keyboard', actions }] });
    },
    pointer(points, { times }) {
      const moves = points.map(({ x, y }) => ({
        type: 'pointerMove', duration: 10, origin: 'viewport', x: Math.round(x), y: Math.round(y),
      }));
      const [first, ...rest] = moves;
      const press = times ? [{ type: 'pointerDown', button: 0 }] : [];
      const release = times ? [{ type: 'pointerUp', button: 0 }] : [];
      const again = Array.from({ length: Math.max(times - 1, 0) }, () => [...press, ...release]).flat();
      const actions = [first, ...press, ...rest, ...release, ...again];
      return call('POST', `${session}/actions`, { actions: [{ type: 'pointer', id: 'mouse', actions }] });
    },
  };
}

/** The window is larger than the viewport by its bars, which differ. */
async function setViewport(call, session, evaluate, width, height) {
  let outer = { width, height };
  for (let attempt = 0; attempt < 3; attempt += 1) {
    await call('POST', `${session}/window/rect`, outer);
    const inner = await evaluate(() => ({ width: innerWidth, height: innerHeight }));
    if (inner.width === width && inner.height === height) return;
    outer = { width: outer.width + width - inner.width, height: outer.height + height - inner.height };
  }
}

function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

async function retry(work, msMax = 15_000) {
  const end = Date.now() + msMax;
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (Date.now() > end) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}
