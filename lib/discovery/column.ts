// A column as discovery sees it: its name, its type, and a sample of its values.

/** A distinct value of a sample and the number of rows that have it. */
export type Tally = readonly [value: string, rows: number];

export interface SampledColumn {
  readonly name: string;
  /** DuckDB's own spelling, such as `VARCHAR` or `DECIMAL(10,2)`. */
  readonly type: string;
  /** Rows of the sample, NULL included. */
  readonly rows: number;
  /** The distinct values with their rows. NULL is none of them. */
  readonly values: readonly Tally[];
}

/** A table, or the result of a query. */
export interface SampledTable {
  readonly name: string;
  readonly columns: readonly SampledColumn[];
}

/** Texts that stand for "no value", lower-cased: they count for no kind and against none. */
const PLACEHOLDERS: ReadonlySet<string> = new Set(
  '- -- --- . ? n/a na n.a. #n/a nan null none nil unknown unbekannt inconnu desconocido sconosciuto onbekend okänd ukjent nieznany неизвестно 不明 未知 k.a. tbd missing (null) (none)'.split(
    ' ',
  ),
);

/** Returns the values that say something: trimmed, without empty texts and placeholders. */
export function tellingValues({ values }: SampledColumn): Tally[] {
  return values.flatMap(([value, rows]): Tally[] => {
    const text = value.trim();
    return text === '' || PLACEHOLDERS.has(text.toLowerCase()) ? [] : [[text, rows]];
  });
}
