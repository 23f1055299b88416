import { stringify } from 'csv-stringify/sync';

/** A value of a cell. */
export type CsvValue = string | number | bigint | boolean | null;

/** A cell that begins so is a formula to a spreadsheet (OWASP, "CSV Injection"); the wide forms count as the narrow ones. */
const FORMULA = /^[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]/;

/**
 * Formats rows as RFC 4180: NULL is an empty field, an empty text is `""`. A text that a spreadsheet would run as a formula begins
 * with an apostrophe, which spreadsheets do not show. Numbers stay as they are. JSON output is exact.
 */
export function csvLines(rows: readonly (readonly CsvValue[])[]): string {
  const harmless = rows.map((row) => {
    return row.map((value) => (typeof value === 'string' && FORMULA.test(value) ? `'${value}` : value));
  });
  return stringify(harmless, { quoted_match: /^$/, cast: { boolean: String } });
}
