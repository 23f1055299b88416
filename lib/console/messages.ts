// What the server of the console answers its page. All of it is JSON.
import type { EvidenceFinding, EvidenceReport } from '../evidence/verify-evidence.ts';
import type { Usage } from './overview.ts';
import type { Readers } from './readers.ts';
import type { TrailRow } from './trail-row.ts';

/** What the console looks at. */
export interface SubjectFacts {
  readonly release: string;
  /** The place of the records: a file, an address in S3, a log group. */
  readonly records: string;
  /** The Merkle log, where there is one. */
  readonly log: string | undefined;
  /** The directory of the workspace; absent where the records are not a workspace's own. */
  readonly workspace: string | undefined;
  /** Whether new records appear by themselves. */
  readonly isLive: boolean;
  /** How often the source is asked for them, seconds; absent where they appear at once. */
  readonly everyS: number | undefined;
}

/** What the verifier says of the whole trail. `unverified`: nothing is wrong, and some records are covered by nothing. */
export type Verdict =
  | { readonly is: 'checking' }
  | { readonly is: 'impossible'; readonly why: string }
  | {
      readonly is: 'intact' | 'broken' | 'unverified';
      readonly records: number;
      readonly chains: number;
      readonly checksumsVerified: boolean;
      readonly log: EvidenceReport['log'];
      readonly witnesses: EvidenceReport['witnesses'];
      /** The first hundred that are no notes, and how many there are. */
      readonly findings: readonly EvidenceFinding[];
      readonly findingCount: number;
      /** Epoch milliseconds. */
      readonly atMs: number;
    };

/** How far the records are read and checked. */
export interface Progress {
  /** Grows with every change of what the pages show. */
  readonly version: number;
  readonly isReading: boolean;
  /** Whether more may come. */
  readonly isFollowed: boolean;
  readonly records: number;
  /** Older records that found no room. */
  readonly leftOut: number;
  /** Lines that are no records. */
  readonly malformed: number;
  /** Records that the sums leave out: what the verifier rejects, and repeats. */
  readonly uncounted: number;
  readonly verdict: Verdict['is'];
}

export interface Overview {
  readonly progress: Progress;
  readonly verdict: Verdict;
  readonly usage: Usage;
  /** The server's clock, epoch milliseconds. */
  readonly nowMs: number;
}

/** What a report as one file holds. */
export interface ReportData {
  readonly release: string;
  /** The place of the records. */
  readonly source: string;
  readonly overview: Overview;
  readonly readers: Readers | null;
}

/** A part of the list, newest first. */
export interface RecordList {
  readonly version: number;
  /** How many the filter shows. */
  readonly total: number;
  readonly from: number;
  readonly rows: readonly TrailRow[];
}

/** A record in full. */
export interface RecordInFull {
  readonly row: TrailRow;
  /** The line as it was written. */
  readonly text: string;
  readonly findings: readonly EvidenceFinding[];
}

/** The proof of a record, or why there is none. */
export type ProofReply =
  | {
      readonly proof: string;
      readonly index: number;
      readonly size: number;
      readonly origin: string;
      /** ISO 8601; absent for a checkpoint without a time. */
      readonly time: string | undefined;
      /** The key list, with which the page checks the proof again. */
      readonly keys: string;
    }
  | { readonly why: string };

/** What a user gets of an element: the answer in words, and the word that it is coloured by. */
export interface PolicyCell {
  readonly kind: 'clear' | 'masked' | 'token' | 'null' | 'refused';
  readonly answer: string;
}

export const MATRIX_OPERATIONS = ['Unprotect', 'Protect', 'Reprotect'] as const;
export type MatrixOperation = (typeof MATRIX_OPERATIONS)[number];

export interface PolicyFacts {
  readonly name: string;
  readonly dataStore: string;
  /** The one in force; absent where only the file can be read. */
  readonly version: string;
  /** Newest first. */
  readonly versions: readonly string[];
  readonly elements: readonly {
    readonly name: string;
    readonly type: string;
    readonly description: string;
    /** What stays clear of a protected value, in words. */
    readonly clearParts: readonly string[];
  }[];
  readonly users: readonly string[];
  /** Users that found no room. */
  readonly moreUsers: number;
  /** A user that the policy does not list. */
  readonly stranger: string;
  /** By operation, user (the stranger last) and element. */
  readonly cells: Readonly<Record<MatrixOperation, readonly (readonly PolicyCell[])[]>>;
}

/** Why a user gets what of an element. */
export interface PolicyReason {
  readonly user: string;
  readonly element: string;
  readonly roles: readonly { readonly role: string; readonly because: string; readonly says: string }[];
  readonly operations: readonly { readonly operation: string; readonly answer: string; readonly because: string }[];
}

export interface PolicyChanges {
  readonly changes: readonly {
    readonly effect: 'widens' | 'narrows' | 'unreadable' | 'neutral';
    readonly text: string;
  }[];
}

export interface PolicyTestResults {
  readonly tests: readonly {
    readonly place: string;
    readonly text: string;
    readonly failure?: { readonly expected: string; readonly gives: string; readonly because?: string };
  }[];
  readonly granted: number;
  readonly touched: number;
}

export interface TenantFacts {
  /** Sinks of tenants, and lanes that wait although their sink is gone. */
  readonly lanes: readonly {
    readonly lane: string;
    readonly kind: string;
    readonly isEnabled: boolean;
    readonly waiting: number;
    readonly sinceMs: number | undefined;
    readonly reason: string | undefined;
    readonly nextTryMs: number | undefined;
    readonly isSlow: boolean;
    readonly deadLetters: number;
    readonly hasMoreDeadLetters: boolean;
  }[];
  /** The first two hundred. */
  readonly deadLetters: readonly {
    readonly lane: string;
    readonly id: string;
    readonly reason: string;
    readonly attempts: number;
    readonly sinceMs: number;
  }[];
  /** Newest first. */
  readonly events: readonly {
    readonly timeMs: number;
    readonly tenant: string;
    readonly event: string;
    readonly user: string;
    readonly object: string;
  }[];
  /** Why the tenants cannot be listed. */
  readonly why: string | undefined;
}

export interface TryRequest {
  readonly user: string;
  readonly operation: 'protect' | 'unprotect' | 'reprotect';
  readonly element: string;
  /** Of a reprotect: the element that the values are protected with. */
  readonly oldElement?: string | undefined;
  readonly values: readonly string[];
}

export interface TryReply {
  /** In the order of the values; absent where the request was refused. */
  readonly results: readonly (string | null)[] | undefined;
  /** Why it was refused. */
  readonly refusal: string | undefined;
  /** The record that it left, as it was written; absent where the policy wants none of its own. */
  readonly record: string | undefined;
}

/** Why a request has no answer. */
export interface Failure {
  readonly error: string;
  /** What to do. */
  readonly next: string;
}
