// Puts functions that resemble each other side by side: compressors find what repeats more cheaply when it is near. Linkers do
// the same (LLD's --bp-compression-sort); here it takes two per cent off the program.

import binaryen from 'binaryen';

// What two functions have in common is counted in runs of so many bytes …
const RUN_BYTES = 3;
// … and a run that more than this share of all functions has tells nothing.
const COMMON_RATIO = 0.25;

/** Orders a module's functions so that each is followed by the one, of those left, most like it. */
export function orderBySimilarity(module) {
  const functions = [];
  for (let index = 0; index < module.getNumFunctions(); index += 1) {
    const info = binaryen.getFunctionInfo(module.getFunctionByIndex(index));
    if (!info.module) functions.push(info);
  }
  const bodies = bodiesOf(module.emitBinary());
  for (const index of chain(bodies.map(runs))) {
    const { name, params, results, vars, body } = functions[index];
    module.removeFunction(name);
    module.addFunction(name, params, results, vars, body);
  }
}

/** The bytes of each function's body, in order, of a program in wasm. */
export function bodiesOf(program) {
  let at = 8;
  const number = () => {
    for (let value = 0, shift = 0; ; shift += 7) {
      value += (program[at] & 0x7f) * 2 ** shift;
      if (program[at++] < 0x80) return value;
    }
  };
  for (;;) {
    const section = program[at++];
    const end = number() + at;
    if (section === 10) break;
    at = end;
  }
  return Array.from({ length: number() }, () => {
    const bytes = number();
    at += bytes;
    return program.subarray(at - bytes, at);
  });
}

function runs(body) {
  const found = new Set();
  for (let at = 0; at + RUN_BYTES <= body.length; at += 1) {
    found.add(body[at] + 256 * body[at + 1] + 65536 * body[at + 2]);
  }
  return found;
}

/** A chain of sets, each followed by the most similar of those left; it begins with the largest. */
function chain(sets) {
  const holders = new Map();
  sets.forEach((set, index) => set.forEach((run) => {
    if (!holders.has(run)) holders.set(run, []);
    holders.get(run).push(index);
  }));
  const left = new Set(sets.keys());
  let current = sets.reduce((largest, set, index) => (set.size > sets[largest].size ? index : largest), 0);
  const order = [];
  while (left.delete(current)) {
    order.push(current);
    const inCommon = new Float64Array(sets.length);
    for (const run of sets[current]) {
      const having = holders.get(run);
      if (having.length > COMMON_RATIO * sets.length) continue;
      // What few have says more.
      const weight = Math.log(sets.length / having.length);
      for (const index of having) inCommon[index] += weight;
    }
    // Not the largest, which have something in common with everything.
    const likeness = (index) => inCommon[index] / Math.sqrt(sets[index].size + 8);
    let next;
    for (const index of left) if (next === undefined || likeness(index) > likeness(next)) next = index;
    current = next;
  }
  return order;
}
