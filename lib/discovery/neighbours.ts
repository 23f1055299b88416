// What the columns beside a column tell, where its own values leave it open: parts of an address stand together.
import type { SampledColumn } from './column.ts';
import { tellingValues } from './column.ts';
import { detectKind } from './detect.ts';
import { found, percent, quantity, shareOf } from './detectors/looked.ts';
import type { Finding } from './finding.ts';
import { isKnownPlace } from './kinds/places.ts';
import { KIND_TABLE, type Kind } from './kinds/table.ts';

/** Columns of an address have at most so many others between them. */
const NEAR = 2;

/** Returns the kinds of the columns of a table, in their order. Pure. */
export function detectKinds(columns: readonly SampledColumn[]): Finding[] {
  const alone = columns.map(detectKind);
  return alone.map((finding, i) => {
    const beside = alone.slice(Math.max(0, i - NEAR), i + NEAR + 1).filter((other) => other !== finding);
    const near = (kinds: readonly Kind[]): Finding | undefined => beside.find(({ kind }) => kinds.includes(kind));
    return postalCode(columns[i]!, finding, near) ?? town(columns[i]!, finding, near) ?? finding;
  });
}

type Near = (kinds: readonly Kind[]) => Finding | undefined;

function postalCode(column: SampledColumn, { kind }: Finding, near: Near): Finding | undefined {
  if (kind !== 'number' && kind !== 'code') return undefined;
  const neighbour = near(['address', 'place']);
  if (neighbour === undefined) return undefined;
  const values = tellingValues(column).map(([value]) => value);
  const [{ length } = { length: 0 }] = values;
  const isOneForm = values.every((value) => /^\d{4,6}$/.test(value) && value.length === length);
  if (!isOneForm || values.length < 20 || isYears(values) || isSequence(values)) return undefined;
  return found('postal-code', 'possible', 1, [
    `all ${quantity(values.length, 'distinct value')} have ${length} digits`,
    besideText(neighbour),
  ]);
}

function town(column: SampledColumn, { kind, sure, share, why }: Finding, near: Near): Finding | undefined {
  if (kind !== 'proper-name' && !(kind === 'person-name' && sure === 'possible')) return undefined;
  const neighbour = near(['address', 'postal-code']);
  if (neighbour === undefined) return undefined;
  const places = shareOf(
    tellingValues(column).map(([value]) => value),
    isKnownPlace,
  );
  return places < 0.1
    ? undefined
    : found('place', 'possible', share, [
        ...why,
        `${percent(places)} hold a word that places have`,
        besideText(neighbour),
      ]);
}

function besideText({ kind }: Finding): string {
  return `a column beside it holds ${KIND_TABLE[kind].title}`;
}

function isYears(values: readonly string[]): boolean {
  return shareOf(values, (value) => /^(?:19|20)\d\d$/.test(value)) > 0.9;
}

/** Whether numbers stand close to each other, as those of a counter do. */
function isSequence(values: readonly string[]): boolean {
  const numbers = values.map(Number).toSorted((a, b) => a - b);
  return numbers.at(-1)! - numbers[0]! < 3 * numbers.length;
}
