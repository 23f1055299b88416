// jest sequencer: the suites that took longest come first, so that no worker ends with a long one while the other is idle.
// A fresh clone has no times: there, these begin, and the size of a file stands for the rest.
const { statSync } = require('node:fs');
const { default: Sequencer } = require('@jest/test-sequencer');

/** Suites of more than 3 s on two quiet cores; a folder stands for all in it. The list need not be complete. */
const LONG = (
  'test/e2e/ test/local/ test/conformance/ test/infra/ test/fault/ ' +
  'test/property/ff1.property test/property/alphabet-methods test/property/publication test/property/siem ' +
  'test/property/ff1-arithmetic test/unit/transparency/tree test/unit/evidence/sealer test/property/ test/contract/'
).split(' ');

module.exports = class LongestFirst extends Sequencer {
  /** Suites with a time keep jest's own order among themselves, behind those without. */
  sort(tests) {
    // oxlint-disable-next-line unicorn/no-array-sort -- not an array's
    const known = super.sort(tests);
    return known.some(({ duration }) => duration !== undefined) ? known : known.toSorted(longFirst);
  }
};

function longFirst(a, b) {
  return rank(a) - rank(b) || statSync(b.path).size - statSync(a.path).size;
}

function rank({ path }) {
  const name = path.replaceAll('\\', '/');
  const at = LONG.findIndex((part) => name.includes(part));
  return at < 0 ? LONG.length : at;
}
