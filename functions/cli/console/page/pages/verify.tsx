import { useEffect, useRef, useState } from 'preact/hooks';
import type { EvidenceReport } from '../../../../../lib/evidence/verify-evidence.ts';
import { Findings } from '../parts/findings.tsx';
import { count, quantity, timeText } from '../parts/format.ts';
import { witnessText } from '../parts/witnesses.ts';
import { Failed, Loading } from '../parts/states.tsx';
import { verify } from '../parts/verifier.ts';
import type { GivenFile, Taken, VerifierAnswer } from '../verify-worker.ts';

export function VerifyPage() {
  const [files, setFiles] = useState<readonly GivenFile[]>([]);
  const [isExcerpt, setExcerpt] = useState(false);
  const [isOver, setOver] = useState(false);
  const [answer, setAnswer] = useState<VerifierAnswer | undefined>();
  useEffect(() => {
    setAnswer(undefined);
    if (files.length === 0) return undefined;
    let isGone = false;
    const { answer: promised, cancel } = verify({ do: 'files', files, isExcerpt });
    const show = async (): Promise<void> => {
      const found = await promised;
      if (!isGone) setAnswer(found);
    };
    void show();
    return () => {
      isGone = true;
      cancel();
    };
  }, [files, isExcerpt]);
  // A file that is dropped again replaces the one of the same path.
  const add = (more: readonly GivenFile[]): void =>
    setFiles((before) => [...new Map([...before, ...more].map((each) => [each.path, each])).values()]);
  return (
    <>
      <p>
        Drop records, their log (the whole folder), a proof or a receipt, and the list of public keys; also the policy
        that names the witnesses, and certificates (PEM) of the timestamp authorities that you trust. This browser
        verifies them with the code of <code>protector audit verify</code>, and sends nothing anywhere.
      </p>
      <section
        class={`drop ${isOver ? 'over' : ''}`}
        aria-label="Files to verify"
        onDragOver={(event) => {
          event.preventDefault();
          setOver(true);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={(event) => {
          event.preventDefault();
          setOver(false);
          void filesOfDrop(event.dataTransfer).then(add);
        }}
      >
        <p>
          <strong>Drop files here</strong>, or
        </p>
        <p class="line">
          <Chooser text="Choose files" isFolder={false} onChoose={add} />
          <Chooser text="Choose a folder" isFolder onChoose={add} />
        </p>
        <label class="check">
          <input type="checkbox" checked={isExcerpt} onChange={(event) => setExcerpt(event.currentTarget.checked)} />
          The records are an excerpt: others of the log may be absent
        </label>
        <p class="muted">
          {files.length === 0 ? 'Nothing was dropped yet.' : `${quantity(files.length, 'file')} given. `}
          {files.length > 0 && (
            <button type="button" class="plain" onClick={() => setFiles([])}>
              Start anew
            </button>
          )}
        </p>
      </section>
      <div class="outcome" aria-live="polite">
        {files.length > 0 && answer === undefined && <Loading what="Verifying" />}
        {answer?.is === 'failed' && (
          <Failed failure={{ error: answer.why, next: 'Start anew, and drop the files as they were exported.' }} />
        )}
        {answer?.is === 'report' && <Result taken={answer.taken} report={answer.report} />}
      </div>
    </>
  );
}

interface ChooserProps {
  readonly text: string;
  readonly isFolder: boolean;
  readonly onChoose: (files: readonly GivenFile[]) => void;
}

function Chooser({ text, isFolder, onChoose }: ChooserProps) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <button type="button" onClick={() => input.current?.click()}>
        {text}
      </button>
      <input
        ref={input}
        type="file"
        class="unseen"
        tabIndex={-1}
        aria-label={text}
        multiple
        {...(isFolder && { webkitdirectory: true })}
        onChange={(event) => {
          const chosen = [...(event.currentTarget.files ?? [])];
          onChoose(chosen.map((file) => ({ path: file.webkitRelativePath || file.name, file })));
          event.currentTarget.value = '';
        }}
      />
    </>
  );
}

const MOST_FINDINGS = 500;

