import { ProtectorError } from '../base/errors.ts';

/**
 * A file cannot be protected. `FILES_LAYOUT`: its columns, dialect or schema do not fit the request. `FILES_DAMAGED`: it is cut off or
 * malformed. `FILES_REFUSED`: a value or row was refused and nothing may drop it. `FILES_STATE`: a former run stands in the way, or
 * what it left does not fit.
 */
export class FilesError extends ProtectorError<'FILES_LAYOUT' | 'FILES_DAMAGED' | 'FILES_REFUSED' | 'FILES_STATE'> {}

/**
 * A task on an object of a bucket cannot go on. `FILES_UNAVAILABLE`: the object store failed; retry. `FILES_OVERTAKEN`: another attempt at the
 * same work took the step; retry, which goes on from there. `FILES_CHANGED`: the object is gone, or another one is in its place; the new one is
 * work of its own. `FILES_UPLOAD_ENDED`: what was uploaded of the output is gone; a retry uploads it again.
 */
export class ObjectError extends ProtectorError<
  'FILES_UNAVAILABLE' | 'FILES_OVERTAKEN' | 'FILES_CHANGED' | 'FILES_UPLOAD_ENDED'
> {}
