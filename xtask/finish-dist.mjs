// Trunk's post-build hook: makes of what Trunk built a page that tells its story without JavaScript, shows a picture where
// it is linked, works without a network, and exists once more as a single file.

import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { minifyScripts, only } from './dist/files.mjs';
import { keepOffline } from './dist/offline.mjs';
import { makePreview } from './dist/preview.mjs';
import { placeProgram } from './dist/program.mjs';
import { joinStyles } from './dist/styles.mjs';

const COMPRESSIBLE = /\.(html|js|mjs|css|wasm|json|svg|txt|webmanifest)$/;
const SMALLEST_BYTES = 512;

const dist = process.env.TRUNK_STAGING_DIR;
const page = join(dist, 'index.html');
const pieces = mkdtempSync(join(tmpdir(), 'incident-replay-story-'));
try {
  placeProgram(dist);
  minifyScripts(dist);
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

// The command line runs the scenario as the page will, with the same digest.
function commandLine(...words) {
  execFileSync('cargo', ['run', '--quiet', '--locked', '--bin', 'incident-replay', '--', ...words], {
    stdio: ['ignore', 'inherit', 'inherit'],
  });
}

function tellStory() {
  let html = readFileSync(page, 'utf8');
  for (const name of readdirSync(pieces).filter((name) => name.endsWith('.html'))) {
    const place = only(html, new RegExp(`<!-- story:${name.slice(0, -'.html'.length)} -->`, 'g'));
    html = html.replace(place, () => readFileSync(join(pieces, name), 'utf8'));
  }
  if (process.env.TRUNK_PROFILE === 'release') html = html.replace(/<!--.*?-->/gs, '').replace(/\n\s+/g, '\n');
  writeFileSync(page, html);
  cpSync(join(pieces, 'story'), join(dist, 'story'), { recursive: true });
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
