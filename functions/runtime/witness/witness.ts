import { LogError } from '../../../lib/transparency/errors.ts';
import type { GatewayEvent, GatewayReply } from '../../../lib/wire/gateway.ts';
import { plainReply, serveWitness, type WitnessService } from '../../../lib/wire/witness.ts';
import { type ApplicationLog, causesOf, consoleLog } from '../application-log.ts';

/**
 * Returns the function of a witness over any environment. It never throws: a failure is logged and answered with 503
 * where a retry may help, else with 500. Then nothing was cosigned.
 */
export function witnessHandler(
  environment: () => Promise<WitnessService>,
  log: ApplicationLog = consoleLog,
): (event: GatewayEvent | null) => Promise<GatewayReply> {
  return async (event) => {
    try {
      const reply = await serveWitness(event ?? {}, await environment());
      // A log that asks for something else than its own history is what a witness is for.
      if (reply.statusCode === 422) log({ level: 'WARN', message: 'A checkpoint does not continue its log' });
      return reply;
    } catch (error) {
      log({ level: 'ERROR', message: 'Nothing was cosigned', cause: causesOf(error) });
      return plainReply(isPassing(error) ? 503 : 500, 'The witness failed: nothing was cosigned\n');
    }
  };
}

function isPassing(error: unknown): boolean {
  return error instanceof LogError && error.code.endsWith('_UNAVAILABLE');
}
