// In place of lib/crypto/ff1-runners.ts in the bundles: every processor of Lambda has vectors, so the rounds in JavaScript are
// for values that are too long for the kernels. They take all others too, with the same results, only slower.

import { runLong } from '../../../lib/crypto/ff1-long.ts';

export const runnerOf = (): typeof runLong => runLong;
