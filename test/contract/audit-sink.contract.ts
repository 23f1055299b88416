import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { AuditError } from '../../lib/audit/errors.ts';
import type { AuditLine, AuditSink } from '../../lib/audit/ports.ts';
import { createSigner } from '../../lib/audit/sign.ts';
import { AuditTrail } from '../../lib/audit/trail.ts';
import { verifyTrail } from '../../lib/audit/verify.ts';
import { Secret } from '../../lib/base/secret.ts';
import { entry, HOST } from '../support/audit.ts';

/** A sink under test, fresh for each suite. */
export interface SinkUnderTest {
  readonly sink: AuditSink;
  /** Returns every durable line, in order. */
  read(): Promise<readonly string[]>;
  /** Makes appends fail. */
  breakDown(): Promise<void>;
  /** Ends a breakdown. */
  repair(): Promise<void>;
  dispose(): Promise<void>;
}

/** Tests the promises of `AuditSink` for an adapter. With `skipped`, prints them as skipped for that reason. */
export function auditSinkContract(name: string, create: () => Promise<SinkUnderTest>, skipped?: string): void {
  const suite = skipped === undefined ? describe : describe.skip;
  suite(`an audit sink over ${name}${skipped === undefined ? '' : `: ${skipped}`}`, () => {
    let under: SinkUnderTest;
    beforeAll(async () => {
      under = await create();
    });
    afterAll(async () => {
      await under.dispose();
    });

    test('rejects with AUDIT_SINK_UNAVAILABLE while it is broken, quotes no line, and works once repaired', async () => {
      await under.breakDown();
      const failure: unknown = await under.sink.append(linesOf('PROBE')).catch((error: unknown) => error);
      expect(failure).toBeInstanceOf(AuditError);
      expect(failure).toMatchObject({ code: 'AUDIT_SINK_UNAVAILABLE' });
      expect(failure instanceof Error && `${failure.message} ${String(failure.cause)}`).not.toContain('PROBE');
      await under.repair();
      await under.sink.append(linesOf('after repair'));
      expect(await under.read()).toEqual(['after repair']);
    });

    test('keeps lines in the order given, byte for byte, whatever their times say', async () => {
      const texts = ['third 😀', 'first "\\u0000" ünï', 'second \u2028 line'];
      const now = Date.now();
      await under.sink.append(texts.map((line, i) => ({ line, timeMs: now - i })));
      expect((await under.read()).slice(-3)).toEqual(texts);
    });

    test('resolves an append of no lines and writes nothing', async () => {
      const before = await under.read();
      await under.sink.append([]);
      expect(await under.read()).toEqual(before);
    });

    test('keeps every line and its order under concurrent appends', async () => {
      const batches = Array.from({ length: 8 }, (_, i) => [`${i}/a`, `${i}/b`, `${i}/c`]);
      await Promise.all(batches.map((batch) => under.sink.append(linesOf(...batch))));
      const written = (await under.read()).filter((line) => /^\d\//.test(line));
      expect(written).toHaveLength(24);
      for (const [i, batch] of batches.entries()) {
        expect(written.filter((line) => line.startsWith(`${i}/`))).toEqual(batch);
      }
    });

    test('takes more lines than one call of the service may carry', async () => {
      const many = Array.from({ length: 10_001 }, (_, i) => `many ${i}`);
      await under.sink.append(linesOf(...many));
      expect((await under.read()).filter((line) => line.startsWith('many '))).toEqual(many);
    });

    test('holds a trail that verifies', async () => {
      const key = new Uint8Array(32).fill(7);
      const signer = createSigner('11111111-2222-4333-8444-555555555555', new Secret(key));
      const trail = new AuditTrail({ signer, sink: under.sink, chainId: 'contract', host: HOST, nowMs: Date.now });
      const flushes = Array.from({ length: 5 }, (_, i) => {
        trail.record(entry({ requestId: `r${i}`, count: 10 }));
        return trail.flush();
      });
      await Promise.all(flushes);
      const own = (await under.read()).filter((line) => line.startsWith('{'));
      const report = await verifyTrail(own, new Map([[signer.keyId, new Secret(key)]]));
      expect(report).toEqual({ records: 5, chains: 1, valid: true, findings: [], successCount: 50 });
    });
  });
}

function linesOf(...texts: readonly string[]): readonly AuditLine[] {
  const timeMs = Date.now();
  return texts.map((line) => ({ timeMs, line }));
}
