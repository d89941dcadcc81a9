// Trunk's post-build hook. It turns Trunk's output into a page that shows its story without JavaScript, has a link preview,
// works without a network, and also exists as a single file.

import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { keepOffline } from './dist/offline.mjs';
import { bringParts } from './dist/parts.mjs';
import { makePreview } from './dist/preview.mjs';
import { joinStyles } from './dist/styles.mjs';

const COMPRESSIBLE = /\.(html|js|mjs|css|wasm|json|svg|txt|webmanifest)$/;
const SMALLEST_BYTES = 512;

const dist = process.env.TRUNK_STAGING_DIR;
const page = join(dist, 'index.html');
const pieces = mkdtempSync(join(tmpdir(), 'incident-replay-story-'));
try {
  stamp();
  bringParts(dist, join(import.meta.dirname, '../target/parts'));
  joinStyles(dist);
  commandLine('story', '--out', pieces);
  tellStory();
  await makePreview(dist, pieces, process.env.INCIDENT_REPLAY_URL);
  keepOffline(dist);
  commandLine('bundle', join(dist, 'incident-replay.html'), '--dist', dist);
  if (process.env.TRUNK_PROFILE === 'release') {
    // For servers that send precompressed files.
    for (const path of files(dist)) compress(path);
  }
} finally {
  rmSync(pieces, { recursive: true });
}

// The command line runs the scenario exactly as the page does, with the same digest.
function commandLine(...words) {
  execFileSync('cargo', ['run', '--quiet', '--locked', '--bin', 'incident-replay', '--', ...words], {
    stdio: ['ignore', 'inherit', 'inherit'],
  });
}

// boot.js reads names, sizes and digests of the files from the meta elements. It fetches the wasm without `integrity`, to show
// progress; the digest therefore moves from the preload link to the meta element. The link stays, where scripts can run: on a slow
// network the program is on its way before boot.js is. The digest of the JavaScript is needed in both places: the browser checks
// the page's import, boot.js the worker's.
function stamp() {
  let html = readFileSync(page, 'utf8');
  for (const [name, extension] of [['app-js', 'js'], ['app-wasm', 'wasm']]) {
    const meta = only(html, new RegExp(`<meta name="${name}" content="[^"]+">`, 'g'));
    const file = meta.match(/([^/"]+)">$/)[1];
    const link = only(html, new RegExp(`<link rel="(?:module)?preload"[^>]*\\b${file.replaceAll('.', '\\.')}"[^>]*>`, 'g'));
    const integrity = link.match(/ integrity="([^"]+)"/)[1];
    const bytes = statSync(join(dist, file)).size;
    if (extension === 'wasm') {
      const preload = link.replace(/ integrity="[^"]+"/, '').replace('>', ' media="(scripting: enabled)">');
      html = html.replace(link, preload);
    }
    html = html.replace(meta, meta.replace('>', ` data-bytes="${bytes}" data-integrity="${integrity}">`));
  }
  writeFileSync(page, html);
}

function tellStory() {
  let html = readFileSync(page, 'utf8');
  for (const name of readdirSync(pieces).filter((name) => name.endsWith('.html'))) {
    const place = only(html, new RegExp(`<!-- story:${name.slice(0, -'.html'.length)} -->`, 'g'));
    html = html.replace(place, () => readFileSync(join(pieces, name), 'utf8'));
  }
  writeFileSync(page, html);
  cpSync(join(pieces, 'story'), join(dist, 'story'), { recursive: true });
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
