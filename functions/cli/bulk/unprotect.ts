import { command } from '../core/command.ts';
import { workspace } from '../workspace/workspace.ts';
import { jobFilesArgument, jobOptions } from './options.ts';

export const unprotect = command({
  name: 'unprotect',
  summary: 'unprotect columns of CSV, Parquet and JSON lines, as the policy lets the user',
  arguments: jobFilesArgument,
  options: jobOptions,
  help: String.raw`
Examples:
  protector unprotect protected/people.csv --user analyst --column ssn=deSSN --out clear/`,
  run: async ({ files, dir, json, ...options }, io) => {
    const { unprotectFiles } = await import('./unprotect.run.ts');
    return unprotectFiles(workspace(dir), files, options, json, io);
  },
});
