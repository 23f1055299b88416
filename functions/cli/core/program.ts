// From declarations to the parser, which is commander: nothing of it is known elsewhere.
import {
  Argument as ParsedArgument,
  Command as Parser,
  CommanderError,
  InvalidArgumentError,
  Option as ParsedOption,
} from 'commander';
import { type Argument, type Command, flagOf, type Group, isGroup, type Option, type Options } from './command.ts';
import { EXIT, type ExitCode } from './exit.ts';
import type { Io } from './io.ts';
import { InvalidValue, type Reader } from './readers.ts';
import { wrap } from './width.ts';

export interface Program {
  readonly name: string;
  readonly summary: string;
  readonly version: string;
  readonly help: string;
  /** Options that may be given before any command, or behind it, whether it has a use for them or not. */
  readonly options: Options;
  readonly nodes: readonly (Command | Group)[];
}

/** Parses a command line and runs the command that it names. Resolves to its exit code; rejects as the command does. */
export async function runProgram(program: Program, args: readonly string[], io: Io): Promise<ExitCode> {
  let code: ExitCode = EXIT.ok;
  const invocation: Invocation = {
    io,
    shared: program.options,
    names: args.filter((each) => !each.startsWith('-')),
    needsHelp: args.some((each) => ['--help', '-h', 'help'].includes(each)),
    ended: (exitCode) => {
      code = exitCode;
    },
  };
  const parser = new Parser(program.name)
    .description(program.summary)
    .version(program.version)
    .configureOutput({
      writeOut: (text) => io.stdout.write(text),
      writeErr: (text) => io.stderr.write(text),
      getOutHelpWidth: () => io.stdout.columns ?? 80,
      getErrHelpWidth: () => io.stderr.columns ?? 80,
      getOutHasColors: () => io.stdout.hasColour,
      getErrHasColors: () => io.stderr.hasColour,
    })
    .showHelpAfterError('(add --help for the options)')
    .exitOverride()
    .enablePositionalOptions()
    .addHelpText('after', wrapped(program.help, io));
  for (const [name, option] of Object.entries(program.options)) parser.addOption(optionOf(name, option, io));
  await addAll(parser, program.nodes, invocation);
  try {
    await parser.parseAsync(args, { from: 'user' });
    return code;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  }
}

interface Invocation {
  readonly io: Io;
  readonly shared: Options;
  /** The words that may name groups. */
  readonly names: readonly string[];
  readonly needsHelp: boolean;
  readonly ended: (code: ExitCode) => void;
}

async function addAll(parser: Parser, nodes: readonly (Command | Group)[], invocation: Invocation): Promise<void> {
  for (const node of nodes) await (isGroup(node) ? addGroup : addCommand)(parser, node as Command & Group, invocation);
}

/** Adds a group; its commands only where the command line names it. */
async function addGroup(parser: Parser, group: Group, invocation: Invocation): Promise<void> {
  const own = parser.command(group.name).description(group.summary).enablePositionalOptions();
  addHidden(own, invocation.shared, invocation.io);
  if (invocation.names.includes(group.name)) await addAll(own, await group.load(), invocation);
}

async function addCommand(
  parser: Parser,
  declared: Command,
  { io, shared, needsHelp, ended }: Invocation,
): Promise<void> {
  const own = parser.command(declared.name).description(declared.summary);
  for (const [name, argument] of Object.entries(declared.arguments)) own.addArgument(argumentOf(name, argument, io));
  for (const [name, option] of Object.entries(declared.options)) own.addOption(optionOf(name, option, io));
  addHidden(own, Object.fromEntries(Object.entries(shared).filter(([name]) => !(name in declared.options))), io);
  const help = typeof declared.help === 'string' ? declared.help : needsHelp ? await declared.help() : '';
  if (help !== '') own.addHelpText('after', wrapped(help, io));
  own.action(async () => {
    ended(await declared.run(valuesOf(declared, own, io), io));
  });
}

/** Breaks the sentences of a help text to the width of the terminal. Lines that begin with blanks are commands, and stay. */
function wrapped(help: string, { stdout }: Io): string {
  const lines = help.split('\n');
  return lines.flatMap((line) => (line.startsWith(' ') ? line : wrap(line, stdout.columns ?? 80))).join('\n');
}

/** Adds options that are taken here too and stand in the help of another place. */
function addHidden(parser: Parser, shared: Options, io: Io): void {
  for (const [name, option] of Object.entries(shared)) parser.addOption(optionOf(name, option, io).hideHelp());
}

function argumentOf(name: string, argument: Argument, io: Io): ParsedArgument {
  const isOptional = argument.optional === true || argument.default !== undefined;
  const shown = argument.several === true ? `${name}...` : name;
  const parsed = new ParsedArgument(isOptional ? `[${shown}]` : `<${shown}>`, argument.summary);
  if (argument.choices !== undefined) parsed.choices(argument.choices);
  if (argument.default !== undefined) parsed.default(argument.default);
  const { read } = argument;
  if (read !== undefined) parsed.argParser(reader(read, parsed.variadic, io));
  return parsed;
}

function optionOf(name: string, option: Option, io: Io): ParsedOption {
  const long = flagOf(name);
  const flags = [option.short === undefined ? long : `${option.short}, ${long}`, option.value ?? '']
    .join(' ')
    .trimEnd();
  const summary = option.env === undefined ? option.summary : `${option.summary} (env: ${option.env})`;
  const parsed = new ParsedOption(flags, summary);
  if (option.choices !== undefined) parsed.choices(option.choices);
  if (option.default !== undefined) parsed.default(option.default);
  if (option.conflicts !== undefined) parsed.conflicts(option.conflicts);
  const isInEnvironment = option.env !== undefined && io.env[option.env] !== undefined;
  if (option.required === true && !isInEnvironment) parsed.makeOptionMandatory();
  const { read } = option;
  return read === undefined ? parsed : parsed.argParser(reader(read, parsed.variadic, io));
}

/** Returns how commander reads a value: a variadic parameter gathers its values. */
function reader(read: Reader<unknown>, isVariadic: boolean, io: Io): (text: string, before: unknown) => unknown {
  return (text, before) => {
    const value = checked(() => read(text, io));
    if (!isVariadic) return value;
    return Array.isArray(before) ? [...(before as unknown[]), value] : [value];
  };
}

/** The value of a parameter. What the reader refuses becomes the parser's own kind of error. */
function checked<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof InvalidValue)) throw error;
    throw new InvalidArgumentError(error.message);
  }
}

/** Arguments and options by their names. */
function valuesOf(declared: Command, parsed: Parser, io: Io): Record<string, unknown> {
  const values: Record<string, unknown> = {};
  const args = parsed.processedArgs as readonly unknown[];
  for (const [i, [name, { several }]] of Object.entries(declared.arguments).entries()) {
    values[name] = several === true ? (args[i] ?? []) : args[i];
  }
  for (const [name, option] of Object.entries(declared.options)) {
    values[name] =
      option.value === undefined ? parsed.getOptionValue(name) === true : valueOf(name, option, parsed, io);
  }
  return values;
}

function valueOf(name: string, { read, env, default: fallback }: Option, parsed: Parser, io: Io): unknown {
  // The nearest to the command counts: an option may also stand before the command, or before its noun.
  for (let at: Parser | null = parsed; at !== null; at = at.parent) {
    const source = at.getOptionValueSource(name);
    if (source !== undefined && source !== 'default') return at.getOptionValue(name) as unknown;
  }
  const text = (env === undefined ? undefined : io.env[env]) ?? fallback;
  return typeof text === 'string' && read !== undefined ? read(text, io) : text;
}
