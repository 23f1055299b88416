// What refusals mean. A sink that takes some parcels and refuses others names bad parcels. A sink that takes nothing and
// refuses everything alike has a wrong setting (an alias without a write index, an encoding that it does not read), and
// its parcels wait until the setting is mended.

interface Refused {
  readonly kind: 'retry' | 'config' | 'data';
  readonly reason: string;
}

type Judged<One extends Refused> = Omit<One, 'kind'> & Pick<Refused, 'kind'> & { readonly afterMs?: number };

/** Refusals alike in a row that prove as much as any larger number: the others need no call of their own. */
const ENOUGH = 32;
/** How long a refused parcel waits for a second one to compare it with. */
const COMPANY_AFTER_MS = 60_000;

/**
 * Judges parcels that a sink refused while it took nothing. Different refusals are about the parcels (`data`). Two or
 * more alike are about a setting (`config`). One alone proves neither: it waits (`retry`), and is judged beside the
 * parcels that come after it.
 */
export function judgedAlone<One extends Refused>(refused: readonly One[]): readonly Judged<One>[] {
  if (!areAlike(refused)) return refused;
  if (refused.length > 1) return refused.map((one) => ({ ...one, kind: 'config' }));
  return refused.map((one) => ({ ...one, kind: 'retry', afterMs: COMPANY_AFTER_MS }));
}

/** Tests whether these refusals, with nothing taken beside them, make further calls pointless. */
export function areEnough(refused: readonly Refused[]): boolean {
  return refused.length >= ENOUGH && areAlike(refused);
}

function areAlike(refused: readonly Refused[]): boolean {
  return refused.every(({ reason }) => reason === refused[0]?.reason);
}
