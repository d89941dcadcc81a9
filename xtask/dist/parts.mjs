// Brings the parts of the program into dist/, which `cargo xtask` has split off: made small as Trunk makes the program, named by digest,
// and listed in the page, where static/boot.js finds them.

import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** What rustc's code for wasm32-unknown-unknown uses; the parts do not say so themselves. */
const FEATURES = ['bulk-memory', 'mutable-globals', 'multivalue', 'nontrapping-float-to-int', 'reference-types', 'sign-ext'];

/** Writes the parts that the program in `dist` asks for, from the folder `split`. A program that is not split asks for none. */
export function bringParts(dist, split) {
  const program = readdirSync(dist).find((name) => /^app-[0-9a-f]+\.js$/.test(name));
  const asked = readFileSync(join(dist, program), 'utf8').matchAll(/incidentReplayPart\("(\w+)"\)/g);
  const metas = [...new Set(Array.from(asked, ([, name]) => name))].sort().map((name) => {
    const whole = join(split, `${name}.wasm`);
    const small = join(split, `${name}.small.wasm`);
    execFileSync('wasm-opt', ['-O2', ...FEATURES.map((feature) => `--enable-${feature}`), whole, '-o', small], { stdio: ['ignore', 'inherit', 'ignore'] });
    const bytes = readFileSync(small);
    const file = `part-${name.replace(/^split_/, '')}-${createHash('sha256').update(bytes).digest('hex').slice(0, 16)}.wasm`;
    writeFileSync(join(dist, file), bytes);
    return `<meta name="app-part" data-part="${name}" content="./${file}" data-integrity="sha384-${createHash('sha384').update(bytes).digest('base64')}">\n`;
  });
  const page = join(dist, 'index.html');
  writeFileSync(page, readFileSync(page, 'utf8').replace('</head>', () => `${metas.join('')}</head>`));
}
