// Writes the list of files that static/sw.js caches: the page and the files it needs to start, each with its digest.

import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const WORKER = new URL('../../static/sw.js', import.meta.url);
// The files named in the page, with a digest in their names.
const STARTED_WITH = /(?:href|src|content)="\.\/([\w.-]+-[0-9a-f]{12,}[\w.-]*)"/g;

/**
 * Writes dist/sw.js, and the build's name into the page, so that the page can detect a newer build. Must come after all other
 * changes of the page.
 * @returns {string} the name of the build
 */
export function keepOffline(dist) {
  const page = join(dist, 'index.html');
  const html = readFileSync(page, 'utf8');
  const names = [...new Set(Array.from(html.matchAll(STARTED_WITH), ([, name]) => name))].sort();
  const files = names.map((name) => [name, integrity(readFileSync(join(dist, name)))]);
  const build = createHash('sha256').update(html).update(JSON.stringify(files)).digest('hex').slice(0, 16);

  const stamped = html.replace('</head>', `<meta name="app-build" content="${build}">\n</head>`);
  writeFileSync(page, stamped);
  files.unshift(['', integrity(stamped)]);
  const constants = `const BUILD = '${build}';\nconst FILES = ${JSON.stringify(files, null, 2)};\n\n`;
  writeFileSync(join(dist, 'sw.js'), constants + readFileSync(WORKER, 'utf8'));
  return build;
}

function integrity(bytes) {
  return `sha384-${createHash('sha384').update(bytes).digest('base64')}`;
}
