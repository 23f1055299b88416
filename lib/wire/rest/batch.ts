// Converts a column of a request for the Protector, and its result for the client.

import type { Column } from '../../base/cell.ts';
import type { RequestOrigin, Target } from '../../protect/batch.ts';
import type { CompiledPolicy } from '../../protect/compile.ts';
import { cellsOf, countValues } from '../../protect/columns/packed-column.ts';
import type { BatchRequest, BatchResult, ReplyRoom } from '../../protect/protector.ts';
import { RefusedError } from '../../protect/refusal.ts';
import { clearKind, protectedKind, type ValueKind } from '../../protect/value-kind.ts';
import { spelledName } from '../element-name.ts';
import type { ColumnCall, ColumnReply } from './call.ts';
import { decodeColumn, type Encoding, encodeColumn } from './encoding.ts';

/** The encoding of a column and the kinds of its values; depends on the policy. */
interface Writing {
  readonly encoding: Encoding;
  readonly input: ValueKind;
  readonly output: ValueKind;
}

export interface ColumnBatch {
  readonly request: BatchRequest;
  /** Converts the result for the client. */
  readonly reply: (result: BatchResult) => ColumnReply;
}

/** Makes the batch of a column. `room`: that of the request's reply. */
export function columnBatch(
  call: ColumnCall | RefusedError,
  origin: Omit<RequestOrigin, 'queryId'>,
  room: ReplyRoom,
): ColumnBatch {
  if (call instanceof RefusedError) return refusedBatch(call, origin);
  let writing: Writing | undefined;
  return {
    request: {
      origin: { ...origin, queryId: call.queryId },
      operation: call.operation,
      target: (policy) => {
        const target = resolveNames(call, policy);
        writing = writingOf(target, call.encoding, policy);
        return target;
      },
      count: () => countValues(call.values),
      room: { take: (bytes) => room.take(bytes * leastOf(writing!)) },
      column: () => readValues(call.values, writing!),
    },
    reply: (result) => {
      if (!result.ok) return result;
      const { encoding, output } = writing!;
      const { column, substituted } = result;
      // Reasons are words, whatever the encoding of the values.
      if (call.operation === 'Check') return { ok: true, encoding: 'utf8', values: cellsOf(column), substituted };
      // A substitute is text too: no policy substitutes the protected value for bytes.
      const values = encodeColumn(cellsOf(column), encoding, output);
      return { ok: true, encoding, values, substituted };
    },
  };
}

/** Base64 writes three bytes as four characters; hexadecimal cells, as methods write bytes, have six. */
const BASE64_OF_HEX = 4 / 6;

/** Returns how many bytes of a reply each byte of a cell becomes at least. */
function leastOf({ encoding, output }: Writing): number {
  return output === 'bytes' && encoding !== 'hex' ? BASE64_OF_HEX : 1;
}

/** Makes the batch of a malformed column: it is recorded and refused. */
function refusedBatch(refusal: RefusedError, origin: RequestOrigin): ColumnBatch {
  const refuse = (): never => {
    throw refusal;
  };
  return { request: { origin, target: refuse, column: () => [] }, reply: () => ({ ok: false, refusal }) };
}

function resolveNames(
  { operation, element, oldElement, externalIv, oldExternalIv }: Target,
  policy: CompiledPolicy,
): Target {
  const names = {
    element: spelledName(element, policy),
    ...(oldElement !== undefined && { oldElement: spelledName(oldElement, policy) }),
  };
  return { operation, externalIv, oldExternalIv, ...names };
}

function writingOf(target: Target, encoding: Encoding | undefined, policy: CompiledPolicy): Writing {
  const { operation, element, oldElement } = target;
  const [clear, cipher] = kindsOf(element, policy);
  const [, oldCipher] = kindsOf(oldElement ?? element, policy);
  const input = operation === 'Protect' || operation === 'Check' ? clear : oldCipher;
  const output = operation === 'Unprotect' ? clear : cipher;
  return { encoding: encoding ?? (input === 'bytes' || output === 'bytes' ? 'hex' : 'utf8'), input, output };
}

function readValues(values: Column, { encoding, input, output }: Writing): Column {
  if (encoding === 'utf8' && (input === 'bytes' || output === 'bytes')) throw new RefusedError('ELEMENT_UNFIT');
  return decodeColumn(values, encoding, input);
}

/** Returns the kinds of the clear and protected values of an element; text for an unknown one. */
function kindsOf(name: string, policy: CompiledPolicy): readonly [clear: ValueKind, protected_: ValueKind] {
  const element = policy.elements.resolve(name);
  if (element.kind !== 'found') return ['text', 'text'];
  return [clearKind(element.value), protectedKind(element.value)];
}
