import { ProtectorError } from '../base/errors.ts';

/** The text is not a document. The message says where it is wrong. */
export class SourceError extends ProtectorError<'SOURCE_MALFORMED'> {}
