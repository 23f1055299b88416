// Reads JSON (RFC 8259) where `JSON.parse` does not tell enough: how a number was spelled, which member stands twice, and
// where each part is. About as fast as parsing with it twice; with a reviver, which also tells spellings, it is fifteen
// times slower.

import { ProtectorError } from './errors.ts';

/** The text is not JSON, or nested too deeply. The message says where in UTF-16 units from 0, and quotes nothing. */
export class JsonError extends ProtectorError<'JSON_MALFORMED' | 'JSON_TOO_DEEP'> {
  readonly at: number;

  constructor(code: 'JSON_MALFORMED' | 'JSON_TOO_DEEP', at: number) {
    super(code, code === 'JSON_TOO_DEEP' ? `more than ${MAX_DEPTH} levels` : 'it is not JSON');
    this.at = at;
  }
}

export interface JsonReading {
  /** Makes the value of a number from its spelling. */
  readonly number: (spelling: string) => unknown;
  /**
   * Called for each member and item before it joins its container. `at`: the place of the member's name, or of the item.
   *
   * @default - the last of several members of one name counts, as in `JSON.parse`
   */
  readonly part?: (container: object, name: string | number, at: number) => void;
}

/** Far more levels than any document or request has. Each level is a call on the stack. */
export const MAX_DEPTH = 100;

const TAB = 0x09;
const LINE_FEED = 0x0a;
const RETURN = 0x0d;
const BLANK = 0x20;
const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_LIST = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_LIST = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const WORDS = [
  ['null', null],
  ['true', true],
  ['false', false],
] as const;

/** Reads a text. Throws `JsonError`. */
export function readJson(text: string, reading: JsonReading): unknown {
  const reader = new Reader(text, reading);
  return reader.document();
}

class Reader {
  readonly #text: string;
  readonly #reading: JsonReading;
  readonly #number: RegExp;
  #at = 0;
  #depth = 0;

  constructor(text: string, reading: JsonReading) {
    this.#text = text;
    this.#reading = reading;
    this.#number = new RegExp(NUMBER);
  }

  document(): unknown {
    const value = this.#value(this.#next());
    if (!Number.isNaN(this.#next())) throw this.#malformed();
    return value;
  }

  /** Skips white space and returns the next unit; `NaN` at the end. */
  #next(): number {
    let unit = this.#text.charCodeAt(this.#at);
    while (unit === BLANK || unit === LINE_FEED || unit === RETURN || unit === TAB)
      unit = this.#text.charCodeAt(++this.#at);
    return unit;
  }

  #value(unit: number): unknown {
    if (unit === QUOTE) return this.#string();
    if (unit === OPEN_LIST) return this.#list();
    if (unit === OPEN_OBJECT) return this.#object();
    this.#number.lastIndex = this.#at;
    // `exec` would make an array for each number, which is most of the cost of a body of numbers.
    if (this.#number.test(this.#text)) {
      const from = this.#at;
      this.#at = this.#number.lastIndex;
      return this.#reading.number(this.#text.slice(from, this.#at));
    }
    for (const [word, value] of WORDS) {
      if (!this.#text.startsWith(word, this.#at)) continue;
      this.#at += word.length;
      return value;
    }
    throw this.#malformed();
  }

  #list(): unknown[] {
    this.#enter();
    const { part } = this.#reading;
    const list: unknown[] = [];
    let unit = this.#next();
    if (unit !== CLOSE_LIST) {
      for (;;) {
        part?.(list, list.length, this.#at);
        list.push(this.#value(unit));
        unit = this.#next();
        if (unit === CLOSE_LIST) break;
        if (unit !== COMMA) throw this.#malformed();
        this.#at++;
        unit = this.#next();
      }
    }
    this.#leave();
    return list;
  }

  #object(): Record<string, unknown> {
    this.#enter();
    const { part } = this.#reading;
    const object: Record<string, unknown> = {};
    let unit = this.#next();
    if (unit !== CLOSE_OBJECT) {
      for (;;) {
        if (unit !== QUOTE) throw this.#malformed();
        const at = this.#at;
        const name = this.#string();
        part?.(object, name, at);
        if (this.#next() !== COLON) throw this.#malformed();
        this.#at++;
        setMember(object, name, this.#value(this.#next()));
        unit = this.#next();
        if (unit === CLOSE_OBJECT) break;
        if (unit !== COMMA) throw this.#malformed();
        this.#at++;
        unit = this.#next();
      }
    }
    this.#leave();
    return object;
  }

  #enter(): void {
    if (++this.#depth > MAX_DEPTH) throw new JsonError('JSON_TOO_DEEP', this.#at);
    this.#at++;
  }

  #leave(): void {
    this.#depth--;
    this.#at++;
  }

  #string(): string {
    const text = this.#text;
    const from = ++this.#at;
    let isPlain = true;
    let at = from;
    for (let unit = text.charCodeAt(at); unit !== QUOTE; unit = text.charCodeAt(++at)) {
      if (unit === BACKSLASH) {
        isPlain = false;
        at++;
      } else if (!(unit >= BLANK)) {
        this.#at = at;
        throw this.#malformed();
      }
    }
    this.#at = at + 1;
    return isPlain ? text.slice(from, at) : this.#unescaped(from, at);
  }

  #unescaped(from: number, to: number): string {
    try {
      return JSON.parse(this.#text.slice(from - 1, to + 1)) as string;
    } catch {
      this.#at = from;
      throw this.#malformed();
    }
  }

  #malformed(): JsonError {
    return new JsonError('JSON_MALFORMED', this.#at);
  }
}

/** Sets an own member, also one called `__proto__`. */
function setMember(object: Record<string, unknown>, name: string, value: unknown): void {
  if (name === '__proto__') {
    Object.defineProperty(object, name, { value, enumerable: true, configurable: true, writable: true });
  } else object[name] = value;
}
