import { useState } from 'preact/hooks';
import {
  MATRIX_OPERATIONS,
  type MatrixOperation,
  type PolicyChanges,
  type PolicyFacts,
  type PolicyReason,
  type PolicyTestResults,
} from '../../../../../lib/console/messages.ts';
import { useReply } from '../parts/api.ts';
import { Dialog } from '../parts/dialog.tsx';
import { count, quantity } from '../parts/format.ts';
import { Failed, Loading } from '../parts/states.tsx';
import { Table } from '../parts/table.tsx';

export function PolicyPage() {
  const { value, failure, again } = useReply<PolicyFacts>('/api/policy');
  if (failure !== undefined) return <Failed failure={failure} again={again} />;
  if (value === undefined) return <Loading what="Deciding for every user and element" />;
  return (
    <>
      <p class="muted">
        {value.name}, version {value.version}, for the data store {value.dataStore}
      </p>
      <Matrix facts={value} />
      <StaysClear facts={value} />
      <Changes facts={value} />
      <Tests />
    </>
  );
}

interface Cell {
  readonly user: string;
  readonly element: string;
}

function Matrix({ facts }: { readonly facts: PolicyFacts }) {
  const [operation, setOperation] = useState<MatrixOperation>('Unprotect');
  const [wanted, setWanted] = useState('');
  const [open, setOpen] = useState<Cell | undefined>();
  const { users, elements, stranger, moreUsers } = facts;
  const rows = [...users, stranger].map((user, i) => ({ user, cells: facts.cells[operation][i]! }));
  const shown = rows.filter(({ user }) => user.toLowerCase().includes(wanted.toLowerCase()));
  return (
    <section class="card">
      <h2>Who gets what</h2>
      <div class="filters">
        <fieldset class="choice">
          <legend>Operation</legend>
          {MATRIX_OPERATIONS.map((each) => (
            <label key={each}>
              <input type="radio" name="operation" checked={each === operation} onChange={() => setOperation(each)} />
              {each}
            </label>
          ))}
        </fieldset>
        <label>
          User
          <input type="search" value={wanted} onInput={(event) => setWanted(event.currentTarget.value)} />
        </label>
      </div>
      <Table label="Users and elements" columns={['User', ...elements.map(({ name }) => name)]} frame="matrix">
        {shown.map(({ user, cells }) => (
          <tr key={user}>
            <th scope="row">{user === stranger ? 'everyone else' : user}</th>
            {cells.map(({ kind, answer }, i) => {
              const element = elements[i]!.name;
              const word = kind === 'clear' && operation !== 'Unprotect' ? 'allowed' : kind;
              const said = answer === word ? word : `${word}, ${answer}`;
              return (
                <td key={element}>
                  <button
                    type="button"
                    class={`answer ${kind}`}
                    title={answer}
                    aria-label={`${user === stranger ? 'everyone else' : user}, ${element}: ${said}. Why?`}
                    onClick={() => setOpen({ user, element })}
                  >
                    {word}
                  </button>
                </td>
              );
            })}
          </tr>
        ))}
      </Table>
      {shown.length === 0 && <p>No user like that.</p>}
      {moreUsers > 0 && <p class="muted">… and {quantity(moreUsers, 'more user')}.</p>}
      <p class="muted">Choose an answer to see why.</p>
      {open !== undefined && <Why cell={open} stranger={stranger} onClose={() => setOpen(undefined)} />}
    </section>
  );
}

interface WhyProps {
  readonly cell: Cell;
  readonly stranger: string;
  readonly onClose: () => void;
}

function Why({ cell: { user, element }, stranger, onClose }: WhyProps) {
  const query = new URLSearchParams({ user, element });
  const { value, failure } = useReply<PolicyReason>(`/api/policy/why?${query}`);
  return (
    <Dialog title={`${user === stranger ? 'Everyone else' : user} and ${element}`} onClose={onClose}>
      {failure !== undefined && <Failed failure={failure} />}
      {value === undefined && failure === undefined && <Loading what="Asking the policy" />}
      {value !== undefined && (
        <>
          <Table label="Answers" columns={['Operation', 'Answer', 'Because']}>
            {value.operations.map(({ operation, answer, because }) => (
              <tr key={operation}>
                <th scope="row">{operation}</th>
                <td>{answer}</td>
                <td class="words">{because}</td>
              </tr>
            ))}
          </Table>
          <h3>Roles</h3>
          {value.roles.length === 0 ? (
            <p>No role speaks for this user.</p>
          ) : (
            <Table label="Roles" columns={['Role', 'Speaks for the user', 'Says']}>
              {value.roles.map(({ role, because, says }) => (
                <tr key={role}>
                  <th scope="row">{role}</th>
                  <td class="words">{because}</td>
                  <td class="words">{says}</td>
                </tr>
              ))}
            </Table>
          )}
        </>
      )}
    </Dialog>
  );
}

