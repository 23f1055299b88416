// An audit record as a row of `audit export --format csv` and `audit query`.

type Json = Readonly<Record<string, unknown>>;

/** A value of a row; absent members are null. */
export type Field = string | number | boolean | null;

/** A parsed record, signed or merged, of this or the reference product: about values or about a policy. */
export type PlainRecord = Json & { readonly logtype: 'Protection' | 'Policy'; readonly cnt: number };

/** The member that holds the subject of a record, by its kind. */
const SUBJECTS = { Protection: 'protection', Policy: 'policy' } as const;

/** DuckDB type of each column. Times are UTC. */
export const AUDIT_COLUMNS = {
  time: 'TIMESTAMP',
  policy_user: 'VARCHAR',
  operation: 'VARCHAR',
  dataelement: 'VARCHAR',
  old_dataelement: 'VARCHAR',
  cnt: 'BIGINT',
  audit_code: 'INTEGER',
  level: 'VARCHAR',
  description: 'VARCHAR',
  mask_setting: 'VARCHAR',
  datastore: 'VARCHAR',
  vendor: 'VARCHAR',
  query_id: 'VARCHAR',
  request_id: 'VARCHAR',
  batch_id: 'VARCHAR',
  cluster: 'VARCHAR',
  client_ip: 'VARCHAR',
  policy_version: 'VARCHAR',
  weak_cnt: 'BIGINT',
  clear_cnt: 'BIGINT',
  clear_parts: 'BOOLEAN',
  break_glass: 'BOOLEAN',
  repeated_cnt: 'BIGINT',
  request_cnt: 'BIGINT',
  first_time: 'TIMESTAMP',
  last_time: 'TIMESTAMP',
  deployment_id: 'VARCHAR',
  hostname: 'VARCHAR',
  origin_ip: 'VARCHAR',
  chain_id: 'VARCHAR',
  sequence: 'BIGINT',
  key_id: 'VARCHAR',
  checksum: 'VARCHAR',
  previous: 'VARCHAR',
  merged_records: 'BIGINT',
  merged_digest: 'VARCHAR',
  logtype: 'VARCHAR',
  policy_name: 'VARCHAR',
  policy_code: 'INTEGER',
} as const;

const COLUMNS = Object.entries(AUDIT_COLUMNS) as [keyof typeof AUDIT_COLUMNS, keyof typeof FITS][];

export type AuditRow = Readonly<Record<keyof typeof AUDIT_COLUMNS, Field>>;

/** Parses the record of a line; undefined when the line is no record. Checks no signature. Never throws. */
export function readRecord(line: string): PlainRecord | undefined {
  try {
    const record = JSON.parse(line) as PlainRecord | null;
    if (record === null || !Object.hasOwn(SUBJECTS, record.logtype) || !Number.isSafeInteger(record.cnt))
      return undefined;
    const subject = record[SUBJECTS[record.logtype]];
    if (typeof subject !== 'object' || subject === null) return undefined;
    return secondsOf(record) === undefined ? undefined : record;
  } catch {
    return undefined;
  }
}

/** Returns when the record was made, in epoch seconds; undefined when it does not say. */
export function secondsOf(record: Json): number | undefined {
  const seconds = member(record, 'origin')['time_utc'];
  return typeof seconds === 'number' && Math.abs(seconds) < 8.64e12 ? seconds : undefined;
}

