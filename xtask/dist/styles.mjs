// Joins the linked style sheets into one, so that a distant visitor waits for one request only.

import { createHash } from 'node:crypto';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const LINK = /<link rel="stylesheet" href="\.\/([\w.-]+\.css)"[^>]*>\n?/g;

/** Joins the style sheets of dist/index.html, in their order, into one, named by its digest. */
export function joinStyles(dist) {
  const page = join(dist, 'index.html');
  const html = readFileSync(page, 'utf8');
  const names = Array.from(html.matchAll(LINK), ([, name]) => name);
  if (names.length === 0) throw new Error('index.html links no style sheets');
  const styles = names.map((name) => readFileSync(join(dist, name), 'utf8').trimEnd()).join('\n');
  const digest = createHash('sha384').update(styles).digest();
  const joined = `page-${digest.toString('hex').slice(0, 16)}.css`;
  // With `integrity`, a sandboxed frame makes a cross-origin request.
  const link = `<link rel="stylesheet" href="./${joined}" integrity="sha384-${digest.toString('base64')}" crossorigin="anonymous">\n`;
  let links = 0;
  writeFileSync(page, html.replace(LINK, () => (links++ === 0 ? link : '')));
  for (const name of names) rmSync(join(dist, name));
  writeFileSync(join(dist, joined), styles);
}
