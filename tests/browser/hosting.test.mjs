// The samples of docs/hosting.md, in the servers they are for, where these are installed: the page works there, offline
// copy and all, and is sent as the text around the samples says.

import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { waitForReady, withPage } from './harness.mjs';
import { root } from './server.mjs';

const DOCS = readFileSync(join(root, 'docs/hosting.md'), 'utf8');
const MODULES = '/usr/lib/apache2/modules';
const folder = mkdtempSync(join(tmpdir(), 'incident-replay-hosting-'));
after(() => rmSync(folder, { recursive: true, force: true }));

/** The sample in a language, made to serve dist/ on this machine. */
function sample(language, ...replacements) {
  const found = DOCS.match(new RegExp(`\`\`\`${language}\n(.*?)\`\`\``, 's'));
  assert.ok(found, `a sample for ${language}`);
  let text = found[1].replaceAll('/srv/incident-replay', join(root, 'dist'));
  for (const [old, replacement] of replacements) {
    assert.ok(text.includes(old), `${language}: “${old}”`);
    text = text.replace(old, replacement);
  }
  const path = join(folder, language);
  return { path, write: (wrap = (inner) => inner) => writeFileSync(path, wrap(text)) };
}

const SERVERS = {
  nginx(port) {
    const { path, write } = sample('nginx', ['listen 80;', `listen 127.0.0.1:${port};`]);
    write((text) => `daemon off; master_process off; pid ${folder}/nginx.pid; error_log stderr error; events {}
      http { include /etc/nginx/mime.types; access_log off; client_body_temp_path ${folder}; proxy_temp_path ${folder};
      fastcgi_temp_path ${folder}; uwsgi_temp_path ${folder}; scgi_temp_path ${folder}; ${text} }`);
    return ['nginx', '-c', path];
  },
  apache2(port) {
    const { path, write } = sample('apache');
    const modules = ['mpm_event', 'authz_core', 'mime', 'dir', 'alias', 'headers', 'filter', 'deflate'];
    write((text) => `ServerRoot ${folder}\nServerName localhost\nListen 127.0.0.1:${port}\nPidFile ${folder}/apache.pid\n`
      + `ErrorLog ${folder}/apache.log\nMutex file:${folder}\n`
      + modules.map((name) => `LoadModule ${name}_module ${MODULES}/mod_${name}.so\n`).join('')
      + `TypesConfig /etc/mime.types\nUser nobody\nGroup nogroup\n${text}`);
    return ['apache2', '-X', '-f', path];
  },
  caddy(port) {
    const { path, write } = sample('caddy', ['status.example.org {', `http://127.0.0.1:${port} {`]);
    write((text) => `{\n\tadmin off\n}\n${text}`);
    return ['caddy', 'run', '--adapter', 'caddyfile', '--config', path];
  },
};

function isInstalled(program) {
  try {
    return execFileSync('which', [program], { stdio: ['ignore', 'pipe', 'ignore'] }).length > 0;
  } catch {
    return false;
  }
}

function freePort() {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}

async function answers(url, child) {
  for (let attempt = 0; attempt < 100; attempt += 1) {
    if (child.exitCode !== null) break;
    if (await fetch(url).then((response) => response.ok, () => false)) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  assert.fail(`${child.spawnargs.join(' ')} does not serve ${url} (${child.exitCode})`);
}

for (const [program, prepare] of Object.entries(SERVERS)) {
  test(`in ${program}`, { skip: !isInstalled(program) && `${program} is not installed` }, async () => {
    const port = await freePort();
    const [command, ...words] = prepare(port);
    const child = spawn(command, words, {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: { ...process.env, HOME: folder, XDG_DATA_HOME: folder, XDG_CONFIG_HOME: folder },
    });
    const url = `http://127.0.0.1:${port}/replay/`;
    try {
      await answers(url, child);
      const head = async (path) => (await fetch(`${url}${path}`)).headers;
      const [page, worker] = [await head(''), await head('sw.js')];
      const html = await (await fetch(url)).text();
      const own = html.match(/http-equiv="Content-Security-Policy" content="([^"]+)"/)[1];
      assert.equal(page.get('content-security-policy'), `${own}; frame-ancestors 'self' https://docs.example.org`);
      assert.equal(worker.get('content-security-policy'), page.get('content-security-policy'));
      assert.deepEqual([page.get('cache-control'), worker.get('cache-control')], ['no-cache', 'no-cache']);
      assert.equal(page.get('x-content-type-options'), 'nosniff');
      assert.equal(page.get('access-control-allow-origin'), null);
      const wasm = html.match(/name="app-wasm" content="\.\/([^"]+)"/)[1];
      const sent = await fetch(`${url}${wasm}`, { headers: { 'Accept-Encoding': 'gzip' } });
      assert.equal(sent.headers.get('cache-control'), 'public, max-age=31536000, immutable');
      assert.equal(sent.headers.get('content-type'), 'application/wasm');
      assert.equal(sent.headers.get('content-encoding'), 'gzip');
      const style = html.match(/href="\.\/(page-[^"]+\.css)"/)[1];
      for (const shared of ['embed.js', style]) assert.equal((await head(shared)).get('access-control-allow-origin'), '*', shared);
      const moved = await fetch(url.slice(0, -1), { redirect: 'manual' });
      assert.equal(new URL(moved.headers.get('location'), url).pathname, '/replay/');

      await withPage('', { server: { url, answers: [] } }, async (opened) => {
        await waitForReady(opened);
        assert.equal(await opened.evaluate(() => navigator.serviceWorker.ready.then(() => true)), true);
      });
    } finally {
      child.kill();
    }
  });
}

test('every policy in the samples is the page’s, with the sites that may frame it', () => {
  const page = readFileSync(join(root, 'index.html'), 'utf8');
  const own = page.match(/http-equiv="Content-Security-Policy" content="([^"]+)"/)[1];
  const policies = [...DOCS.matchAll(/default-src[^"\n]*/g)].map(([policy]) => policy);
  assert.deepEqual(new Set(policies), new Set([`${own}; frame-ancestors 'self' https://docs.example.org`]));
  assert.equal(policies.length, 4);
});
