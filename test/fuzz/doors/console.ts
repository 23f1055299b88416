// The console: trials from its page, and records of others that its pages add up.
import { readTry } from '../../../functions/cli/console/try.ts';
import { readRecord, rowFault, toRow } from '../../../lib/audit/columns.ts';
import { toAuditRecord } from '../../../lib/audit/record.ts';
import { filterParameters, matcherOf, readFilter } from '../../../lib/console/filter.ts';
import { usageOf } from '../../../lib/console/overview.ts';
import { readersOf } from '../../../lib/console/readers.ts';
import { recordRow, trailRow } from '../../../lib/console/trail-row.ts';
import { entry, HOST } from '../../support/audit.ts';
import { type Door, MARKER, REFUSED, TAKEN } from './door.ts';

const trial: Door = {
  name: 'trial of the console',
  form: 'json',
  open: () => ({
    seeds: [
      { user: 'ann', operation: 'protect', element: 'deSSN', values: [MARKER] },
      { user: 'ann', operation: 'reprotect', element: 'deSSN', oldElement: 'deName', values: [MARKER, MARKER] },
    ].map((body) => JSON.stringify(body)),
    enter: (input) => (readTry(JSON.parse(input.toString())) === undefined ? REFUSED : TAKEN),
  }),
};

/** A record that fits the columns must fit every page. */
const pages: Door = {
  name: 'record in the console',
  form: 'text',
  open: () => ({
    seeds: [
      entry({ queryId: 'q', clearCount: 3 }),
      entry({ operation: 'Unprotect', code: 8, breakGlass: true }),
      entry({ operation: 'Unprotect', code: 51 }),
      entry({ operation: 'Reprotect', code: 50, oldElement: 'deOld' }),
    ].map((one) => JSON.stringify(toAuditRecord(one, HOST, 1_800_000_000_000))),
    enter: (input) => {
      const record = readRecord(input.toString());
      const row = record && toRow(record);
      if (row === undefined || rowFault(row) !== undefined) return REFUSED;
      const shown = recordRow(row);
      usageOf([shown, shown]);
      readersOf([shown, shown], 7);
      const listed = trailRow(shown, 1, 'unchecked');
      matcherOf(readFilter(new URLSearchParams({ user: listed.user, code: String(listed.code) })))(listed);
      return TAKEN;
    },
  }),
};

const filter: Door = {
  name: 'filter of the console',
  form: 'text',
  open: () => ({
    seeds: ['user=ann&element=de&query=q-1&code=3&effect=refused&bad=1', 'code=6', 'effect=protected'],
    enter: (input) => {
      const parameters = filterParameters(readFilter(new URLSearchParams(input.toString())));
      return parameters.size === 0 ? REFUSED : TAKEN;
    },
  }),
};

export const CONSOLE: readonly Door[] = [trial, pages, filter];
