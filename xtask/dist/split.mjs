// Splits the program in two: what starts and plays the replay, and what few visits need (sharing, exports, data tables,
// messages about what is wrong). The second part is fetched when something of it is first called.
//
// Which functions those are was measured: later.txt lists what an ordinary visit never called. A function of the second part
// that the first can reach stays there as a stub, which asks for the second part unless it is here, and goes on in it. So
// the list decides what is fetched when, never what the program does.

import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import binaryen from 'binaryen';
import { orderBySimilarity } from './order.mjs';

const LIST = new URL('later.txt', import.meta.url);
// What the first part exports for the second: the table that the second fills, the mark that it has, and what it calls.
const SLOTS = 'later-slots';
const IS_HERE = 'later-is-here';
// The import by which the first part asks for the second.
const ASK = { module: 'later', name: 'load' };
/** The name under which the second part imports what the first exports. */
const FIRST = 'first';

// The library's name of the only memory. The first part exports it already, as wasm-bindgen asks.
const MEMORY = '0';

const { none, i32 } = binaryen;

/** The functions in later.txt. */
export function laterNames() {
  return new Set(readFileSync(LIST, 'utf8').split('\n').filter((line) => line && !line.startsWith('#')));
}

/** The program on which they were measured, as `programDigest` tells programs apart. */
export function measuredDigest() {
  return readFileSync(LIST, 'utf8').match(/^# Program: (\w+)$/m)?.[1];
}

/** Tells programs apart by which functions they have: compilers put some into their callers in one build, in another not. */
export function programDigest(names) {
  return createHash('sha256').update(names.map(plainName).sort().join('\n')).digest('hex').slice(0, 16);
}

/** A function's name as people write it, without the digests of crates and the numbers that tell copies apart. */
export function plainName(name) {
  return name.replace(/\[[0-9a-f]+\]/g, '').replace(/[._]\d+$/, '');
}

/** Reads a program whose functions have names, and optimises it. */
export function optimized(program) {
  const module = binaryen.readBinary(program);
  binaryen.setOptimizeLevel(2);
  binaryen.setShrinkLevel(0);
  module.optimize();
  return module;
}

/**
 * The two parts of a program.
 * @param {Uint8Array} program wasm whose functions have names
 * @param {Set<string>} names of the functions that come later, as `plainName` gives them
 * @returns {{first: Uint8Array, later: Uint8Array, names: Map<string, string>, digest: string}} wasm without names; the short
 *   names by which the first part knows what it imports from JavaScript and exports to it; the digest of the whole
 */
export function split(program, names) {
  const first = optimized(program);
  const graph = new Graph(first);
  const digest = programDigest([...graph.functions].filter(([, { isImport }]) => !isImport).map(([name]) => name));
  const later = laterFunctions(graph, names);
  const reached = [...later].filter((name) => graph.isReached(name, (caller) => !later.has(caller))).sort();

  // Both parts begin as the whole; names, not numbers, hold them together.
  binaryen.setDebugInfo(true);
  const second = binaryen.readBinary(first.emitBinary());
  binaryen.setDebugInfo(false);
  const shortNames = shortenNames(first);
  leaveStubs(first, graph, later, reached);
  orderBySimilarity(first);
  // In the order of the functions, the list of exports is the shortest.
  const shared = sharedOf(first, graph, later);
  exportShared(first, shared);
  keepLater(second, graph, later, reached, shared);
  orderBySimilarity(second);
  for (const part of [first, second]) part.runPasses(['strip-producers', 'strip-target-features']);
  const parts = { first: first.emitBinary(), later: second.emitBinary(), names: shortNames, digest };
  first.dispose();
  second.dispose();
  return parts;
}

/** Gives a program short names for what wasm-bindgen's JavaScript and it call each other: theirs carry digests. Returns them by the long ones. */
export function shortenNames(module) {
  const names = new Map();
  const shorter = (name) => {
    if (!names.has(name)) names.set(name, `_${names.size.toString(36)}`);
    return names.get(name);
  };
  const functions = listOf(module.getNumFunctions(), (index) => binaryen.getFunctionInfo(module.getFunctionByIndex(index)));
  for (const { name, module: from, base, params, results } of functions) {
    if (!from || from === ASK.module) continue;
    module.removeFunction(name);
    module.addFunctionImport(name, from, shorter(base), params, results);
  }
  const exports = listOf(module.getNumExports(), (index) => binaryen.getExportInfo(module.getExportByIndex(index)));
  for (const { name, value } of exports.filter(({ name }) => name.startsWith('wasm_bindgen__'))) {
    module.removeExport(name);
    module.addFunctionExport(value, shorter(name));
  }
  return names;
}

/** wasm-bindgen's JavaScript for a program that was split: with those names, and an answer, by static/boot.js, when the first part asks. */
export function fitting(glue, names) {
  const imports = /^( *)"\.\/[\w.]+": import0,$/m;
  if (!imports.test(glue)) throw new Error("wasm-bindgen's JavaScript names its imports in another way than expected");
  const renamed = glue.replace(/\b(?:__wb|wasm_bindgen__)[\w$]+/g, (name) => names.get(name) ?? name);
  return renamed.replace(imports, (line, indent) => `${line}\n${indent}"${ASK.module}": { ${ASK.name}: () => globalThis.incidentReplayLater(wasm) },`);
}

/** Who calls whom, and who can be called from anywhere: by JavaScript, or through the table. */
class Graph {
  /** name → {params, results, isImport} */
  functions = new Map();

  #callers = new Map();

  #anywhere = new Set();

  constructor(module) {
    for (let index = 0; index < module.getNumFunctions(); index += 1) {
      const { name, module: from, params, results } = binaryen.getFunctionInfo(module.getFunctionByIndex(index));
      this.functions.set(name, { params, results, isImport: Boolean(from) });
    }
    for (let index = 0; index < module.getNumExports(); index += 1) {
      const { kind, value } = binaryen.getExportInfo(module.getExportByIndex(index));
      if (kind === binaryen.ExternalFunction) this.#anywhere.add(value);
    }
    for (let index = 0; index < module.getNumElementSegments(); index += 1) {
      const { data } = binaryen.getElementSegmentInfo(module.getElementSegmentByIndex(index));
      data.forEach((name) => this.#anywhere.add(name));
    }
    this.#readCalls(module.emitText());
  }

  // The library offers no walk over a function's body; its text has every call on a line of its own.
  #readCalls(text) {
    const line = /^ +\((func|(?:return_)?call|ref\.func) \$(?:"((?:[^"\\]|\\.)*)"|([^\s()]+))/gm;
    let caller;
    for (const [, word, quoted, bare] of text.matchAll(line)) {
      const name = quoted === undefined ? bare : unescaped(quoted);
      if (!this.functions.has(name)) throw new Error(`the program calls ${name}, which it does not have`);
      if (word === 'func') caller = name;
      else if (word === 'ref.func') this.#anywhere.add(name);
      else this.#callers.set(name, (this.#callers.get(name) ?? new Set()).add(caller));
    }
  }

  /** Whether a function is called by one that counts. */
  isCalled(name, counts) {
    return [...this.#callers.get(name) ?? []].some(counts);
  }

  /** Whether it is, or can be from anywhere. */
  isReached(name, counts) {
    return this.#anywhere.has(name) || this.isCalled(name, counts);
  }
}

function unescaped(text) {
  return text.replace(/\\([0-9a-f]{2}|.)/gi, (_, code) => (code.length === 2 ? String.fromCharCode(parseInt(code, 16)) : code));
}

/** The listed functions, and those that only they call. */
function laterFunctions(graph, names) {
  const own = [...graph.functions].filter(([, { isImport }]) => !isImport).map(([name]) => name);
  const later = new Set(own.filter((name) => names.has(plainName(name))));
  for (let before = -1; before !== later.size;) {
    before = later.size;
    own.filter((name) => !graph.isReached(name, (caller) => !later.has(caller))).forEach((name) => later.add(name));
  }
  return later;
}

/** Makes of the whole the first part: stubs stand for what comes later. */
function leaveStubs(module, graph, later, reached) {
  module.addTable(SLOTS, reached.length, reached.length);
  module.addTableExport(SLOTS, SLOTS);
  module.addGlobal(IS_HERE, i32, true, module.i32.const(0));
  module.addGlobalExport(IS_HERE, IS_HERE);
  module.addFunctionImport(ASK.name, ASK.module, ASK.name, none, none);
  const slots = new Map(reached.map((name, slot) => [name, slot]));
  for (const name of later) {
    const { params, results } = graph.functions.get(name);
    const body = slots.has(name) ? stub(module, slots.get(name), params, results) : module.unreachable();
    module.removeFunction(name);
    module.addFunction(name, params, results, [], body);
  }
}

/** Has the first part export what the second uses, and lets go of what neither does. */
function exportShared(module, shared) {
  shared.functions.forEach((name, index) => module.addFunctionExport(name, functionName(index)));
  shared.tables.forEach((name, index) => module.addTableExport(name, tableName(index)));
  shared.globals.forEach(({ name }, index) => module.addGlobalExport(name, globalName(index)));
  module.runPasses(['remove-unused-module-elements']);
}

function stub(module, slot, params, results) {
  const handedOn = binaryen.expandType(params).map((type, index) => module.local.get(index, type));
  return module.block(null, [
    module.if(module.i32.eqz(module.global.get(IS_HERE, i32)), module.call(ASK.name, [], none)),
    module.call_indirect(SLOTS, module.i32.const(slot), handedOn, params, results),
  ], results);
}

/** Makes of the whole the second part: everything but its functions is the first part's, and starting it fills the slots. */
function keepLater(module, graph, later, reached, shared) {
  for (const name of namesOf(module.getNumExports(), (index) => binaryen.getExportInfo(module.getExportByIndex(index)))) module.removeExport(name);
  for (const name of namesOf(module.getNumElementSegments(), (index) => binaryen.getElementSegmentInfo(module.getElementSegmentByIndex(index)))) module.removeElementSegment(name);
  const { initial, max } = module.getMemoryInfo(MEMORY);
  module.setMemory(initial, max ?? -1, null, [], false, false, MEMORY);
  module.addMemoryImport(MEMORY, FIRST, 'memory');
  shared.tables.forEach((name, index) => module.addTableImport(name, FIRST, tableName(index)));
  shared.globals.forEach(({ name, type, mutable }, index) => {
    module.removeGlobal(name);
    module.addGlobalImport(name, FIRST, globalName(index), type, mutable);
  });
  const exported = new Map(shared.functions.map((name, index) => [name, functionName(index)]));
  for (const [name, { params, results }] of graph.functions) {
    if (later.has(name)) continue;
    module.removeFunction(name);
    // What nothing here calls goes again below.
    if (exported.has(name)) module.addFunctionImport(name, FIRST, exported.get(name), params, results);
  }
  module.addTableImport(SLOTS, FIRST, SLOTS);
  module.addActiveElementSegment(SLOTS, SLOTS, reached, module.i32.const(0));
  module.addGlobalImport(IS_HERE, FIRST, IS_HERE, i32, true);
  module.setStart(module.addFunction(IS_HERE, none, none, [], module.global.set(IS_HERE, module.i32.const(1))));
  module.runPasses(['remove-unused-module-elements']);
  const functions = listOf(module.getNumFunctions(), (index) => binaryen.getFunctionInfo(module.getFunctionByIndex(index)));
  const strange = functions.find(({ module: from }) => from && from !== FIRST);
  if (strange) throw new Error(`the second part imports ${strange.base} from ${strange.module}, which only the first can`);
}

const functionName = (index) => index.toString(36);
const tableName = (index) => `table ${index}`;
const globalName = (index) => `global ${index}`;

/** What both parts use: the functions that the second calls and does not have, all tables and globals, the memory. */
function sharedOf(module, graph, later) {
  const functions = listOf(module.getNumFunctions(), (index) => binaryen.getFunctionInfo(module.getFunctionByIndex(index)).name);
  const globals = listOf(module.getNumGlobals(), (index) => binaryen.getGlobalInfo(module.getGlobalByIndex(index)));
  return {
    functions: functions.filter((name) => !later.has(name) && graph.isCalled(name, (caller) => later.has(caller))),
    tables: namesOf(module.getNumTables(), (index) => binaryen.getTableInfo(module.getTableByIndex(index))).filter((name) => name !== SLOTS),
    globals: globals.map(({ name, type, mutable }) => ({ name, type, mutable })).filter(({ name }) => name !== IS_HERE),
  };
}

function listOf(count, info) {
  return Array.from({ length: count }, (_, index) => info(index));
}

function namesOf(count, info) {
  return listOf(count, info).map(({ name }) => name);
}
