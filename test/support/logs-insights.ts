// Reads queries of CloudWatch Logs Insights QL as far as infra/queries uses it, and says what is wrong with one. The
// grammar is that of the CloudWatch Logs User Guide, "Logs Insights language query syntax" and "Boolean, comparison,
// numeric, datetime, and other functions".
import { ProtectorError } from '../../lib/base/errors.ts';

/** Why the service or a reader would reject a query. */
export class InsightsError extends ProtectorError<
  | 'SYNTAX'
  | 'UNKNOWN_COMMAND'
  | 'UNKNOWN_FUNCTION'
  | 'ARGUMENTS'
  | 'UNKNOWN_FIELD'
  | 'NOT_BOOLEAN'
  | 'NOT_AGGREGATED'
  | 'PERIOD'
> {}

/** The fields of every log event. */
const SYSTEM_FIELDS = ['@timestamp', '@message', '@ingestionTime', '@logStream', '@log'];

/** Functions of one value each: least and greatest number of arguments. */
const FUNCTIONS: Readonly<Record<string, readonly [least: number, most: number, kind: 'value' | 'boolean']>> = {
  abs: [1, 1, 'value'],
  ceil: [1, 1, 'value'],
  floor: [1, 1, 'value'],
  greatest: [1, Infinity, 'value'],
  least: [1, Infinity, 'value'],
  log: [1, 1, 'value'],
  sqrt: [1, 1, 'value'],
  bin: [1, 1, 'value'],
  datefloor: [2, 2, 'value'],
  dateceil: [2, 2, 'value'],
  fromMillis: [1, 1, 'value'],
  toMillis: [1, 1, 'value'],
  now: [0, 0, 'value'],
  coalesce: [1, Infinity, 'value'],
  concat: [1, Infinity, 'value'],
  strlen: [1, 1, 'value'],
  substr: [2, 3, 'value'],
  replace: [3, 3, 'value'],
  strcontains: [2, 2, 'value'],
  tolower: [1, 1, 'value'],
  toupper: [1, 1, 'value'],
  trim: [1, 2, 'value'],
  ispresent: [1, 1, 'boolean'],
  isempty: [1, 1, 'boolean'],
  isblank: [1, 1, 'boolean'],
};

/** Functions of many values, for `stats` only: number of arguments. */
const AGGREGATES: Readonly<Record<string, number>> = {
  count: 1,
  count_distinct: 1,
  sum: 1,
  avg: 1,
  min: 1,
  max: 1,
  stddev: 1,
  pct: 2,
  earliest: 1,
  latest: 1,
  sortsFirst: 1,
  sortsLast: 1,
};

/** Greatest number before a unit of time: `bin(300s)` is read as another period than was meant. */
const PERIODS: Readonly<Record<string, number>> = { ms: 1000, s: 60, m: 60, h: 24, d: 366, w: 52 };

