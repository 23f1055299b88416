// In place of lib/crypto/ff1-runners.ts in the bundles: every processor of Lambda has vectors, so that one runner in JavaScript
// is enough. It takes values of any length, with the same results, only slower.

import { runLong } from '../../../lib/crypto/ff1-long.ts';

export const runnerOf = (): typeof runLong => runLong;
