// A column of a request on its way to the Protector and back.

import type { Column } from '../../base/cell.ts';
import type { RequestOrigin, Target } from '../../protect/batch.ts';
import type { CompiledPolicy } from '../../protect/compile.ts';
import { cellsOf } from '../../protect/columns/packed-column.ts';
import type { BatchRequest, BatchResult } from '../../protect/protector.ts';
import { RefusedError } from '../../protect/refusal.ts';
import { clearKind, protectedKind, type ValueKind } from '../../protect/value-kind.ts';
import { spelledName } from '../element-name.ts';
import type { ColumnCall, ColumnReply } from './call.ts';
import { decodeColumn, type Encoding, encodeColumn } from './encoding.ts';

/** How the values of a column are written on their way in and out; known with the policy. */
interface Writing {
  readonly encoding: Encoding;
  readonly input: ValueKind;
  readonly output: ValueKind;
}

export interface ColumnBatch {
  readonly request: BatchRequest;
  /** What the result is to the client. */
  readonly reply: (result: BatchResult) => ColumnReply;
}

export function columnBatch(call: ColumnCall | RefusedError, origin: Omit<RequestOrigin, 'queryId'>): ColumnBatch {
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
      // Without a target nothing is decoded: the values are only counted.
      column: () => (writing === undefined ? call.values : readValues(call.values, writing)),
    },
    reply: (result) => {
      if (!result.ok) return result;
      const { encoding, output } = writing!;
      const { column, substituted } = result;
      // A substitute is text as well: no policy lets the protected value stand for bytes.
      const values = encodeColumn(cellsOf(column), encoding, output);
      return { ok: true, encoding, values, substituted };
    },
  };
}

/** A column that was not understood: it is recorded, and refused. */
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
  const input = operation === 'Protect' ? clear : oldCipher;
  const output = operation === 'Unprotect' ? clear : cipher;
  return { encoding: encoding ?? (input === 'bytes' || output === 'bytes' ? 'hex' : 'utf8'), input, output };
}

function readValues(values: Column, { encoding, input, output }: Writing): Column {
  if (encoding === 'utf8' && (input === 'bytes' || output === 'bytes')) throw new RefusedError('ELEMENT_UNFIT');
  return decodeColumn(values, encoding, input);
}

/** Of the clear and the protected values of an element; of an unknown one, text. */
function kindsOf(name: string, policy: CompiledPolicy): readonly [clear: ValueKind, protected_: ValueKind] {
  const element = policy.elements.resolve(name);
  if (element.kind !== 'found') return ['text', 'text'];
  return [clearKind(element.value), protectedKind(element.value)];
}
