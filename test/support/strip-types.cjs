// jest transformer: strips types with Node's own stripper, which keeps lines and columns, so that no source map is needed.
const { createHash } = require('node:crypto');
const { readFileSync } = require('node:fs');
const { stripTypeScriptTypes } = require('node:module');

/**
 * Built-ins that no test replaces (`wipes.ts` replaces Uint8Array). Inside jest's sandbox every use of a global passes an interceptor, which makes a loop
 * with `Math.floor` in it about 15 times slower (FF1 over 4,097 rows: 2.7 s instead of 0.16 s). A constant of the module
 * does not. `sandboxInjectedGlobals` is jest's own option for this, and reaches CommonJS alone.
 */
const BUILT_INS = (
  'Array ArrayBuffer BigInt Buffer DataView Error JSON Map Math Number Object Promise RegExp Set String Symbol TypeError ' +
  'WeakMap BigInt64Array BigUint64Array Float32Array Float64Array Int16Array Int32Array Int8Array Uint16Array Uint32Array ' +
  'Uint8ClampedArray'
).split(' ');

/** Binds the built-ins that `code` names, on its first line so that every later line keeps its number. */
function withBuiltIns(code) {
  const used = BUILT_INS.filter((name) => new RegExp(`\\b${name}\\b`).test(code));
  return used.length === 0 || code.startsWith('#!') ? code : `const { ${used.join(', ')} } = globalThis; ${code}`;
}

const own = readFileSync(__filename);

module.exports = {
  process: (source) => ({ code: withBuiltIns(stripTypeScriptTypes(source)) }),
  /** The output depends on the source, on this file and on Node's stripper; not on jest's configuration. */
  getCacheKey: (source, path) =>
    createHash('sha256').update(own).update(`\0${process.version}\0${path}\0`).update(source).digest('hex'),
};
