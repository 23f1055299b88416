/** What a caller asks for, spelled as in the audit record. */
export type Operation = 'Protect' | 'Unprotect' | 'Reprotect';
