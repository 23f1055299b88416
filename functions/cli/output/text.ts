// Lines that commands print: results on standard output, everything else on standard error.
import { styleText } from 'node:util';
import type { Io, Output } from '../core/io.ts';

type Style = 'bold' | 'dim' | 'green' | 'red' | 'cyan';

/** Returns `text` in a style where the reader of the stream wants colour, and otherwise as it is. */
export function styled(output: Output, style: Style, text: string): string {
  return output.hasColour ? styleText(style, text, { validateStream: false }) : text;
}

/** Prints a line of the result. */
export function print(io: Io, text = ''): void {
  io.stdout.write(`${text}\n`);
}

/** Prints progress, a hint or an error: what a program that reads the result must not see. */
export function say(io: Io, text = ''): void {
  io.stderr.write(`${text}\n`);
}

/** Prints a value as one line of JSON: exact for a program, harmless on a terminal. */
export function printJson(io: Io, value: unknown): void {
  print(io, jsonText(value));
}

/** Writes a value as JSON: exact for a program, harmless on a terminal. */
export function jsonText(value: unknown): string {
  return JSON.stringify(value).replaceAll(CONTROLS, jsonEscape);
}

/**
 * Characters that move the cursor, colour, hide or reorder text: control characters (C0, DEL, C1), separators of lines,
 * marks of writing direction (Unicode Standard Annex 9), characters without width, and tags.
 */
const CONTROLS =
  /[\p{Cc}\p{Zl}\p{Zp}\u061c\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}]/gu;

/** Returns text of others for a terminal: each control character as `\u001b`, everything else as it is. */
export function visible(text: string): string {
  return text.replaceAll(CONTROLS, jsonEscape);
}

/** Escapes a character as JSON does: the escaped JSON text has the same value. */
function jsonEscape(character: string): string {
  return Array.from({ length: character.length }, (_, i) => {
    return `\\u${character.charCodeAt(i).toString(16).padStart(4, '0')}`;
  }).join('');
}

/** Says on standard error why a command failed: control characters are escaped, apart from the ends of lines. */
export function sayFailure(io: Io, message: string): void {
  const lines = message.split('\n').map(visible);
  say(io, `${styled(io.stderr, 'red', 'protector:')} ${lines.join('\n')}`);
}

/** Returns a line that says that something is done. */
export function done(io: Io, text: string): string {
  return `${styled(io.stdout, 'green', '✓')} ${text}`;
}

/** 1234567 → `1,234,567`. */
export function count(value: number): string {
  return value.toLocaleString('en-US', { maximumFractionDigits: 0 });
}

/** `1 value`, `2,000 values`: for nouns whose plural ends in s. */
export function quantity(number: number, noun: string): string {
  return `${count(number)} ${noun}${number === 1 ? '' : 's'}`;
}

interface ProgressLine {
  update(done: number, total: number): void;
  finish(note: string): void;
}

/** Shows progress: in place on a terminal, and elsewhere as one line at the end. */
export function progressLine({ stderr }: Io, label: string): ProgressLine {
  const { isTerminal } = stderr;
  let shown = -1;
  return {
    update(part, total) {
      const percent = total === 0 ? 100 : Math.floor((100 * part) / total);
      if (!isTerminal || percent === shown) return;
      shown = percent;
      stderr.write(`\r${label} … ${percent} %`);
    },
    finish(note) {
      stderr.write(`${isTerminal ? '\r\u001b[K' : ''}${label}: ${note}\n`);
    },
  };
}

/** A line on a terminal that says how far something is; nothing elsewhere. */
export interface LiveLine {
  show(text: string): void;
  clear(): void;
}

const SHOW_EVERY_MS = 100;

/** Shows a line in place, at most ten times a second. */
export function liveLine({ stderr, nowMs }: Pick<Io, 'stderr' | 'nowMs'>): LiveLine {
  let shownMs = nowMs();
  let isShown = false;
  return {
    show(text) {
      if (!stderr.isTerminal || nowMs() - shownMs < SHOW_EVERY_MS) return;
      shownMs = nowMs();
      isShown = true;
      stderr.write(`\r\u001b[K${text}`);
    },
    clear() {
      if (isShown) stderr.write('\r\u001b[K');
      isShown = false;
    },
  };
}