const TOKEN =
  /\s*(?:#[^\n]*|(?<text>"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')|(?<period>\d+(?:ms|s|m|h|d|w)\b)|(?<number>\d+(?:\.\d+)?\b)|(?<quoted>`[^`]+`)|(?<name>[A-Za-z_@][\w@]*(?:\.[\w@]+)*)|(?<mark>!=|<=|>=|[-+*/%^=<>()[\],|]))/y;

interface Token {
  readonly kind: 'text' | 'period' | 'number' | 'name' | 'mark' | 'end';
  readonly text: string;
}

/** The type of an expression. `stats` cannot show a `bare` field outside an aggregate function. */
interface Expression {
  readonly kind: 'value' | 'boolean';
  readonly aggregated: boolean;
  readonly bare: boolean;
  /** The field, where the expression is nothing but one. */
  readonly field?: string;
}

/**
 * The fields of its log events that a query reads, once each. Throws `InsightsError`: for words that are not of the
 * language, for wrong numbers of arguments, for fields that neither `known` nor an earlier command has.
 */
export function checkQuery(query: string, known: readonly string[]): string[] {
  return new Reader(query, known).query();
}

class Reader {
  readonly #tokens: readonly Token[];
  readonly #read = new Set<string>();
  readonly #known: ReadonlySet<string>;
  #at = 0;
  /** Names that the command under way can use: those of events, or of what `stats` has made of them. */
  #scope: Set<string>;

  constructor(query: string, known: readonly string[]) {
    this.#tokens = tokens(query);
    this.#known = new Set([...known, ...SYSTEM_FIELDS]);
    this.#scope = new Set(this.#known);
  }

  query(): string[] {
    do this.#command();
    while (this.#accept('|'));
    if (this.#next.kind !== 'end') throw this.#unexpected();
    return [...this.#read];
  }

  #command(): void {
    const { text } = this.#take('name');
    switch (text) {
      case 'filter':
        this.#boolean(this.#expression(0));
        return;
      case 'fields':
      case 'display':
        this.#list(() => this.#aliased(new Set()));
        return;
      case 'stats':
        return this.#stats();
      case 'sort':
        this.#list(() => {
          this.#expression(0);
          if (!this.#accept('asc')) this.#accept('desc');
        });
        return;
      case 'dedup':
        this.#list(() => this.#expression(0));
        return;
      case 'limit':
        this.#take('number');
        return;
      default:
        throw new InsightsError('UNKNOWN_COMMAND', `${text} is no command that is known here`);
    }
  }

  #stats(): void {
    const made = new Set<string>();
    this.#list(() => {
      const { aggregated, bare } = this.#aliased(made, made);
      if (!aggregated || bare)
        throw new InsightsError('NOT_AGGREGATED', 'stats shows what functions make of many values');
    });
    if (this.#accept('by')) {
      this.#list(() => {
        const { aggregated, field } = this.#aliased(made);
        if (aggregated)
          throw new InsightsError('NOT_AGGREGATED', 'stats groups by values, not by what is made of many');
        if (field !== undefined) made.add(field);
      });
    }
    this.#scope = made;
  }

  /** An expression and the name that it is given. `also`: names made by the same command. */
  #aliased(made: Set<string>, also: ReadonlySet<string> = new Set()): Expression {
    const expression = this.#expression(0, also);
    if (this.#accept('as')) {
      const { text } = this.#take('name');
      made.add(text);
      this.#scope.add(text);
      return { ...expression, field: text };
    }
    return expression;
  }

  #list(read: () => void): void {
    do read();
    while (this.#accept(','));
  }

  /** Precedence climbing: or, and, not, comparison, sum, product, power. */
  #expression(least: number, also: ReadonlySet<string> = new Set()): Expression {
    let left = this.#operand(also);
    for (;;) {
      const operator = this.#next.text;
      const binds = this.#next.kind === 'text' ? undefined : BINDING[operator];
      if (binds === undefined || binds < least) return left;
      this.#at++;
      left = this.#combined(operator, left, binds, also);
    }
  }

  #combined(operator: string, left: Expression, binds: number, also: ReadonlySet<string>): Expression {
    if (operator === 'in') {
      this.#expect('[');
      this.#list(() => {
        if (!['text', 'number'].includes(this.#next.kind)) throw this.#unexpected();
        this.#at++;
      });
      this.#expect(']');
      return { ...this.#value(left), kind: 'boolean' };
    }
    const right = this.#expression(binds + 1, also);
    const both = { aggregated: left.aggregated || right.aggregated, bare: left.bare || right.bare };
    if (operator === 'and' || operator === 'or') {
      this.#boolean(left);
      this.#boolean(right);
      return { kind: 'boolean', ...both };
    }
    this.#value(left);
    this.#value(right);
    return { kind: binds === BINDING['='] ? 'boolean' : 'value', ...both };
  }

  #operand(also: ReadonlySet<string>): Expression {
    const token = this.#next;
    this.#at++;
    if (token.kind === 'number' || token.kind === 'text') return { kind: 'value', aggregated: false, bare: false };
    if (token.text === '(') {
      const inner = this.#expression(0, also);
      this.#expect(')');
      return inner;
    }
    if (token.text === 'not') return this.#boolean(this.#expression(BINDING['and']! + 1, also));
    if (token.text === '-') return this.#value(this.#operand(also));
    if (token.kind !== 'name') throw this.#unexpected(token);
    return this.#next.text === '(' ? this.#call(token.text, also) : this.#field(token.text, also);
  }

  #call(name: string, also: ReadonlySet<string>): Expression {
    this.#expect('(');
    const [least, most, kind] = FUNCTIONS[name] ?? [AGGREGATES[name], AGGREGATES[name], 'value'];
    if (least === undefined || most === undefined)
      throw new InsightsError('UNKNOWN_FUNCTION', `${name} is no function that is known here`);
    const isAggregate = Object.hasOwn(AGGREGATES, name);
    const given: Expression[] = [];
    if (!this.#accept(')')) {
      this.#list(() => given.push(this.#argument(name, also)));
      this.#expect(')');
    }
    if (given.length < least || given.length > most)
      throw new InsightsError('ARGUMENTS', `${name} takes another number of arguments than ${given.length}`);
    if (isAggregate && given.some(({ aggregated }) => aggregated))
      throw new InsightsError('ARGUMENTS', `${name} is given what is made of many values already`);
    return {
      kind,
      aggregated: isAggregate || given.some(({ aggregated }) => aggregated),
      bare: !isAggregate && given.some(({ bare }) => bare),
    };
  }

  #argument(name: string, also: ReadonlySet<string>): Expression {
    const whole = name === 'count' && this.#accept('*');
    if (whole) return { kind: 'value', aggregated: false, bare: false };
    if (this.#next.kind !== 'period') return this.#value(this.#expression(0, also));
    const [, number, unit] = /^(\d+)([a-z]+)$/.exec(this.#take('period').text) as unknown as [string, string, string];
    if (Number(number) < 1 || Number(number) > PERIODS[unit]!)
      throw new InsightsError('PERIOD', `${number}${unit} must be written in a larger unit`);
    return { kind: 'value', aggregated: false, bare: false };
  }

  #field(name: string, also: ReadonlySet<string>): Expression {
    if (also.has(name)) return { kind: 'value', aggregated: true, bare: false, field: name };
    if (!this.#scope.has(name)) throw new InsightsError('UNKNOWN_FIELD', `nothing has the field ${name} here`);
    if (this.#known.has(name)) this.#read.add(name);
    return { kind: 'value', aggregated: false, bare: true, field: name };
  }

  #boolean(expression: Expression): Expression {
    if (expression.kind !== 'boolean')
      throw new InsightsError('NOT_BOOLEAN', 'a condition is a comparison, or and, or, not');
    return expression;
  }

  #value(expression: Expression): Expression {
    if (expression.kind !== 'value') throw new InsightsError('NOT_BOOLEAN', 'a comparison is no value to go on with');
    return expression;
  }

  get #next(): Token {
    return this.#tokens[this.#at]!;
  }

  #accept(text: string): boolean {
    const found = this.#next.kind !== 'text' && this.#next.text === text;
    if (found) this.#at++;
    return found;
  }

  #expect(text: string): void {
    if (!this.#accept(text)) throw this.#unexpected();
  }

  #take(kind: Token['kind']): Token {
    const token = this.#next;
    if (token.kind !== kind) throw this.#unexpected();
    this.#at++;
    return token;
  }

  #unexpected({ text } = this.#next): InsightsError {
    return new InsightsError('SYNTAX', `${text === '' ? 'the end' : text} is not expected here`);
  }
}

