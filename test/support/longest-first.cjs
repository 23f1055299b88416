// jest sequencer: long suites come first, so that no worker ends with a long one while the other is idle. jest does so by
// the times of earlier runs; a fresh clone has none, and begins with the suites listed here.
const { default: Sequencer } = require('@jest/test-sequencer');

/** Suites of more than 3 s on two quiet cores; a folder stands for every suite in it. */
const LONG = (
  'test/e2e/ test/browser/ test/local/ test/conformance/ test/infra/ test/fault/ ' +
  'test/property/ff1.property test/property/alphabet-methods test/property/publication test/property/siem ' +
  'test/property/ff1-arithmetic test/unit/transparency/tree test/unit/evidence/sealer test/property/ test/contract/'
).split(' ');

module.exports = class LongestFirst extends Sequencer {
  /** Sorts by the times of earlier runs; without any, by the list and then by the size of the file. */
  sort(tests) {
    // oxlint-disable-next-line unicorn/no-array-sort -- jest's method, which returns a sorted copy
    const known = super.sort(tests);
    return known.some(({ duration }) => duration !== undefined) ? known : known.toSorted((a, b) => rank(a) - rank(b));
  }
};

function rank({ path }) {
  const name = path.replaceAll('\\', '/');
  const at = LONG.findIndex((part) => name.includes(part));
  return at < 0 ? LONG.length : at;
}
