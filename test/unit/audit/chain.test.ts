import { describe, expect, test } from '@jest/globals';
import { Chain } from '../../../lib/audit/chain.ts';
import type { AuditRecord } from '../../../lib/audit/record.ts';
import { createSigner } from '../../../lib/audit/sign.ts';
import { entry, HOST } from '../../support/audit.ts';
import { environmentChain, KEY_ID, recordKey } from '../../support/signed-lines.ts';

const sealed = (chain: Chain): AuditRecord => JSON.parse(chain.seal(entry()).line) as AuditRecord;

function chainIdOf(chainId: string): string {
  const chain = new Chain({ signer: createSigner(KEY_ID, recordKey()), chainId, host: HOST, nowMs: () => 1.8e12 });
  return sealed(chain).signature.chain_id;
}

describe('a chain', () => {
  test('numbers its records from 1, each naming the checksum of the one before', () => {
    const chain = environmentChain('a');
    const [first, second, third] = [sealed(chain), sealed(chain), sealed(chain)].map(({ signature }) => signature);
    expect([first!.sequence, second!.sequence, third!.sequence]).toEqual([1, 2, 3]);
    expect(first).not.toHaveProperty('previous');
    expect([second!.previous, third!.previous]).toEqual([first!.checksum, second!.checksum]);
  });

  test('spends no number on an entry that cannot become a record', () => {
    const chain = environmentChain('a');
    expect(() => chain.seal(entry({ count: -1 }))).toThrow(expect.objectContaining({ code: 'AUDIT_ENTRY_INVALID' }));
    expect(sealed(chain).signature).toEqual(expect.objectContaining({ sequence: 1, chain_id: 'a' }));
  });

  test('gives the line the whole millisecond at which it was made', () => {
    const line = environmentChain('a', () => 1_800_000_000_123.9).seal(entry());
    expect(line.timeMs).toBe(1_800_000_000_123);
    expect((JSON.parse(line.line) as AuditRecord).origin.time_utc).toBe(1_800_000_000);
  });

  test('keeps 512 characters of its name, the length of a log stream name, and no half of a surrogate pair', () => {
    expect(chainIdOf('x'.repeat(512))).toBe('x'.repeat(512));
    expect(chainIdOf(`${'x'.repeat(512)}y`)).toBe('x'.repeat(512));
    expect(chainIdOf(`${'x'.repeat(511)}😀`)).toBe(`${'x'.repeat(511)}\ufffd`);
  });
});
