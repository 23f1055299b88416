import type { CompiledPolicy } from '../protect/compile.ts';
import type { Target } from '../protect/batch.ts';
import type { GatewayEvent, GatewayReply } from '../wire/gateway.ts';
import { redshiftTarget } from '../wire/redshift.ts';
import { type ExternalCall, SqlError } from './duckdb/sql.ts';
import { gatewayEvent } from './gateway-event.ts';
import { warehouseName } from './redshift-sql.ts';

/**
 * Answers DuckDB's calls as Snowflake does: each becomes a request of `user` through API Gateway to `handler`, with the
 * rules header of the external function. A refusal becomes a `SqlError` with its `error_msg`.
 */
export function snowflakeInvoker(
  handler: (event: GatewayEvent) => Promise<GatewayReply>,
  policy: CompiledPolicy,
  user: string,
): (call: ExternalCall) => Promise<(string | null)[]> {
  let batches = 0;
  return async (call) => {
    const target = redshiftTarget({ external_function: warehouseName(call.functionName, policy) }, policy);
    const headers = {
      'content-type': 'application/json',
      'sf-external-function-format': 'json',
      'sf-external-function-format-version': '1.0',
      'sf-external-function-current-query-id': `duckdb-${call.queryId}`,
      'sf-external-function-query-batch-id': `duckdb-${call.queryId}:1:${batches++}:0:0`,
      'sf-external-function-name': call.functionName,
      'sf-external-function-return-type': 'VARCHAR',
      'sf-context-current-user': user.replaceAll(/[^\u0021-\u007e]+/g, ' '),
      'sf-context-current-user-base64': Buffer.from(user).toString('base64'),
      'sf-custom-X-Protegrity-HCoP-Rules': JSON.stringify({ jsonpaths: [ruleOf(target)] }),
    };
    const body = JSON.stringify({ data: call.column.map((value, row) => [row, value]) });
    const reply = await handler(gatewayEvent('POST', '/snowflake', Object.entries(headers), body));
    if (reply.statusCode !== 200) throw new SqlError('SQL_FAILED', errorMessage(reply.body));
    return (JSON.parse(reply.body) as { data: [number, string | null][] }).data.map(([, value]) => value);
  };
}

/** Makes the rule of the function's HEADERS clause. */
function ruleOf({
  operation,
  element,
  oldElement,
  externalIv,
  oldExternalIv,
}: Target): Record<string, string | undefined> {
  return {
    op_type: operation.toUpperCase(),
    data_element: element,
    old_data_element: oldElement,
    external_iv: externalIv,
    old_external_iv: oldExternalIv,
  };
}

function errorMessage(body: string): string {
  return (JSON.parse(body) as { error_msg: string }).error_msg;
}
