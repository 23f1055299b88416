// The index of every bundle. The runtime loads it in place of `index.cjs` and awaits it, which it cannot do with a CommonJS
// module. The bundle itself stays CommonJS, which loads in two thirds of the time.
//
// `index.cache` beside it, where the build took one (`take-code-cache.ts`), is V8's compiled form of the bundle, behind the
// SHA-256 of source and compiled form. It is refused, and the source compiled as ever, where they do not belong together
// (V8 looks at the length of the source only) or where V8 is another one.
import { hash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Script } from 'node:vm';

const DIGEST_BYTES = 32;
const filename = fileURLToPath(new URL('index.cjs', import.meta.url));
const source = readFileSync(filename, 'utf8');
const cache = readCache();
/** What the build takes the cache of. */
export const script = new Script(`(function(exports,require,module,__filename,__dirname){${source}\n})`, {
  filename,
  ...(cache !== undefined && isWhole(cache) && { cachedData: cache.subarray(DIGEST_BYTES) }),
});
const module = { exports: {} };
script.runInThisContext()(module.exports, createRequire(filename), module, filename, dirname(filename));
const bundle = module.exports;
if (cache !== undefined && script.cachedDataRejected !== false) bundle.codeCacheRefused?.();

await bundle.ready;
export const { handler } = bundle;

function readCache() {
  try {
    return readFileSync(new URL('index.cache', import.meta.url));
  } catch {
    return undefined; // most builds have none
  }
}

function isWhole(file) {
  const whole = Buffer.concat([Buffer.from(source), file.subarray(DIGEST_BYTES)]);
  return hash('sha256', whole, 'buffer').equals(file.subarray(0, DIGEST_BYTES));
}
