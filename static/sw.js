// Keeps the page and what it needs to start, so that it works without a network. Not for embeds, and never in the way of a
// newer page: the page itself comes from the network wherever there is one.
// The build puts before this text, as constants: BUILD, its name, and FILES, pairs of a path and a digest; '' is the page.

const PREFIX = `incident-replay ${registration.scope} `;
const CACHE = PREFIX + BUILD;
const PAGE = addressOf('');
const KEPT = new Set(FILES.map(([path]) => addressOf(path)));
// A network that does not answer for so long counts as none.
const NETWORK_MS_MAX = 4000;

addEventListener('install', (event) => event.waitUntil(keep()));
addEventListener('activate', (event) => event.waitUntil(forget()));
addEventListener('fetch', (event) => {
  const answer = answerTo(event.request);
  if (answer) event.respondWith(answer);
});
// What static/offline.js asks.
addEventListener('message', ({ data, ports }) => {
  if (data === 'build') ports[0]?.postMessage(BUILD);
  if (data === 'activate') skipWaiting();
});

function addressOf(path) {
  return new URL(`./${path}`, location.href).href;
}

// All or nothing: a file with another digest than the build's ends the installation, and the version before stays.
async function keep() {
  const cache = await caches.open(CACHE);
  await Promise.all(FILES.map(async ([path, integrity]) => {
    // Names with a digest in them may come from where the browser has them already.
    const response = await fetch(addressOf(path), { integrity, cache: path === '' ? 'no-cache' : 'default' });
    if (!response.ok) throw new Error(`${path}: ${response.status}`);
    await cache.put(addressOf(path), response);
  }));
}

async function forget() {
  const names = await caches.keys();
  // Other caches of this origin belong to others.
  const old = names.filter((name) => name.startsWith(PREFIX) && name !== CACHE);
  await Promise.all(old.map((name) => caches.delete(name)));
}

/** The answer to a request, or nothing where this is not concerned. */
function answerTo(request) {
  const url = new URL(request.url);
  const place = url.origin + url.pathname;
  if (request.method !== 'GET') return undefined;
  if (request.mode !== 'navigate') return place !== PAGE && KEPT.has(place) ? file(request, place) : undefined;
  const isPage = place === PAGE || place === `${PAGE}index.html`;
  return isPage && !/[?&]embed=(1|true)(&|$)/.test(url.search) ? page(request) : undefined;
}

async function file(request, place) {
  return await kept(place) ?? fetch(request);
}

async function page(request) {
  const copy = await kept(PAGE);
  if (!copy) return fetch(request);
  const late = new Promise((resolve) => { setTimeout(resolve, NETWORK_MS_MAX, copy); });
  const fresh = fetch(request).then((response) => (response.status >= 500 ? copy : response), () => copy);
  return Promise.race([fresh, late]);
}

async function kept(place) {
  const response = await caches.match(place, { cacheName: CACHE });
  // Without the address it was kept under: whoever asked sees that of the request.
  return response && new Response(response.body, { status: response.status, headers: response.headers });
}
