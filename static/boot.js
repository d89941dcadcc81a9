// Starts the app from one wasm program: on the page, which compiles it, and in each worker, which receives the compiled
// program. This script is a module with its files beside it. In the single file it is also part of a classic script,
// unchanged, after the parts that `incident-replay bundle` puts into `globalThis.incidentReplayBundle`; therefore it must
// not use features of modules.

const FILE_NAME = /^[\w.-]+$/;

/** Time after which a file that does not arrive is told. The style sheet shows the story after the same time. */
const STALLED_MS = 10_000;

/** Time after which a part of the program is given up, so that it can be asked for again. */
const PART_MS_MAX = 60_000;

const bundle = globalThis.incidentReplayBundle;

if (typeof document === 'undefined') {
  startWorker();
} else {
  startPage();
}

async function startPage() {
  const root = document.documentElement;
  root.dataset.boot = 'loading';
  showTheme(root);
  // A small frame shows little until the app decides what fits.
  if (/[?&]embed=(1|true)(&|%23|$)/.test(location.search)) root.dataset.embed = 'full';
  document.getElementById('boot-stalled')?.remove();
  // The story that stands in the page is that of its own scenario.
  const wanted = new URLSearchParams(location.search).get('scenario');
  if (wanted && !bundle && wanted !== document.getElementById('app').dataset.scenario) root.dataset.story = 'other';

  const missing = missingFeatures();
  if (missing.length > 0) {
    fail(`The replay cannot run here: this browser lacks ${missing.join(' and ')}. ${wayOut(missing)}`);
    return;
  }

  const watch = watchArrival();
  try {
    const parts = bundle ? partsOfThisFile() : partsBesideThisFile();
    await firstPaint();
    const [bytes, app] = await Promise.all([
      watch('the program', (arrived) => parts.wasm((ratio) => {
        arrived();
        showProgress(ratio);
      })),
      watch('its JavaScript', parts.app),
    ]);
    root.dataset.boot = 'starting';
    // The app asks for what is not needed at the start when it is first shown; see src/ui/part.rs.
    globalThis.incidentReplayPart = parts.part;
    const program = await WebAssembly.compile(bytes);
    // The app calls this for each worker; see src/runner/seat.rs. Without workers the page simulates by itself.
    globalThis.incidentReplayWorker = () => {
      if (typeof Worker !== 'function') return undefined;
      const worker = parts.worker();
      try {
        worker.postMessage({ program, beside: parts.beside });
      } catch {
        // Where a compiled program cannot be posted, the worker compiles it again.
        worker.postMessage({ program: bytes, beside: parts.beside });
      }
      return worker;
    };
    await app.default({ module_or_path: program });
    root.dataset.boot = 'started';
  } catch (error) {
    fail(`The replay could not start (${error.message ?? error}). Reload the page to try again.`);
    throw error;
  }
}

// Like src/ui/preferences.rs, but before the first paint.
function showTheme(root) {
  let theme = new URLSearchParams(location.search).get('theme');
  try {
    theme ??= localStorage.getItem('incident-replay.theme');
  } catch {
    // Without storage the system's theme applies.
  }
  if (theme === 'light' || theme === 'dark') root.dataset.theme = theme;
}

// Tells what has not arrived when nothing has for some seconds; it may still come.
function watchArrival() {
  const awaited = new Set();
  let timer;
  const wait = () => {
    clearTimeout(timer);
    if (awaited.size === 0) return;
    timer = setTimeout(() => {
      const message = document.getElementById('boot-message');
      if (message) message.textContent = `Still loading: ${[...awaited].join(' and ')} has not arrived. The story below stands without the replay.`;
    }, STALLED_MS);
  };
  return async (what, load) => {
    awaited.add(what);
    wait();
    try {
      return await load(wait);
    } finally {
      awaited.delete(what);
      wait();
    }
  };
}

// Browsers switch these off for safety, and people seldom know that they did.
function wayOut(missing) {
  if (missing.includes('WebAssembly')) {
    return 'A lockdown or enhanced-security mode may have switched it off: make an exception for this site in the settings of that mode, or use another browser.';
  }
  return 'A current Chrome, Edge, Firefox or Safari has what it needs.';
}

