// Trunk's post-build hook: tells the page the wasm's size and digest (see static/boot.js), puts in the story that stands
// without JavaScript, then, for a release, lays a .br and a .gz beside each file that shrinks, for servers that send
// precompressed files.

import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

const COMPRESSIBLE = /\.(html|js|mjs|css|wasm|json|svg|txt|webmanifest)$/;
const SMALLEST_BYTES = 512;

const dist = process.env.TRUNK_STAGING_DIR;

stampWasm(join(dist, 'index.html'));
tellStory(join(dist, 'index.html'));
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

// The command line runs the scenario as the page will, with the same digest, and writes what is told without the page.
function tellStory(page) {
  const pieces = mkdtempSync(join(tmpdir(), 'incident-replay-story-'));
  try {
    execFileSync('cargo', ['run', '--quiet', '--locked', '--bin', 'incident-replay', '--', 'story', '--out', pieces], {
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    let html = readFileSync(page, 'utf8');
    for (const name of readdirSync(pieces).filter((name) => name.endsWith('.html'))) {
      const place = only(html, new RegExp(`<!-- story:${name.slice(0, -'.html'.length)} -->`, 'g'));
      html = html.replace(place, () => readFileSync(join(pieces, name), 'utf8'));
    }
    writeFileSync(page, html);
    cpSync(join(pieces, 'story'), join(dist, 'story'), { recursive: true });
  } finally {
    rmSync(pieces, { recursive: true });
  }
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
