// What the runner knows of a door: a parser or a front end that bytes of others come through.

/** How the inputs of a door look. Those of `json` stay JSON, because the platform parses the event. */
export type Form = 'json' | 'text' | 'bytes';

export interface Door {
  readonly name: string;
  readonly form: Form;
  /** Prepares the door. Each worker calls it once. */
  readonly open: () => OpenDoor | Promise<OpenDoor>;
}

export interface OpenDoor {
  /** Inputs that the door takes. Values in them hold `MARKER`; names do not. */
  readonly seeds: readonly (string | Uint8Array)[];
  /**
   * Sends one input through. Throws what the door throws: a `ProtectorError` is a refusal, everything else a finding.
   */
  readonly enter: (input: Buffer) => Passed | Promise<Passed>;
}

/** What came of an input. `shown` is what others than the caller see, or the caller of a refused request. */
export interface Passed {
  readonly taken: boolean;
  readonly shown?: string;
}

/** Stands in values, and must be in no error, log or refusal. */
export const MARKER = 'zq7MARKERqz';

export const TAKEN: Passed = { taken: true };
export const REFUSED: Passed = { taken: false };

/** Makes a door of a function that takes the input or throws. */
export function parser(
  name: string,
  form: Form,
  seeds: () => OpenDoor['seeds'] | Promise<OpenDoor['seeds']>,
  parse: (input: Buffer) => unknown,
): Door {
  return {
    name,
    form,
    open: async () => ({
      seeds: await seeds(),
      enter: async (input) => {
        await parse(input);
        return TAKEN;
      },
    }),
  };
}
