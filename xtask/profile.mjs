// Writes xtask/dist/later.txt: which functions of the program ordinary visits never call (split.mjs says what for). Counts
// calls in a copy of the built page whose every function reports that it was called. `cargo xtask profile` does it in one
// browser after the other: with --also, what is called goes from the list, and nothing comes to it.

import { cpSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import binaryen from 'binaryen';
import { root, startServer } from '../tests/browser/server.mjs';
import { ordinaryVisits } from '../tests/browser/visit.mjs';
import { bodiesOf } from './dist/order.mjs';
import { WITH_NAMES } from './dist/program.mjs';
import { laterNames, optimized, plainName, programDigest, shortenNames } from './dist/split.mjs';

const LIST = fileURLToPath(new URL('dist/later.txt', import.meta.url));
// Smaller ones cost the first part as much for their stubs, and are moved anyway when only functions of the second call them.
const LEAST_BYTES = 40;
const HEAD = `# Functions of the page's program that ordinary visits (tests/browser/visit.mjs) do not call: xtask/dist/split.mjs moves them
# into a second part, which is fetched when one of them is called. Measured by \`cargo xtask profile\`, which writes this file.
# A name that the program has no more does no harm; a function that is not here is fetched at once.
# Program: `;
// Called or not by chance: tables with random keys, allocation, the rare number that is hard to write, the order of rendering.
const BY_CHANCE = /\b(hashbrown|indexmap|RandomState|flt2dec|dlmalloc|QueueEntry)\b/;
const REPORTED = 'incident-replay called';

const folder = mkdtempSync(join(tmpdir(), 'incident-replay-profile-'));
try {
  const { names, sizes, bytes } = reporting(readFileSync(WITH_NAMES));
  copyOfDist(bytes);
  const server = await startServer({ folder });
  const called = new Set();
  await ordinaryVisits(async (page, name) => {
    (await calls(page)).forEach((index) => called.add(names[index]));
    console.log(`${name}: ${called.size} of ${names.length} functions called so far`);
  }, { server });
  write(names, sizes, called);
  await server.stop();
} finally {
  rmSync(folder, { recursive: true });
}
process.exit(0);

/** The program with a report at the beginning of every function, and the functions by number: names, and bytes without. */
function reporting(program) {
  const module = optimized(program);
  // As the JavaScript beside it expects.
  shortenNames(module);
  const names = [];
  const sizes = bodiesOf(module.emitBinary()).map(({ length }) => length);
  module.addFunctionImport('called', 'profile', 'called', binaryen.i32, binaryen.none);
  for (let index = 0; index < module.getNumFunctions(); index += 1) {
    const ref = module.getFunctionByIndex(index);
    const { name, module: from, results, body } = binaryen.getFunctionInfo(ref);
    if (from) continue;
    const report = module.call('called', [module.i32.const(names.length)], binaryen.none);
    names.push(name);
    binaryen.Function.setBody(ref, module.block(null, [report, body], results));
  }
  const bytes = module.emitBinary();
  module.dispose();
  return { names, sizes, bytes };
}

/** The page with this program in place of its own, on the page and in workers. */
function copyOfDist(program) {
  cpSync(join(root, 'dist'), folder, { recursive: true });
  const page = readFileSync(join(folder, 'index.html'), 'utf8');
  const [js, wasm] = ['app-js', 'app-wasm'].map((name) => join(folder, page.match(new RegExp(`name="${name}" content="\\./([^"]+)"`))[1]));
  writeFileSync(wasm, program);
  // On the page the calls stay in a set; what workers called is asked of them.
  const glue = readFileSync(js, 'utf8').replace(/["']?later["']?: ?\{/, 'profile: { called: (index) => globalThis.calledFunctions.add(index) },$&');
  writeFileSync(js, `${glue}
globalThis.calledFunctions = new Set();
if (typeof document === 'undefined') {
  const channel = new BroadcastChannel('${REPORTED}');
  channel.onmessage = () => channel.postMessage([...globalThis.calledFunctions]);
}
`);
  // Digests of before, and copies that are packed, would stand for the program as it was.
  writeFileSync(join(folder, 'index.html'), page.replace(/ (data-)?integrity="[^"]*"/g, ''));
  for (const name of readdirSync(folder)) if (/\.(br|gz)$/.test(name)) rmSync(join(folder, name));
}

/** The numbers of the functions that were called on a page and in its workers. */
async function calls(page) {
  return page.evaluate((name) => new Promise((resolve) => {
    const found = [...globalThis.calledFunctions];
    const channel = new BroadcastChannel(name);
    channel.onmessage = ({ data }) => found.push(...data);
    channel.postMessage('which');
    setTimeout(() => {
      channel.close();
      resolve(found);
    }, 500);
  }), REPORTED);
}

function write(names, sizes, called) {
  const needed = new Set([...called].map(plainName));
  const later = names.filter((name, index) => (
    sizes[index] >= LEAST_BYTES && !BY_CHANCE.test(name) && !needed.has(plainName(name)))).map(plainName);
  const before = process.argv.includes('--also') ? laterNames() : undefined;
  const lines = [...new Set(later)].filter((name) => !before || before.has(name)).sort();
  writeFileSync(LIST, `${HEAD}${programDigest(names)}\n${lines.join('\n')}\n`);
  console.log(`${LIST}: ${lines.length} functions`);
}
