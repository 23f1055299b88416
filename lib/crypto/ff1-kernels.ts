// The WebAssembly instance that runs FF1's arithmetic, one for each thread. It has a memory of its own, in which a call's
// values lie while it runs. Keys are never in it: the block cipher stays in OpenSSL.

import { KERNELS_WASM } from './ff1-kernels-wasm.ts';

/** The functions of `ff1-kernels.as.ts`. Addresses are bytes in `memory`. */
interface KernelExports {
  readonly memory: { readonly buffer: ArrayBuffer };
  readonly begin: (groups: number, count: number, firstRound: number) => void;
  readonly chain: (groups: number, count: number, blocksLeft: number) => void;
  readonly extend: (groups: number, count: number) => void;
  readonly add: (groups: number, count: number, round: number, sign: number) => void;
  readonly finish: (groups: number, count: number) => void;
  readonly allBelow: (numerals: number, count: number, radix: number) => number;
}

/** The kernels, and views of their memory, which never grows. */
export interface Kernels extends KernelExports {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly numerals: Uint16Array<ArrayBuffer>;
  readonly words: Uint32Array<ArrayBuffer>;
}

/** The part of WebAssembly that is used: the types of Node without a browser have none. */
export interface WebAssemblyApi {
  /** Throws a `CompileError` where the machine has not all instructions. */
  readonly Module: new (
    code: Uint8Array,
  ) => object;
  readonly Instance: new (module: object) => { readonly exports: object };
  readonly CompileError: new () => Error;
}

/** Makes the kernels. Returns undefined without WebAssembly (`--jitless`), and on a machine without vector instructions. */
export function kernelsBy(api: WebAssemblyApi | undefined): Kernels | undefined {
  if (api === undefined) return undefined;
  let module: object;
  try {
    module = new api.Module(Buffer.from(KERNELS_WASM, 'base64'));
  } catch (error) {
    if (error instanceof api.CompileError) return undefined;
    throw error;
  }
  const exports = new api.Instance(module).exports as KernelExports;
  const { buffer } = exports.memory;
  return {
    ...exports,
    bytes: new Uint8Array(buffer),
    numerals: new Uint16Array(buffer),
    words: new Uint32Array(buffer),
  };
}

/** Made when the module is loaded, and not by the first values. */
const made = kernelsBy((globalThis as { readonly WebAssembly?: WebAssemblyApi }).WebAssembly);

/**
 * Returns the kernels of this thread, or undefined where there can be none: FF1 then runs in JavaScript, with the same
 * results.
 */
export function kernels(): Kernels | undefined {
  return made;
}
