// Registers the service worker (static/sw.js) for use without a network, and announces a newer version. The reader decides
// when to reload. Where the browser does not support it, the page works without it.

const UPDATE_EVERY_MS = 10 * 60_000;

const build = document.querySelector('meta[name="app-build"]')?.content;

if (build && !isEmbedded()) start().catch(() => {});

function isEmbedded() {
  return window.top !== window || /[?&]embed=(1|true)(&|$)/.test(location.search);
}

async function start() {
  // Sandboxed frames throw even here.
  const container = navigator.serviceWorker;
  if (!container) return;
  await shown();
  const registration = await container.register(new URL('sw.js', document.baseURI), { updateViaCache: 'none' });

  if (registration.waiting) consider(registration.waiting);
  registration.addEventListener('updatefound', () => {
    const coming = registration.installing;
    coming?.addEventListener('statechange', () => {
      if (coming.state === 'installed') consider(coming);
    });
  });
  // Another tab may have activated a newer version.
  container.addEventListener('controllerchange', () => consider(container.controller));

  let asked_ms = performance.now();
  document.addEventListener('visibilitychange', () => {
    if (document.hidden || performance.now() - asked_ms < UPDATE_EVERY_MS) return;
    asked_ms = performance.now();
    registration.update().catch(() => {});
  });
}

/** Waits until the replay is shown, so that caching does not compete for bandwidth. */
function shown() {
  const root = document.documentElement;
  return new Promise((resolve) => {
    const look = () => {
      if (root.dataset.replay !== 'ready') return;
      observer.disconnect();
      resolve();
    };
    const observer = new MutationObserver(look);
    observer.observe(root, { attributeFilter: ['data-replay'] });
    look();
  });
}

async function consider(worker) {
  if (!worker) return;
  if (await buildOf(worker) !== build) return tell(worker);
  // The page has this version already.
  if (worker.state === 'installed') worker.postMessage('activate');
}

function buildOf(worker) {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = ({ data }) => resolve(data);
    worker.postMessage('build', [port2]);
  });
}

function tell(worker) {
  if (document.getElementById('update')) return;
  const notice = document.createElement('div');
  notice.id = 'update';
  notice.className = 'note update';
  notice.setAttribute('role', 'status');
  document.body.append(notice);

  const text = document.createElement('p');
  text.textContent = 'A new version is available.';
  const buttons = document.createElement('div');
  buttons.className = 'update-buttons';
  buttons.append(button('Reload', () => reload(worker)), button('Later', () => notice.remove()));
  // Screen readers announce text that is added to an existing status element.
  requestAnimationFrame(() => notice.append(text, buttons));
}

function button(label, onClick) {
  const element = document.createElement('button');
  element.type = 'button';
  element.className = 'button';
  element.textContent = label;
  element.addEventListener('click', onClick);
  return element;
}

async function reload(worker) {
  if (worker.state === 'installed') {
    const active = new Promise((resolve) => {
      worker.addEventListener('statechange', () => worker.state === 'activated' && resolve());
      // The page is fetched from the network anyway.
      setTimeout(resolve, 2000);
    });
    worker.postMessage('activate');
    await active;
  }
  location.reload();
}
