// Files of dist/: named by their digests, small, and found in the page.

import { createHash } from 'node:crypto';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { transformSync } from 'esbuild';

const SCRIPT = /<script src="\.\/(([\w-]+)-[0-9a-f]+\.js)"([^>]*?) integrity="[^"]*"/g;

/** Writes a file under a name with its digest, so that it may be kept for ever. */
export function put(dist, stem, extension, content) {
  const digest = createHash('sha384').update(content).digest();
  const name = `${stem}-${digest.toString('hex').slice(0, 16)}.${extension}`;
  writeFileSync(join(dist, name), content);
  return { name, bytes: Buffer.byteLength(content), integrity: `sha384-${digest.toString('base64')}` };
}

/** JavaScript or CSS for a page that is looked at, not into: without comments and needless space. */
export function minified(text, loader) {
  if (process.env.TRUNK_PROFILE !== 'release') return text;
  const { code, warnings } = transformSync(text, { loader, minify: true, target: 'esnext', legalComments: 'none' });
  if (warnings.length > 0) throw new Error(`${loader}: ${JSON.stringify(warnings)}`);
  return code;
}

/** Minifies the scripts that the page names. */
export function minifyScripts(dist) {
  const page = join(dist, 'index.html');
  const html = readFileSync(page, 'utf8').replace(SCRIPT, (_, name, stem, between) => {
    const path = join(dist, name);
    const text = readFileSync(path, 'utf8');
    rmSync(path);
    const file = put(dist, stem, 'js', minified(text, 'js'));
    return `<script src="./${file.name}"${between} integrity="${file.integrity}"`;
  });
  writeFileSync(page, html);
}

/** The one match of a pattern in the page. */
export function only(html, pattern) {
  const found = html.match(pattern) ?? [];
  if (found.length !== 1) throw new Error(`index.html: ${found.length} matches of ${pattern}, expected one`);
  return found[0];
}
