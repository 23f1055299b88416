/** Members of audit records that the audit log group indexes: those that people filter by equality. At most 20. */
export const INDEXED_FIELDS = [
  'protection.policy_user',
  'protection.dataelement',
  'protection.audit_code',
  'protection.operation',
  'additional_info.query_id',
  'additional_info.request_id',
  'additional_info.policy_version',
  'protector.vendor',
  'signature.chain_id',
  'logtype',
  'level',
] as const;

/**
 * Members of an audit record, by the member that holds them. Records of values have `protection`, records about
 * policies have `policy`; the other members are in both, or absent where they do not apply.
 */
const AUDIT_RECORD_MEMBERS = {
  additional_info: [
    'batch_id',
    'break_glass',
    'clear_cnt',
    'clear_parts',
    'cluster',
    'deployment_id',
    'description',
    'first_time_ms',
    'last_time_ms',
    'policy_version',
    'query_id',
    'repeated_cnt',
    'request_cnt',
    'request_id',
    'weak_cnt',
  ],
  client: ['ip'],
  origin: ['hostname', 'ip', 'time_utc'],
  policy: ['audit_code', 'datastore', 'policy_name'],
  process: ['id', 'module', 'name', 'platform', 'thread_id', 'user', 'version'],
  protection: ['audit_code', 'dataelement', 'datastore', 'mask_setting', 'old_dataelement', 'operation', 'policy_user'],
  protector: ['core_version', 'datastore', 'family', 'lambda_version', 'pcc_version', 'vendor', 'version'],
  signature: ['chain_id', 'checksum', 'key_id', 'previous', 'sequence'],
} as const;

/** Every field of an audit record as CloudWatch Logs Insights names it: dotted. */
export const AUDIT_RECORD_FIELDS: readonly string[] = [
  'cnt',
  'correlationid',
  'level',
  'logtype',
  ...Object.entries(AUDIT_RECORD_MEMBERS).flatMap(([member, names]) => names.map((name) => `${member}.${name}`)),
];

/**
 * Members of a line of the application log of every function. Metrics are lines of their own, with their names as
 * members.
 */
export const LOG_FIELDS = ['timestamp', 'level', 'message', 'requestId', 'code', 'row'] as const;
