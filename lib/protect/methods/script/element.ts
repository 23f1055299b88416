import type { ElementOf } from '../../../policy/schema.ts';
import { writePoint } from '../../columns/code-points.ts';
import { normalizeColumn } from '../../columns/normal-form.ts';
import { refuseValue } from '../../refusal.ts';
import { ivBytes } from '../../tweak.ts';
import type { Method, MethodContext } from '../method.ts';
import { textMethod } from '../text-method.ts';
import { kindTables } from '../../../policy/kinds.ts';
import { NarrowKinds, rankAmongAll } from './narrow-kinds.ts';
import { PatternCache } from './pattern-cache.ts';
import { scanScript } from './scan.ts';
import { ScriptCipher, type ScriptRow } from './script-cipher.ts';

/**
 * Compiles an element whose tokens keep script and width: each letter, digit and mark becomes another of its kind
 * (script, area of code points, case, length in UTF-8), in its place. Tokens equal their own NFC form. A value of fewer
 * than a million combinations is short; one without any letter, digit or mark stays as it is, unless short data is an
 * error.
 */
export function compileScript(element: ElementOf<'unicode-script'>, context: MethodContext): Method {
  const { shortData, externalIV, maxLength, normalize } = element;
  const cipher = new ScriptCipher(context);
  const tables = kindTables();
  const { points, starts } = tables;
  const narrow = new NarrowKinds(tables);
  const patterns = new PatternCache(narrow);
  return textMethod((direction, given, externalIv) => {
    patterns.use(ivBytes(externalIv, externalIV));
    const text = normalizeColumn(given, normalize);
    const scan = scanScript(direction, text, tables, narrow, maxLength);
    const rows: ScriptRow[] = [];
    let weakCount = 0;
    let clearCount = 0;
    for (let row = 0, from = 0; row < text.ends.length; row++) {
      const to = text.ends[row]!;
      const isEmpty = to === from;
      from = to;
      if (isEmpty) continue;
      const pattern = patterns.patternOf(scan, row);
      const isShort = pattern === undefined || pattern.domain.isWeak;
      if (isShort && shortData === 'error') refuseValue('INPUT_TOO_SHORT', { row, detail: TOO_FEW });
      if (pattern === undefined || (isShort && shortData !== 'weak-token')) {
        clearCount++;
        continue;
      }
      if (isShort) weakCount++;
      rows.push({ pattern, at: scan.starts[row]! });
    }
    cipher.permute(direction, rows, scan.ranks);
    for (const { pattern, at } of rows) {
      for (let i = 0; i < pattern.kinds.length; i++) {
        const rank = scan.ranks[at + i]!;
        const kind = narrow.of(pattern.kinds[i]!);
        const member =
          kind === undefined ? starts[pattern.kinds[i]!]! + rank : starts[kind.kind]! + rankAmongAll(kind, rank);
        writePoint(text.units, scan.places[at + i]!, points[member]!);
      }
    }
    return { text, weakCount, clearCount };
  });
}

const TOO_FEW = 'its letters and digits have fewer than a million combinations';
