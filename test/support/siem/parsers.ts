// Parses a line in Common Event Format by the rules of the format alone.

export interface CefEvent {
  /** Version, vendor, product, version of the product, class id, name, severity. */
  readonly header: readonly string[];
  readonly extension: Readonly<Record<string, string>>;
}

/** Parses one event. Throws unless the line is exactly one well-formed event. */
export function parseCef(line: string): CefEvent {
  if (/[\r\n\0]/.test(line)) throw new Error('more than one line');
  const fields: string[] = [];
  let field = '';
  let at = 0;
  for (; at < line.length && fields.length < 7; at++) {
    if (line[at] === '\\') field += line[++at];
    else if (line[at] === '|') {
      fields.push(field);
      field = '';
    } else field += line[at];
  }
  if (fields.length !== 7 || fields[0] !== 'CEF:0') throw new Error('not seven fields');
  const extension: Record<string, string> = {};
  // A key is letters and digits before an unescaped equals sign.
  const keys = [...line.slice(at).matchAll(/(?:^| )([A-Za-z0-9]+)=/g)];
  for (const [i, key] of keys.entries()) {
    const from = key.index + key[0].length;
    const value = line.slice(at).slice(from, keys[i + 1]?.index);
    const [name = ''] = key.slice(1);
    if (name in extension) throw new Error(`${name} is there twice`);
    extension[name] = value.replaceAll(/\\([\\=nr])/g, (_, character: string) => ESCAPES[character] ?? character);
  }
  return { header: fields, extension };
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r' };
