import { ProtectorError } from '../base/errors.ts';

/**
 * Codes of the public tenant-security clients and their numbers: the service's below 900, the client's own from there.
 */
const CODES = {
  /** No reply: no connection, or no time left. */
  UNABLE_TO_MAKE_REQUEST: 0,
  /** A reply that this client does not understand. */
  UNKNOWN_ERROR: 100,
  UNAUTHORIZED_REQUEST: 101,
  INVALID_REQUEST_BODY: 102,
  NO_PRIMARY_KMS_CONFIGURATION: 200,
  UNKNOWN_TENANT_OR_NO_ACTIVE_KMS_CONFIGURATIONS: 201,
  KMS_CONFIGURATION_DISABLED: 202,
  INVALID_PROVIDED_EDEK: 203,
  KMS_WRAP_FAILED: 204,
  KMS_UNWRAP_FAILED: 205,
  KMS_AUTHORIZATION_FAILED: 206,
  KMS_CONFIGURATION_INVALID: 207,
  KMS_UNREACHABLE: 208,
  KMS_THROTTLED: 209,
  KMS_ACCOUNT_ISSUE: 210,
  SECURITY_EVENT_REJECTED: 301,
  INVALID_ENCRYPTED_DOCUMENT: 900,
  DOCUMENT_ENCRYPT_FAILED: 901,
  DOCUMENT_DECRYPT_FAILED: 902,
} as const;

/** `CACHED_KEY_CLOSED`: the cached key is closed, too old or used up. */
export type ClientErrorCode = keyof typeof CODES | 'CACHED_KEY_CLOSED';

/** An operation of the client failed. Holds no API key, no document key and no part of a document. */
export class ClientError extends ProtectorError<ClientErrorCode> {
  /** HTTP status of the reply; `undefined` without a reply. */
  readonly httpStatus: number | undefined;
  /** Code number of the service, also where this client has no name for it. */
  readonly serviceCode: number | undefined;

  constructor(
    code: ClientErrorCode,
    message: string,
    answer: { readonly httpStatus?: number | undefined; readonly serviceCode?: number } = {},
  ) {
    super(code, message);
    this.httpStatus = answer.httpStatus;
    this.serviceCode = answer.serviceCode ?? (code === 'CACHED_KEY_CLOSED' ? undefined : CODES[code]);
  }
}

const NAMES: ReadonlyMap<number, ClientErrorCode> = new Map(
  Object.entries(CODES).map(([name, number]) => [number, name as keyof typeof CODES]),
);

/** Makes the error of a code number and message of the service. */
export function serviceError(serviceCode: number, message: string, httpStatus?: number): ClientError {
  return new ClientError(NAMES.get(serviceCode) ?? 'UNKNOWN_ERROR', message, { serviceCode, httpStatus });
}