const BINDING: Readonly<Record<string, number>> = {
  or: 1,
  and: 2,
  ...Object.fromEntries(['=', '!=', '<', '<=', '>', '>=', 'in'].map((operator) => [operator, 3])),
  '+': 4,
  '-': 4,
  '*': 5,
  '/': 5,
  '%': 5,
  '^': 6,
};

function tokens(query: string): Token[] {
  const found: Token[] = [];
  TOKEN.lastIndex = 0;
  const end = query.trimEnd().length;
  while (TOKEN.lastIndex < end) {
    const from = TOKEN.lastIndex;
    const match = TOKEN.exec(query);
    if (match === null) throw new InsightsError('SYNTAX', `${query.slice(from, from + 10).trim()} cannot be read`);
    const { text, period, number, quoted, name, mark } = match.groups!;
    if (text !== undefined) found.push({ kind: 'text', text });
    else if (period !== undefined) found.push({ kind: 'period', text: period });
    else if (number !== undefined) found.push({ kind: 'number', text: number });
    else if (quoted !== undefined) found.push({ kind: 'name', text: quoted.slice(1, -1) });
    else if (name !== undefined) found.push({ kind: 'name', text: name });
    else if (mark !== undefined) found.push({ kind: 'mark', text: mark });
  }
  return [...found, { kind: 'end', text: '' }];
}
