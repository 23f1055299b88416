// Who must have agreed to a release before it is published: its author, by a signature of the files, and a second person,
// by an approval of these files as the successor of what is live.
import { createHash } from 'node:crypto';
import type { ReleaseDemand } from '../contract/policy-agent.ts';
import {
  isSshSignatureOf,
  parseSshSignature,
  SshError,
  sshFingerprint,
  type SshSignature,
} from '../crypto/ssh-signature.ts';

/** What a signer may sign. */
export type SignerRight = 'author' | 'approve';

/** A person whose SSH key may sign. */
export interface Signer {
  readonly name: string;
  /** As `ssh-keygen -l` prints it: `SHA256:…`. */
  readonly fingerprint: string;
  readonly may: ReadonlySet<SignerRight>;
}

export interface GateSettings {
  readonly signers: readonly Signer[];
  /** What a release needs. An approval needs a signature too: it is that of a second person. */
  readonly requires: ReadonlySet<ReleaseDemand>;
  /** Where the deployment takes its policies from, so that an approval counts for one deployment: a bucket. */
  readonly place: string;
}

/** The files of a release, byte for byte. */
export interface ReleaseFiles {
  readonly policy: string;
  readonly mapping?: string | undefined;
  readonly tests?: string | undefined;
}

/** The names of those who agreed. */
export interface Agreed {
  readonly author?: string | undefined;
  readonly approver?: string | undefined;
}

export type GateAnswer =
  | ({ readonly kind: 'open' } & Agreed)
  /** Somebody has to sign first. `why` is a sentence without a point. */
  | { readonly kind: 'waiting'; readonly why: string }
  | { readonly kind: 'refused'; readonly why: string };

/** The purposes of signatures: the argument `-n` of `ssh-keygen -Y sign`. */
export const NAMESPACES: Readonly<Record<SignerRight, string>> = {
  author: 'author@serverless-protector',
  approve: 'approval@serverless-protector',
};

/** Returns the text that an author signs: what the files are. */
export function releaseStatement(files: ReleaseFiles): string {
  const lines = (['policy', 'mapping', 'tests'] as const).flatMap((name) => {
    const text = files[name];
    return text === undefined ? [] : [`${name} sha256:${createHash('sha256').update(text).digest('hex')}`];
  });
  return ['serverless-protector release 1', ...lines, ''].join('\n');
}

/**
 * Returns the text that a second person signs: the files, the deployment, and the policy version that they replace. It
 * holds for one publication, because that makes another version live.
 */
export function approvalStatement(files: ReleaseFiles, place: string, live: number | undefined): string {
  return `serverless-protector approval 1\nin ${place}\nafter version ${live ?? 0}\n${releaseStatement(files)}`;
}

/** Decides whether a release may be published. `signature`, `approval`: armored SSH signatures, as somebody gave them. */
export function askGate(
  { signers, requires, place }: GateSettings,
  files: ReleaseFiles,
  given: { readonly signature?: string | undefined; readonly approval?: string | undefined },
  live: number | undefined,
): GateAnswer {
  if (requires.has('tests') && files.tests === undefined) return { kind: 'waiting', why: 'The release has no tests' };
  const needsApproval = requires.has('approval');
  const needsSignature = needsApproval || requires.has('signature');
  if (signers.length === 0 && !needsSignature) return { kind: 'open' };
  const authored = signerOf(signers, 'author', given.signature, releaseStatement(files));
  if (authored.kind === 'wrong') return { kind: 'refused', why: `The signature of the release ${authored.why}` };
  if (authored.kind === 'none' && needsSignature) {
    return { kind: 'waiting', why: 'The release is not signed by an author' };
  }
  const author = authored.kind === 'by' ? { author: authored.name } : {};
  if (!needsApproval) return { kind: 'open', ...author };
  const approved = signerOf(signers, 'approve', given.approval, approvalStatement(files, place, live));
  if (approved.kind === 'wrong') return { kind: 'refused', why: `The approval of the release ${approved.why}` };
  if (approved.kind === 'none')
    return { kind: 'waiting', why: 'The release waits for the approval of a second person' };
  if (approved.name === author.author) {
    return { kind: 'refused', why: 'The author of a release cannot approve it: a second person must' };
  }
  return { kind: 'open', ...author, approver: approved.name };
}

type Signed =
  | { readonly kind: 'none' }
  | { readonly kind: 'by'; readonly name: string }
  | { readonly kind: 'wrong'; readonly why: string };

function signerOf(
  signers: readonly Signer[],
  right: SignerRight,
  armored: string | undefined,
  statement: string,
): Signed {
  if (armored === undefined) return { kind: 'none' };
  try {
    const signature = parseSshSignature(armored);
    const { name, may } = signers.find(by(signature)) ?? {};
    if (name === undefined) return { kind: 'wrong', why: 'is by a key that is none of the signers' };
    if (may?.has(right) !== true)
      return { kind: 'wrong', why: `is by ${name}, who may not ${right === 'author' ? 'write' : 'approve'} releases` };
    if (isSshSignatureOf(signature, NAMESPACES[right], statement)) return { kind: 'by', name };
    return {
      kind: 'wrong',
      why: `is by ${name}, but not of these files${right === 'approve' ? ' as the successor of what is live' : ''}`,
    };
  } catch (error) {
    if (!(error instanceof SshError)) throw error;
    return { kind: 'wrong', why: 'cannot be read as an SSH signature' };
  }
}

function by({ publicKey }: SshSignature): (signer: Signer) => boolean {
  const fingerprint = sshFingerprint(publicKey);
  return (signer) => signer.fingerprint === fingerprint;
}

const RIGHTS: readonly string[] = ['author', 'approve'] satisfies readonly SignerRight[];

/**
 * Parses `alice SHA256:… author approve, bob SHA256:… approve`. Returns undefined for any other form, for a fingerprint
 * that is there twice, and for a signer without a right. One person may have several keys.
 */
export function parseSigners(text: string): readonly Signer[] | undefined {
  const items = text.split(',').map((item) => item.trim());
  const signers = items.flatMap((item): Signer[] => {
    const [name = '', fingerprint = '', ...may] = item.split(/\s+/);
    const isGood = name !== '' && /^SHA256:[A-Za-z0-9+/]{43}$/.test(fingerprint) && may.length > 0;
    if (!isGood || may.some((right) => !RIGHTS.includes(right))) return [];
    return [{ name, fingerprint, may: new Set(may as SignerRight[]) }];
  });
  const isWhole = signers.length === items.length;
  return isWhole && new Set(signers.map(({ fingerprint }) => fingerprint)).size === items.length ? signers : undefined;
}
