// Status code and error body of a refusal (Cloud Protect, "HTTP Status Codes").

import { type RefusalCode, RefusedError } from '../../protect/refusal.ts';
import { refusalDetail } from '../../protect/refusal-text.ts';

/** All other codes are 400: the request or the policy is the cause, and a retry cannot succeed. */
const STATUS: Partial<Record<RefusalCode, number>> = {
  TOKEN_EXPIRED: 403,
  TOKEN_EARLY: 403,
  TOKEN_SIGNATURE: 403,
  TOKEN_ALGORITHM: 403,
  TOKEN_KEY: 403,
  TOKEN_TYPE: 403,
  TOKEN_ISSUER: 403,
  TOKEN_AUDIENCE: 403,
  TOKEN_KEYS_UNAVAILABLE: 503,
  NOT_CONFIGURED: 500,
  JWT_CLAIMS_MALFORMED: 500,
  JWT_SECRET_MISSING: 500,
  ENGINE_FAILED: 500,
  KEY_THROTTLED: 429,
  POLICY_UNAVAILABLE: 503,
  KEY_UNAVAILABLE: 503,
  KEY_REFUSED: 503,
  AUDIT_UNAVAILABLE: 503,
  BUDGET_UNAVAILABLE: 503,
};

const CONTENT_INVALID = new RefusedError('CONTENT_INVALID').canonicalText;

/** Texts that public clients know, or that fit the status, instead of the canonical text of the code. */
const CLIENT_TEXT: Partial<Record<RefusalCode, string>> = {
  KEY_THROTTLED: 'Too many requests',
  REPLY_TOO_LARGE: 'Input or output buffer is too small.',
  UNSAFE_NUMBER: CONTENT_INVALID,
  NUMBER_UNFIT: CONTENT_INVALID,
  INTEGER_2_RANGE: CONTENT_INVALID,
  INTEGER_8_RANGE: CONTENT_INVALID,
};

export function statusOf(refusal: RefusedError): number {
  return STATUS[refusal.code] ?? 400;
}

export interface ErrorBody {
  readonly error_msg: string;
  readonly success: false;
  readonly detail?: string;
}

/** Makes the error body. Clients classify by the text, so nothing follows it; no public client reads the detail. */
export function errorBody(refusal: RefusedError): ErrorBody {
  const detail = refusalDetail(refusal);
  const body = errorText(refusal.describe(CLIENT_TEXT[refusal.code] ?? refusal.canonicalText));
  return { ...body, ...(detail !== undefined && { detail }) };
}

export function errorText(text: string): ErrorBody {
  return { error_msg: text, success: false };
}

/** Returns the refusal codes that are answered with this status, other than 400. */
export function codesOfStatus(status: number): RefusalCode[] {
  return (Object.keys(STATUS) as RefusalCode[]).filter((code) => STATUS[code] === status);
}
