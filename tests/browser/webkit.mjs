// WebKitGTK, by webkit_driver.py: its WebDriver at times does not answer for minutes. It runs under an X server (`xvfb-run`).

import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { browsersBy } from './start.mjs';

const PROGRAM = join(dirname(fileURLToPath(import.meta.url)), 'webkit_driver.py');

/** A page that hangs fails one test, not all of a file. */
const CALL_MS_MAX = 90_000;

/** Running drivers: colour scheme, motion and pixel ratio are those of a process. */
const drivers = browsersBy(startDriver);

export function stopWebKit() {
  return drivers.stop((driver) => driver.stop());
}

function launch({ dark, reducedMotion, dpr }) {
  return drivers.get(`dark=${dark} still=${reducedMotion} dpr=${dpr}`, dark, reducedMotion, dpr);
}

async function startDriver(dark, reducedMotion, dpr) {
  const folder = mkdtempSync(join(tmpdir(), 'incident-replay-webkit-'));
  const words = [PROGRAM, ...(dark ? ['--dark'] : []), ...(reducedMotion ? ['--still'] : [])];
  // Debian's own Python, which its modules are for.
  const child = spawn('/usr/bin/python3', words, {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: {
      ...process.env,
      GDK_BACKEND: 'x11', GDK_SCALE: String(dpr), GTK_THEME: '', GTK_IM_MODULE: 'gtk-im-context-simple', NO_AT_BRIDGE: '1', PYTHONDONTWRITEBYTECODE: '1',
    },
  });
  const waiting = new Map();
  let lastId = 0;
  let lastPage = 0;
  const end = (reason) => {
    for (const { reject } of waiting.values()) reject(new Error(reason));
    waiting.clear();
  };
  child.once('error', (error) => end(`no WebKit driver: ${error.message}`));
  child.once('exit', (code, signal) => end(`the WebKit driver ended (${code ?? signal}); it needs an X server and Debian's python3-gi`));
  child.stdin.on('error', () => {});
  createInterface({ input: child.stdout }).on('line', (line) => {
    const { id, value, error } = JSON.parse(line);
    const call = waiting.get(id);
    waiting.delete(id);
    if (error) call?.reject(new Error(error));
    else call?.resolve(value ?? undefined);
  });

  const call = (page, what, words = {}) => new Promise((resolve, reject) => {
    if (child.exitCode !== null) return reject(new Error('the WebKit driver has ended'));
    lastId += 1;
    const id = lastId;
    const timer = setTimeout(() => {
      waiting.delete(id);
      reject(new Error(`WebKit did not answer to ${what} within ${CALL_MS_MAX} ms`));
    }, CALL_MS_MAX);
    const ended = (settle) => (value) => {
      clearTimeout(timer);
      settle(value);
    };
    waiting.set(id, { resolve: ended(resolve), reject: ended(reject) });
    child.stdin.write(`${JSON.stringify({ id, page, do: what, ...words })}\n`);
  });
  await call(0, 'start');
  return {
    folder,
    page() {
      lastPage += 1;
      const number = lastPage;
      return (what, words) => call(number, what, words);
    },
    stop() {
      child.stdin.end();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The body of a function that calls another and writes what comes of it as JSON, which knows no NaN. */
function bodyOf(what, args) {
  return `
    const plain = (key, value) => (typeof value === 'number' && !Number.isFinite(value) ? { notFinite: String(value) } : value);
    try {
      const value = await (${what})(...${JSON.stringify(args)});
      return JSON.stringify({ value }, plain);
    } catch (error) {
      return JSON.stringify({ error: error instanceof Error ? \`\${error}\\n\${error.stack}\` : String(error) });
    }`;
}

function read(json) {
  // No answer is that of a page that has gone elsewhere meanwhile.
  if (json === undefined) throw new Error('the page has gone before it answered');
  const { value, error } = JSON.parse(json, (_, part) => (part?.notFinite ? Number(part.notFinite) : part));
  if (error) throw new Error(error);
  return value;
}

export async function openWithWebKit(engine, origin, url, settings) {
  const { width, height, js, touch } = settings;
  if (touch) throw new Error('no touch in WebKitGTK; skip this test there');
  const driver = await launch(settings);
  const call = driver.page();
  const scripts = settings.scripts.map((script) => `(${script})();`);
  await call('open', { url, width, height, js, scripts });

  const problems = [];
  const requests = [];
  let frames = 0;
  const evaluate = async (what, ...args) => {
    if (typeof what === 'string') {
      const value = await call('script', { text: what });
      return value === undefined ? undefined : JSON.parse(value);
    }
    return read(await call('evaluate', { body: bodyOf(what, args) }));
  };
  return {
    problems,
    requests,
    evaluate,
    async collect() {
      const seen = await call('collect');
      requests.splice(0, requests.length, ...seen.requests);
      const site = new URL(origin).origin;
      const strangers = requests.filter((request) => request.startsWith('http') && new URL(request).origin !== site);
      problems.splice(0, problems.length, ...consoleProblems(seen.console), ...seen.failures,
        ...strangers.map((request) => `third party: ${request}`));
    },
    async png({ fullPage }) {
      const path = join(driver.folder, 'page.png');
      await call('snapshot', { fullPage, path });
      return readFileSync(path);
    },
    async pdf() {
      const path = join(driver.folder, 'page.pdf');
      await call('print', { path });
      return readFileSync(path);
    },
    close: () => call('close'),
    press: (key, modifiers) => call('input', { steps: [{ keys: [...modifiers, key] }] }),
    pointer([first, ...rest], { times }) {
      const move = ({ x, y }) => ({ move: [x, y] });
      const [press, release] = [{ press: true }, { press: false }];
      const pressed = times ? [press, ...rest.map(move), release] : rest.map(move);
      const again = Array.from({ length: Math.max(times - 1, 0) }, () => [press, release]).flat();
      return call('input', { steps: [move(first), ...pressed, ...again] });
    },
    wheel: (turns) => call('input', { steps: [{ wheel: [0, turns] }] }),
    reload: () => call('reload'),
    resize: (newWidth, newHeight) => call('resize', { width: newWidth, height: newHeight }),
    /** The frame whose element `find` gives in the page: what can be evaluated there sees the document, not its variables. */
    async frame(find, ...args) {
      frames += 1;
      const frame = `frame ${frames}`;
      const body = bodyOf(`(name, ...args) => {
        const element = (${find})(...args);
        // Until it is heard, and again by what is loaded later.
        setInterval(() => element.contentWindow?.postMessage({ nameOfFrameForTests: name }, '*'), 50);
      }`, [frame, ...args]);
      read(await call('evaluate', { body, inTestsWorld: true }));
      return { evaluate: async (what, ...words) => read(await call('evaluate', { frame, body: bodyOf(what, words) })) };
    },
  };
}

/** Errors among lines such as `http://…:1:22: CONSOLE JS ERROR Error: …`; what follows them on more lines belongs to them. */
function consoleProblems(lines) {
  const messages = [];
  for (const line of lines) {
    const begun = line.match(/^(.*?)(?:: )?CONSOLE (?:(JS|\S+) )??(LOG|INFO|DEBUG|WARN|ERROR) (.*)$/);
    if (begun) messages.push({ place: begun[1], source: begun[2], level: begun[3], text: begun[4] });
    else if (messages.length > 0) messages.at(-1).text += `\n${line}`;
  }
  return messages.filter(({ level }) => level === 'ERROR').map(({ place, source, text }) => (
    `${source === 'JS' ? 'exception' : 'console.error'}: ${text}${place && ` (${place})`}`));
}
