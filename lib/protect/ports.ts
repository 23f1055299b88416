// What protection needs of the world besides a policy and a trail: a place where counts outlive an environment.

/**
 * Small objects by key, for all environments of a deployment. A method that fails rejects with a `ProtectorError`, in bounded
 * time.
 */
export interface BudgetStore {
  get(key: string): Promise<{ readonly body: Uint8Array; readonly tag: string } | undefined>;
  /**
   * Resolves to the object's tag once it is durable. Rejects with `STORE_CONFLICT` when it would replace another object than
   * `expected` names; it may do so, too, for a write of the same call that succeeded and whose reply was lost.
   */
  put(key: string, body: Uint8Array, expected: { readonly tag: string } | 'absent'): Promise<string>;
}
