// The OTLP receiver of the OpenTelemetry collector over TLS; see otlp-receiver/main.go.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { certificateAuthority } from '../../support/certificates.ts';
import type { Program } from './process.ts';

interface Logs {
  readonly resourceLogs: readonly {
    readonly scopeLogs: readonly {
      readonly logRecords: readonly {
        readonly attributes: readonly { readonly key: string; readonly value: { readonly stringValue?: string } }[];
      }[];
    }[];
  }[];
}

/** `binary` is the path of the program. */
export function otlpReceiver(binary: string, encoding: 'json' | 'protobuf', directory: string, port: number): Program {
  const authority = certificateAuthority();
  const { cert, key } = authority.issue(['127.0.0.1', 'localhost']);
  const at = (name: string): string => join(directory, name);
  writeFileSync(at('cert'), cert);
  writeFileSync(at('key'), key);
  const calls = (): readonly Logs[] => {
    const lines = existsSync(at('calls')) ? readFileSync(at('calls'), 'utf8').split('\n').slice(0, -1) : [];
    return lines.map((line) => JSON.parse(line) as Logs);
  };
  return {
    command: [binary, `127.0.0.1:${port}`, at('cert'), at('key'), at('calls')],
    settings: { kind: 'otlp', url: `https://localhost:${port}`, headers: {}, ca: authority.ca, encoding },
    isUp: () => answers(port),
    async ids() {
      const records = calls()
        .flatMap(({ resourceLogs }) => resourceLogs)
        .flatMap(({ scopeLogs }) => scopeLogs)
        .flatMap(({ logRecords }) => logRecords);
      return records.flatMap(
        ({ attributes }) => attributes.find((one) => one.key === 'event.id')?.value.stringValue ?? [],
      );
    },
  };
}

/** Says whether something listens on the port. */
function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true));
    socket.once('error', () => resolve(false));
    for (const event of ['connect', 'error']) socket.once(event, () => socket.destroy());
  });
}
