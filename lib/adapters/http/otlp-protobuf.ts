// OTLP logs in Protocol Buffers (opentelemetry-proto v1: collector/logs, logs, resource, common), over the wire format of
// `@bufbuild/protobuf`. The tables hold the field numbers; names and values are those of the JSON mapping, so that both
// encodings carry the same request.
import { BinaryReader, BinaryWriter, WireType } from '@bufbuild/protobuf/wire';

type Scalar = 'string' | 'int64' | 'fixed64' | 'enum';
interface Message {
  readonly [name: string]: readonly [field: number, type: Scalar | Message];
}

const ANY_VALUE = { stringValue: [1, 'string'], intValue: [3, 'int64'] } as const satisfies Message;
const KEY_VALUE = { key: [1, 'string'], value: [2, ANY_VALUE] } as const satisfies Message;
const LOG_RECORD = {
  timeUnixNano: [1, 'fixed64'],
  severityNumber: [2, 'enum'],
  severityText: [3, 'string'],
  body: [5, ANY_VALUE],
  attributes: [6, KEY_VALUE],
  observedTimeUnixNano: [11, 'fixed64'],
  eventName: [12, 'string'],
} as const satisfies Message;
const SCOPE_LOGS = {
  scope: [1, { name: [1, 'string'] }],
  logRecords: [2, LOG_RECORD],
} as const satisfies Message;
const RESOURCE_LOGS = {
  resource: [1, { attributes: [1, KEY_VALUE] }],
  scopeLogs: [2, SCOPE_LOGS],
} as const satisfies Message;
const EXPORT_LOGS_REQUEST = { resourceLogs: [1, RESOURCE_LOGS] } as const satisfies Message;

/** Encodes an `ExportLogsServiceRequest` of the JSON mapping. Throws `RangeError` for a member that has no field here. */
export function encodeExportLogs(request: object): Uint8Array {
  const writer = new BinaryWriter();
  write(EXPORT_LOGS_REQUEST, request, writer);
  return writer.finish();
}

function write(message: Message, value: object, writer: BinaryWriter): void {
  for (const [name, member] of Object.entries(value) as [string, unknown][]) {
    const [field, type] = message[name] ?? [];
    if (field === undefined || type === undefined) throw new RangeError(`OTLP logs have no field ${name}`);
    for (const one of Array.isArray(member) ? (member as unknown[]) : [member]) writeField(field, type, one, writer);
  }
}

function writeField(field: number, type: Scalar | Message, value: unknown, writer: BinaryWriter): void {
  switch (type) {
    case 'string':
      writer.tag(field, WireType.LengthDelimited).string(String(value).toWellFormed());
      break;
    case 'int64':
      writer.tag(field, WireType.Varint).int64(String(value));
      break;
    case 'fixed64':
      writer.tag(field, WireType.Bit64).fixed64(String(value));
      break;
    case 'enum':
      writer.tag(field, WireType.Varint).int32(Number(value));
      break;
    default:
      writer.tag(field, WireType.LengthDelimited).fork();
      write(type, Object(value) as object, writer);
      writer.join();
  }
}

const PARTIAL_SUCCESS = 1;
const REJECTED_LOG_RECORDS = 1;

/**
 * Reads how many records an `ExportLogsServiceResponse` rejects. Returns 0 for bytes that are no such message: they
 * reject nothing.
 */
export function decodeRejected(bytes: Uint8Array): number {
  try {
    const partial = lastOf(bytes, PARTIAL_SUCCESS, WireType.LengthDelimited, (reader) => reader.bytes());
    const rejected =
      partial && lastOf(partial, REJECTED_LOG_RECORDS, WireType.Varint, (reader) => Number(reader.int64()));
    return rejected ?? 0;
  } catch {
    return 0;
  }
}

/** Returns the last value of a field: of a field that is there twice, the last one counts. */
function lastOf<Value>(
  bytes: Uint8Array,
  field: number,
  type: WireType,
  read: (reader: BinaryReader) => Value,
): Value | undefined {
  const reader = new BinaryReader(bytes);
  let found: Value | undefined;
  while (reader.pos < reader.len) {
    const [number, wireType] = reader.tag();
    if (number === field && wireType === type) found = read(reader);
    else reader.skip(wireType, number);
  }
  return found;
}
