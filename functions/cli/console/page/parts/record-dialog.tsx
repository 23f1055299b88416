// A record in full, with the proof that it is sealed.
import { useState } from 'preact/hooks';
import { AUDIT_CODES } from '../../../../../lib/audit/codes.ts';
import type { ProofReply, RecordInFull } from '../../../../../lib/console/messages.ts';
import { ask, useReply } from './api.ts';
import { EffectChip, StateChip } from './chips.tsx';
import { Dialog } from './dialog.tsx';
import { Findings } from './findings.tsx';
import { count, quantity, timeText } from './format.ts';
import { Failed, Loading } from './states.tsx';
import { type ProofAnswer, verifyProof } from './verifier.ts';

export function RecordDialog({ line, onClose }: { readonly line: number; readonly onClose: () => void }) {
  const { value, failure } = useReply<RecordInFull>(`/api/records/${line}`);
  return (
    <Dialog title={`Record in line ${count(line)}`} onClose={onClose}>
      {failure !== undefined && <Failed failure={failure} />}
      {value === undefined && failure === undefined && <Loading what="Reading the record" />}
      {value !== undefined && <InFull record={value} />}
    </Dialog>
  );
}

function InFull({ record: { row, text, findings } }: { readonly record: RecordInFull }) {
  const words = row.effect === 'policy' ? undefined : AUDIT_CODES.get(row.code)?.text;
  return (
    <>
      <p class="line">
        <EffectChip effect={row.effect} /> <StateChip state={row.state} />
      </p>
      <dl class="facts">
        <Fact name="Time (UTC)" text={timeText(row.time)} />
        <Fact name="User" text={row.user} />
        <Fact name="Operation" text={row.operation} />
        <Fact name="Element" text={row.element} />
        <Fact name="Values" text={count(row.values)} />
        <Fact name="Code" text={words === undefined ? String(row.code) : `${row.code}: ${words}`} />
      </dl>
      {findings.length > 0 && <Findings findings={findings} />}
      <Proof line={row.line} />
      <h3>As it was written</h3>
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must be reached by keys */}
      <pre tabIndex={0}>{pretty(text)}</pre>
    </>
  );
}

function Fact({ name, text }: { readonly name: string; readonly text: string }) {
  if (text === '') return null;
  return (
    <div>
      <dt>{name}</dt>
      <dd>{text}</dd>
    </div>
  );
}

type Shown =
  | { readonly why: string }
  | { readonly reply: Extract<ProofReply, { proof: string }>; readonly answer: ProofAnswer };

function Proof({ line }: { readonly line: number }) {
  const [isAsked, setAsked] = useState(false);
  const [shown, setShown] = useState<Shown | undefined>();
  const prove = async (): Promise<void> => {
    setAsked(true);
    const reply = await ask<ProofReply>(`/api/records/${line}/proof`);
    if ('failure' in reply) return setShown({ why: reply.failure.error });
    if ('why' in reply.value) return setShown({ why: reply.value.why });
    setShown({ reply: reply.value, answer: await verifyProof(reply.value.proof, reply.value.keys) });
  };
  return (
    <section aria-label="Proof">
      <h3>Proof</h3>
      {!isAsked && (
        <p>
          <button type="button" onClick={() => void prove()}>
            Prove that it is sealed
          </button>
        </p>
      )}
      {isAsked && shown === undefined && <Loading what="Proving" />}
      <div role="status">{shown !== undefined && <ProofText shown={shown} />}</div>
    </section>
  );
}

function ProofText({ shown }: { readonly shown: Shown }) {
  if ('why' in shown) return <p class="note">{shown.why}</p>;
  const { reply, answer } = shown;
  if (answer.fault !== undefined) {
    return <p class="note refused">The proof does not hold: {answer.fault}</p>;
  }
  return (
    <>
      <p class="note good">
        Proved, and verified by this browser: leaf {count(reply.index)} of {quantity(reply.size, 'record')} under the
        checkpoint
        {reply.time === undefined ? '' : ` of ${timeText(reply.time)} UTC`} of {reply.origin}.
      </p>
      <details>
        <summary>The proof (C2SP tlog-proof)</summary>
        {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- as above */}
        <pre tabIndex={0}>{reply.proof}</pre>
      </details>
    </>
  );
}

function pretty(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}
