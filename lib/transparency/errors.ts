import { ProtectorError } from '../base/errors.ts';

/**
 * `LOG_STORE_UNAVAILABLE`, `LOG_SIGNER_UNAVAILABLE`, `LOG_CONTENDED`: worth a retry. `LOG_STORE_REFUSED`,
 * `LOG_SIGNER_REFUSED`: permissions, names or settings. `LOG_MALFORMED`: bytes that are no tile, bundle, note,
 * checkpoint, proof, receipt or timestamp. `LOG_TIMESTAMP_UNAVAILABLE`, `LOG_TIMESTAMP_REFUSED`: a timestamp authority
 * did not answer, or gave no timestamp; the next checkpoint asks again. `LOG_DAMAGED`: the store contradicts the newest
 * signed checkpoint and nothing is signed; keep everything and run the verifier. `LOG_KEY_UNKNOWN`: no given key signed
 * the newest checkpoint. `LOG_UNWITNESSED`: the newest checkpoint lacks the cosignatures that a policy asks for; the next
 * one may have them.
 */
export type LogErrorCode =
  | 'LOG_STORE_UNAVAILABLE'
  | 'LOG_STORE_REFUSED'
  | 'LOG_SIGNER_UNAVAILABLE'
  | 'LOG_SIGNER_REFUSED'
  | 'LOG_CONTENDED'
  | 'LOG_MALFORMED'
  | 'LOG_TIMESTAMP_UNAVAILABLE'
  | 'LOG_TIMESTAMP_REFUSED'
  | 'LOG_DAMAGED'
  | 'LOG_KEY_UNKNOWN'
  | 'LOG_UNWITNESSED';

/** Reading, growing or signing the transparency log failed. Messages name paths and numbers, never an entry. */
export class LogError extends ProtectorError<LogErrorCode> {}
