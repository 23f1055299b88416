// One GET of a document that an external service publishes.
import { exchangeWith, type Reply, type Target } from './exchange.ts';

/** Returns a function that gets the target; see `exchangeWith`. */
export function getFrom(target: Target): () => Promise<Reply> {
  const exchange = exchangeWith('GET', target);
  return () => exchange();
}
