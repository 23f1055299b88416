/** What a caller asks for, spelled as in the audit record. */
export const OPERATIONS = ['Protect', 'Unprotect', 'Reprotect', 'Check'] as const;
export type Operation = (typeof OPERATIONS)[number];
