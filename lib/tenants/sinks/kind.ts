// One kind of sink: everything the tenants file, its checks and its views know about it. `table.ts` joins the kinds.

import { z } from 'zod';
import type { Problem } from '../../document/problem.ts';
import { commonMembers, type SecretRef } from './members.ts';

type Shape<Kind extends string, Members extends z.ZodRawShape> = typeof commonMembers & {
  kind: z.ZodLiteral<Kind>;
} & Members;

/** A sink of this kind as people write it, with defaults filled in. */
type DocumentOf<Kind extends string, Members extends z.ZodRawShape> = z.infer<
  z.ZodObject<Shape<Kind, Members>, z.core.$strict>
>;

/** The members that hold a secret, or a secret for each name. */
type SecretMember<Document> = {
  [Member in keyof Document]-?: NonNullable<Document[Member]> extends SecretRef | Record<string, SecretRef>
    ? Member
    : never;
}[keyof Document];

/**
 * Says what is wrong with the form of a secret, as the end of `the secret "x" …`, or `undefined`. Never repeats the
 * value. Only a test delivery tells whether the service accepts it.
 */
type SecretForm<Document> = (value: string, sink: Document) => string | undefined;

/** What a kind knows of its sinks. Functions get a sink that fits the schema; `path` is its place in the file. */
export interface SinkKnowledge<Document> {
  /** The form of each secret member. */
  readonly secrets: { readonly [Member in SecretMember<Document>]: SecretForm<Document> };
  /** Finds what the schema cannot say. */
  readonly check: (sink: Document, path: string) => Problem[];
  /** Finds what is allowed and still unwise. */
  readonly lint: (sink: Document, path: string) => Problem[];
  /** Says in a few words where events go, for `tenants show`. */
  readonly place: (sink: Omit<Document, keyof typeof commonMembers | SecretMember<Document>>) => string;
  /** Refused outside a laptop. */
  readonly laptopOnly: boolean;
}

/** A kind as the table holds it. */
export interface SinkRow<Kind extends string, Document, Settings>
  extends Pick<SinkKnowledge<Document>, 'check' | 'lint' | 'laptopOnly'> {
  readonly kind: Kind;
  readonly schema: z.ZodType<Document>;
  readonly secrets: Readonly<Partial<Record<string, SecretForm<Document>>>>;
  readonly place: (settings: Settings) => string;
}

/** Defines a kind by its own members, in the order in which they are sealed, and by what it knows of its sinks. */
export function sinkKind<const Kind extends string, Members extends z.ZodRawShape>(
  kind: Kind,
  { members, ...knowledge }: { readonly members: Members } & SinkKnowledge<DocumentOf<Kind, Members>>,
) {
  const schema = z.strictObject({ ...commonMembers, kind: z.literal(kind), ...members });
  return { kind, schema, ...knowledge };
}

/** For kinds without checks or lint rules of their own. */
export const nothing = (): Problem[] => [];
