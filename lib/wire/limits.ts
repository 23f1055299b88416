// The sizes that the limit of AWS Lambda on replies sets.

/** Lambda's limit on the reply of a synchronous invocation (Lambda Developer Guide, quotas). */
export const MAX_REPLY_BYTES = 6 * 1024 * 1024;
/**
 * Most bytes of a body once it is unzipped. Of what a reply can answer, ciphertext shrinks most: hexadecimal text has two
 * bytes for one, and JSON may escape it. Beyond this a body has values that no reply has room for.
 */
export const MAX_BODY_BYTES = 3 * MAX_REPLY_BYTES;
