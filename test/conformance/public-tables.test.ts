// protector discover over public tables (test/support/discovery/public-tables.ts).
import { describe, expect, test } from '@jest/globals';
import { drawSamples } from '../../functions/cli/sql/sample.ts';
import { draftPolicy } from '../../lib/discovery/draft.ts';
import { refusedRows } from '../../lib/discovery/propose.ts';
import { PUBLIC_TABLES, publicTable } from '../support/discovery/public-tables.ts';

const { PUBLIC_TABLES: folder, CI } = process.env;

test('CI has the public tables (PUBLIC_TABLES)', () => {
  expect(CI === undefined || folder !== undefined).toBe(true);
});

(folder === undefined ? describe.skip : describe)('a draft for a public table (PUBLIC_TABLES)', () => {
  test.each(Object.entries(PUBLIC_TABLES))(
    'protects what %s holds, with nothing clear by accident',
    async (name, labels) => {
      const [sample] = await drawSamples([publicTable(folder!, name)], 10_000, { at: (path) => path });
      const { columns } = draftPolicy([sample!], { name: 'public', newId: () => crypto.randomUUID() });
      const protectedColumns = columns.filter(({ elementName }) => elementName !== undefined);
      expect(protectedColumns.map(({ column }) => column.name)).toEqual(Object.keys(labels));
      for (const column of protectedColumns) {
        const { clear, clearParts } = column.element!.trial;
        expect([column.column.name, clear, clearParts, refusedRows(column)]).toEqual([column.column.name, 0, [], 0]);
      }
    },
  );
});
