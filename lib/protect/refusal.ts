import type { Operation } from '../base/operation.ts';
import { BUDGET_NOT_COUNTED, BUDGET_SPENT } from '../audit/codes.ts';
import { AuditError } from '../audit/errors.ts';
import { ProtectorError } from '../base/errors.ts';
import { KeyServiceError } from '../crypto/ports.ts';
import { BundleError } from '../crypto/sealed-bundle.ts';

/**
 * The reasons to refuse a batch: the audit code, and the text for the caller. Clients classify by the reference
 * product's texts (REST error texts). Our own texts, where it has none, say what to do.
 */
const REFUSALS = {
  USER_UNKNOWN: [1, 'The username could not be found in the policy in shared memory.'],
  USER_MISSING: [1, 'Required attribute is missing /user'],
  USER_CLAIM_MISSING: [1, 'User is missing, check JWT payload for user attribute'],
  AUTHORIZATION_MISSING: [1, 'Authorization header was not found.'],
  AUTHORIZATION_MALFORMED: [1, 'Malformed authorization header'],
  AUTHORIZATION_SCHEME: [1, '{} Not supported in header: authorization'],
  TOKEN_EXPIRED: [1, 'token expired'],
  TOKEN_EARLY: [1, 'token not yet valid'],
  TOKEN_SIGNATURE: [1, 'invalid signature'],
  TOKEN_ALGORITHM: [1, ' unknown algorithm error'],
  TOKEN_KEY: [1, 'unknown signing key'],
  TOKEN_TYPE: [1, 'invalid token type'],
  TOKEN_ISSUER: [1, 'invalid issuer'],
  TOKEN_AUDIENCE: [1, 'invalid audience'],
  TOKEN_KEYS_UNAVAILABLE: [1, 'The keys that verify tokens cannot be loaded'],
  ELEMENT_UNKNOWN: [2, 'Data element not found. Refer to audit log for details.'],
  FUNCTION_UNKNOWN: [
    2,
    'The function name is neither in mapping.json nor of the form pty_protect_<element>, pty_unprotect_<element>, pty_check_<element> or pty_reprotect_<old>__to__<new>',
  ],
  FUNCTION_AMBIGUOUS: [2, 'The function name fits several data elements: name the function in mapping.json'],
  NOT_AUTHORIZED: [3, 'User not authorized. Refer to audit log for details.'],
  REPROTECT_DISCLOSES: [3, 'User not authorized. Refer to audit log for details.'],
  BUDGET_SPENT: [BUDGET_SPENT, 'The daily number of values that the user may see is exceeded'],
  BUDGET_UNAVAILABLE: [BUDGET_NOT_COUNTED, 'The values that the user is to see could not be counted'],
  TWEAK_MISSING: [4, 'Tweak is null.'],
  INTEGRITY_FAILED: [5, 'Integrity check failed.'],
  IV_TOO_LONG: [12, 'The IV value is too long'],
  ENCODING_UNKNOWN: [12, 'Encoding must be provided'],
  OUT_OF_LIMITS: [12, 'Input is null or not within allowed limits.'],
  INDICATOR_BEYOND_DATA: [12, 'Token value identification position is bigger than the data'],
  NOT_CONFIGURED: [17, 'The protector is not configured'],
  JWT_CLAIMS_MALFORMED: [17, 'Invalid json array in jwt_user_claim'],
  JWT_SECRET_MISSING: [17, 'jwt secret is missing '],
  ENGINE_FAILED: [13, 'Crypto operation failed'],
  KEY_THROTTLED: [14, 'Failed to load data encryption key'],
  KEY_UNAVAILABLE: [14, 'Failed to load data encryption key'],
  KEY_REFUSED: [14, 'Failed to load data encryption key'],
  REPLY_TOO_LARGE: [21, 'Response exceeds the 6 MB Lambda limit; lower MAX_BATCH_SIZE or MAX_BATCH_ROWS'],
  TWEAK_TOO_LONG: [15, 'Tweak input is too long'],
  TWEAK_UNSUPPORTED: [19, 'Unsupported tweak action for the specified fpe dataelement'],
  INPUT_TOO_SHORT: [22, 'The input is too short'],
  INPUT_TOO_LONG: [23, 'The input is too long'],
  IV_NOT_ALLOWED: [26, "IV can't be used with this token element"],
  HMAC_MISUSED: [26, 'Invalid use of Hmac Data Element'],
  ELEMENT_UNFIT: [26, 'Unsupported algorithm or unsupported action for the specific data element.'],
  BAD_HEX: [26, 'Failed to decode hex'],
  BAD_BASE64: [26, 'Invalid base64-encoded data, character out of range'],
  WRONG_DATATYPE: [26, 'Unsupported operation for that datatype'],
  POLICY_UNAVAILABLE: [31, 'The policy in shared memory is empty.'],
  CONTENT_INVALID: [44, 'The content of the input data is not valid.'],
  LETTERS_OUTSIDE: [44, 'The content of the input data is not valid.'],
  DIGITS_OUTSIDE: [44, 'The content of the input data is not valid.'],
  DIGITS_OF_ANOTHER_SCRIPT: [44, 'The content of the input data is not valid.'],
  NOT_NORMALIZED: [44, 'The content of the input data is not valid.'],
  NO_STABLE_TOKEN: [44, 'The content of the input data is not valid.'],
  UNICODE_INVALID: [44, 'Invalid UNICODE input data'],
  DATE_FORMAT: [44, 'Invalid date format'],
  DATE_INPUT: [44, 'Invalid date input'],
  TIME_FORMAT: [44, 'Invalid time format'],
  EMAIL_INVALID: [44, 'Invalid email address'],
  DECIMAL_INVALID: [44, 'Invalid input for the decimal token type'],
  CARD_INVALID: [44, 'Invalid input for the creditcard token type'],
  LUHN_MUST_BE_VALID: [44, 'Luhn value must be valid'],
  LUHN_MUST_BE_INVALID: [44, 'Luhn value must be invalid'],
  CARD_TYPE_MUST_BE_VALID: [44, 'Card type must be valid input'],
  CARD_TYPE_MUST_BE_INVALID: [44, 'Card type must be invalid input'],
  INDICATOR_INVALID: [44, 'Token value identification position is invalid'],
  INTEGER_INVALID: [44, 'Integer input error. Only digits allowed'],
  INTEGER_2_RANGE: [44, 'Integer input out of range. Valid values are -32768 to 32767'],
  INTEGER_4_RANGE: [44, 'Integer input out of range. Valid values are -2147483648 to 2147483647'],
  INTEGER_8_RANGE: [44, 'Integer input out of range. Valid values are -9223372036854775808 to 9223372036854775807'],
  RULES_MALFORMED: [44, 'X-Protegrity-HCoP-Rules header is missing or malformed'],
  CONTEXT_USER_MISSING: [44, 'Context header current_user is missing; add CONTEXT_HEADERS = (current_user)'],
  EVENT_MALFORMED: [44, 'The content of the input data is not valid.'],
  ATTRIBUTE_MISSING: [44, 'Required attribute is missing {}'],
  UNSAFE_NUMBER: [
    44,
    'The number may have been rounded on its way here; pass the column as VARCHAR (whole numbers beyond 2^53 - 1, or more than 15 significant digits)',
  ],
  NUMBER_UNFIT: [44, 'A number cannot hold every value and token of the element exactly; pass the column as VARCHAR'],
  AUDIT_UNAVAILABLE: [51, 'Failed to send logs, connection refused !'],
} as const satisfies Record<string, readonly [number, string]>;

