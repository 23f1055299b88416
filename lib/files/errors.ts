import { ProtectorError } from '../base/errors.ts';

/**
 * A file cannot be protected. `FILES_LAYOUT`: its columns, dialect or schema do not fit the request. `FILES_DAMAGED`: it is cut off or
 * malformed. `FILES_REFUSED`: a value or row was refused and nothing may drop it. `FILES_STATE`: a former run stands in the way, or
 * what it left does not fit.
 */
export class FilesError extends ProtectorError<'FILES_LAYOUT' | 'FILES_DAMAGED' | 'FILES_REFUSED' | 'FILES_STATE'> {}
