/** Something a valid policy should not do without a reason. `rule` is stable. */
export interface Warning {
  readonly rule:
    | 'weak-domain'
    | 'weak-token'
    | 'short-data-in-clear'
    | 'date-part-in-clear'
    | 'old-key-version'
    | 'deactivated-key'
    | 'unused-element'
    | 'mask-conflict'
    | 'all-powerful-role'
    | 'default-role-with-permissions'
    | 'audit-switched-off'
    | 'users-fold-to-one';
  readonly path: string;
  readonly message: string;
  /** Its number among the reference product's policy audit codes, where it has one: 57, unprotect revoked for a mask conflict. */
  readonly auditCode?: 57;
}
