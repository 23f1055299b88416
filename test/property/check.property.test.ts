// A check answers null for exactly the values that protect takes, over every element type, and its reasons hold no value.
import { randomBytes } from 'node:crypto';
import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import type { AuditEntry } from '../../lib/audit/record.ts';
import type { Cell, Column } from '../../lib/base/cell.ts';
import { describeTypes, ELEMENT_TYPE_NAMES } from '../../lib/policy/element-types.ts';
import { parsePolicy } from '../../lib/policy/parse.ts';
import { compilePolicy } from '../../lib/protect/compile.ts';
import { type AnyColumn, cellsOf, PackedColumn, packedOf } from '../../lib/protect/columns/packed-column.ts';
import { Protector } from '../../lib/protect/protector.ts';
import { RefusedError } from '../../lib/protect/refusal.ts';
import { callerNamed } from '../support/caller.ts';
import { countingKeyring } from '../support/element-method.ts';

const elements = describeTypes().map(({ element }, i) => ({
  id: `00000000-0000-4000-8000-${String(i).padStart(12, '0')}`,
  name: `de${i}`,
  ...element,
}));
const document = {
  name: 'P',
  dataStore: 'S',
  elements,
  roles: [
    { name: 'r', members: ['ann'], grants: elements.map(({ name }) => ({ element: name, permissions: ['protect'] })) },
  ],
};
const policy = compilePolicy(
  { version: '1', content: { policy: parsePolicy(document), mapping: {}, keyring: countingKeyring() } },
  randomBytes,
);

const value = fc.oneof(
  fc.constantFrom(
    '',
    'N/A',
    '900-12-3456',
    '4111111111111111',
    '2000-02-29',
    '2000-02-29 01:02:03',
    '12',
    '0a',
    'FFFF',
    'a@b.example',
  ),
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.stringMatching(/^-?\d{1,12}$/),
  fc.stringMatching(/^[A-Za-zé@.]{1,16}$/u),
  fc.constant('x'.repeat(5000)),
  fc.integer(),
  fc.boolean(),
);
const columns = fc.array(fc.option(value, { freq: 8 }), { maxLength: 25, size: 'max' });

function ask(
  operation: 'Protect' | 'Check',
  element: string,
  column: Column | (() => AnyColumn),
  entries: AuditEntry[] = [],
) {
  const protector = new Protector(
    async () => policy,
    { record: (entry) => void entries.push(entry) },
    () => 0,
  );
  return protector.run({
    origin: { caller: callerNamed('ann'), vendor: 'aws.redshift' },
    target: () => ({ operation, element }),
    column: typeof column === 'function' ? column : () => column,
    ...(typeof column === 'function' && { columnAgain: column }),
    encode: (answered) => [...cellsOf(answered)],
  });
}

async function isTaken(element: string, cell: Cell): Promise<boolean> {
  try {
    await ask('Protect', element, [cell]);
    return true;
  } catch (error) {
    if (error instanceof RefusedError) return false;
    throw error;
  }
}

/** Words in ASCII, without those of a code that has no words of its own. */
const REASON: unknown = expect.stringMatching(/^value (?!is refused:)[ -~]+$/);

test.each(elements)('a check and a protect by $method $type agree on every value', async ({ name }) => {
  await fc.assert(
    fc.asyncProperty(columns, async (column) => {
      const entries: AuditEntry[] = [];
      const reasons = await ask('Check', name, column, entries);
      const taken = await Promise.all(column.map((cell) => isTaken(name, cell)));
      expect(reasons).toEqual(taken.map((good) => (good ? null : REASON)));
      const disclosing = reasons.filter((reason, row) => String(reason).includes(long(column[row])));
      expect(disclosing).toEqual([]);
      const count = column.filter((cell) => cell !== null).length;
      expect(entries).toMatchObject([{ operation: 'Check', element: name, code: 10, count, weakCount: 0 }]);
    }),
    { numRuns: 25 },
  );
});

/** A value that is too long to be in a reason by chance. */
function long(cell: Cell | undefined): string {
  return typeof cell === 'string' && cell.length > 6 ? cell : '\0';
}

/** A packed copy of a column, which a method may overwrite. */
function packed(column: Column): AnyColumn {
  const { text, nulls } = packedOf(column) as PackedColumn;
  return new PackedColumn({ units: text.units.slice(), ends: text.ends.slice() }, nulls);
}

function factsOf(error: unknown): object {
  if (!(error instanceof RefusedError)) throw error;
  const { element, batchSize, bad } = error;
  return { element, batchSize, bad };
}

const texts = fc.array(
  fc.option(
    value.filter((cell) => typeof cell === 'string'),
    { freq: 8 },
  ),
  { maxLength: 25, size: 'max' },
);

test.each(elements)('a refused protect by $method $type counts the bad values, packed or not', async ({ name }) => {
  await fc.assert(
    fc.asyncProperty(texts, async (column: Column) => {
      const count = (await ask('Check', name, column)).filter((reason) => reason !== null).length;
      for (const read of [() => column, () => packed(column)]) {
        const outcome = await ask('Protect', name, read).then(() => 'answered', factsOf);
        const refused = { element: name, batchSize: column.length, bad: { count, orMore: false } };
        expect(outcome).toEqual(count === 0 ? 'answered' : refused);
      }
    }),
    { numRuns: 15 },
  );
});

test('every element type is checked', () => {
  expect(elements.map(({ type }) => type)).toEqual(ELEMENT_TYPE_NAMES);
});
