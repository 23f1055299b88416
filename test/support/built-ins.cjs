/**
 * Built-ins that no test replaces (`wipes.ts` replaces Uint8Array, and given clocks Date). Inside jest's sandbox every use
 * of a global passes an interceptor, which makes a loop with `Math.floor` in it about 15 times slower (FF1 over 4,097
 * rows: 2.7 s instead of 0.16 s). A constant of the module does not: the transformer binds them in our modules, and jest's
 * `sandboxInjectedGlobals` in packages that are CommonJS.
 */
module.exports = (
  'Array ArrayBuffer BigInt Buffer DataView Error JSON Map Math Number Object Promise RegExp Set String Symbol TypeError ' +
  'WeakMap BigInt64Array BigUint64Array Float32Array Float64Array Int16Array Int32Array Int8Array Uint16Array Uint32Array ' +
  'Uint8ClampedArray'
).split(' ');
