// What the witnesses of a policy have seen, in words.
import type { EvidenceReport } from '../../../../../lib/evidence/verify-evidence.ts';
import { count, quantity } from './format.ts';

/** `2 of 3 have cosigned; a quorum up to 1,200 records` */
export function witnessText({ witnesses, witnessed }: NonNullable<EvidenceReport['witnesses']>): string {
  const seen = witnesses.filter(({ checkpoints }) => checkpoints > 0).length;
  const quorum = witnessed === undefined ? 'no quorum yet' : `a quorum up to ${quantity(witnessed.size, 'record')}`;
  return `${count(seen)} of ${count(witnesses.length)} have cosigned; ${quorum}`;
}
