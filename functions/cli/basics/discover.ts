import { command } from '../core/command.ts';
import { path, wholeNumber } from '../core/readers.ts';
import { jsonOutput } from '../options.ts';

export const discover = command({
  name: 'discover',
  summary:
    'draft a policy from a sample of your data: what each column holds, why, and the element for it; no value is shown',
  arguments: {
    source: {
      several: true,
      completes: 'file',
      summary: 'CSV, Parquet and JSON files, or one DuckDB query: "select * from \'people.csv\'"',
    },
  },
  options: {
    sample: {
      value: '<rows>',
      read: wholeNumber,
      summary: 'rows to draw from each file, at random and the same each time; at most 100,000',
      default: '10000',
    },
    name: {
      value: '<name>',
      summary: 'name of the policy and of its data store (default: the name of the first file)',
    },
    out: {
      value: '<dir>',
      read: path,
      summary: 'write policy.yaml, its tests, mapping.json and SQL into this directory; overwrites nothing',
    },
    ...jsonOutput,
  },
  help: `
Examples:
  protector discover people.csv
  protector discover people.csv orders.parquet --out .protector --name crm
  protector discover "select name, email from 'people.csv' where country = 'DE'"

Values decide what a column holds; its name helps. The engine then protects the sample, in memory and under keys of its own, to see
what it would refuse, leave clear or widen. Columns that need no element are listed with the reason: check that list first.`,
  run: async ({ source, sample, name, out, json }, io) => {
    const { discoverData } = await import('./discover.run.ts');
    return discoverData(source, { rows: sample, name, out, json }, io);
  },
});
