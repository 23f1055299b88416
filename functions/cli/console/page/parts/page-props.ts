import type { Progress } from '../../../../../lib/console/messages.ts';

/** What every page gets. */
export interface PageProps {
  /** How far the server is. */
  readonly progress: Progress | undefined;
  /** What follows the page's name in the address. */
  readonly parameters: URLSearchParams;
}
