import { ProtectorError } from '../base/errors.ts';

/**
 * A security event was refused.
 *
 * - `EVENT_INVALID`: the metadata breaks a rule; the message names the member, never its value
 * - `EVENT_NAME_UNKNOWN`: neither a predefined event nor a well-formed `CUSTOM_` one
 * - `EVENT_NOT_DURABLE`: the event may or may not be accepted; worth a retry, which can duplicate it
 */
export class EventError extends ProtectorError<'EVENT_INVALID' | 'EVENT_NAME_UNKNOWN' | 'EVENT_NOT_DURABLE'> {
  /** With `EVENT_NOT_DURABLE` from a sink: for each line, whether it is durable anyway. */
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