export function toRow(record: PlainRecord): AuditRow {
  const protection = member(record, 'protection');
  const policy = member(record, 'policy');
  const info = member(record, 'additional_info');
  const origin = member(record, 'origin');
  const signature = member(record, 'signature');
  const time = timestamp((secondsOf(record) ?? 0) * 1000);
  return {
    time,
    policy_user: field(protection['policy_user']),
    operation: field(protection['operation']),
    dataelement: field(protection['dataelement']),
    old_dataelement: field(protection['old_dataelement']),
    cnt: record.cnt,
    audit_code: field(protection['audit_code']),
    level: field(record['level']),
    description: field(info['description']),
    mask_setting: field(protection['mask_setting']),
    datastore: field(protection['datastore'] ?? policy['datastore']),
    vendor: field(member(record, 'protector')['vendor']),
    query_id: field(info['query_id']),
    request_id: field(info['request_id']),
    batch_id: field(info['batch_id']),
    cluster: field(info['cluster']),
    client_ip: field(member(record, 'client')['ip']),
    policy_version: field(info['policy_version']),
    weak_cnt: field(info['weak_cnt']),
    clear_cnt: field(info['clear_cnt']),
    clear_parts: info['clear_parts'] === true ? true : null,
    break_glass: info['break_glass'] === true ? true : null,
    repeated_cnt: field(info['repeated_cnt']),
    request_cnt: field(info['request_cnt']),
    first_time: timestamp(info['first_time_ms']) ?? time,
    last_time: timestamp(info['last_time_ms']) ?? time,
    deployment_id: field(info['deployment_id']),
    hostname: field(origin['hostname']),
    origin_ip: field(origin['ip']),
    chain_id: field(signature['chain_id']),
    sequence: field(signature['sequence']),
    key_id: field(signature['key_id']),
    checksum: field(signature['checksum']),
    previous: field(signature['previous']),
    merged_records: field(info['merged_records']),
    merged_digest: field(info['merged_digest']),
    logtype: record.logtype,
    policy_name: field(policy['policy_name']),
    policy_code: field(policy['audit_code']),
  };
}

/** Whether a value fits a column of this DuckDB type. */
const FITS: Readonly<Record<(typeof AUDIT_COLUMNS)[keyof typeof AUDIT_COLUMNS], (value: Field) => boolean>> = {
  VARCHAR: () => true,
  BOOLEAN: (value) => typeof value === 'boolean',
  BIGINT: (value) => Number.isSafeInteger(value),
  INTEGER: (value) => Number.isSafeInteger(value) && Math.abs(Number(value)) < 2 ** 31,
  // A year of more than four digits has a sign in ISO 8601.
  TIMESTAMP: (value) => typeof value === 'string' && /^\d{4}-/.test(value),
};

/** Returns why a row fits no table of `AUDIT_COLUMNS`, naming the column; undefined when it fits. */
export function rowFault(row: AuditRow): string | undefined {
  for (const [name, type] of COLUMNS) {
    const value = row[name];
    if (value !== null && !FITS[type](value)) return `${name} is no ${type}`;
  }
  return undefined;
}

/** Returns the place of a record in its chain, which one record can have; undefined for a record without one. */
export function chainPlaceOf(record: PlainRecord): string | undefined {
  const { chain_id: chain, sequence } = member(record, 'signature');
  return typeof chain === 'string' && typeof sequence === 'number' ? JSON.stringify([chain, sequence]) : undefined;
}

/** Returns the identity of a record, by which a repeated line counts once; undefined for a record without one. */
export function identityOf(record: PlainRecord): string | undefined {
  const { chain_id: chain, sequence, checksum } = member(record, 'signature');
  if (typeof chain === 'string' && typeof sequence === 'number') return JSON.stringify([chain, sequence, checksum]);
  const { merged_digest: digest } = member(record, 'additional_info');
  return typeof digest === 'string' ? JSON.stringify([digest, record[SUBJECTS[record.logtype]]]) : undefined;
}

function member(record: Json, name: string): Json {
  const value = record[name];
  return typeof value === 'object' && value !== null ? (value as Json) : {};
}

function field(value: unknown): Field {
  return typeof value === 'string' || typeof value === 'number' ? value : null;
}

/** A value that is no time stays as it is, for `rowFault` to name. */
function timestamp(ms: unknown): Field {
  if (typeof ms !== 'number' || Math.abs(ms) > 8.64e15) return field(ms);
  return new Date(ms).toISOString();
}
