import { command } from '../core/command.ts';
import { workspace } from '../workspace/workspace.ts';
import { jobFilesArgument, jobOptions } from './options.ts';

export const protect = command({
  name: 'protect',
  summary: 'protect columns of CSV, Parquet and JSON lines, with one trail that is exact whatever happens',
  arguments: jobFilesArgument,
  options: jobOptions,
  help: String.raw`
Examples:
  protector protect people.csv --column ssn=deSSN name=deName --out protected/
  protector protect 'in/*.parquet' --map columns.json --out protected/ --rejects bad.csv
  protector protect orders.jsonl --column '$.customer.ssn=deSSN' '$.items[*].card=deCCN' --out orders.protected.jsonl
  zcat people.csv.gz | protector protect - --column ssn=deSSN --out people.csv.zst`,
  run: async ({ files, dir, json, ...options }, io) => {
    const { protectFiles } = await import('./protect.run.ts');
    return protectFiles(workspace(dir), files, options, json, io);
  },
});
