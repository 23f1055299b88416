/** What a caller asks for, spelled as the audit record spells it. */
export type Operation = 'Protect' | 'Unprotect' | 'Reprotect';
