// How a command is declared: one object with its name, arguments, options, help and what it does.
import type { ExitCode } from './exit.ts';
import type { Io } from './io.ts';
import type { Reader } from './readers.ts';

/** What a shell can complete a value to: names of the policy, element types, files or directories. */
export type Completes = 'element' | 'role' | 'user' | 'group' | 'mask' | 'type' | 'file' | 'directory';

interface Parameter {
  readonly summary: string;
  /** @default its choices; files where a path is read */
  readonly completes?: Completes;
  /** @default the text as it is */
  readonly read?: Reader<unknown>;
  /** The only texts that are taken. */
  readonly choices?: readonly string[];
  /** The value, or for a reader its text. */
  readonly default?: string | number;
}

/** An argument. Help calls it by the name of the member that declares it. */
export interface Argument extends Parameter {
  readonly optional?: true;
  /** Takes any number of values; only the last argument may. */
  readonly several?: true;
}

/** An option. The member `dryRun` declares `--dry-run`. */
export interface Option extends Parameter {
  /** How help shows the value; `<file...>` takes several. Absent for a flag. */
  readonly value?: `<${string}>`;
  readonly required?: true;
  readonly short?: `-${string}`;
  /** The environment variable that stands in for it. */
  readonly env?: string;
  /** The option that cannot be given as well. */
  readonly conflicts?: string;
}

export type Arguments = Readonly<Record<string, Argument>>;
export type Options = Readonly<Record<string, Option>>;

type ReadAs<P> = P extends { read: Reader<infer T> }
  ? T
  : P extends { choices: readonly (infer Choice)[] }
    ? Choice
    : string;

type ArgumentValue<A> = A extends { several: true }
  ? readonly ReadAs<A>[]
  : A extends { default: unknown }
    ? ReadAs<A>
    : A extends { optional: true }
      ? ReadAs<A> | undefined
      : ReadAs<A>;

type Given<O> = O extends { value: `${string}...>` } ? readonly ReadAs<O>[] : ReadAs<O>;

type OptionValue<O> = O extends { value: string }
  ? O extends { required: true } | { default: unknown }
    ? Given<O>
    : Given<O> | undefined
  : boolean;

/** What a command gets for its options: every member is there, and `undefined` stands for an option that was not given. */
export type ValuesOf<O extends Options> = { readonly [Name in keyof O]: OptionValue<O[Name]> };

type ArgumentsOf<A extends Arguments> = { readonly [Name in keyof A]: ArgumentValue<A[Name]> };

/** A command with the types of its options taken away, as tables and the parser see it. */
export interface Command {
  readonly name: string;
  readonly summary: string;
  readonly arguments: Arguments;
  readonly options: Options;
  /** Follows the options in the help of the command. */
  readonly help: string | (() => Promise<string>);
  run(values: Readonly<Record<string, unknown>>, io: Io): Promise<ExitCode>;
}

interface Declaration<A extends Arguments, O extends Options> {
  readonly name: string;
  readonly summary: string;
  readonly arguments?: A;
  readonly options?: O;
  readonly help?: string | (() => Promise<string>);
  /** Does the work. What it needs beyond its declaration it imports when it is called. */
  readonly run: (values: ArgumentsOf<A> & ValuesOf<O>, io: Io) => Promise<ExitCode>;
}

/** Declares a command. `run` gets arguments and options under the names and with the types that they are declared with. */
// oxlint-disable typescript/no-generated-empty-object-type -- none means that no member is there, not that any is
export function command<
  const A extends Arguments = Record<never, Argument>,
  const O extends Options = Record<never, Option>,
>(declaration: Declaration<A, O>): Command {
  // oxlint-enable typescript/no-generated-empty-object-type
  const { name, summary, help = '', run } = declaration;
  return {
    name,
    summary,
    arguments: declaration.arguments ?? {},
    options: declaration.options ?? {},
    help,
    // The parser reads the values by this very declaration.
    run: (values, io) => run(values as ArgumentsOf<A> & ValuesOf<O>, io),
  };
}

/** Declares options that several commands share, to be spread into theirs. */
export function options<const O extends Options>(shared: O): O {
  return shared;
}

/** Commands under one noun. Only their declarations are loaded, and only when the noun is named. */
export interface Group {
  readonly name: string;
  readonly summary: string;
  readonly load: () => Promise<readonly (Command | Group)[]>;
}

export function group(name: string, summary: string, load: Group['load']): Group {
  return { name, summary, load };
}

/** Returns the option of a member as it is typed: `dryRun` is `--dry-run`. */
export function flagOf(name: string): string {
  return `--${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

export function isGroup(node: Command | Group): node is Group {
  return 'load' in node;
}