function StaysClear({ facts: { elements } }: { readonly facts: PolicyFacts }) {
  return (
    <section class="card">
      <h2>What stays clear</h2>
      <Table label="What stays clear" columns={['Element', 'Type', 'Stays clear in a protected value', 'Description']}>
        {elements.map(({ name, type, clearParts, description }) => (
          <tr key={name}>
            <th scope="row">{name}</th>
            <td>{type}</td>
            <td class="words">{clearParts.length === 0 ? 'nothing' : clearParts.join('; ')}</td>
            <td class="words">{description}</td>
          </tr>
        ))}
      </Table>
    </section>
  );
}

const EFFECT_WORDS = {
  widens: 'more access',
  narrows: 'less access',
  unreadable: 'unreadable',
  neutral: 'neither',
} as const;
const EFFECT_CLASS = { widens: 'unprotected', narrows: 'protected', unreadable: 'refused', neutral: 'quiet' } as const;

function Changes({ facts: { versions, version } }: { readonly facts: PolicyFacts }) {
  const [from, setFrom] = useState(version);
  const [to, setTo] = useState('file');
  const { value, failure } = useReply<PolicyChanges>(`/api/policy/diff?${new URLSearchParams({ from, to })}`);
  const choices = ['file', ...versions];
  const textOf = (each: string): string => {
    if (each === 'file') return 'the policy file';
    return each === version ? `version ${each}, in force` : `version ${each}`;
  };
  return (
    <section class="card">
      <h2>What changed</h2>
      <div class="filters">
        {(
          [
            ['From', from, setFrom],
            ['To', to, setTo],
          ] as const
        ).map(([name, chosen, choose]) => (
          <label key={name}>
            {name}
            <select value={chosen} onChange={(event) => choose(event.currentTarget.value)}>
              {choices.map((each) => (
                <option key={each} value={each}>
                  {textOf(each)}
                </option>
              ))}
            </select>
          </label>
        ))}
      </div>
      {failure !== undefined && <Failed failure={failure} />}
      {value === undefined && failure === undefined && <Loading what="Comparing" />}
      {value?.changes.length === 0 && <p>Both say the same.</p>}
      {value !== undefined && value.changes.length > 0 && (
        <ul class="changes">
          {value.changes.map(({ effect, text }, i) => (
            <li key={i}>
              <span class={`chip ${EFFECT_CLASS[effect]}`}>{EFFECT_WORDS[effect]}</span> {text}
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

function Tests() {
  const { value, failure, again } = useReply<PolicyTestResults>('/api/policy/tests');
  return (
    <section class="card">
      <h2>Tests of the policy file</h2>
      {failure !== undefined && <Failed failure={failure} again={again} />}
      {value === undefined && failure === undefined && <Loading what="Running the tests" />}
      {value?.tests.length === 0 && (
        <p>
          There is no file <code>*.tests.yaml</code> beside the policy: <code>protector init</code> writes one to begin
          with.
        </p>
      )}
      {value !== undefined && value.tests.length > 0 && <TestList results={value} />}
    </section>
  );
}

function TestList({ results: { tests, granted, touched } }: { readonly results: PolicyTestResults }) {
  const failed = tests.filter(({ failure }) => failure !== undefined).length;
  return (
    <>
      <p class={`note ${failed === 0 ? 'good' : 'refused'}`}>
        {failed === 0
          ? `All ${count(tests.length)} tests pass`
          : `${count(failed)} of ${quantity(tests.length, 'test')} fail`}
        ; {count(touched)} of {quantity(granted, 'grant')} touched
      </p>
      <ul class="tests">
        {tests.map(({ text, place, failure }, i) => (
          <li key={i}>
            <span class={`chip ${failure === undefined ? 'good' : 'refused'}`}>
              {failure === undefined ? 'pass' : 'fail'}
            </span>{' '}
            <span>{text}</span> <span class="muted">{place}</span>
            {failure !== undefined && (
              <dl class="facts">
                <div>
                  <dt>Expected</dt>
                  <dd>{failure.expected}</dd>
                </div>
                <div>
                  <dt>Gives</dt>
                  <dd>{failure.gives}</dd>
                </div>
                {failure.because !== undefined && (
                  <div>
                    <dt>Because</dt>
                    <dd>{failure.because}</dd>
                  </div>
                )}
              </dl>
            )}
          </li>
        ))}
      </ul>
    </>
  );
}
