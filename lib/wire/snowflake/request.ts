import { hash } from 'node:crypto';
import { type Attempt, attempt, valueOf } from '../../base/attempt.ts';
import type { RequestOrigin } from '../../protect/batch.ts';
import type { Identify } from '../../protect/caller.ts';
import { type AnyColumn, cellsOf } from '../../protect/columns/packed-column.ts';
import type { BatchRequest, BatchResult } from '../../protect/protector.ts';
import { RefusedError } from '../../protect/refusal.ts';
import { explainRefusal } from '../../protect/refusal-text.ts';
import { type GatewayEvent, type GatewayReply, gatewayReply, readGatewayBody, readGatewayRequest } from '../gateway.ts';
import { checkGatewayReplySize, replyRoom } from '../reply-limit.ts';
import { type AnsweredBatches, batchFingerprint } from './answered-batches.ts';
import { readSnowflakeBody, type SnowflakeBody } from './body.ts';
import {
  ruleTarget,
  type SnowflakeRule,
  snowflakeBatchId,
  snowflakeQueryId,
  snowflakeRules,
  snowflakeUser,
} from './headers.ts';
import { type Tally, tallyBody } from './tally.ts';
import { writeSnowflakeArrays, writeSnowflakeBody } from './write-body.ts';
import { malformed } from '../malformed.ts';

/** A parsed request of Snowflake, ready for `Protector.runAll`. */
export interface SnowflakeRequest {
  /** One for each rule; without rules, one that will be refused. */
  readonly batches: readonly BatchRequest[];
  /** Makes the reply from the results. Throws `RefusedError`: one bad value refuses the whole request. */
  readonly encode: (results: readonly BatchResult[]) => GatewayReply;
  /** Call when the reply's records are durable. */
  readonly answered: () => void;
}

/**
 * Parses a request as far as possible. Faults refuse its batches, so that they are recorded.
 *
 * With one rule a function has one argument and each row one value. With several rules a function has as many
 * arguments, and each row an ARRAY of as many values.
 */
export function readSnowflakeRequest(
  event: GatewayEvent,
  requestId: string | undefined,
  answered: AnsweredBatches,
  identify: Identify,
): SnowflakeRequest {
  const { header, clientIp } = readGatewayRequest(event);
  const user = snowflakeUser(header);
  const caller = identify({ by: 'name', name: user });
  // Nothing of the body is read before the caller and the right are decided.
  const bytes = once(() => readGatewayBody(event));
  const rules = attempt(() => readRules(header));
  const body = once(() => readSnowflakeBody(bytes()));
  const tally = once(() => tallyBody(bytes()));
  const batchId = snowflakeBatchId(header);
  const queryId = snowflakeQueryId(header);
  const fingerprint = once(() => {
    if (batchId === undefined || !rules.ok) return undefined;
    const read = attempt(bytes);
    return read.ok ? batchFingerprint(read.value, [caller.user, queryId, JSON.stringify(rules.value)]) : undefined;
  });
  const room = replyRoom();
  /** How each argument was answered. */
  const outcomes: string[] = [];
  const origin: RequestOrigin = {
    caller,
    vendor: 'aws.snowflake',
    requestId,
    queryId,
    clientIp,
    batchId,
  };
  const count = rules.ok ? rules.value.length : 1;
  const batches = Array.from(
    { length: count },
    (_, argument): BatchRequest => ({
      origin: {
        ...origin,
        isRepeat: (outcome) => {
          if (fingerprint() === undefined) return false;
          outcomes[argument] = outcome;
          return answered.has(`${batchId} ${argument}`, `${fingerprint()} ${outcome}`);
        },
      },
      target: (policy) => {
        const rule = valueOf(rules)[argument]!;
        if (user === '') throw new RefusedError('CONTEXT_USER_MISSING');
        return ruleTarget(rule, policy);
      },
      count: () => valuesOf(tally(), argument, count),
      room,
      column: () => columnOf(body(), argument, count),
      columnAgain: () => columnOf(readSnowflakeBody(bytes()), argument, count),
    }),
  );
  return {
    batches,
    encode: (results) => encode(results, body),
    answered: () => {
      for (const [argument, outcome] of outcomes.entries()) {
        answered.add(`${batchId} ${argument}`, `${fingerprint()} ${outcome}`);
      }
    },
  };
}

function readRules(header: (name: string) => string | undefined): readonly SnowflakeRule[] {
  const format = header('sf-external-function-format');
  if (format !== undefined && format !== 'json') throw malformed('sf-external-function-format must be json');
  return snowflakeRules(header);
}

/** Counts the values of an argument that are not null; none where rows and rules differ in number. */
function valuesOf({ rows, cells, nulls }: Tally, argument: number, rules: number): number {
  return cells === rows * rules ? rows - (nulls[argument] ?? 0) : 0;
}

function columnOf({ rows, columns }: SnowflakeBody, argument: number, rules: number): AnyColumn {
  if (rows === 0) return [];
  if (columns.length !== rules) {
    throw malformed(
      `arguments of a row: ${columns.length}, rules in the header: ${rules}; one rule goes with each argument`,
    );
  }
  // A packed column is valid until the next method runs, so several columns need their own cells.
  return rules === 1 ? columns[0]! : cellsOf(columns[argument]!);
}

function encode(results: readonly BatchResult[], body: () => SnowflakeBody): GatewayReply {
  const columns = results.map((result) => {
    if (result.ok) return result.column;
    throw named(result.refusal, body);
  });
  const { rowNumbers } = body();
  const text =
    columns.length === 1 ? writeSnowflakeBody(columns[0]!, rowNumbers) : writeSnowflakeArrays(columns, rowNumbers);
  // Snowflake fails a query whose body does not have this digest (documentation, "Remote service output": Content-MD5).
  return checkGatewayReplySize(gatewayReply(200, text, { 'Content-MD5': hash('md5', text, 'base64') }));
}

/** Names the row by Snowflake's row number. */
function named(refusal: RefusedError, body: () => SnowflakeBody): RefusedError {
  if (refusal.row !== undefined) refusal.rowName = body().rowNumbers?.[refusal.row];
  return refusal;
}

/**
 * Makes the reply that refuses a request. Snowflake retries a batch for 429 (more slowly) and 5xx, and gives up at any
 * other status, so these two are for faults that a retry can cure.
 */
export function refuseSnowflake(refusal: RefusedError): GatewayReply {
  const status = refusal.isOverload ? 429 : refusal.isTransient ? 503 : 400;
  return gatewayReply(status, JSON.stringify({ error_msg: explainRefusal(refusal), success: false }));
}

function once<T>(work: () => T): () => T {
  let done: Attempt<T> | undefined;
  return () => valueOf((done ??= attempt(work)));
}
