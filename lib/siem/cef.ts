// Common Event Format, version 0 (ArcSight): one line, a header of seven fields and an extension of `key=value` pairs.
import { RELEASE } from '../contract/release.ts';
import type { Facts } from './facts.ts';
import { ipVersion } from './ip.ts';

const NOTICE = 3;
const WARNING = 6;

export function cef(facts: Facts): string {
  const { event, meaning, failed } = facts;
  const severity = failed || meaning.severity === 'warning' ? WARNING : NOTICE;
  const header = ['serverless-protector', 'serverless-protector', RELEASE, event, meaning.title, String(severity)];
  const pairs = extensionOf(facts).map(([key, value]) => `${key}=${escapedValue(value)}`);
  return `CEF:0|${header.map(escapedHeader).join('|')}|${pairs.join(' ')}`;
}

function extensionOf(facts: Facts): readonly (readonly [string, string])[] {
  const pairs: (readonly [string, string])[] = [
    ['rt', String(facts.timeMs)],
    ['act', facts.event],
    ['outcome', facts.failed ? 'failure' : 'success'],
    ['externalId', facts.id],
    ['suid', facts.user],
    ['msg', facts.message],
    ...sourceOf(facts.source),
    ['cn1', String(facts.sequence)],
    ['cn1Label', 'sequence'],
  ];
  const labelled: readonly (readonly [string, string, string | undefined])[] = [
    ['cs1', 'tenant', facts.tenantId],
    ['cs2', 'dataLabel', facts.label],
    ['cs3', 'requestId', facts.requestId],
    ['cs4', 'objectId', facts.object],
    ['cs5', 'chainId', facts.chainId],
    ['cs6', 'customFields', jsonOf(facts.customFields)],
    ['flexString1', 'other', jsonOf(facts.others)],
  ];
  for (const [key, label, value] of labelled) {
    if (value !== undefined) pairs.push([key, value], [`${key}Label`, label]);
  }
  if (facts.code !== undefined) pairs.push(['reason', facts.code]);
  return pairs;
}

/** Returns the pairs for the source. `src` takes IPv4 addresses only. */
function sourceOf(source: string | undefined): readonly (readonly [string, string])[] {
  if (source === undefined) return [];
  const version = ipVersion(source);
  if (version === 4) return [['src', source]];
  if (version === undefined) return [['shost', source]];
  return [
    ['c6a2', source],
    ['c6a2Label', 'Source IPv6 Address'],
  ];
}

/**
 * Joins fields into one value: their names are free texts, and a key of CEF has only letters and digits. Escapes the
 * characters that CEF cannot carry and JSON does not mind: replaced, two names could become one.
 */
function jsonOf(fields: Readonly<Record<string, unknown>>): string | undefined {
  if (Object.keys(fields).length === 0) return undefined;
  return JSON.stringify(fields).replaceAll(/[\u007f\u0085\u2028\u2029]/g, (character) => {
    const code = character.charCodeAt(0).toString(16).padStart(4, '0');
    return `\\u${code}`;
  });
}

/** Escapes a header field: one line, in which only `\\` and `\|` are escapes. */
function escapedHeader(text: string): string {
  return printable(text.replaceAll(/[\r\n]/g, ' ')).replaceAll(/[\\|]/g, '\\$&');
}

function escapedValue(text: string): string {
  return printable(text).replaceAll(/[\\=]/g, '\\$&').replaceAll('\n', '\\n').replaceAll('\r', '\\r');
}

/**
 * Replaces control characters other than line ends: they have no escape, and end the line or text for some receivers.
 */
function printable(text: string): string {
  // oxlint-disable-next-line no-control-regex -- the characters to replace
  return text.toWellFormed().replaceAll(/[\u0000-\u0009\u000b\u000c\u000e-\u001f\u007f\u0085\u2028\u2029]/g, '\ufffd');
}
