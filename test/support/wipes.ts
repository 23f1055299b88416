// Watches the buffers that a piece of work makes, so that a test can tell whether keys and clear text were overwritten.
import { Cipheriv, Decipheriv, Hmac } from 'node:crypto';

export interface Wipes {
  /** How many buffers held a secret when they were overwritten with zeros. */
  readonly wiped: number;
  /** How many of the buffers that the work made still hold a secret. */
  readonly left: number;
}

type Method = (this: unknown, ...args: unknown[]) => unknown;
type Patchable = Record<string, Method>;

const TypedArrayPrototype = Object.getPrototypeOf(Uint8Array.prototype) as object;
const includes = Buffer.prototype.includes;

/** Everything that makes byte buffers in this product: what they return is watched. */
const MAKERS: readonly (readonly [object, readonly string[]])[] = [
  [Buffer, ['from', 'concat', 'alloc', 'allocUnsafe']],
  [Cipheriv.prototype, ['update']],
  [Decipheriv.prototype, ['update']],
  [Hmac.prototype, ['digest']],
];

/**
 * Runs `work` and counts the buffers that hold the bytes of one of `secrets`. Buffers that were made before the work
 * are counted when they are wiped, and never as left. An error of the work is passed on.
 */
export async function wipesOf(secrets: readonly Uint8Array[], work: () => unknown): Promise<Wipes> {
  const needles = secrets.map((secret) => Uint8Array.from(secret));
  const holds = (bytes: unknown): bytes is Uint8Array =>
    bytes instanceof Uint8Array && needles.some((needle) => includes.call(bytes, needle));
  const made = new Set<unknown>();
  const undo: (() => void)[] = [];
  const patch = (owner: object, name: string, around: (original: Method) => Method): void => {
    const original = (owner as Patchable)[name]!;
    (owner as Patchable)[name] = around(original);
    undo.push(() => {
      (owner as Patchable)[name] = original;
    });
  };

  let wiped = 0;
  for (const prototype of [TypedArrayPrototype, Buffer.prototype]) {
    patch(
      prototype,
      'fill',
      (fill) =>
        function (...args) {
          if (args.length === 1 && args[0] === 0 && holds(this)) wiped++;
          return fill.apply(this, args);
        },
    );
  }
  for (const [owner, names] of MAKERS) {
    for (const name of names) {
      patch(
        owner,
        name,
        (make) =>
          function (...args) {
            const bytes = make.apply(this, args);
            made.add(bytes);
            return bytes;
          },
      );
    }
  }
  patch(
    globalThis,
    'Uint8Array',
    (constructor) =>
      new Proxy(constructor, {
        construct(target, args, newTarget) {
          const bytes = Reflect.construct(target, args, newTarget) as object;
          made.add(bytes);
          return bytes;
        },
      }),
  );
  try {
    await work();
  } finally {
    for (const restore of undo.toReversed()) restore();
  }
  return { wiped, left: [...made].filter(holds).length };
}
