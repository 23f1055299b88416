// Time-outs without waiting: the time of a call is up when the stand-in says that it hangs, not when a timer says so.
import { NodeHttpHandler } from '@smithy/node-http-handler';

type Handle = NodeHttpHandler['handle'];

export class Patience {
  readonly #waiting = new Set<AbortController>();

  /** Ends every call that is under way, as a time-out does. */
  readonly end = (): void => {
    for (const call of this.#waiting) call.abort(new DOMException('The time is up', 'TimeoutError'));
    this.#waiting.clear();
  };

  /** Stands in for `AbortSignal.timeout`. */
  readonly signal = (): AbortSignal => this.#begin().signal;

  /** The request handler of an AWS client. */
  requestHandler(): NodeHttpHandler {
    return new PatientHandler((send) => this.#send(send));
  }

  async #send<Reply>(send: (signal: AbortSignal) => Promise<Reply>): Promise<Reply> {
    const call = this.#begin();
    try {
      return await send(call.signal);
    } catch (error) {
      throw call.signal.aborted ? call.signal.reason : error;
    } finally {
      this.#waiting.delete(call);
    }
  }

  #begin(): AbortController {
    const call = new AbortController();
    this.#waiting.add(call);
    return call;
  }
}

class PatientHandler extends NodeHttpHandler {
  readonly #during: DuringCall;

  constructor(during: DuringCall) {
    super();
    this.#during = during;
  }

  override handle(...[request, options]: Parameters<Handle>): ReturnType<Handle> {
    return this.#during((abortSignal) => super.handle(request, { ...options, abortSignal }));
  }
}

type DuringCall = <Reply>(send: (signal: AbortSignal) => Promise<Reply>) => Promise<Reply>;
