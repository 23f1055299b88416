import { LogError } from '../../lib/transparency/errors.ts';
import type { TileStore } from '../../lib/transparency/ports.ts';

/** The promises of `TileStore` over a map, for tests that look inside. */
export class MemoryTileStore implements TileStore {
  readonly objects: Map<string, Uint8Array>;

  constructor(objects: Iterable<readonly [string, Uint8Array]> = []) {
    this.objects = new Map(objects);
  }

  read(path: string): Promise<Uint8Array | undefined> {
    return Promise.resolve(this.objects.get(path));
  }

  async *list(prefix: string): AsyncGenerator<string> {
    for (const path of this.objects.keys()) if (path.startsWith(prefix)) yield path;
  }

  create(path: string, bytes: Uint8Array): Promise<'created' | 'exists'> {
    if (this.objects.has(path)) return Promise.resolve('exists');
    this.objects.set(path, Uint8Array.from(bytes));
    return Promise.resolve('created');
  }

  replace(path: string, bytes: Uint8Array): Promise<void> {
    this.objects.set(path, Uint8Array.from(bytes));
    return Promise.resolve();
  }

  remove(path: string): Promise<void> {
    this.objects.delete(path);
    return Promise.resolve();
  }
}

type Call = 'read' | 'create' | 'replace' | 'remove';

/** A store in front of another that calls `before` with each call and its number, and `after` when it has happened. */
export function watched(
  store: TileStore,
  before: (call: Call, path: string, number: number) => Promise<void> | void,
  after: (call: Call, path: string, number: number) => Promise<void> | void = () => {},
): TileStore {
  let calls = 0;
  async function through<T>(call: Call, path: string, act: () => Promise<T>): Promise<T> {
    const number = ++calls;
    await before(call, path, number);
    const result = await act();
    await after(call, path, number);
    return result;
  }
  return {
    read: (path) => through('read', path, () => store.read(path)),
    list: (prefix) => store.list(prefix),
    create: (path, bytes) => through('create', path, () => store.create(path, bytes)),
    replace: (path, bytes) => through('replace', path, () => store.replace(path, bytes)),
    remove: (path) => through('remove', path, () => store.remove(path)),
  };
}

/** The error that stands for a crash. */
export function crash(): LogError {
  return new LogError('LOG_STORE_UNAVAILABLE', 'The process ends here');
}

/** For `watched`: a process that ends at this call of the store. */
export function diesAt(last: number): (call: string, path: string, number: number) => void {
  return (_, __, number) => {
    if (number >= last) throw crash();
  };
}
