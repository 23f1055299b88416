// The floor under precision and recall, on tables of a fixed seed. `npm run bench -- --discovery` prints the figures of all locales.
import { beforeAll, describe, expect, test } from '@jest/globals';
import { precision, recall, type Scores, score } from '../../support/discovery/score.ts';
import { labelledTable, type Naming } from '../../support/discovery/tables.ts';

const LOCALES = ['en_US', 'en_GB', 'de', 'fr', 'es', 'it', 'nl', 'pl', 'sv', 'pt_BR', 'ru', 'tr', 'zh_CN', 'ja', 'ko'];
const CHECKED = ['email', 'card', 'iban', 'national-number', 'ip-address'];

describe.each<[Naming, Readonly<Record<string, number>>]>([
  [
    'helpful',
    { 'person-name': 1, 'birth-date': 1, phone: 1, address: 1, place: 0.9, 'postal-code': 1, 'free-text': 1 },
  ],
  [
    'neutral',
    { 'person-name': 0.8, 'birth-date': 1, phone: 0.9, address: 0.9, place: 0.5, 'postal-code': 0.8, 'free-text': 1 },
  ],
  [
    'lying',
    { 'person-name': 0.75, 'birth-date': 1, phone: 0.9, address: 0.9, place: 0.5, 'postal-code': 0.8, 'free-text': 1 },
  ],
])('under %s names', (naming, least) => {
  let scores: Scores;
  beforeAll(() => {
    scores = score(LOCALES.map((locale) => labelledTable(locale, naming, 120, 1)));
  });

  test.each(CHECKED)('%s columns are found, and nothing else is taken for them', (kind) => {
    expect([precision(scores.byKind.get(kind)!), recall(scores.byKind.get(kind)!)]).toEqual([1, 1]);
  });

  test.each(Object.entries(least))('at least so many %s columns are found: %d', (kind, floor) => {
    expect(recall(scores.byKind.get(kind)!)).toBeGreaterThanOrEqual(floor);
    expect(precision(scores.byKind.get(kind)!)).toBeGreaterThanOrEqual(
      kind === 'place' && naming === 'lying' ? 0.6 : 0.9,
    );
  });

  test('nearly all columns that need an element get one, and the others are left alone', () => {
    expect(scores.covered / scores.sensitive).toBeGreaterThanOrEqual(naming === 'helpful' ? 1 : 0.96);
    // A code that is called by another column's name gets an element: nothing proves that the name lies.
    expect(scores.leftAlone / scores.harmless).toBeGreaterThanOrEqual(naming === 'lying' ? 0.85 : 0.98);
  });
});
