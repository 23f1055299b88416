// Tells the open pages that something has changed, by server-sent events (HTML Living Standard, §9.2).

/** A change is told at most this often. */
const EVERY_MS = 300;

export class Live {
  readonly #mailboxes = new Set<Mailbox>();
  readonly #message: () => string;
  #timer: NodeJS.Timeout | undefined;
  #isClosed = false;

  /** `message`: what the pages are told. */
  constructor(message: () => string) {
    this.#message = message;
  }

  /** Tells the pages soon. Several changes are told as one. */
  changed(): void {
    if (this.#isClosed) return;
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#tell(this.#message());
    }, EVERY_MS);
  }

  /** Yields the message now, and whenever it has changed, until the page is gone or the console ends. */
  async *messages(gone: AbortSignal): AsyncGenerator<string> {
    if (this.#isClosed || gone.aborted) return;
    const mailbox = new Mailbox(this.#message());
    const leave = (): void => mailbox.put(undefined);
    gone.addEventListener('abort', leave);
    this.#mailboxes.add(mailbox);
    try {
      for (let data = await mailbox.take(); data !== undefined; data = await mailbox.take()) yield data;
    } finally {
      this.#mailboxes.delete(mailbox);
      gone.removeEventListener('abort', leave);
    }
  }

  /** Ends every stream: the server waits for the answers under way. */
  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    this.#tell(undefined);
  }

  #tell(data: string | undefined): void {
    for (const mailbox of this.#mailboxes) mailbox.put(data);
  }
}

/** Holds the newest message for one page: a slow page needs no older one. `undefined` is the end. */
class Mailbox {
  #next: { readonly data: string | undefined } | undefined;
  #arrived = Promise.withResolvers<void>();

  constructor(first: string) {
    this.put(first);
  }

  put(data: string | undefined): void {
    // Nothing follows the end.
    if (this.#next !== undefined && this.#next.data === undefined) return;
    this.#next = { data };
    this.#arrived.resolve();
  }

  async take(): Promise<string | undefined> {
    await this.#arrived.promise;
    const { data } = this.#next!;
    if (data === undefined) return undefined;
    this.#next = undefined;
    this.#arrived = Promise.withResolvers<void>();
    return data;
  }
}