// The story can be read before the much larger program is loaded. Where nothing is painted, in a background tab or an
// invisible frame, there is no need to wait.
function firstPaint() {
  return new Promise((resolve) => {
    requestAnimationFrame(() => setTimeout(resolve));
    setTimeout(resolve, 200);
  });
}

// The first message is the program. Messages that arrive before the program runs are held back until `main` has set its
// listener.
async function startWorker() {
  const held = [];
  let hold;
  const sent = new Promise((resolve, reject) => {
    let receive = ({ data }) => {
      receive = (event) => held.push(event);
      resolve(data);
    };
    hold = (event) => receive(event);
    addEventListener('messageerror', () => reject(new Error('the worker cannot read the program')));
  });
  addEventListener('message', hold);
  try {
    const { program, beside } = await sent;
    const app = await (bundle ? bundle.app : appBesideThisWorker(beside));
    await app.default({ module_or_path: program });
  } catch (error) {
    // Thrown from a separate task, the error reaches `worker.onerror` on the page; a rejected promise would not.
    setTimeout(() => {
      throw error;
    });
    return;
  }
  removeEventListener('message', hold);
  for (const { data, ports } of held) {
    dispatchEvent(new MessageEvent('message', { data, ports: [...ports] }));
  }
}

// The build wrote names and digests into the page. The browser checks the digests of imports.
function partsBesideThisFile() {
  const [js, wasm] = ['app-js', 'app-wasm'].map((name) => document.querySelector(`meta[name="${name}"]`));
  const [jsUrl, wasmUrl] = [js, wasm].map(({ content }) => new URL(content, document.baseURI));
  // The worker runs this same script under the same address, so that it comes from the cache; a message tells it the rest.
  const loaderUrl = document.getElementById('loader').src;
  return {
    beside: { js: fileName(jsUrl), integrity: js.dataset.integrity ?? '' },
    async wasm(onProgress) {
      const bytes = await download(wasmUrl, Number(wasm.dataset.bytes) || 0, onProgress);
      await verify(bytes, wasm.dataset.integrity);
      return bytes;
    },
    app: () => import(jsUrl.href),
    worker: () => new Worker(loaderUrl, { type: 'module' }),
    async part(name) {
      const { content, dataset } = document.querySelector(`meta[name="app-part"][data-part="${name}"]`);
      const url = new URL(content, document.baseURI);
      const response = await fetch(url, { integrity: dataset.integrity, signal: AbortSignal.timeout?.(PART_MS_MAX) });
      if (!response.ok) throw new Error(`${fileName(url)}: ${response.status} ${response.statusText}`);
      return response.arrayBuffer();
    },
  };
}

async function appBesideThisWorker({ js, integrity }) {
  if (!FILE_NAME.test(js)) throw new Error(`the worker was told of ${js}, which is no file name`);
  const url = new URL(`./${js}`, location.href).href;
  // An import in a worker cannot have a digest. A fetch of the same file can, and leaves the file in the cache for the
  // import.
  if (integrity) await fetch(url, { integrity }).then((response) => response.arrayBuffer());
  return import(url);
}

function partsOfThisFile() {
  let workerUrl;
  return {
    wasm: () => unpacked('bundle-wasm'),
    part: (name) => unpacked(`bundle-part-${name}`),
    app: () => bundle.app,
    worker() {
      workerUrl ??= URL.createObjectURL(new Blob([bundle.source], { type: 'text/javascript' }));
      return new Worker(workerUrl);
    },
  };
}

