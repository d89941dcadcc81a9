// Trunk's post-build hook: tells the page the wasm's size and digest (see static/boot.js), then, for a release, lays a
// .br and a .gz beside each file that shrinks, for servers that send precompressed files.

import { readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

const COMPRESSIBLE = /\.(html|js|mjs|css|wasm|json|svg|txt|webmanifest)$/;
const SMALLEST_BYTES = 512;

const dist = process.env.TRUNK_STAGING_DIR;

stampWasm(join(dist, 'index.html'));
if (process.env.TRUNK_PROFILE === 'release') {
  for (const path of files(dist)) compress(path);
}

// A preload is used only by a fetch with the same integrity, and boot.js must fetch without one to show progress: so the
// digest moves from the preload link to the meta element, from where boot.js checks it.
function stampWasm(page) {
  const html = readFileSync(page, 'utf8');
  const preload = only(html, /<link rel="preload"[^>]*\.wasm"[^>]*>/g);
  const meta = only(html, /<meta name="app-wasm" content="([^"]+)">/g);
  const name = meta.match(/([^/"]+\.wasm)"/)[1];
  const integrity = preload.match(/ integrity="([^"]+)"/)[1];
  const bytes = statSync(join(dist, name)).size;
  writeFileSync(page, html
    .replace(preload, preload.replace(` integrity="${integrity}"`, ''))
    .replace(meta, meta.replace('>', ` data-bytes="${bytes}" data-integrity="${integrity}">`)));
}

function only(html, pattern) {
  const found = html.match(pattern) ?? [];
  if (found.length !== 1) throw new Error(`index.html: ${found.length} matches of ${pattern}, expected one`);
  return found[0];
}

function* files(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* files(path);
    else if (COMPRESSIBLE.test(entry.name) && statSync(path).size >= SMALLEST_BYTES) yield path;
  }
}

function compress(path) {
  const raw = readFileSync(path);
  const packed = {
    br: brotliCompressSync(raw, {
      params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: raw.length },
    }),
    gz: gzipSync(raw, { level: 9 }),
  };
  for (const [extension, bytes] of Object.entries(packed)) {
    if (bytes.length < raw.length) writeFileSync(`${path}.${extension}`, bytes);
  }
}
