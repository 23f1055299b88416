// Index of every function's bundle. The runtime loads it before `index.cjs` and awaits it, as it cannot await a CommonJS
// module; the bundle itself stays CommonJS, which is loaded in two thirds of the time.
import bundle from './index.cjs';

await bundle.ready;
export const { handler } = bundle;
