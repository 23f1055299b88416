// How the work on an object ends without an output, and which errors of the stores it knows.
import type { AuditEntry } from '../../audit/record.ts';
import { FilesError, ObjectError } from '../errors.ts';
import type { WorkRefusal } from './state.ts';

/** Ends the work on an object for a reason in its rows, its layout or its bytes. */
export class EndsWork extends Error {
  readonly refusal: WorkRefusal;
  readonly entry: AuditEntry | undefined;

  constructor(refusal: WorkRefusal, entry?: AuditEntry) {
    super('The object is refused');
    this.refusal = refusal;
    this.entry = entry;
  }
}

/** Runs `work`; what is wrong with the object itself ends its work. */
export async function endingWork<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof FilesError && error.code !== 'FILES_STATE') throw layoutRefusal(error);
    throw error;
  }
}

export function layoutRefusal({ code, message }: FilesError): EndsWork {
  return new EndsWork({ code, reason: message });
}

export function isObjectError(error: unknown, code: ObjectError['code']): boolean {
  return error instanceof ObjectError && error.code === code;
}
