import { MAX_TWEAK, sharedTweak, writeTweak } from '../../tweak.ts';
import type { Scan } from './scan.ts';
import type { ColumnText } from '../../columns/column-text.ts';

/** One tweak for the whole column, or one for each tokenized row, in a slot of `MAX_TWEAK` bytes. */
export type ColumnTweaks =
  | { readonly shared: Uint8Array; readonly slots?: undefined; readonly lengths?: undefined }
  | { readonly shared?: undefined; readonly slots: Uint8Array; readonly lengths: Uint8Array };

/** Makes the tweaks of scanned values: the parts outside a row's window, and the IV. */
export function columnTweaks(
  { units, ends }: ColumnText,
  { from, to, starts }: Scan,
  clearParts: { readonly fromLeft: number; readonly fromRight: number },
  iv: Uint8Array,
): ColumnTweaks {
  if (clearParts.fromLeft === 0 && clearParts.fromRight === 0) return { shared: sharedTweak(iv) };
  const rows = ends.length;
  const slots = new Uint8Array(rows * MAX_TWEAK);
  const lengths = new Uint8Array(rows);
  for (let row = 0, rowFrom = 0; row < rows; row++) {
    const rowTo = ends[row]!;
    if (starts[row] !== starts[row + 1]) {
      lengths[row] = writeTweak(slots, row * MAX_TWEAK, units, rowFrom, from[row]!, to[row]!, rowTo, iv);
    }
    rowFrom = rowTo;
  }
  return { slots, lengths };
}
