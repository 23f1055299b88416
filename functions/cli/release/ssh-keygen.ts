// Signs by OpenSSH, which has the keys of people: in files, in an agent, in hardware.
import { spawn } from 'node:child_process';
import { CliError } from '../core/exit.ts';

/**
 * Resolves to the armored signature of `statement`. `key`: a private key, or a public key whose private one an agent
 * holds. OpenSSH asks for passphrase and touch on the terminal. Rejects with `CliError`.
 */
export async function signWithSsh(key: string, namespace: string, statement: string): Promise<string> {
  const child = spawn('ssh-keygen', ['-Y', 'sign', '-n', namespace, '-f', key], { stdio: ['pipe', 'pipe', 'pipe'] });
  const [out, said]: [Buffer[], Buffer[]] = [[], []];
  child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => said.push(chunk));
  // A process that ends before it has read all says so by its exit code.
  child.stdin.on('error', () => undefined).end(statement);
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', () =>
      reject(new CliError('CLI_USAGE', 'ssh-keygen cannot be started: install OpenSSH 8.2 or newer')),
    );
    child.once('close', resolve);
  });
  if (code === 0) return Buffer.concat(out).toString('utf8');
  const why = Buffer.concat(said).toString('utf8').trim().split('\n').at(-1) ?? '';
  throw new CliError('CLI_BAD', `ssh-keygen did not sign with ${key}: ${why === '' ? `exit code ${code}` : why}`);
}
