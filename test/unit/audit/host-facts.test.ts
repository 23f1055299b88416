import { hostname } from 'node:os';
import { isIPv4 } from 'node:net';
import { describe, expect, test } from '@jest/globals';
import { hostFacts } from '../../../lib/adapters/host/host-facts.ts';

describe('the facts of a host', () => {
  test('are those of this process and of its deployment', () => {
    const facts = hostFacts({ deploymentId: 'fn', release: '1.2.3', engineVersion: '4.5.6' });
    expect(facts).toMatchObject({
      deploymentId: 'fn',
      release: '1.2.3',
      engineVersion: '4.5.6',
      hostname: hostname(),
      processId: process.pid,
      platform: expect.stringMatching(/^[A-Z]\w+_(x64|arm64)$/),
    });
    expect(isIPv4(facts.ip)).toBe(true);
    expect(facts.user).not.toBe('');
  });
});
