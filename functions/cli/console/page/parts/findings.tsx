// What the verifier found, each with its place.
import type { EvidenceFinding } from '../../../../../lib/evidence/verify-evidence.ts';
import { count } from './format.ts';
import { Table } from './table.tsx';

interface FindingsProps {
  readonly findings: readonly EvidenceFinding[];
  /** How many there are, where not all are shown. */
  readonly total?: number;
}

export function Findings({ findings, total = findings.length }: FindingsProps) {
  return (
    <>
      <Table label="Findings" columns={['Finding', 'Where', 'What']} kind="findings">
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
      </Table>
      {total > findings.length && <p class="muted">… and {count(total - findings.length)} more.</p>}
    </>
  );
}

function placeOf({ where, place, line, leaf, path }: EvidenceFinding): string {
  if (place !== undefined) return place;
  if (path !== undefined) return path;
  if (line !== undefined) return `line ${count(line)} of the records`;
  if (leaf !== undefined) return `leaf ${count(leaf)} of the log`;
  return where;
}
