// rsyslog over TLS, with its default limit of 8,096 octets a message. Keeps messages as they came, one a line.
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { certificateAuthority } from '../../support/certificates.ts';
import type { SinkSettings } from '../../../lib/tenants/model.ts';
import { openSinkOf, type Program } from './process.ts';

export interface Rsyslog extends Program {
  readonly settings: SinkSettings<'syslog'>;
  /** Returns the messages in full. */
  readonly records: () => readonly string[];
}

const HELLO = { id: 'hello', timeMs: 0, body: '{}' };

/** `rsyslogd` is the path of the daemon. */
export function rsyslog(rsyslogd: string, directory: string, port: number): Rsyslog {
  const authority = certificateAuthority();
  const { cert, key } = authority.issue(['127.0.0.1', 'localhost']);
  const at = (name: string): string => join(directory, name);
  for (const [name, text] of Object.entries({ ca: authority.ca, cert, key })) writeFileSync(at(name), text);
  writeFileSync(
    at('rsyslog.conf'),
    [
      `global(workDirectory="${directory}" defaultNetstreamDriver="gtls" defaultNetstreamDriverCAFile="${at('ca')}"`,
      `  defaultNetstreamDriverCertFile="${at('cert')}" defaultNetstreamDriverKeyFile="${at('key')}")`,
      'module(load="imtcp" streamDriver.name="gtls" streamDriver.mode="1" streamDriver.authMode="anon")',
      `input(type="imtcp" port="${port}" address="127.0.0.1")`,
      'template(name="raw" type="string" string="%rawmsg%\\n")',
      `action(type="omfile" file="${at('records')}" template="raw")`,
      '',
    ].join('\n'),
  );
  const settings = { kind: 'syslog', host: 'localhost', port, ca: authority.ca, enterpriseId: 64_500 } as const;
  const records = (): readonly string[] => {
    const lines = existsSync(at('records')) ? readFileSync(at('records'), 'utf8').split('\n').slice(0, -1) : [];
    return lines.filter((line) => !line.endsWith(' {}'));
  };
  return {
    command: [rsyslogd, '-n', '-f', at('rsyslog.conf'), '-i', at('pid')],
    settings,
    records,
    ids: () => Promise.resolve(records().flatMap((record) => / id="([^"]+)"/.exec(record)?.[1] ?? [])),
    async isUp() {
      rmSync(at('pid'), { force: true }); // of one that was killed: the next would not start
      const [verdict] = await openSinkOf(settings).deliver([HELLO]);
      return verdict?.kind === 'delivered';
    },
  };
}
