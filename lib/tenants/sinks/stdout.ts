import { nothing, sinkKind } from './kind.ts';

export const stdout = sinkKind('stdout', {
  members: {},
  secrets: {},
  check: nothing,
  lint: nothing,
  place: () => '',
  laptopOnly: true,
});
