import { LogError } from '../../../lib/transparency/errors.ts';
import type { GatewayEvent, GatewayReply } from '../../../lib/wire/gateway.ts';
import { LOG_DIMENSION } from '../../../lib/contract/metrics.ts';
import { type Answer, plainReply, serveWitness, type WitnessService } from '../../../lib/wire/witness.ts';
import { type ApplicationLog, causesOf, consoleLog } from '../application-log.ts';
import { embeddedMetrics, type WriteLine, writeToStandardOutput } from '../metrics.ts';

/**
 * Returns the function of a witness over any environment. It never throws: a failure is logged and answered with 503
 * where a retry may help, else with 500. Then nothing was cosigned. Its metrics count cosigned checkpoints by log, and
 * what its alarms tell: failures, a key that KMS refuses, and checkpoints that do not continue their log.
 */
export function witnessHandler(
  environment: () => Promise<WitnessService>,
  log: ApplicationLog = consoleLog,
  writeMetrics: WriteLine = writeToStandardOutput,
  nowMs: () => number = Date.now,
): (event: GatewayEvent | null) => Promise<GatewayReply> {
  return async (event) => {
    try {
      const witness = await environment();
      return await serveWitness(event ?? {}, {
        checkpoint: (hash) => witness.checkpoint(hash),
        async addCheckpoint(request) {
          const answer = await witness.addCheckpoint(request);
          note(answer);
          return answer;
        },
      });
    } catch (error) {
      const isRefused = error instanceof LogError && error.code === 'LOG_SIGNER_REFUSED';
      writeMetrics(embeddedMetrics(nowMs(), { WitnessFailures: 1, ...(isRefused && { WitnessKeyRefused: 1 }) }));
      log({ level: 'ERROR', message: 'Nothing was cosigned', cause: causesOf(error) });
      return plainReply(isPassing(error) ? 503 : 500, 'The witness failed: nothing was cosigned\n');
    }
  };

  function note({ status, log: origin }: Answer): void {
    if (status === 200 && origin !== undefined) {
      writeMetrics(embeddedMetrics(nowMs(), { CheckpointsCosigned: 1 }, { [LOG_DIMENSION]: origin }));
    }
    if (status !== 422) return;
    // A log that asks for something else than its own history is what a witness is for.
    log({ level: 'WARN', message: 'A checkpoint does not continue its log' });
    writeMetrics(embeddedMetrics(nowMs(), { CheckpointsRefuted: 1 }));
  }
}

function isPassing(error: unknown): boolean {
  return error instanceof LogError && error.code.endsWith('_UNAVAILABLE');
}