export type RefusalCode = keyof typeof REFUSALS;

/** Refusals that the same request may not get a moment later. */
const TRANSIENT: ReadonlySet<RefusalCode> = new Set([
  'KEY_UNAVAILABLE',
  'TOKEN_KEYS_UNAVAILABLE',
  'AUDIT_UNAVAILABLE',
  'BUDGET_UNAVAILABLE',
]);

/** What a limit counts. */
export type Counted = 'digit' | 'letter' | 'letter or digit' | 'character' | 'character of the alphabet' | 'byte';

/** The limit that a value missed. */
export type Limit =
  /** `besideClear`: clear parts of the element do not count. */
  | {
      readonly is: 'at least' | 'at most';
      readonly count: number;
      readonly of: Counted;
      readonly besideClear?: boolean;
    }
  /** The forms of a value that the element takes. */
  | { readonly is: 'one of'; readonly forms: readonly string[] }
  /** The first and the last date that the element takes, as YYYY-MM-DD. */
  | { readonly is: 'dates'; readonly from: string; readonly to: string };

/** Makes the limit of a value that is too short. */
export function atLeast(count: number, of: Counted, besideClear = false): Limit {
  return { is: 'at least', count, of, besideClear };
}

/** Makes the limit of a value that is too long. */
export function atMost(count: number, of: Counted, besideClear = false): Limit {
  return { is: 'at most', count, of, besideClear };
}

/** How many values of a batch are bad. With `orMore`, counting has stopped there. */
export interface BadValues {
  readonly count: number;
  readonly orMore: boolean;
}

/** The half of a request that refused it: a reprotect has two. */
export type Step = 'Protect' | 'Unprotect';

