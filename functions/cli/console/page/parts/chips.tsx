// Words with a colour. The word says it all: the colour is a help.
import type { Effect, RowState } from '../../../../../lib/console/trail-row.ts';

const EFFECT_CLASS: Readonly<Record<Effect, string>> = {
  protected: 'protected',
  reprotected: 'protected',
  unprotected: 'unprotected',
  checked: 'quiet',
  refused: 'refused',
  withheld: 'refused',
  policy: 'clear',
};

export function EffectChip({ effect }: { readonly effect: Effect }) {
  return <span class={`chip ${EFFECT_CLASS[effect]}`}>{effect}</span>;
}

const STATE_TEXT: Readonly<Record<RowState, string>> = {
  unchecked: 'not checked',
  verified: 'verified',
  unverified: 'not verified',
  repeated: 'a repeat',
  bad: 'rejected',
};
const STATE_CLASS: Readonly<Record<RowState, string>> = {
  unchecked: 'quiet',
  verified: 'good',
  unverified: 'warn',
  repeated: 'quiet',
  bad: 'refused',
};

export function StateChip({ state }: { readonly state: RowState }) {
  return <span class={`chip ${STATE_CLASS[state]}`}>{STATE_TEXT[state]}</span>;
}
