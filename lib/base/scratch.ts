type TypedArray = Uint8Array<ArrayBuffer> | Uint16Array<ArrayBuffer> | Uint32Array<ArrayBuffer>;

/**
 * The longest buffer to keep, in elements. The collector takes a longer one, so that one huge batch does not stay
 * resident.
 */
const MAX_KEPT = 4 * 1024 * 1024;

/**
 * Returns a source of buffers for one purpose inside a synchronous computation, reused from call to call: fresh memory
 * costs a page fault per 4 KB, as much as the work on a batch. A buffer's content is undefined at first and lost at the
 * next call.
 */
export function scratch<T extends TypedArray>(make: new (length: number) => T): (length: number) => T {
  let kept = new make(0);
  return (length) => {
    if (length > MAX_KEPT) return new make(length);
    if (kept.length < length) kept = new make(2 ** Math.ceil(Math.log2(length)));
    return kept.subarray(0, length) as T;
  };
}
