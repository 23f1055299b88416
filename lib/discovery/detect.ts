// Which kind of data a column holds. Values decide; the column's name tips the scales where they leave it open.
import { withoutStackTraces } from '../base/stackless.ts';
import { type SampledColumn, tellingValues } from './column.ts';
import { byCheck, mixed } from './detectors/by-check.ts';
import { addresses, dates, freeText, phones, postalCodes } from './detectors/by-form.ts';
import { named, peopleAndPlaces, uncheckedNumbers } from './detectors/by-word.ts';
import {
  type Looked,
  MOST_CATEGORIES,
  type Step,
  found,
  isNumber,
  percent,
  quantity,
  shareOf,
} from './detectors/looked.ts';
import { KIND_TABLE, type Kind } from './kinds/table.ts';
import { hasHint, nameWords } from './kinds/words.ts';
import type { Finding } from './finding.ts';

/** Distinct values that are looked at: shares of so many are exact to a percent or two. */
const MOST_VALUES = 1000;

/** Returns the kind of a column. Pure: equal samples, equal findings. */
export function detectKind(column: SampledColumn): Finding {
  return withoutStackTraces(() => detect(column));
}

function detect(column: SampledColumn): Finding {
  if (/^(?:BLOB|BIT|JSON|STRUCT|MAP|UNION|GEOMETRY)\b|\[\d*\]$/.test(column.type))
    return found('unread', 'certain', 1, []);
  const telling = tellingValues(column);
  const looked: Looked = {
    words: nameWords(column.name),
    values: telling.slice(0, MOST_VALUES).map(([value]) => value),
    rows: telling.reduce((sum, [, rows]) => sum + rows, 0),
    distinct: telling.length,
    isText: !/^(?:BOOLEAN|TINYINT|SMALLINT|INTEGER|BIGINT|HUGEINT|U\w+INT\w*|UHUGEINT|FLOAT|DOUBLE|DECIMAL)/.test(
      column.type,
    ),
  };
  if (looked.values.length === 0) return found('empty', 'certain', 1, []);
  const checked = byCheck(looked);
  if (checked !== undefined) return checked;
  return STEPS.reduce<Finding | undefined>((finding, step) => finding ?? step(looked), undefined) ?? rest(looked);
}

/** In this order: what is more specific comes first. */
const STEPS: readonly Step[] = [
  dates,
  uncheckedNumbers,
  postalCodes,
  phones,
  mixed,
  freeText,
  addresses,
  named,
  peopleAndPlaces,
];

/** Kinds that a column is not left alone for when only its name speaks of them. */
const NAMED_SENSITIVE = [
  'email',
  'card',
  'iban',
  'national-number',
  'phone',
  'birth-date',
  'address',
  'postal-code',
  'ip-address',
  'personal-id',
] as const satisfies readonly Kind[];

function rest({ values, words, rows, distinct, isText }: Looked): Finding {
  const numbers = shareOf(values, isNumber);
  const counts = `${quantity(distinct, 'distinct value')} in ${quantity(rows, 'row')}`;
  if (distinct <= 2 || (distinct <= MOST_CATEGORIES && rows >= 4 * distinct))
    return found('category', 'likely', 1, [counts]);
  if (!isText || numbers >= 0.95) return found('number', 'likely', numbers, [`${percent(numbers)} are numbers`]);
  const said = NAMED_SENSITIVE.find((kind) => hasHint(words, KIND_TABLE[kind].hints));
  if (said !== undefined) {
    const why = `the name of the column speaks of ${KIND_TABLE[said].title}, and the values have no form that discovery knows`;
    return found('personal-id', 'possible', 1, [counts, why]);
  }
  return found('code', 'possible', 1, [counts]);
}
