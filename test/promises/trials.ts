// How each promise of SECURITY.md is tried: a test that tries to break it, and the protection that the test notices
// missing. `npm run promises -- --try` takes each protection out and runs its test.

/** A piece of source that a promise rests on, and what stands there when it is taken out. */
export interface Protection {
  /** Function and check, in a few words. */
  readonly what: string;
  readonly file: string;
  /** Occurs once in the file. */
  readonly before: string;
  readonly after: string;
}

export interface Trial {
  /** How the test tries to break the promise. */
  readonly how: string;
  readonly suite: string;
  /** Title of the test as the suite spells it, placeholders included. */
  readonly test: string;
  readonly without: Protection;
}

/** By the number of the promise. */
export type Trials = Readonly<Record<string, readonly Trial[]>>;

const BUNDLE_TAG: Protection = {
  what: 'openBundle checks the tag of AES-GCM',
  file: 'lib/crypto/sealed-bundle.ts',
  before: '    decipher.final();\n',
  after: '',
};

export const TRIALS: Trials = {
  'P-01': [
    {
      how: 'compares tokens with published vectors of FF1 under known keys',
      suite: 'test/unit/crypto/ff1.test.ts',
      test: 'radix $radix, $plaintext encrypts to $ciphertext and back',
      without: {
        what: 'Ff1 runs the ten rounds',
        file: 'lib/crypto/ff1.ts',
        before: '    runnerOf(domain)(this.#aes, domain, batch.numerals, base, sign);',
        after: '    void [runnerOf(domain), base, sign];',
      },
    },
  ],
  'P-02': [
    {
      how: 'asks as users whose roles do not grant the operation',
      suite: 'test/unit/policy/decide.test.ts',
      test: '$user $operation $element: $answer, because $because',
      without: {
        what: 'decide refuses what no grant allows',
        file: 'lib/policy/decide.ts',
        before: "const refused = merged.find(({ kind }) => kind !== 'allowed');",
        after: 'const refused = undefined as Merged | undefined;',
      },
    },
    {
      how: 'looks for the record of each refused batch',
      suite: 'test/unit/functions/redshift.test.ts',
      test: 'for %s says why, is recorded and shows no value',
      without: {
        what: 'Protector records a refused batch',
        file: 'lib/protect/protector.ts',
        before: '      if (!result.ok) this.#recordRefusal(progress, result.refusal);\n      else if (own)',
        after: '      if (own)',
      },
    },
  ],
  'P-03': [
    {
      how: 'signs tokens with each algorithm under a key of each other kind',
      suite: 'test/unit/wire/rest/token.test.ts',
      test: '%s of %s, verified with %s',
      without: {
        what: 'verify takes the algorithms of the key alone',
        file: 'lib/wire/rest/token.ts',
        before: '      algorithms: [...algorithms],\n',
        after: '',
      },
    },
    {
      how: 'changes claims, signature and header of a good token',
      suite: 'test/unit/wire/rest/token.test.ts',
      test: 'changed claims, a changed signature and a key in the header are refused',
      without: {
        what: 'userOfToken verifies the signature',
        file: 'lib/wire/rest/token.ts',
        before: 'verifier === undefined ? decode(token)',
        after: 'verifier === undefined || nowMs > 0 ? decode(token)',
      },
    },
    {
      how: 'sends tokens before, after and without their time',
      suite: 'test/unit/wire/rest/token.test.ts',
      test: '%s',
      without: {
        what: 'verify requires the claim exp',
        file: 'lib/wire/rest/token.ts',
        before: "      requiredClaims: ['exp'],\n",
        after: '',
      },
    },
    {
      how: 'looks for the header of a refused caller in the record',
      suite: 'test/unit/functions/rest.test.ts',
      test: 'with %s',
      without: {
        what: 'carryOut records a refused caller without a name',
        file: 'lib/wire/rest/serve.ts',
        before: 'throw await protector.refuse(progress.origin, refusal);',
        after:
          "throw await protector.refuse({ ...progress.origin, user: String(request.headerValues('authorization')) }, refusal);",
      },
    },
  ],
  'P-04': [
    {
      how: 'searches the sealed file for the names of the policy',
      suite: 'test/unit/policy/bundle.test.ts',
      test: 'shows name, version, data store and time in clear, and nothing else',
      without: {
        what: 'sealBundle encrypts the content',
        file: 'lib/crypto/sealed-bundle.ts',
        before: 'ciphertext: base64(ciphertext),',
        after: 'ciphertext: base64(Buffer.from(canonicalJson(content))),',
      },
    },
    {
      how: 'puts parts of one version into another',
      suite: 'test/unit/policy/bundle.test.ts',
      test: 'refuses parts of another version of the same policy',
      without: {
        what: 'the encryption context names the version',
        file: 'lib/policy/bundle.ts',
        before: 'return { policy: String(header.policy), version: String(header.version) };',
        after: 'return { policy: String(header.policy) };',
      },
    },
  ],
  'P-05': [
    {
      how: 'edits the header of a sealed policy in nine ways',
      suite: 'test/unit/policy/bundle.test.ts',
      test: 'with %s is refused',
      without: BUNDLE_TAG,
    },
    {
      how: 'seals a content under the name of another policy',
      suite: 'test/unit/policy/bundle.test.ts',
      test: 'is refused if header and content differ in %s',
      without: {
        what: 'openPolicy compares the content with its header',
        file: 'lib/policy/bundle.ts',
        before: 'if (policy.name !== header.policy || policy.dataStore !== header.dataStore) {',
        after: 'if (policy === undefined) {',
      },
    },
  ],
  'P-06': [
    {
      how: 'authors policies that are malformed, skip a root key or name another data store',
      suite: 'test/unit/publication/agent.test.ts',
      test: 'refuses a policy with %s once, and changes nothing',
      without: {
        what: 'reviewPolicy checks the keys',
        file: 'lib/publication/review.ts',
        before: '    ...checkKeys(content.policy, keyring),\n',
        after: '',
      },
    },
    {
      how: 'authors elements and members with the names of the canary',
      suite: 'test/unit/publication/agent.test.ts',
      test: 'refuses a policy with %s once, and changes nothing',
      without: {
        what: 'refuseCanaryNames knows the reserved names',
        file: 'lib/publication/canary.ts',
        before: 'foldCase(name).startsWith(CANARY);',
        after: "foldCase(name) === '';",
      },
    },
    {
      how: 'asks for a root key of a keyring of another data store',
      suite: 'test/unit/publication/durable-keys.test.ts',
      test: '%s stays unchanged',
      without: {
        what: 'ensureKeyring compares the data store',
        file: 'lib/publication/durable-keys.ts',
        before: 'const ours = found === undefined || found.dataStore === dataStore;',
        after: 'const ours = true;',
      },
    },
  ],
  'P-07': [
    {
      how: 'edits the header of a sealed keyring',
      suite: 'test/unit/policy/sealed-keyring.test.ts',
      test: 'with %s in its header is refused',
      without: BUNDLE_TAG,
    },
    {
      how: 'gives a keyring another version',
      suite: 'test/unit/policy/sealed-keyring.test.ts',
      test: 'with %s in its header is refused',
      without: {
        what: 'the encryption context names the version of the keyring',
        file: 'lib/policy/sealed-keyring.ts',
        before: "return { purpose: 'keyring', keyring: String(header.keyring), version: String(header.version) };",
        after: "return { purpose: 'keyring', keyring: String(header.keyring) };",
      },
    },
  ],
  'P-08': [
    {
      how: 'logs errors of other libraries whose messages quote a value',
      suite: 'test/unit/functions/application-log.test.ts',
      test: 'show nothing of the text that JSON.parse quotes',
      without: {
        what: 'causesOf leaves out foreign messages',
        file: 'functions/runtime/application-log.ts',
        before: 'message: ours?.message,',
        after: 'message: cause.message,',
      },
    },
    {
      how: 'plants secrets around every Lambda handler and searches all that comes out',
      suite: 'test/unit/functions/canaries.test.ts',
      test: 'with $what',
      without: {
        what: 'rejectionOf replaces foreign errors',
        file: 'functions/runtime/application-log.ts',
        before: 'if (error instanceof ProtectorError) return error;',
        after: 'if (error instanceof Error) return error as ProtectorError;',
      },
    },
    {
      how: 'plants secrets around every command, damages files and searches all that comes out, with the debug switch on',
      suite: 'test/local/canaries.test.ts',
      test: '%s shows no secret when files are damaged and the debug switch is on',
      without: {
        what: 'the reader of secrets hides what a syntax error quotes',
        file: 'functions/cli/documents/secrets.ts',
        before: "error instanceof SyntaxError ? 'it is not JSON' :",
        after: "error instanceof SyntaxError ? await readFile(path, 'utf8') :",
      },
    },
  ],
  'P-09': [
    {
      how: 'changes each kind of member of a record, and its checksum',
      suite: 'test/unit/audit/verify.test.ts',
      test: 'finds exactly what was done to %s',
      without: {
        what: 'RecordCheck compares the checksum',
        file: 'lib/audit/check-record.ts',
        before: 'if (sameText(signer.checksum(record), checksum))',
        after: 'if (sameText(signer.checksum(record), checksum) || checksum.length > 0)',
      },
    },
    {
      how: 'removes any records of a chain',
      suite: 'test/unit/audit/verify.test.ts',
      test: 'names exactly the removed numbers below the last remaining one',
      without: {
        what: 'TrailCheck reports the holes of a chain',
        file: 'lib/audit/verify.ts',
        before: "if (found.kind === 'missing' && last <= known) continue;",
        after: "if (found.kind === 'missing') continue;",
      },
    },
    {
      how: 'puts the records of several chains into any order',
      suite: 'test/unit/audit/verify.test.ts',
      test: 'any order of any chains: no record is called modified or missing, and only an order that is kept is valid',
      without: {
        what: 'TrailCheck reports records after a higher one',
        file: 'lib/audit/verify.ts',
        before: "if (place === 'late') {",
        after: "if (place === 'late' && this.#line < 0) {",
      },
    },
  ],
  'P-10': [
    {
      how: 'cuts the end, drops a chain and deletes all records of a sealed trail',
      suite: 'test/unit/evidence/tamper.test.ts',
      test: 'finds exactly what was done: %s',
      without: {
        what: 'verifyEvidence reports leaves without a record',
        file: 'lib/evidence/verify-evidence.ts',
        before: 'findings: isExcerpt ? all : [...all, ...this.#absent()] };',
        after: 'findings: all };',
      },
    },
  ],
  'P-11': [
    {
      how: 'edits tiles, entries and checkpoints of the log',
      suite: 'test/unit/evidence/tamper.test.ts',
      test: 'finds exactly what was done: %s',
      without: {
        what: 'TreeCheck compares the stored tiles with the signed root',
        file: 'lib/transparency/verify-tree.ts',
        before: 'if (stored.every((hashes) => hashes !== undefined) && gives(tiles, stored, root)) return stored;',
        after: 'if (stored.every((hashes) => hashes !== undefined)) return stored;',
      },
    },
    {
      how: 'removes a numbered checkpoint',
      suite: 'test/unit/transparency/verify-history.test.ts',
      test: 'is reported beside one before the newest checkpoint, which is stored under no number',
      without: {
        what: 'History reports holes in the numbers',
        file: 'lib/transparency/verify-history.ts',
        before: '      if (hole !== undefined) found.push(hole);\n',
        after: '',
      },
    },
    {
      how: 'verifies a second after the promised next checkpoint',
      suite: 'test/unit/transparency/verify-history.test.ts',
      test: 'is overdue a second later',
      without: {
        what: 'History holds the log to its promise',
        file: 'lib/transparency/verify-history.ts',
        before: '    if (now <= due) return [];\n',
        after: '    return [];\n',
      },
    },
  ],
  'P-12': [
    {
      how: 'removes what a verifier was promised: checkpoints, the log, key list, clock',
      suite: 'test/unit/evidence/tamper.test.ts',
      test: 'finds exactly what was done: %s',
      without: {
        what: 'History compares with the promised number of checkpoints',
        file: 'lib/transparency/verify-history.ts',
        before: '    if (present >= checkpoints) return [];\n',
        after: '    return [];\n',
      },
    },
  ],
  'P-13': [
    {
      how: 'forges records for a verifier without the record key',
      suite: 'test/unit/audit/verify.test.ts',
      test: 'checks everything but the checksums when no key is given',
      without: {
        what: 'TrailCheck counts apart what nothing covers',
        file: 'lib/audit/verify.ts',
        before: 'if (isCovered || this.#checker.checksChecksums || this.#options.isCovered === true) {',
        after: 'if (isCovered || this.#line > 0) {',
      },
    },
  ],
  'P-14': [
    {
      how: 'names things by escape sequences, line ends and marks of direction',
      suite: 'test/unit/functions/cli-text.test.ts',
      test: 'is escaped when it is %s',
      without: {
        what: 'visible escapes control characters',
        file: 'functions/cli/output/text.ts',
        before: '  return text.replaceAll(CONTROLS, jsonEscape);\n',
        after: '  return text;\n',
      },
    },
    {
      how: 'names things by formulas of spreadsheets',
      suite: 'test/local/evidence.test.ts',
      test: 'is no formula in CSV, whose numbers stay numbers',
      without: {
        what: 'csvLines puts an apostrophe before a formula',
        file: 'functions/cli/output/csv.ts',
        before: "typeof value === 'string' && FORMULA.test(value) ? `'${value}` : value",
        after: 'value',
      },
    },
  ],
  'P-15': [
    {
      how: 'rewrites the whole history and gives the verifier one checkpoint of the true one',
      suite: 'test/unit/evidence/rewriting-operator.test.ts',
      test: 'is caught by the checkpoint that a witness has kept',
      without: {
        what: 'verifyLog compares known checkpoints with the tree',
        file: 'lib/transparency/verify-log.ts',
        before: 'new Prefixes([...bySize, ...known], refuted)',
        after: 'new Prefixes([...bySize], refuted)',
      },
    },
  ],
  'P-16': [
    {
      how: 'asks a witness to cosign another history',
      suite: 'test/unit/transparency/witness.test.ts',
      test: 'answers %s with %d, and remembers nothing of it',
      without: {
        what: 'Witness checks the proof of consistency',
        file: 'lib/transparency/witness.ts',
        before: 'if (!isConsistent(known, next, proof)) {',
        after: 'if (!isConsistent(known, next, proof) && old < 0) {',
      },
    },
    {
      how: 'rewrites the history with every key, and removes the cosignatures',
      suite: 'test/unit/evidence/rewriting-operator.test.ts',
      test: 'is caught when the cosignatures are gone',
      without: {
        what: 'verifyWitnesses asks for the quorum',
        file: 'lib/transparency/verify-witnesses.ts',
        before: 'return this.#policy.isMet(new Set(covering.map(([verifierKey]) => verifierKey)));',
        after: 'return this.#policy.isMet(new Set(covering.map(([verifierKey]) => verifierKey))) || number >= 0;',
      },
    },
  ],
  'P-17': [
    {
      how: 'answers as a witness with lines that are no cosignature of it',
      suite: 'test/unit/transparency/cosigning.test.ts',
      test: 'is %s, and sealing goes on',
      without: {
        what: 'cosignatureIn verifies the signature',
        file: 'lib/transparency/cosigning.ts',
        before: '    if (valid.length > 0) return each;\n',
        after: '    if (valid.length >= 0) return each;\n',
      },
    },
    {
      how: 'hangs as a witness',
      suite: 'test/fault/witnesses.test.ts',
      test: 'waits for its budget at most when a witness %s, keeps the other cosignature, and asks again',
      without: {
        what: 'Cosigners stop waiting when the budget is used up',
        file: 'lib/transparency/cosigning.ts',
        before: "    signal.addEventListener('abort', giveUp, { once: true });\n",
        after: '',
      },
    },
    {
      how: 'searches what a witness receives for a record',
      suite: 'test/unit/transparency/cosigning.test.ts',
      test: 'sends a witness size, root and proof, and nothing of a record',
      without: {
        what: 'Cosigners send the checkpoint alone',
        file: 'lib/transparency/cosigning.ts',
        before: "Buffer.from(checkpoint).toString('utf8'));",
        after: "`${Buffer.from(checkpoint).toString('utf8')}test_user`);",
      },
    },
  ],
  'P-18': [
    {
      how: 'searches the sealed file and the printed tenants for secrets',
      suite: 'test/unit/tenants/bundle.test.ts',
      test: 'show no secret in the sealed file, nor when the opened tenants are printed',
      without: {
        what: 'sealBundle encrypts the content',
        file: 'lib/crypto/sealed-bundle.ts',
        before: 'ciphertext: base64(ciphertext),',
        after: 'ciphertext: base64(Buffer.from(canonicalJson(content))),',
      },
    },
    {
      how: 'searches the opened content for API keys',
      suite: 'test/unit/tenants/bundle.test.ts',
      test: 'hold the digests of API keys, not the keys',
      without: {
        what: 'nextContent keeps the digest of an API key',
        file: 'lib/tenants/next-content.ts',
        before: "apiKeyDigest(secrets.get(key.secretRef)!).toString('base64')",
        after: 'secrets.get(key.secretRef)!',
      },
    },
  ],
  'P-19': [
    {
      how: 'searches the output of `tenants show` for the credential of a sink',
      suite: 'test/local/canaries.test.ts',
      test: '%s shows and writes no secret that it is not asked for',
      without: {
        what: 'shownTenants replaces secrets',
        file: 'lib/tenants/shown.ts',
        before: "settings: replaceSecrets(settings, isSealedSecret, () => '[secret]' as const),",
        after: 'settings,',
      },
    },
    {
      how: 'gives a sealed KMS id another key',
      suite: 'test/local/tenants-cli.test.ts',
      test: 'compares with what is sealed',
      without: {
        what: 'checkLineage compares the keys of sealed ids',
        file: 'lib/tenants/next-content.ts',
        before: '    if (tenant.kms[index]!.key === key) return [];\n',
        after: '    return [];\n',
      },
    },
    {
      how: 'configures plain http to other machines',
      suite: 'test/unit/tenants/parse.test.ts',
      test: 'is checked for the URL %s',
      without: {
        what: 'isSendable takes http to this machine only',
        file: 'lib/tenants/sinks/members.ts',
        before:
          "return parsed.protocol === 'https:' || (parsed.protocol === 'http:' && LOOPBACK.test(parsed.hostname));",
        after: "return ['https:', 'http:'].includes(parsed.protocol);",
      },
    },
  ],
  'P-20': [
    {
      how: 'configures 39 special addresses, in every spelling',
      suite: 'test/unit/adapters/outbound-guard.test.ts',
      test: 'refuses %s (%s)',
      without: {
        what: 'outboundGuard knows the forbidden networks',
        file: 'lib/adapters/outbound/guard.ts',
        before: '    if (FORBIDDEN.check(address, family)) return false;\n',
        after: '',
      },
    },
    {
      how: 'answers as a receiver with the certificate of another authority',
      suite: 'test/unit/functions/tenant-sinks.test.ts',
      test: 'is refused to a receiver whose certificate another authority signed',
      without: {
        what: 'syslogSink verifies the certificate',
        file: 'lib/adapters/tls/syslog.ts',
        before: "minVersion: 'TLSv1.2', ...servername",
        after: "minVersion: 'TLSv1.2', rejectUnauthorized: false, ...servername",
      },
    },
  ],
  'P-21': [
    {
      how: 'writes the syntax of the format into every text of an event',
      suite: 'test/property/siem.property.test.ts',
      test: 'CEF gives back tenant, user and custom fields, and no injected pair',
      without: {
        what: 'cef escapes the values of its pairs',
        file: 'lib/siem/cef.ts',
        before:
          "return printable(text).replaceAll(/[\\\\=]/g, '\\\\$&').replaceAll('\\n', '\\\\n').replaceAll('\\r', '\\\\r');",
        after: 'return text;',
      },
    },
  ],
  'P-22': [
    {
      how: 'calls the gateway with a wrong API key and a body that it must not read',
      suite: 'test/unit/functions/tenant-gateway.test.ts',
      test: 'refuses a wrong API key before it reads the body',
      without: {
        what: 'checkCaller looks the key up',
        file: 'lib/wire/tsp/caller.ts',
        before: 'key === undefined || !isApiKey(tenants, key)',
        after: 'key === undefined || tenants === undefined',
      },
    },
    {
      how: 'watches which digests are compared after a match',
      suite: 'test/unit/tenants/api-keys.test.ts',
      test: 'is compared with every key, also after a match',
      without: {
        what: 'isApiKey does not stop at a match',
        file: 'lib/tenants/api-keys.ts',
        before: '    found = equal || found;\n',
        after: '    if (equal) return true;\n',
      },
    },
  ],
  'P-23': [
    {
      how: 'opens a leased document key as another tenant',
      suite: 'test/unit/tenants/edek.test.ts',
      test: 'of mode leased binds the key to every byte before it, and to the tenant',
      without: {
        what: 'associatedData holds the tenant',
        file: 'lib/tenants/edek.ts',
        before: 'return Buffer.concat([prefix, Buffer.from(tenantId)]);',
        after: "return Buffer.concat([prefix, Buffer.from(tenantId === '' ? tenantId : '')]);",
      },
    },
    {
      how: 'opens EDEKs of one tenant as any other',
      suite: 'test/property/tenants.property.test.ts',
      test: 'opens for its tenant only',
      without: {
        what: 'contextOf names the tenant',
        file: 'lib/tenants/edek.ts',
        before: 'return { tenant: tenantId, configuration',
        after: "return { tenant: tenantId === '' ? tenantId : 'any', configuration",
      },
    },
    {
      how: 'presents a leased key and a tenant secret as document keys',
      suite: 'test/unit/tenants/key-service.test.ts',
      test: 'is not opened as a document key if it is a tenant secret',
      without: {
        what: 'contextOf names the purpose',
        file: 'lib/tenants/edek.ts',
        before: 'configuration: String(configuration), purpose };',
        after: "configuration: String(configuration), purpose: purpose === 'secret' ? 'any' : 'any' };",
      },
    },
  ],
  'P-24': [
    {
      how: 'lets the audit sink fail under requests',
      suite: 'test/unit/functions/redshift.test.ts',
      test: 'refuses every answer while it stays down',
      without: {
        what: 'the pipeline waits for the record',
        file: 'functions/runtime/protect/pipeline.ts',
        before: '      await states.get(context)?.flush();\n',
        after: '      void states.get(context)?.flush().catch(() => {});\n',
      },
    },
    {
      how: 'replaces the policy by a bad file, or removes it',
      suite: 'test/unit/functions/reload-policy.test.ts',
      test: 'stops the service when it is bad or missing: the policy before it does not serve on',
      without: {
        what: 'reloading stops when a source is bad',
        file: 'functions/runtime/reload/reloading.ts',
        before: 'if (current === undefined || nowMs() - checkedAt >= tolerateMs(error)) throw error;',
        after: 'if (current === undefined) throw error;',
      },
    },
    {
      how: 'edits the sealed policy that a function opens',
      suite: 'test/unit/functions/redshift.test.ts',
      test: 'is reported and recorded as unavailable for a %s, and is loaded again at the next call',
      without: BUNDLE_TAG,
    },
  ],
  'P-25': [
    {
      how: 'asks as unknown users, with look-alikes and without a name',
      suite: 'test/unit/policy/decide.test.ts',
      test: '$user $operation $element: $answer, because $because',
      without: {
        what: 'decide refuses unknown users',
        file: 'lib/policy/decide.ts',
        before: "if (standing === undefined) return { kind: 'refuse', code: 1, audit: RECORD_ALL };",
        after: "if (standing === undefined) return { kind: 'allow', audit: RECORD_ALL };",
      },
    },
    {
      how: 'asks for unknown elements',
      suite: 'test/unit/policy/decide.test.ts',
      test: '$user $operation $element: $answer, because $because',
      without: {
        what: 'decide refuses unknown elements',
        file: 'lib/policy/decide.ts',
        before: "if (!known) return { kind: 'refuse', code: 2, audit: RECORD_ALL };",
        after: "if (!known) return { kind: 'allow', audit: RECORD_ALL };",
      },
    },
  ],
  'P-26': [
    {
      how: 'derives the keys of other elements, purposes and versions',
      suite: 'test/unit/policy/keyring.test.ts',
      test: 'derives another key for %s',
      without: {
        what: 'elementKey names the element',
        file: 'lib/policy/keyring.ts',
        before: '[elementId, purpose, String(keyVersion)]',
        after: '[purpose, String(keyVersion)]',
      },
    },
  ],
  'P-27': [
    {
      how: 'watches the buffers of the root keys after a policy was replaced',
      suite: 'test/unit/base/wipes.test.ts',
      test: '$file overwrites $what',
      without: {
        what: 'retireLater destroys the replaced policy',
        file: 'functions/runtime/reload/policy.ts',
        before: '  setTimeout(() => replaced.destroy(), GRACE_MS).unref();\n',
        after: '',
      },
    },
  ],
  'P-28': [
    {
      how: 'damages the policy of a function and looks for its signed record',
      suite: 'test/unit/functions/redshift.test.ts',
      test: 'is reported and recorded as unavailable for a %s, and is loaded again at the next call',
      without: {
        what: 'Protector records a request without a policy',
        file: 'lib/protect/protector.ts',
        before: 'const policy = await settled(this.#policy());\n    const attempts',
        after: 'const policy = { ok: true as const, value: await this.#policy() };\n    const attempts',
      },
    },
  ],
  'P-29': [
    {
      how: 'watches the buffers of keys in thirty places',
      suite: 'test/unit/base/wipes.test.ts',
      test: '$file overwrites $what',
      without: {
        what: 'sealBundle destroys the data key',
        file: 'lib/crypto/sealed-bundle.ts',
        before: '  using key = dataKey.plaintext;\n',
        after: '  const key = dataKey.plaintext;\n',
      },
    },
  ],
  'P-30': [
    {
      how: 'writes a document that must be new where one is',
      suite: 'test/contract/document-store.test.ts',
      test: 'creates with If-None-Match and replaces with If-Match',
      without: {
        what: 's3Documents writes on a condition',
        file: 'lib/adapters/s3/documents.ts',
        before: "expected === undefined ? { IfNoneMatch: '*' } : { IfMatch: expected }",
        after: 'expected === undefined ? {} : { IfMatch: expected }',
      },
    },
    {
      how: 'makes a key file where one is',
      suite: 'test/contract/key-service.test.ts',
      test: 'is never overwritten',
      without: {
        what: 'a key file is created exclusively',
        file: 'lib/adapters/file/key-file.ts',
        before: "open(path, 'wx', 0o600)",
        after: "open(path, 'w', 0o600)",
      },
    },
  ],
  'P-31': [
    {
      how: 'publishes a first policy and one that pins a new root key',
      suite: 'test/unit/publication/agent.test.ts',
      test: 'adds the next root key when an element pins it, and older tokens stay readable',
      without: {
        what: 'draftPublication notes a new keyring before it is used',
        file: 'lib/publication/draft.ts',
        before: '  if (keyring.version !== journal.keyring) return withKeyring(journal, policy, keyring);\n',
        after: '',
      },
    },
  ],
  'P-32': [
    {
      how: 'replaces the root keys of the stored keyring',
      suite: 'test/unit/publication/agent.test.ts',
      test: 'refuses to publish with another root key than the one that protected the values',
      without: {
        what: 'draftPublication checks the known answers',
        file: 'lib/publication/draft.ts',
        before: '  checkAnswers(journal.answers, answers);\n',
        after: '',
      },
    },
  ],
  'P-33': [
    {
      how: 'lets others read the secrets file',
      suite: 'test/local/tenants-cli.test.ts',
      test: 'refuses secrets that %s, and shows none',
      without: {
        what: 'requirePrivate looks at the mode',
        file: 'functions/cli/documents/secrets.ts',
        before: "if (process.platform === 'win32' || (mode & OTHERS) === 0) return;",
        after: 'if ((mode & OTHERS) >= 0) return;',
      },
    },
  ],
  'P-34': [
    {
      how: 'edits the header of the sealed tenants',
      suite: 'test/unit/tenants/bundle.test.ts',
      test: 'are refused with %s',
      without: {
        what: 'the encryption context names the version',
        file: 'lib/tenants/bundle.ts',
        before: "return { purpose: 'tenants', version: String(version) };",
        after: "return { purpose: 'tenants', version: String(version !== '') };",
      },
    },
  ],
  'P-35': [
    {
      how: 'writes a secret where JSON ends too early',
      suite: 'test/local/tenants-cli.test.ts',
      test: 'refuses secrets that %s, and shows none',
      without: {
        what: 'parse hides what a syntax error quotes',
        file: 'functions/cli/documents/secrets.ts',
        before: "error instanceof SyntaxError ? 'it is not JSON' :",
        after: 'error instanceof SyntaxError ? error.message :',
      },
    },
  ],
  'P-36': [
    {
      how: 'lets a sink fail with an error that quotes its credential',
      suite: 'test/unit/functions/canaries.test.ts',
      test: 'with $what',
      without: {
        what: 'deliver words the failure of a sink itself',
        file: 'lib/delivery/deliver.ts',
        before: ".catch(() => none('the sink failed'));",
        after: '.catch((error: unknown) => none(String(error)));',
      },
    },
  ],
  'P-37': [
    {
      how: 'watches the buffers of secrets after tenants were replaced',
      suite: 'test/unit/base/wipes.test.ts',
      test: '$file overwrites $what',
      without: {
        what: 'retireLater destroys the replaced tenants',
        file: 'functions/runtime/reload/tenants.ts',
        before: '  setTimeout(() => destroyTenants(replaced), GRACE_MS).unref();\n',
        after: '',
      },
    },
  ],
  'P-38': [
    {
      how: 'takes away the object, and the right to read it',
      suite: 'test/unit/functions/reload-tenants.test.ts',
      test: 'refuse at once when the object %s',
      without: {
        what: 'currentTenants tolerates an unreachable S3 alone',
        file: 'functions/runtime/reload/tenants.ts',
        before: '(isUnreachable(error) ? TOLERATE_UNREACHABLE_MS : 0)',
        after: '(isUnreachable(error) ? TOLERATE_UNREACHABLE_MS : Infinity)',
      },
    },
  ],
  'P-39': [
    {
      how: 'removes a tenant and brings it back with another key',
      suite: 'test/unit/tenants/bundle.test.ts',
      test: 'remembers a removed tenant, and refuses its return with another key, also one sealing later',
      without: {
        what: 'nextContent keeps former tenants',
        file: 'lib/tenants/next-content.ts',
        before: 'former: [...lineages.values()].filter(({ id }) => !present.has(id)).map(lineageOf),',
        after: 'former: [],',
      },
    },
  ],
  'P-40': [
    {
      how: 'lets the event sink fail under every operation',
      suite: 'test/unit/tenants/key-service.test.ts',
      test: 'gets no key without a durable event; the key is overwritten',
      without: {
        what: 'KeyService waits for the events',
        file: 'lib/tenants/key-service.ts',
        before: 'if (journal.drafts.length > 0) await this.#events.accept(journal.drafts);',
        after: 'if (journal.drafts.length > 0) void this.#events.accept(journal.drafts).catch(() => {});',
      },
    },
  ],
  'P-41': [
    {
      how: 'counts calls to the KMS and events over 10,000 operations',
      suite: 'test/unit/tenants/leases.test.ts',
      test: 'are one call with leasing, and still one event each',
      without: {
        what: 'Leases note a leased key',
        file: 'lib/tenants/leases.ts',
        before: '        notes.leased();\n',
        after: '',
      },
    },
  ],
  'P-42': [
    {
      how: 'takes the right to the key away and goes on unwrapping',
      suite: 'test/unit/tenants/leases.test.ts',
      test: 'unwraps stop within openS, under load, and work again when the key is back',
      without: {
        what: 'SharedKey knows its age',
        file: 'lib/tenants/open-keys.ts',
        before: 'return nowMs >= this.sinceMs && nowMs - this.sinceMs < ageMs;',
        after: 'return nowMs >= this.sinceMs && ageMs > 0;',
      },
    },
    {
      how: 'lets the KMS refuse once',
      suite: 'test/unit/tenants/leases.test.ts',
      test: 'the first refusal ends every lease of the configuration, and of no other',
      without: {
        what: 'Leases end at the first refusal',
        file: 'lib/tenants/leases.ts',
        before: '    if (!(error instanceof TenantError) || !REFUSALS.has(error.code)) return;\n',
        after: '    return;\n',
      },
    },
  ],
  'P-43': [
    {
      how: 'sets the clock back',
      suite: 'test/unit/tenants/leases.test.ts',
      test: 'ends when the clock is set back',
      without: {
        what: 'SharedKey compares with the time of its opening',
        file: 'lib/tenants/open-keys.ts',
        before: 'return nowMs >= this.sinceMs && nowMs - this.sinceMs < ageMs;',
        after: 'return nowMs - this.sinceMs < ageMs;',
      },
    },
  ],
  'P-44': [
    {
      how: 'watches the buffer of an answered key',
      suite: 'test/unit/base/wipes.test.ts',
      test: '$file overwrites $what',
      without: {
        what: 'text overwrites a key that it has encoded',
        file: 'lib/wire/tsp/operations.ts',
        before: '  using answered = key;\n',
        after: '  const answered = key;\n',
      },
    },
  ],
  'P-45': [
    {
      how: 'reports uses of an EDEK of another tenant',
      suite: 'test/unit/tenants/key-service.test.ts',
      test: 'are refused for an EDEK of another tenant',
      without: {
        what: 'reportOperations checks the form of the EDEKs',
        file: 'lib/tenants/key-service.ts',
        before: '          for (const { edek } of uses) configurationOf(tenant, parseEdek(edek).configuration);\n',
        after: '',
      },
    },
  ],
  'P-46': [
    {
      how: 'lets the sink fail, and take some lines only',
      suite: 'test/unit/events/event-log.test.ts',
      test: 'is offered the same lines again, before later ones',
      without: {
        what: 'EventLog waits for the sink',
        file: 'lib/events/event-log.ts',
        before: '      await this.#writes.next();\n    } catch (error) {\n      if (!lines',
        after: '      void this.#writes.next().catch(() => {});\n    } catch (error) {\n      if (!lines',
      },
    },
    {
      how: 'lets shards of Kinesis fail',
      suite: 'test/contract/event-sink.test.ts',
      test: 'rejects with whether each line is durable all the same',
      without: {
        what: 'kinesisEventSink rejects when a record was not taken',
        file: 'lib/adapters/kinesis/event-sink.ts',
        before: '      if (failure === undefined) return;\n',
        after: '      if (failure === undefined || accepted !== undefined) return;\n',
      },
    },
  ],
  'P-47': [
    {
      how: 'sends the fields that only the service sets',
      suite: 'test/unit/events/metadata.test.ts',
      test: 'is refused: %s',
      without: {
        what: 'readMetadata refuses reserved names',
        file: 'lib/events/metadata.ts',
        before: "    if (RESERVED.has(name)) throw invalid(`iclFields.${name}`, 'is set by the service');\n",
        after: '',
      },
    },
  ],
  'P-48': [
    {
      how: 'answers with a redirect to another host',
      suite: 'test/contract/protector-client.test.ts',
      test: 'follows no redirect, which would send the key to another host',
      without: {
        what: 'Connection treats a redirect as an error',
        file: 'lib/client/connection.ts',
        before: "        redirect: 'error',\n",
        after: '',
      },
    },
    {
      how: 'configures plain http to another machine',
      suite: 'test/contract/protector-client.test.ts',
      test: 'the client refuses the URL %s with the key %j, without repeating the key',
      without: {
        what: 'Connection takes https',
        file: 'lib/client/connection.ts',
        before: "if (protocol !== 'https:' && !(protocol === 'http:' && LOCAL.has(hostname))) {",
        after: "if (!['https:', 'http:'].includes(protocol) || hostname === '') {",
      },
    },
  ],
  'P-49': [
    {
      how: 'repeats the key in the answer, as a proxy may',
      suite: 'test/contract/protector-client.test.ts',
      test: 'never shows its API key in an error or in print',
      without: {
        what: 'Connection replaces the key in messages',
        file: 'lib/client/connection.ts',
        before: ".replaceAll(this.#key(), '[secret]')",
        after: '',
      },
    },
  ],
  'P-50': [
    {
      how: 'watches the buffers of document keys of the client',
      suite: 'test/unit/base/wipes.test.ts',
      test: '$file overwrites $what',
      without: {
        what: 'CachedKey destroys its key',
        file: 'lib/client/cached-key.ts',
        before: '    this.#key.dek.destroy();\n',
        after: '',
      },
    },
  ],
  'P-51': [
    {
      how: 'compares the rights of each role with the calls of its function',
      suite: 'test/infra/drift.test.ts',
      test: 'has no other right',
      without: {
        what: 'the sealer has the rights that it uses',
        file: 'infra/constructs/log-sealer.ts',
        before: "actions: ['s3:DeleteObject', 's3:GetObject', 's3:PutObject', 's3:PutObjectRetention'],",
        after:
          "actions: ['s3:DeleteObject', 's3:DeleteObjectVersion', 's3:GetObject', 's3:PutObject', 's3:PutObjectRetention'],",
      },
    },
  ],
  'P-52': [
    {
      how: 'asks who may seal',
      suite: 'test/infra/stacks.test.ts',
      test: 'seals for the agent only',
      without: {
        what: 'the key policy names the agent',
        file: 'infra/constructs/sealing-key.ts',
        before: 'roles: [sealer] }',
        after: 'roles: [sealer, ...openers] }',
      },
    },
    {
      how: 'asks for the keyring as a protect function',
      suite: 'test/infra/stacks.test.ts',
      test: 'opens policies and the audit signing key, and no keyring, for protect functions',
      without: {
        what: 'the key policy asks for the context of a policy',
        file: 'infra/constructs/sealing-key.ts',
        before: 'roles: openers, conditions: POLICY_CONTEXT }',
        after: 'roles: openers }',
      },
    },
  ],
  'P-53': [
    {
      how: 'asks who may open the tenants',
      suite: 'test/infra/stacks.test.ts',
      test: 'are opened by gateway and forwarders, and only the gateway uses their keys',
      without: {
        what: 'the key policy names the openers',
        file: 'infra/constructs/tenant-store.ts',
        before: 'roles: openers, conditions: TENANTS_CONTEXT }',
        after: 'conditions: TENANTS_CONTEXT }',
      },
    },
  ],
  'P-54': [
    {
      how: 'asks who may sign checkpoints',
      suite: 'test/infra/stacks.test.ts',
      test: 'has a signing key that only the sealer uses',
      without: {
        what: 'the key policy names the sealer',
        file: 'infra/constructs/log-sealer.ts',
        before: "actions: ['kms:Sign', 'kms:GetPublicKey'], roles: [role] }",
        after: "actions: ['kms:Sign', 'kms:GetPublicKey'] }",
      },
    },
  ],
  'P-55': [
    {
      how: 'asks who may cosign',
      suite: 'test/infra/stacks.test.ts',
      test: 'has a key of its own for Ed25519, which only its function uses',
      without: {
        what: 'the key policy names the witness',
        file: 'infra/stacks/witness.ts',
        before: "actions: ['kms:Sign', 'kms:GetPublicKey'], roles: [role] }",
        after: "actions: ['kms:Sign', 'kms:GetPublicKey'] }",
      },
    },
  ],
  'P-56': [
    {
      how: 'asks whether a statement lets the account use a key without a condition',
      suite: 'test/infra/stacks.test.ts',
      test: 'use and administration of a key are separate statements, and the account itself may not use a key',
      without: {
        what: 'the key policy asks for the log groups of the deployment',
        file: 'infra/stacks/audit.ts',
        before: "          conditions: { ArnLike: { 'kms:EncryptionContext:aws:logs:arn': logGroupArns(prefix) } },\n",
        after: '',
      },
    },
  ],
  'P-57': [
    {
      how: 'reads the protection of the audit log group',
      suite: 'test/infra/stacks.test.ts',
      test: 'is encrypted, kept for a year, protected from deletion, and indexed by the fields that people filter by',
      without: {
        what: 'deletion protection is on',
        file: 'infra/stacks/audit.ts',
        before: 'deletionProtectionEnabled: true',
        after: 'deletionProtectionEnabled: false',
      },
    },
  ],
  'P-58': [
    {
      how: 'asks who may write the log',
      suite: 'test/infra/stacks.test.ts',
      test: 'is sealed in a bucket with object lock that only the sealer writes and no principal unlocks',
      without: {
        what: 'the bucket denies others than the sealer',
        file: 'infra/constructs/log-sealer.ts',
        before: "    this.bucket.reserve(['s3:PutObject'], [role], `${LOG_PREFIX}*`);\n",
        after: '',
      },
    },
    {
      how: 'asks who may delete versions',
      suite: 'test/infra/stacks.test.ts',
      test: 'is sealed in a bucket with object lock that only the sealer writes and no principal unlocks',
      without: {
        what: 'the bucket forbids deletion of versions',
        file: 'infra/constructs/log-sealer.ts',
        before: "      's3:DeleteObjectVersion',\n      's3:PutBucketObjectLockConfiguration',",
        after: "      's3:PutBucketObjectLockConfiguration',",
      },
    },
  ],
  'P-59': [
    {
      how: 'asks who may write what a witness has cosigned',
      suite: 'test/infra/stacks.test.ts',
      test: 'forgets nothing: only its function writes, and no principal deletes or unlocks what it has cosigned',
      without: {
        what: 'the bucket denies others than the witness',
        file: 'infra/stacks/witness.ts',
        before: "    bucket.reserve(['s3:PutObject', 's3:PutObjectRetention'], [role]);\n",
        after: '',
      },
    },
  ],
  'P-60': [
    {
      how: 'asks who may write publications',
      suite: 'test/infra/stacks.test.ts',
      test: 'has a publication bucket that only the agent writes',
      without: {
        what: 'the bucket denies others than the agent',
        file: 'infra/stacks/policy.ts',
        before:
          "    this.publicationBucket.reserve(['s3:PutObject', 's3:DeleteObject', 's3:DeleteObjectVersion'], [agentRole]);\n",
        after: '',
      },
    },
  ],
  'P-61': [
    {
      how: 'reads the policy of every bucket',
      suite: 'test/infra/stacks.test.ts',
      test: 'every bucket requires TLS 1.2, is private, has versions, and outlives its stack',
      without: {
        what: 'PrivateBucket asks for TLS 1.2',
        file: 'infra/constructs/private-bucket.ts',
        before: '    minimumTLSVersion: 1.2,\n',
        after: '',
      },
    },
  ],
};
