import { command } from '../core/command.ts';
import { path, pathOrStdin } from '../core/readers.ts';
import { queryOutput, workspaceDir } from '../options.ts';
import { workspace } from '../workspace/workspace.ts';

export const query = command({
  name: 'query',
  summary:
    'run DuckDB SQL in which pty_protect_<element>(text), pty_unprotect_<element>(text), pty_check_<element>(text) and pty_reprotect_<old>__to__<new>(text) are answered by the Redshift or the Snowflake function',
  arguments: {
    sql: {
      optional: true,
      summary: "DuckDB SQL, over your own files too: from 'people.csv', 'x.parquet', 'y.json'; - reads standard input",
    },
  },
  options: {
    file: { short: '-f', value: '<file>', read: pathOrStdin, summary: 'read the SQL from a file' },
    ...workspaceDir,
    user: { value: '<name>', summary: 'the user of the policy who asks', default: 'test_user', completes: 'user' },
    via: {
      value: '<warehouse>',
      summary: 'whose requests to send: those of a Redshift Lambda UDF, or of a Snowflake external function',
      choices: ['redshift', 'snowflake'],
      default: 'redshift',
    },
    ...queryOutput,
    out: {
      short: '-o',
      value: '<file>',
      read: path,
      summary: 'write the result to a file, whole or not at all: .json, or else CSV',
    },
  },
  help: `
Examples:
  protector query "select name, pty_protect_dename(name) as token from 'people.csv'"
  protector query --user analyst --csv "select pty_unprotect_decity(city) from 'tokens.parquet'"
  protector query -f protect.sql -o tokens.csv
  protector query "copy (select pty_protect_dename(name) n from 'people.csv') to 'tokens.parquet'"
  protector query "select * from read_csv('people.csv', all_varchar = true)"   keeps the leading zeros of numbers

Several statements, each with a semicolon, run one after the other. CSV and JSON are written as rows come, in bounded memory: where a
later row is refused, the rows before it are printed, and the exit code is 1. A file of --out or COPY is there as a whole or not.`,
  run: async ({ sql, file, dir, user, via, out, ...output }, io) => {
    const { runQuery } = await import('./query.run.ts');
    return runQuery(workspace(dir), { sql, file, user, via, out }, output, io);
  },
});
