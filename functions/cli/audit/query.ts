import { command } from '../core/command.ts';
import { queryOutput, recordSource } from '../options.ts';

export const query = command({
  name: 'query',
  summary:
    'run DuckDB SQL over the tables "audit", a row per record, and "audit_unverified", those whose checksum does not hold',
  arguments: { sql: { summary: 'any DuckDB SQL' } },
  options: { ...recordSource, ...queryOutput },
  help: async () => {
    const { AUDIT_COLUMNS } = await import('../../../lib/audit/columns.ts');
    return `
Columns: ${Object.keys(AUDIT_COLUMNS).join(', ')}

Example:
  protector audit query "select policy_user, sum(cnt) from audit where audit_code = 8 group by all order by 2 desc"`;
  },
  run: async ({ sql, csv, json, ...source }, io) => {
    const { queryRecords } = await import('./query.run.ts');
    return queryRecords(sql, source, { csv, json }, io);
  },
});
