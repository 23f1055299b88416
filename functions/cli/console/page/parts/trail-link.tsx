// A link to records in the list. A report as one file has no list, and shows the text alone.
import type { ComponentChildren } from 'preact';

interface TrailLinkProps {
  /** Parameters of the filter. */
  readonly filter: Readonly<Record<string, string>>;
  readonly children: ComponentChildren;
}

export function TrailLink({ filter, children }: TrailLinkProps) {
  if (document.getElementById('data') !== null) return <>{children}</>;
  return <a href={`#/trail?${new URLSearchParams(filter)}`}>{children}</a>;
}
