/**
 * Environment variables of the file protector. Like the protect functions, it reads `AUDIT_MODE` (not `buffered`), `AUDIT_LOG_GROUP`,
 * `AUDIT_STREAM`, `USERNAME_REGEX`, `service_user` and `BUDGET_STORE` too.
 */
export const FILES_ENV = {
  /** `s3://bucket/prefix` of the sealed jobs, the state of their work and the lists of rejected rows. */
  location: 'FILES_LOCATION',
  /** Bucket of the journal, the sealed policies and the sealed audit signing key, as the policy agent keeps them. */
  publicationBucket: 'PUBLICATION_BUCKET',
  /** Path of the native part of DuckDB, for jobs on Parquet; default: none, and such a job is refused. */
  duckdb: 'DUCKDB_BINDINGS',
} as const;

/** Members of `FILES_ENV` that the function does not start without. */
export const FILES_REQUIRED = ['location', 'publicationBucket'] as const;

/** Folder of the sealed jobs in that location, and what their names end with. */
export const JOBS_FOLDER = 'jobs/';
export const JOB_ENDING = '.sealed.json';

/** Folders in that location that the file protector writes: states of works, what was done of ranges, lists of rejected rows. */
export const WORK_FOLDERS = { states: 'work/', ranges: 'ranges/', rejects: 'rejects/' } as const;

/** Folder in that location for the results of the state machine. */
export const RESULTS_FOLDER = 'results/';

/** Folder of the build with the layer for Parquet, and what is in it: the native part of DuckDB, and its version as a text. */
export const DUCKDB_LAYER = { folder: 'duckdb-layer', file: 'duckdb/duckdb.node', version: 'duckdb/VERSION' } as const;

/** Splits the place of a source or a target, `s3://bucket/prefix`, whose prefix may be empty. */
export function placeOf(address: string): { readonly bucket: string; readonly prefix: string } {
  const [, bucket = '', prefix = ''] = /^s3:\/\/([^/]+)\/(.*)$/.exec(address) ?? [];
  return { bucket, prefix };
}
