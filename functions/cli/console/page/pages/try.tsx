import { useState } from 'preact/hooks';
import type { PolicyFacts, TryReply, TryRequest } from '../../../../../lib/console/messages.ts';
import { ask, type Reply, useReply } from '../parts/api.ts';
import { Failed, Loading } from '../parts/states.tsx';
import { Table } from '../parts/table.tsx';

const OPERATIONS = ['protect', 'unprotect', 'reprotect'] as const;

export function TryPage() {
  const { value, failure, again } = useReply<PolicyFacts>('/api/policy');
  if (failure !== undefined) return <Failed failure={failure} again={again} />;
  return value === undefined ? <Loading what="Reading the policy" /> : <Trial facts={value} />;
}

function Trial({ facts: { users, elements } }: { readonly facts: PolicyFacts }) {
  const [user, setUser] = useState(users[0] ?? '');
  const [operation, setOperation] = useState<TryRequest['operation']>('protect');
  const [element, setElement] = useState(elements[0]?.name ?? '');
  const [oldElement, setOldElement] = useState(elements[0]?.name ?? '');
  const [text, setText] = useState('');
  const [isBusy, setBusy] = useState(false);
  const [tried, setTried] = useState<
    { readonly values: readonly string[]; readonly reply: Reply<TryReply> } | undefined
  >();
  const values = text.split('\n').filter((line) => line !== '');
  const run = async (): Promise<void> => {
    setBusy(true);
    const request: TryRequest = {
      user,
      operation,
      element,
      values,
      ...(operation === 'reprotect' && { oldElement }),
    };
    const reply = await ask<TryReply>('/api/try', request);
    setTried({ values, reply });
    setBusy(false);
  };
  return (
    <>
      <p>
        Values go through the engine and the policy of the workspace, as a warehouse's would. A user gets here what the
        policy gives, and each trial leaves a record. The console keeps no value.
      </p>
      <form
        class="card try"
        aria-label="Trial"
        onSubmit={(event) => {
          event.preventDefault();
          if (!isBusy && values.length > 0) void run();
        }}
      >
        <div class="filters">
          <label>
            As user
            <input
              list="users"
              required
              value={user}
              autocomplete="off"
              spellcheck={false}
              onInput={(event) => setUser(event.currentTarget.value)}
            />
            <datalist id="users">
              {users.map((each) => (
                <option key={each} value={each} />
              ))}
            </datalist>
          </label>
          <label>
            Operation
            <select
              value={operation}
              onChange={(event) =>
                setOperation(OPERATIONS.find((each) => each === event.currentTarget.value) ?? 'protect')
              }
            >
              {OPERATIONS.map((each) => (
                <option key={each} value={each}>
                  {each}
                </option>
              ))}
            </select>
          </label>
          {operation === 'reprotect' && (
            <ElementChoice name="From element" elements={elements} value={oldElement} onChange={setOldElement} />
          )}
          <ElementChoice
            name={operation === 'reprotect' ? 'To element' : 'Element'}
            elements={elements}
            value={element}
            onChange={setElement}
          />
        </div>
        <label class="block">
          Values, one a line
          <textarea
            rows={4}
            required
            value={text}
            autocomplete="off"
            spellcheck={false}
            onInput={(event) => setText(event.currentTarget.value)}
          />
        </label>
        <p class="line">
          <button type="submit" class="main" disabled={isBusy}>
            {isBusy ? 'At work …' : 'Try it'}
          </button>
        </p>
      </form>
      <div class="outcome" aria-live="polite">
        {tried !== undefined && 'failure' in tried.reply && <Failed failure={tried.reply.failure} />}
        {tried !== undefined && 'value' in tried.reply && (
          <Outcome values={tried.values} reply={tried.reply.value} onUse={setText} />
        )}
      </div>
    </>
  );
}

interface ElementChoiceProps {
  readonly name: string;
  readonly elements: PolicyFacts['elements'];
  readonly value: string;
  readonly onChange: (name: string) => void;
}

function ElementChoice({ name, elements, value, onChange }: ElementChoiceProps) {
  return (
    <label>
      {name}
      <select value={value} onChange={(event) => onChange(event.currentTarget.value)}>
        {elements.map((each) => (
          <option key={each.name} value={each.name}>
            {each.name}
          </option>
        ))}
      </select>
    </label>
  );
}

interface OutcomeProps {
  readonly values: readonly string[];
  readonly reply: TryReply;
  readonly onUse: (text: string) => void;
}

function Outcome({ values, reply: { results, refusal, record }, onUse }: OutcomeProps) {
  return (
    <>
      <section class="card">
        <h2>{results === undefined ? 'Refused' : 'The answer'}</h2>
        {refusal !== undefined && <p class="note refused">{refusal}</p>}
        {results !== undefined && (
          <>
            <Table label="Answers" columns={['Given', 'Answered']}>
              {values.map((value, i) => (
                <tr key={i}>
                  <td class="value">{value}</td>
                  <td class="value">{results[i] ?? <em>null</em>}</td>
                </tr>
              ))}
            </Table>
            <p>
              <button type="button" class="plain" onClick={() => onUse(results.map((value) => value ?? '').join('\n'))}>
                Take the answers as values
              </button>
            </p>
          </>
        )}
      </section>
      <section class="card">
        <h2>The record that it left</h2>
        {record === undefined ? (
          <p>The policy asks for no record of such a request; it is counted in a summary.</p>
        ) : (
          // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must be reached by keys
          <pre tabIndex={0}>{JSON.stringify(JSON.parse(record), null, 2)}</pre>
        )}
      </section>
    </>
  );
}
