// Starts the app from one wasm: on the page, and again in each worker that the page spawns from
// `globalThis.incidentReplayWorkerUrl` (this module's own address, with the hashed file names in its query).

const FILE_NAME = /^[\w.-]+$/;

if (typeof document === 'undefined') {
  startWorker();
} else {
  startPage();
}

async function startPage() {
  const root = document.documentElement;
  root.dataset.boot = 'loading';
  document.getElementById('boot-stalled')?.remove();

  const missing = missingFeatures();
  if (missing.length > 0) {
    fail(`The replay cannot run here: this browser lacks ${missing.join(' and ')}. A current Chrome, Edge, Firefox or Safari has what it needs.`);
    return;
  }

  const wasm = document.querySelector('meta[name="app-wasm"]');
  const jsUrl = new URL(content('app-js'), document.baseURI);
  const wasmUrl = new URL(content('app-wasm'), document.baseURI);
  globalThis.incidentReplayWorkerUrl = workerUrl(jsUrl, wasmUrl, wasm.dataset.integrity);

  try {
    const [bytes, app] = await Promise.all([
      download(wasmUrl, Number(wasm.dataset.bytes) || 0, showProgress),
      import(jsUrl.href),
    ]);
    await verify(bytes, wasm.dataset.integrity);
    root.dataset.boot = 'starting';
    await app.default({ module_or_path: bytes });
    root.dataset.boot = 'started';
  } catch (error) {
    fail(`The replay could not start (${error.message ?? error}). Reload the page to try again.`);
    throw error;
  }
}

// A message sent before the wasm runs would find no listener: hold it, and deliver it once `main` has set its own.
async function startWorker() {
  const held = [];
  const hold = (event) => held.push(event);
  addEventListener('message', hold);
  try {
    const here = new URL(import.meta.url);
    const sibling = (key) => {
      const name = here.searchParams.get(key) ?? '';
      if (!FILE_NAME.test(name)) throw new Error(`worker address without a file name for "${key}"`);
      return new URL(`./${name}`, here);
    };
    const integrity = here.searchParams.get('integrity') ?? '';
    const wasm = fetch(sibling('wasm'), { integrity });
    const app = await import(sibling('js').href);
    await app.default({ module_or_path: wasm });
  } catch (error) {
    // Thrown from a task of its own, it reaches `worker.onerror` on the page; a rejected promise would not.
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

function workerUrl(jsUrl, wasmUrl, integrity) {
  const url = new URL(import.meta.url);
  url.search = '';
  url.searchParams.set('js', fileName(jsUrl));
  url.searchParams.set('wasm', fileName(wasmUrl));
  if (integrity) url.searchParams.set('integrity', integrity);
  return url.href;
}

function fileName(url) {
  return url.pathname.split('/').pop();
}

function content(name) {
  return document.querySelector(`meta[name="${name}"]`).content;
}

function missingFeatures() {
  const missing = [];
  if (typeof WebAssembly !== 'object' || typeof WebAssembly.instantiate !== 'function') missing.push('WebAssembly');
  if (typeof Worker !== 'function') missing.push('web workers');
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

// Reads the body piece by piece so that progress can be shown. `fetch` with `integrity` would hold everything back
// until the end, so the digest is checked afterwards.
async function download(url, bytesExpected, onProgress) {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${fileName(url)}: ${response.status} ${response.statusText}`);
  // Content-Length counts compressed bytes when there is an encoding; the page knows the real size from the build.
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
  // Browsers offer digests on secure origins only (https, localhost).
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

function fail(text) {
  document.documentElement.dataset.boot = 'failed';
  document.getElementById('boot-progress')?.remove();
  let message = document.getElementById('boot-message');
  if (!message) {
    // The app had already taken the place of the boot screen.
    message = document.createElement('p');
    message.id = 'boot-message';
    document.body.prepend(message);
  }
  message.setAttribute('role', 'alert');
  message.textContent = text;
}
