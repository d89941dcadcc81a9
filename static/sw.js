// Caches the page and the files it needs to start, so that it works without a network. It does not serve embeds, and never
// delays a newer page: the page itself comes from the network whenever there is one.
// The build prepends two constants: BUILD, its name, and FILES, pairs of a path and a digest; the path of the page is ''.

const PREFIX = `incident-replay ${registration.scope} `;
const CACHE = PREFIX + BUILD;
const PAGE = addressOf('');
const KEPT = new Set(FILES.map(([path]) => addressOf(path)));
// A network that takes longer to answer counts as absent.
const NETWORK_MS_MAX = 4000;

addEventListener('install', (event) => event.waitUntil(keep()));
addEventListener('activate', (event) => event.waitUntil(forget()));
addEventListener('fetch', (event) => {
  const answer = answerTo(event.request);
  if (answer) event.respondWith(answer);
});
// Messages of static/offline.js.
addEventListener('message', ({ data, ports }) => {
  if (data === 'build') ports[0]?.postMessage(BUILD);
  if (data === 'activate') skipWaiting();
});

function addressOf(path) {
  return new URL(`./${path}`, location.href).href;
}

// All or nothing: a file with the wrong digest ends the installation, and the former version stays.
async function keep() {
  const cache = await caches.open(CACHE);
  await Promise.all(FILES.map(async ([path, integrity]) => {
    // Files with a digest in their name may come from the browser's cache.
    const response = await fetch(addressOf(path), { integrity, cache: path === '' ? 'no-cache' : 'default' });
    if (!response.ok) throw new Error(`${path}: ${response.status}`);
    await cache.put(addressOf(path), response);
  }));
}

async function forget() {
  const names = await caches.keys();
  // Leaves other caches of this origin alone.
  const old = names.filter((name) => name.startsWith(PREFIX) && name !== CACHE);
  await Promise.all(old.map((name) => caches.delete(name)));
}

/** The response to a request; undefined for requests that are left to the browser. */
function answerTo(request) {
  const url = new URL(request.url);
  const place = url.origin + url.pathname;
  if (request.method !== 'GET') return undefined;
  if (request.mode !== 'navigate') return place !== PAGE && KEPT.has(place) ? file(request, place) : undefined;
  const isPage = place === PAGE || place === `${PAGE}index.html`;
  return isPage && !/[?&]embed=(1|true)(&|%23|$)/.test(url.search) ? page(request) : undefined;
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
  // A new response has no URL of its own, so the caller sees that of the request instead of the cache's.
  return response && new Response(response.body, { status: response.status, headers: response.headers });
}
