import { Ff1 } from '../../crypto/ff1.ts';
import { SmallPermutation } from '../../crypto/small-permutation.ts';
import type { MethodContext } from './method.ts';

/** Makes FF1 under the element's key `ff1`, which is destroyed as soon as the cipher has copied it. */
export function elementFf1({ key }: Pick<MethodContext, 'key'>): Ff1 {
  using secret = key('ff1');
  return new Ff1(secret.expose());
}

/** Makes the permutation of small domains under the element's key `perm`, which is destroyed likewise. */
export function elementPermutation({ key }: Pick<MethodContext, 'key'>): SmallPermutation {
  using secret = key('perm');
  return new SmallPermutation(secret.expose());
}
