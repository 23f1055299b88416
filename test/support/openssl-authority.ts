// A timestamp authority of `openssl ts`, served over HTTP on this machine.
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { bodyOf, serve } from './http-server.ts';

const run = promisify(execFile);

const CONFIGURATION = `
[req]
distinguished_name = name
prompt = no
[name]
CN = Test
[ca]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign
subjectKeyIdentifier = hash
[signer]
basicConstraints = CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = critical, timeStamping
authorityKeyIdentifier = keyid
[tsa]
serial = serial
signer_cert = signer.pem
signer_key = signer.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
ess_cert_id_alg = sha256
`;

export interface OpensslAuthority {
  readonly url: string;
  /** Path of the root certificate, PEM. */
  readonly root: string;
  /** Runs openssl in the authority's folder and resolves to what it printed. */
  readonly openssl: (...args: readonly string[]) => Promise<string>;
  close(): Promise<void>;
}

/** Makes an authority with keys of its own. `program`: path of openssl. */
export async function opensslAuthority(program: string): Promise<OpensslAuthority> {
  const directory = await mkdtemp(join(tmpdir(), 'timestamps-'));
  const at = (name: string): string => join(directory, name);
  const openssl = async (...args: readonly string[]): Promise<string> => {
    const { stdout, stderr } = await run(program, args, { cwd: directory });
    return stdout + stderr;
  };
  await writeFile(at('openssl.cnf'), CONFIGURATION);
  await writeFile(at('serial'), '01\n');
  const key = ['-newkey', 'rsa:2048', '-nodes', '-config', 'openssl.cnf', '-subj'];
  await openssl('req', '-x509', ...key, '/CN=Root', '-extensions', 'ca', '-keyout', 'root.key', '-out', 'root.pem');
  await openssl('req', ...key, '/CN=Signer', '-keyout', 'signer.key', '-out', 'signer.csr');
  const issued = [
    '-in',
    'signer.csr',
    '-CA',
    'root.pem',
    '-CAkey',
    'root.key',
    '-set_serial',
    '2',
    '-out',
    'signer.pem',
  ];
  await openssl('x509', '-req', ...issued, '-extfile', 'openssl.cnf', '-extensions', 'signer');
  const server = await serve(async (request, response) => {
    await writeFile(at('query'), await bodyOf(request));
    const files = ['-queryfile', 'query', '-out', 'reply'];
    await openssl('ts', '-reply', '-config', 'openssl.cnf', '-section', 'tsa', ...files);
    response.setHeader('content-type', 'application/timestamp-reply').end(await readFile(at('reply')));
  });
  return {
    url: server.endpoint,
    root: at('root.pem'),
    openssl,
    async close() {
      await server.close();
      await rm(directory, { recursive: true });
    },
  };
}
