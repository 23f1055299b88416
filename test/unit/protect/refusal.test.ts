import { expect, test } from '@jest/globals';
import { RefusedError } from '../../../lib/protect/refusal.ts';
import { refusals } from '../../support/refusals.ts';

test.each(refusals())('$code has audit code $auditCode and the text that clients know', ({ code, auditCode, text }) => {
  const refusal = new RefusedError(code, { word: 'Basic' });
  expect(refusal.auditCode).toBe(auditCode);
  expect(refusal.canonicalText).toBe(text ?? refusal.canonicalText);
  expect(refusal.canonicalText).not.toBe('');
});