function Result({ taken, report }: { readonly taken: Taken; readonly report: EvidenceReport | undefined }) {
  const wrong = report?.findings.filter(({ note }) => note !== true) ?? [];
  const notes = report?.findings.filter(({ note }) => note === true) ?? [];
  const isOnlyUnverified = wrong.every(({ kind }) => kind === 'unverified');
  const tone = report?.valid === true ? 'good' : isOnlyUnverified ? 'warn' : 'refused';
  const headline = report?.valid === true ? 'Intact' : isOnlyUnverified ? 'Not verified in whole' : 'Not intact';
  return (
    <>
      {report !== undefined && (
        <section class={`card verdict ${tone}`} aria-labelledby="result">
          <span class="mark" aria-hidden="true">
            {tone === 'good' ? '✓' : tone === 'warn' ? '?' : '✗'}
          </span>
          <div>
            <h2 id="result">{headline}</h2>
            <p>
              {quantity(report.records, 'record')} in {quantity(report.chains, 'chain')}.{' '}
              {report.checksumsVerified
                ? 'Each checksum was checked.'
                : 'No record key was given: the log alone can show that a record is authentic.'}{' '}
              {report.log === undefined
                ? 'No log was given: an end that was cut off cannot be seen.'
                : logText(report.log)}
            </p>
            <Seals taken={taken} report={report} />
            {wrong.length > 0 && <Findings findings={wrong.slice(0, MOST_FINDINGS)} total={wrong.length} />}
            {notes.length > 0 && (
              <details>
                <summary>{quantity(notes.length, 'note')}, no sign of tampering</summary>
                <Findings findings={notes.slice(0, MOST_FINDINGS)} total={notes.length} />
              </details>
            )}
          </div>
        </section>
      )}
      {taken.proofs.map(({ path, fault, says }) => (
        <section key={path} class={`card verdict ${fault === undefined ? 'good' : 'refused'}`} aria-label={path}>
          <span class="mark" aria-hidden="true">
            {fault === undefined ? '✓' : '✗'}
          </span>
          <div>
            <h2>{fault === undefined ? 'The proof holds' : 'The proof does not hold'}</h2>
            <p>
              {path}
              {says === undefined ? '' : `: ${says}`}
              {fault === undefined ? '' : `. ${fault}`}
            </p>
          </div>
        </section>
      ))}
      <Given taken={taken} />
    </>
  );
}

function logText({ checkpoints, newest }: NonNullable<EvidenceReport['log']>): string {
  const last =
    newest === undefined ? 'none of them fits its tree' : `the newest covers ${quantity(newest.size, 'record')}`;
  const time = newest?.time === undefined ? '' : `, of ${timeText(newest.time * 1000)} UTC`;
  return `The log has ${quantity(checkpoints, 'checkpoint')}; ${last}${time}.`;
}

/** Says what others have sealed of the log, and what of it was not checked. */
function Seals({ taken, report }: { readonly taken: Taken; readonly report: EvidenceReport }) {
  if (report.log === undefined) return null;
  return (
    <ul class="seals">
      <li>{cosignaturesText(taken, report)}</li>
      <li>{timestampsText(taken)}</li>
      <li>
        Not checked: that the {taken.authorities.length > 0 ? 'keys and certificates' : 'keys'} that you dropped are the
        right ones. Take them from a source that you trust.
      </li>
    </ul>
  );
}

function cosignaturesText({ cosignatures }: Taken, { witnesses }: EvidenceReport): string {
  if (witnesses !== undefined) return `Witnesses: ${witnessText(witnesses)}. Each cosignature was checked.`;
  if (cosignatures === 0) return 'Witnesses: the log holds no cosignature.';
  return `Witnesses: cosignatures of ${quantity(cosignatures, 'checkpoint')} were not checked: drop the policy that names the witnesses.`;
}

function timestampsText({ timestamps, authorities }: Taken): string {
  const stamped = `timestamps of ${quantity(timestamps, 'checkpoint')}`;
  if (authorities.length > 0) {
    return `Timestamps: ${stamped} were checked against the certificates. Not checked: whether a certificate was revoked, because this browser asks no one.`;
  }
  if (timestamps === 0) return 'Timestamps: the log holds none.';
  return `Timestamps: ${stamped} were not checked: drop certificates of the authorities (PEM).`;
}

function Given({ taken }: { readonly taken: Taken }) {
  const rows: readonly (readonly [string, string])[] = [
    ['Records', taken.records.join(', ')],
    ['Objects of the log', taken.log === 0 ? '' : count(taken.log)],
    ['List of public keys', taken.keys.join(', ')],
    ['Record keys', taken.recordKeys.join(', ')],
    ['Witness policy', taken.policies.join(', ')],
    ['Certificates of authorities', taken.authorities.join(', ')],
    ['Not used', taken.ignored.join(', ')],
  ];
  return (
    <section class="card">
      <h2>What was given</h2>
      <dl class="facts">
        {rows.map(([name, text]) =>
          text === '' ? null : (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{text}</dd>
            </div>
          ),
        )}
      </dl>
    </section>
  );
}

/** Returns the files of a drop, those in folders too. */
async function filesOfDrop(transfer: DataTransfer | null): Promise<readonly GivenFile[]> {
  // Both must be taken before the event is over. A file that no disk holds has no entry.
  const items = [...(transfer?.items ?? [])].map((item) => [item.webkitGetAsEntry(), item.getAsFile()] as const);
  const found = await Promise.all(
    items.map(async ([entry, file]) => {
      if (entry !== null) return filesBelow(entry);
      return file === null ? [] : [{ path: file.name, file }];
    }),
  );
  return found.flat();
}

async function filesBelow(entry: FileSystemEntry): Promise<readonly GivenFile[]> {
  const path = entry.fullPath.replace(/^\//, '');
  if (entry.isFile) {
    const file = await new Promise<File>((resolve, reject) => (entry as FileSystemFileEntry).file(resolve, reject));
    return [{ path, file }];
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  const children: FileSystemEntry[] = [];
  for (;;) {
    // A reader gives a hundred at a time, and none at the end.
    const more = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (more.length === 0) break;
    children.push(...more);
  }
  const found = await Promise.all(children.map((child) => filesBelow(child)));
  return found.flat();
}
