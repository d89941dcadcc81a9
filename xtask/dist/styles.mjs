// One style sheet of all that Trunk linked: a visitor far away waits once for it, not once for each.

import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { minified, put } from './files.mjs';

const LINK = /<link rel="stylesheet" href="\.\/([\w.-]+\.css)"[^>]*>\n?/g;

/** Joins the style sheets of dist/index.html, in their order, into one, named by its digest. */
export function joinStyles(dist) {
  const page = join(dist, 'index.html');
  const html = readFileSync(page, 'utf8');
  const names = Array.from(html.matchAll(LINK), ([, name]) => name);
  if (names.length === 0) throw new Error('index.html links no style sheets');
  const styles = names.map((name) => readFileSync(join(dist, name), 'utf8').trimEnd()).join('\n');
  const joined = put(dist, 'page', 'css', minified(styles, 'css'));
  // With a digest, a frame that is sandboxed asks as a stranger would.
  const link = `<link rel="stylesheet" href="./${joined.name}" integrity="${joined.integrity}" crossorigin="anonymous">\n`;
  let links = 0;
  writeFileSync(page, html.replace(LINK, () => (links++ === 0 ? link : '')));
  for (const name of names) rmSync(join(dist, name));
}
