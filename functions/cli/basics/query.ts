import { command } from '../core/command.ts';
import { queryOutput, workspaceDir } from '../options.ts';
import { workspace } from '../workspace/workspace.ts';

export const query = command({
  name: 'query',
  summary:
    'run DuckDB SQL in which pty_protect_<element>(text), pty_unprotect_<element>(text), pty_check_<element>(text) and pty_reprotect_<old>__to__<new>(text) are answered by the Redshift or the Snowflake function',
  arguments: { sql: { summary: "any DuckDB SQL, over your own files too: from 'people.csv', 'x.parquet', 'y.json'" } },
  options: {
    ...workspaceDir,
    user: { value: '<name>', summary: 'the user of the policy who asks', default: 'test_user' },
    via: {
      value: '<warehouse>',
      summary: 'whose requests to send: those of a Redshift Lambda UDF, or of a Snowflake external function',
      choices: ['redshift', 'snowflake'],
      default: 'redshift',
    },
    ...queryOutput,
  },
  help: `
Examples:
  protector query "select name, pty_protect_dename(name) as token from 'people.csv'"
  protector query --user analyst --csv "select pty_unprotect_decity(city) from 'tokens.parquet'"
  protector query "select * from read_csv('people.csv', all_varchar = true)"   keeps the leading zeros of numbers`,
  run: async ({ sql, dir, user, via, ...output }, io) => {
    const { runQuery } = await import('./query.run.ts');
    return runQuery(workspace(dir), { sql, user, via }, output, io);
  },
});
