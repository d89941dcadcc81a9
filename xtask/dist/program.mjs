// Puts the program in place: its two parts (split.mjs) and wasm-bindgen's JavaScript, named by their digests, and in the page
// what boot.js must know of them.

import { copyFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { minified, only, put } from './files.mjs';
import { fitting, laterNames, measuredDigest, split } from './split.mjs';

/** Where the whole program stays, with the names of its functions: for `cargo xtask profile`. */
export const WITH_NAMES = fileURLToPath(new URL('../../target/program-with-names.wasm', import.meta.url));

/**
 * Replaces what Trunk left of the program in dist/. boot.js fetches the wasm after the first paint and without an integrity
 * of its own, to show progress: the preload link goes, and the digest stands in the meta element. That of the JavaScript is
 * needed in both places: the browser checks the page's import, boot.js the worker's.
 */
export function placeProgram(dist) {
  const page = join(dist, 'index.html');
  let html = readFileSync(page, 'utf8');
  const [js, wasm] = ['js', 'wasm'].map((extension) => {
    const meta = only(html, new RegExp(`<meta name="app-${extension}" content="[^"]+">`, 'g'));
    const name = meta.match(/([^/"]+)">$/)[1];
    const link = only(html, new RegExp(`<link rel="(?:module)?preload"[^>]*\\b${name.replaceAll('.', '\\.')}"[^>]*>`, 'g'));
    return { meta, name, link, path: join(dist, name) };
  });
  copyFileSync(wasm.path, WITH_NAMES);
  // What is built to be looked into stays whole.
  const isRelease = process.env.TRUNK_PROFILE === 'release';
  const parts = isRelease ? split(readFileSync(wasm.path), laterNames()) : { first: readFileSync(wasm.path), names: new Map() };
  const glue = put(dist, 'app', 'js', minified(fitting(readFileSync(js.path, 'utf8'), parts.names), 'js'));
  const first = put(dist, 'app', 'wasm', parts.first);
  const later = parts.later && put(dist, 'later', 'wasm', parts.later);
  for (const { path } of [js, wasm]) rmSync(path);

  html = html.replace(js.link, `<link rel="modulepreload" href="./${glue.name}" crossorigin="anonymous" integrity="${glue.integrity}">`);
  html = html.replace(wasm.link, '');
  html = html.replace(js.meta, stamped('app-js', glue));
  html = html.replace(wasm.meta, [stamped('app-wasm', first), later ? stamped('later-wasm', later, ` data-measured="${parts.digest === measuredDigest()}"`) : ''].join('\n'));
  writeFileSync(page, html);
}

function stamped(name, file, further = '') {
  return `<meta name="${name}" content="./${file.name}" data-bytes="${file.bytes}" data-integrity="${file.integrity}"${further}>`;
}
