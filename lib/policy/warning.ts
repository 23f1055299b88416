/** A setting that a valid policy needs a reason for. `rule` is stable. */
export interface Warning {
  readonly rule:
    | 'weak-domain'
    | 'weak-token'
    | 'short-data-in-clear'
    | 'other-characters-in-clear'
    | 'date-part-in-clear'
    | 'case-of-clear-parts'
    | 'tokens-change-in-nfc'
    | 'dates-in-clear'
    | 'time-in-clear'
    | 'old-key-version'
    | 'deactivated-key'
    | 'unused-element'
    | 'mask-conflict'
    | 'reprotect-refused'
    | 'all-powerful-role'
    | 'default-role-with-permissions'
    | 'audit-switched-off'
    | 'users-fold-to-one'
    | 'term-ended'
    | 'term-ends-soon'
    | 'term-not-begun'
    | 'break-glass-without-end'
    | 'break-glass-overruled'
    | 'no-effect';
  readonly path: string;
  readonly message: string;
  /** The reference product's policy audit code for it, if any: 57, unprotect revoked for a mask conflict. */
  readonly auditCode?: 57;
}