/** What a refusal knows besides its code. */
export interface RefusalFacts {
  readonly row?: number;
  /** Number of values in the batch. */
  readonly batchSize?: number;
  readonly limit?: Limit;
  readonly word?: string;
  readonly detail?: string;
  readonly cause?: unknown;
}

/**
 * A whole batch is refused, and none of it is answered. `row` is the index, from 0, of the value that caused it. The
 * members say where, why and how often as data; refusal-text.ts makes the sentences.
 */
export class RefusedError extends ProtectorError<RefusalCode> {
  readonly auditCode: number;
  readonly row: number | undefined;
  readonly limit: Limit | undefined;
  readonly detail: string | undefined;
  /** The part of the request that the text names. */
  readonly word: string | undefined;
  /** The element that refused, as the policy spells it; as received when the policy does not know it. */
  element: string | undefined;
  /** For a reprotect, the half that refused. */
  step: Step | undefined;
  batchSize: number | undefined;
  /** How many values of the batch are bad; absent where they were not counted. */
  bad: BadValues | undefined;
  /** The text that clients classify by, without detail. */
  readonly canonicalText: string;
  /** The operation, set by the Protector as soon as it is known. For a reprotect, the half that the text is about. */
  operation: Operation | undefined;
  /** The caller's name of the row, set by a front end whose row names are not indexes. */
  rowName: string | undefined;

  /**
   * `detail` is appended to the text: what exactly is wrong with the request's shape, never a value. `word` replaces
   * `{}` in texts that name a part of the request.
   */
  constructor(code: RefusalCode, facts: RefusalFacts = {}) {
    const [auditCode, template] = REFUSALS[code];
    const text = template.replace('{}', () => facts.word ?? '');
    super(code, facts.detail === undefined ? text : `${text}${text.endsWith('.') ? '' : ':'} ${facts.detail}`, {
      cause: facts.cause,
    });
    this.canonicalText = text;
    this.auditCode = auditCode;
    this.row = facts.row;
    this.batchSize = facts.batchSize;
    this.limit = facts.limit;
    this.detail = facts.detail;
    this.word = facts.word;
  }

  /** True if the service would have answered fewer requests a second. */
  get isOverload(): boolean {
    return this.code === 'KEY_THROTTLED';
  }

  /** True if the same request may succeed a moment later. */
  get isTransient(): boolean {
    return this.isOverload || TRANSIENT.has(this.code);
  }

  /** Writes the text in the form that clients strip and classify: `<Op> failed. row <index>:<text>`. */
  describe(text: string = this.message): string {
    if (this.row !== undefined) return `${this.operation} failed. row ${this.rowName ?? this.row}:${text}`;
    return this.code === 'ELEMENT_UNKNOWN' ? `${this.operation} failed. ${text}` : text;
  }
}

/** What a refusal of one value knows besides its code. */
type ValueFacts = RefusalFacts & { readonly row: number };
/** Notes that a value is refused. */
export type NoteRefusal = (code: RefusalCode, facts: ValueFacts) => void;

let note: NoteRefusal | undefined;

/**
 * Refuses a value: throws `RefusedError`. While refusals are noted it returns: then the method leaves the value out, its
 * result in that row means nothing, and it may refuse the value again.
 */
export function refuseValue(code: RefusalCode, facts: ValueFacts): void {
  if (note === undefined) throw new RefusedError(code, facts);
  note(code, facts);
}

/** Runs `work`, whose refusals of values go to `noting`. Undefined: they are thrown. `work` is synchronous. */
export function notingRefusals<T>(noting: NoteRefusal | undefined, work: () => T): T {
  const before = note;
  note = noting;
  try {
    return work();
  } finally {
    note = before;
  }
}

const KEY_REFUSALS = {
  KEY_REFUSED: 'KEY_REFUSED',
  KEY_SERVICE_UNAVAILABLE: 'KEY_UNAVAILABLE',
  KEY_SERVICE_THROTTLED: 'KEY_THROTTLED',
} as const;

/**
 * Turns any failure into a refusal with an audit code. An unexpected error becomes code 13, and its message goes
 * nowhere.
 */
export function toRefusal(error: unknown): RefusedError {
  if (error instanceof RefusedError) return error;
  if (error instanceof AuditError) return new RefusedError('AUDIT_UNAVAILABLE', { cause: error });
  if (error instanceof BundleError)
    return new RefusedError('POLICY_UNAVAILABLE', { detail: error.message, cause: error });
  if (error instanceof KeyServiceError) {
    return new RefusedError(KEY_REFUSALS[error.code], { detail: error.message, cause: error });
  }
  return new RefusedError('ENGINE_FAILED', { cause: error });
}
