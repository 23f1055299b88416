// What the verifier found, each with its place.
import type { EvidenceFinding } from '../../../../../lib/evidence/verify-evidence.ts';
import { count } from './format.ts';

interface FindingsProps {
  readonly findings: readonly EvidenceFinding[];
  /** How many there are, where not all are shown. */
  readonly total?: number;
}

export function Findings({ findings, total = findings.length }: FindingsProps) {
  return (
    <div class="scroll" tabIndex={0} role="group" aria-label="Findings">
      <table class="findings">
        <thead>
          <tr>
            <th scope="col">Finding</th>
            <th scope="col">Where</th>
            <th scope="col">What</th>
          </tr>
        </thead>
        <tbody>
          {findings.map((finding, i) => (
            <tr key={i}>
              <td>
                <span
                  class={`chip ${finding.note === true ? 'quiet' : finding.kind === 'unverified' ? 'warn' : 'refused'}`}
                >
                  {finding.kind}
                </span>
              </td>
              <td>{placeOf(finding)}</td>
              <td>{finding.detail}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {total > findings.length && <p class="muted">… and {count(total - findings.length)} more.</p>}
    </div>
  );
}

function placeOf({ where, place, line, leaf, path }: EvidenceFinding): string {
  if (place !== undefined) return place;
  if (path !== undefined) return path;
  if (line !== undefined) return `line ${count(line)} of the records`;
  if (leaf !== undefined) return `leaf ${count(leaf)} of the log`;
  return where;
}
