import { command } from '../core/command.ts';
import { workspace } from '../workspace/workspace.ts';
import { jobFilesArgument, jobOptions } from './options.ts';

export const reprotect = command({
  name: 'reprotect',
  summary: 'move columns of CSV, Parquet and JSON lines from one element, or key version, to another',
  arguments: jobFilesArgument,
  options: jobOptions,
  help: String.raw`
Examples:
  protector reprotect people.csv --column ssn=deSSN@1:deSSN --out moved/`,
  run: async ({ files, dir, json, ...options }, io) => {
    const { reprotectFiles } = await import('./reprotect.run.ts');
    return reprotectFiles(workspace(dir), files, options, json, io);
  },
});
