import { ProtectorError } from '../base/errors.ts';

/**
 * - `EVENT_INVALID`: metadata that does not satisfy the rules; the message names the member, never its value
 * - `EVENT_NAME_UNKNOWN`: neither a predefined event nor a well-formed `CUSTOM_` one
 * - `EVENT_NOT_DURABLE`: it is not certain that the event was accepted; worth a retry, after which it may be there twice
 */
export class EventError extends ProtectorError<'EVENT_INVALID' | 'EVENT_NAME_UNKNOWN' | 'EVENT_NOT_DURABLE'> {
  /** Of `EVENT_NOT_DURABLE` from a sink: for each line whether it is durable all the same. */
  readonly accepted: readonly boolean[];

  constructor(
    code: EventError['code'],
    message: string,
    options: ErrorOptions & { readonly accepted?: readonly boolean[] } = {},
  ) {
    super(code, message, options);
    this.accepted = options.accepted ?? [];
  }
}
