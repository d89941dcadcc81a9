// The program cut in two (xtask/dist/split.mjs), on one that fits on a page: both parts together do what the whole does.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import binaryen from 'binaryen';
import { orderBySimilarity } from '../../xtask/dist/order.mjs';
import { fitting, laterNames, plainName, split } from '../../xtask/dist/split.mjs';
import { unless } from './harness.mjs';

const skip = unless('chromium');

// As wasm-bindgen leaves it: a digest in the import, one memory that is exported, functions that a table holds. Loops keep the
// optimiser from putting functions into their callers.
const WHOLE = `(module
  (import "./app_bg.js" "__wbg_log_0123456789abcdef" (func $log (param i32)))
  (memory $0 1)
  (export "memory" (memory $0))
  (table $0 2 2 funcref)
  (elem $0 (i32.const 1) $held)
  (global $stack (mut i32) (i32.const 1000))
  (data $0 (i32.const 16) "\\2a")
  (export "always" (func $always))
  (export "seldom" (func $seldom))
  (export "indirect" (func $indirect))
  (func $always (param $n i32) (result i32)
    (loop $again
      (global.set $stack (i32.add (global.get $stack) (i32.const 1)))
      (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (global.get $stack))
  (func $leaf (param $n i32) (result i32)
    (local $sum i32)
    (loop $again
      (local.set $sum (i32.add (local.get $sum) (i32.load8_u (i32.const 16))))
      (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (call $log (local.get $sum))
    (i32.store (i32.const 20) (local.get $sum))
    (local.get $sum))
  (func $seldom (param $n i32) (result i32)
    (i32.add (call $leaf (local.get $n)) (i32.add (call $leaf (i32.const 3)) (call $always (i32.const 2)))))
  (func $held (param $n i32) (result i32)
    (i32.mul (call $leaf (local.get $n)) (call $leaf (i32.const 1))))
  (func $indirect (param $n i32) (result i32)
    (call_indirect $0 (param i32) (result i32) (local.get $n) (i32.const 1))))`;

const LONG = '__wbg_log_0123456789abcdef';

function whole() {
  const module = binaryen.parseText(WHOLE);
  binaryen.setDebugInfo(true);
  const program = module.emitBinary();
  binaryen.setDebugInfo(false);
  module.dispose();
  return program;
}

/** The calls of both ways to run the program: what they return, log and leave in memory, and how often the second part was asked for. */
function run(program, { later, name = LONG } = {}) {
  const logged = [];
  let asked = 0;
  let exports;
  const load = () => {
    asked += 1;
    new WebAssembly.Instance(new WebAssembly.Module(later), { first: exports });
  };
  ({ exports } = new WebAssembly.Instance(new WebAssembly.Module(program), { './app_bg.js': { [name]: (n) => logged.push(n) }, later: { load } }));
  const results = [exports.always(5)];
  const askedBefore = asked;
  results.push(exports.seldom(4), exports.indirect(2), exports.always(1));
  return { results, logged, left: new Uint32Array(exports.memory.buffer)[5], asked: [askedBefore, asked] };
}

test('both parts together do what the whole does; the second is asked for once, when it is needed', { skip }, () => {
  const { asked, ...expected } = run(whole());
  assert.deepEqual(asked, [0, 0]);
  for (const names of [['leaf'], ['seldom', 'held'], ['seldom', 'held', 'leaf', 'indirect'], ['held', 'not there']]) {
    const { first, later, names: short } = split(whole(), new Set(names));
    const parts = run(first, { later, name: short.get(LONG) });
    assert.deepEqual(parts, { ...expected, asked: [0, 1] }, names.join());
    assert.ok(WebAssembly.Module.imports(new WebAssembly.Module(later)).every(({ module }) => module === 'first'));
  }
});

test('what only the second part calls is not in the first', { skip }, () => {
  const bytes = (names) => split(whole(), new Set(names)).first.length;
  assert.ok(bytes(['seldom', 'held']) < bytes(['seldom']), 'without the two that call it, the leaf goes, too');
});

test('the JavaScript beside it takes the short names, and answers', { skip }, () => {
  const glue = `return {\n        "./app_bg.js": import0,\n    };\n${LONG}: f, wasm.wasm_bindgen__convert__x1(), wasm.memory`;
  const names = new Map([[LONG, '_0'], ['wasm_bindgen__convert__x1', '_1']]);
  const fitted = fitting(glue, names);
  assert.ok(fitted.endsWith('_0: f, wasm._1(), wasm.memory'), fitted);
  assert.match(fitted, /"later": \{ load: \(\) => globalThis\.incidentReplayLater\(wasm\) \}/);
  assert.throws(() => fitting('something else', names), /names its imports in another way/);
});

test('another order of the functions changes nothing', { skip }, () => {
  const module = binaryen.readBinary(whole());
  orderBySimilarity(module);
  assert.deepEqual(run(module.emitBinary()), run(whole()));
});

test('the list is of names without what changes from build to build', { skip }, () => {
  assert.equal(plainName('<yew[f759411660d1eb6d]::a::B<incident_replay[69f4fdd8f4971549]::C> as d[1]::E>::view_3'), '<yew::a::B<incident_replay::C> as d::E>::view');
  assert.ok(laterNames().size > 100);
  assert.ok([...laterNames()].some((name) => name.includes('ui::share::')), 'sharing is not part of an ordinary visit');
});
