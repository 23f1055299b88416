// Dates as people and programs write them.

export interface WrittenDate {
  readonly year: number;
  /** The first two numbers of a date that ends with its year. */
  readonly ends?: readonly [first: number, second: number];
  readonly separator: string;
  readonly hasTime: boolean;
}

const YEAR_FIRST = /^(\d{4})([-/.])(\d{1,2})\2(\d{1,2})(?:([T ])\d{1,2}:\d{2}.*)?$/i;
const YEAR_LAST = /^(\d{1,2})([-/.])(\d{1,2})\2(\d{4})(?:([T ,])\s*\d{1,2}:\d{2}.*)?$/i;

/** `Jun 12, 1998`, `12. Juni 1998`, `12-JUN-1998`: with the name of the month in any language. */
const NAMED_MONTH = /^(?:\p{L}{3,12}\.? (\d{1,2}),? (\d{4})|(\d{1,2})\.?[ -]\p{L}{3,12}\.?[ -](\d{4}))$/u;

/** Reads a date, perhaps with a time. Undefined for any other text. */
export function readDate(value: string): WrittenDate | undefined {
  if (value.length > 40) return undefined;
  const first = YEAR_FIRST.exec(value);
  if (first !== null) {
    const [, year, separator, month, day, time] = first;
    if (!isDay(Number(month), Number(day))) return undefined;
    return { year: Number(year), separator: separator!, hasTime: time !== undefined };
  }
  const last = YEAR_LAST.exec(value);
  if (last === null) return readNamedMonth(value);
  const [one, two] = [Number(last[1]), Number(last[3])];
  if (!isDay(one, two) && !isDay(two, one)) return undefined;
  return { year: Number(last[4]), ends: [one, two], separator: last[2]!, hasTime: last[5] !== undefined };
}

function readNamedMonth(value: string): WrittenDate | undefined {
  const [, day, year, firstDay, lastYear] = NAMED_MONTH.exec(value) ?? [];
  const number = Number(day ?? firstDay);
  if (!(number >= 1 && number <= 31)) return undefined;
  return { year: Number(year ?? lastYear), separator: ' ', hasTime: false };
}

function isDay(month: number, day: number): boolean {
  return month >= 1 && month <= 12 && day >= 1 && day <= 31;
}