/** What an element of the single file holds: gzip in base64. */
async function unpacked(id) {
  const packed = atob(document.getElementById(id).textContent);
  const bytes = Uint8Array.from(packed, (letter) => letter.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

function fileName(url) {
  return url.pathname.split('/').pop();
}

function missingFeatures() {
  const missing = [];
  if (typeof WebAssembly !== 'object' || typeof WebAssembly.instantiate !== 'function') missing.push('WebAssembly');
  if (bundle && typeof DecompressionStream !== 'function') missing.push('decompression');
  if (!hasCanvas()) missing.push('canvas drawing');
  return missing;
}

function hasCanvas() {
  try {
    return Boolean(document.createElement('canvas').getContext('2d'));
  } catch {
    return false;
  }
}

// Reads the body in chunks so that progress can be shown. `fetch` with `integrity` would withhold everything until the end,
// so the digest is checked afterwards.
async function download(url, bytesExpected, onProgress) {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${fileName(url)}: ${response.status} ${response.statusText}`);
  // Content-Length counts compressed bytes when there is an encoding; the build wrote the real size into the page.
  const bytesTotal = bytesExpected
    || (response.headers.get('Content-Encoding') ? 0 : Number(response.headers.get('Content-Length')));
  const reader = response.body.getReader();
  const pieces = [];
  let bytesRead = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    pieces.push(value);
    bytesRead += value.length;
    if (bytesTotal > 0) onProgress(Math.min(bytesRead / bytesTotal, 1));
  }
  return new Uint8Array(await new Blob(pieces).arrayBuffer());
}

async function verify(bytes, integrity) {
  // `crypto.subtle` exists only on secure origins (https, localhost).
  if (!integrity || !globalThis.crypto?.subtle) return;
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-384', bytes));
  if (`sha384-${btoa(String.fromCharCode(...digest))}` !== integrity) {
    throw new Error('the downloaded program is not the one this page was built with');
  }
}

function showProgress(ratio) {
  const progress = document.getElementById('boot-progress');
  if (progress) progress.value = ratio;
}

// Ends of the program that no hook of its own sees, such as a full memory. An end at the start is told by startPage.
if (typeof document !== 'undefined') {
  const look = (error) => {
    const isTrap = globalThis.WebAssembly && error instanceof WebAssembly.RuntimeError;
    if (isTrap && document.documentElement.dataset.boot === 'started') globalThis.incidentReplayCrashed(error.message, '');
  };
  addEventListener('error', ({ error }) => look(error));
  addEventListener('unhandledrejection', ({ reason }) => look(reason));
}

// The app calls this when it has come to an end that nobody foresaw; see src/ui/crash.rs. The report names no data of the
// scenario.
globalThis.incidentReplayCrashed = (message, version) => {
  if (document.getElementById('crash')) return;
  document.documentElement.dataset.replay = 'crashed';
  const box = document.createElement('div');
  box.id = 'crash';
  box.className = 'note note-error';
  box.setAttribute('role', 'alert');
  const report = [
    `incident-replay ${version}`,
    `${location.origin === 'null' ? location.protocol : location.origin}${location.pathname}`,
    navigator.userAgent,
    message,
  ].join('\n');
  const said = document.createElement('div');
  said.className = 'note-text';
  said.append(element('p', 'The replay has stopped: a fault in its program. What is shown does not change any more.'));
  const text = element('textarea', '');
  text.readOnly = true;
  text.rows = 4;
  text.value = report;
  text.setAttribute('aria-label', 'Report of the fault, to be copied');
  said.append(text);
  const reload = element('button', 'Reload');
  reload.addEventListener('click', () => location.reload());
  const copy = element('button', 'Copy report');
  copy.addEventListener('click', () => {
    text.select();
    navigator.clipboard?.writeText(report).then(() => { copy.textContent = 'Copied'; }, () => {});
  });
  for (const button of [reload, copy]) {
    button.type = 'button';
    button.className = 'button';
  }
  box.append(said, reload, copy);
  document.body.prepend(box);
  tellHost(message);
};

function element(name, text) {
  const made = document.createElement(name);
  made.textContent = text;
  return made;
}

function fail(text) {
  document.documentElement.dataset.boot = 'failed';
  // Better another story than none.
  delete document.documentElement.dataset.story;
  document.getElementById('boot-progress')?.remove();
  let message = document.getElementById('boot-message');
  if (!message) {
    // The app has replaced the boot screen already.
    message = document.createElement('p');
    message.id = 'boot-message';
    document.body.prepend(message);
  }
  message.setAttribute('role', 'alert');
  message.textContent = text;
  tellHost(text);
}

// The host of an embed then shows its fallback.
function tellHost(message) {
  if (parent !== globalThis) parent.postMessage({ ns: 'incident-replay', v: 1, type: 'failed', message }, '*');
}
