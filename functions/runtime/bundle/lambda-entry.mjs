// The index of every bundle. The runtime loads it in place of `index.cjs` and awaits it, which it cannot do with a CommonJS
// module. The bundle itself stays CommonJS, which loads in two thirds of the time.
import bundle from './index.cjs';

await bundle.ready;
export const { handler } = bundle;
