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
        before: 'this.#rounds.run(this.#aes, groups, sign);',
        after: 'void [this.#aes, sign];',
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
      suite: 'test/unit/wire/rest/jwt/token.test.ts',
      test: '%s of %s, verified with %s',
      without: {
        what: 'verifyWith takes the algorithms of the key alone',
        file: 'lib/wire/rest/jwt/token.ts',
        before: '      algorithms: [...algorithms],\n',
        after: '',
      },
    },
    {
      how: 'changes claims, signature and header of a good token',
      suite: 'test/unit/wire/rest/jwt/token.test.ts',
      test: 'changed claims, a changed signature and a key in the header are refused',
      without: {
        what: 'userOfToken verifies the signature',
        file: 'lib/wire/rest/jwt/token.ts',
        before: 'keys === undefined ? decode(token)',
        after: 'keys === undefined || nowMs > 0 ? decode(token)',
      },
    },
    {
      how: 'sends tokens before, after and without their time',
      suite: 'test/unit/wire/rest/jwt/token.test.ts',
      test: 'decides about a token %s',
      without: {
        what: 'verifyWith requires the claim exp',
        file: 'lib/wire/rest/jwt/token.ts',
        before: "      requiredClaims: ['exp'],\n",
        after: '',
      },
    },
    {
      how: 'sends tokens of types that are not for access',
      suite: 'test/unit/wire/rest/jwt/token.test.ts',
      test: 'type %j by default: %s, whoever has verified it',
      without: {
        what: 'checkRules compares the type',
        file: 'lib/wire/rest/jwt/token.ts',
        before: 'if (!types.includes(type) ||',
        after: 'if (types.length === 0 ||',
      },
    },
    {
      how: 'sends tokens of another issuer, of several and of none',
      suite: 'test/unit/wire/rest/jwt/token.test.ts',
      test: 'issuer %j of two: %s',
      without: {
        what: 'checkRules compares the issuer',
        file: 'lib/wire/rest/jwt/token.ts',
        before: "if (issuers !== undefined && !(typeof issuer === 'string' && issuers.includes(issuer))) {",
        after: "if (issuers !== undefined && typeof issuer !== 'string') {",
      },
    },
    {
      how: 'sends tokens for another audience, for several and for none',
      suite: 'test/unit/wire/rest/jwt/token.test.ts',
      test: 'audience %j: %s',
      without: {
        what: 'checkRules compares the audience',
        file: 'lib/wire/rest/jwt/token.ts',
        before: "named.some((one) => typeof one === 'string' && audiences.includes(one))",
        after: "named.some((one) => typeof one === 'string')",
      },
    },
    {
      how: 'sends bodies that no parser takes, and names another user in one, without a token',
      suite: 'test/unit/functions/rest.test.ts',
      test: 'is refused for its token, and not for its body, which %s',
      without: {
        what: 'understand decides who asks before it parses the body',
        file: 'lib/wire/rest/serve.ts',
        before: '  const known = await knownCaller(',
        after: '  parseBody(readGatewayBody(event).toString());\n  const known = await knownCaller(',
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
          "throw await protector.refuse({ ...progress.origin, caller: protector.identify({ by: 'name', name: String(request.headerValues('authorization')) }) }, refusal);",
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
      how: 'authors a policy and asks for a rollback that protect with a compromised root key',
      suite: 'test/local/compromised-key.test.ts',
      test: 'a policy that protects with the key is refused, and so is a rollback to one, unless it is forced',
      without: {
        what: 'checkKeys looks at the mark of a root key',
        file: 'lib/policy/check-keys.ts',
        before: "stateOf(root) === 'compromised' && hasKey(element)",
        after: "stateOf(root) === 'compromised' && hasKey(element) && version === 0",
      },
    },
    {
      how: 'authors a policy under which functions break, give another token, or refuse',
      suite: 'test/unit/publication/agent.test.ts',
      test: 'undoes a policy whose function %s → %s, with the reason',
      without: {
        what: 'PolicyAgent undoes a publication when the canary gets a wrong answer',
        file: 'lib/publication/agent.ts',
        before: 'if (wrong !== undefined) return undoing(',
        after: "if (wrong === '') return undoing(",
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
    {
      how: 'searches the documents of a release for the sentences of its tests',
      suite: 'test/unit/publication/kept-tests.test.ts',
      test: 'are kept with the release, and nothing of them is in clear',
      without: {
        what: 'keepTests seals them',
        file: 'lib/publication/draft.ts',
        before: 'const sealed = await sealTests(keys, tests, { policy, version, createdAt: now() }, random(12));',
        after:
          'const sealed = { ...(await sealTests(keys, tests, { policy, version, createdAt: now() }, random(12))), tests };',
      },
    },
  ],
  'P-08': [
    {
      how: 'fails a test with a value beside a policy',
      suite: 'test/unit/publication/release-tests.test.ts',
      test: 'is not published when it %s',
      without: {
        what: 'problemOf leaves out what a test gives',
        file: 'lib/publication/release-tests.ts',
        before: '`fails${because}`',
        after: '`fails: ${failure.gives}${because}`',
      },
    },
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
  'P-72': [
    {
      how: 'asks for each page and answer without the cookie that the address gives',
      suite: 'test/local/console.test.ts',
      test: 'refuses %s without the cookie',
      without: {
        what: 'Guard refuses a request without the cookie',
        file: 'functions/cli/console/guard.ts',
        before: "    if (!isSame(getCookie(c, this.#cookie) ?? '', this.#session)) return refusal(c, NO_TOKEN);\n",
        after: '',
      },
    },
    {
      how: 'asks with the token and the cookie under other host names',
      suite: 'test/local/console.test.ts',
      test: 'refuses the host name %s, with the token and with the cookie',
      without: {
        what: 'Guard compares the host name',
        file: 'functions/cli/console/guard.ts',
        before: '    if (!this.#isOwnHost(c)) return',
        after: '    if (false) return',
      },
    },
    {
      how: 'asks with the cookie from other pages',
      suite: 'test/local/console.test.ts',
      test: 'refuses a request of another page: %j',
      without: {
        what: 'Guard compares the origin of a request',
        file: 'functions/cli/console/guard.ts',
        before: '    if (!this.#isOwnOrigin(c)) return',
        after: '    if (false) return',
      },
    },
  ],
  'P-73': [
    {
      how: 'asks for a user and an element whose names end the script and begin another',
      suite: 'test/local/console.test.ts',
      test: 'holds its data, style and script, names no host, and keeps names of users text',
      without: {
        what: 'selfContainedPage writes no < in its data',
        file: 'functions/cli/console/page-bundle.ts',
        before: "JSON.stringify(data).replaceAll('<', '\\\\u003c')",
        after: 'JSON.stringify(data)',
      },
    },
    {
      how: 'looks for what the policy of each answer allows',
      suite: 'test/local/console.test.ts',
      test: 'allows no script, style, frame or host but its own, and keeps no answer',
      without: {
        what: 'Guard allows no inline script',
        file: 'functions/cli/console/guard.ts',
        before: '"script-src \'self\'"',
        after: "\"script-src 'self' 'unsafe-inline'\"",
      },
    },
  ],
  'P-74': [
    {
      how: 'looks for a way in which a browser would keep an answer',
      suite: 'test/local/console.test.ts',
      test: 'allows no script, style, frame or host but its own, and keeps no answer',
      without: {
        what: 'Guard forbids to keep answers',
        file: 'functions/cli/console/guard.ts',
        before: "  'cache-control': 'no-store',\n",
        after: '',
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
      how: 'resolves the name of a receiver to another address once it is trusted',
      suite: 'test/unit/adapters/outbound-guard.test.ts',
      test: 'is checked again at each lookup, whatever the name resolved to before',
      without: {
        what: 'outboundGuard checks the address that is connected to',
        file: 'lib/adapters/outbound/guard.ts',
        before: '.filter((address) => isIP(address) !== 0 && isAllowed(address))',
        after: '.filter((address) => isIP(address) !== 0)',
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
    {
      how: 'sends events of any size to a receiver of syslog that counts octets',
      suite: 'test/property/syslog.property.test.ts',
      test: 'keeps one record of each event, well-formed and marked when it is cut: %j',
      without: {
        what: 'messageOf cuts a message to the limit',
        file: 'lib/adapters/tls/syslog.ts',
        before: 'if (octets.length <= limit) return { octets, isCut: false };',
        after: 'if (octets.length >= 0) return { octets, isCut: false };',
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
        before: "if (elements === undefined) return { kind: 'refuse', code: 2, audit: RECORD_ALL };",
        after: "if (elements === undefined) return { kind: 'allow', audit: RECORD_ALL };",
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
        before: 'const policy = await settled(this.#policy());\n    const nowMs',
        after: 'const policy = { ok: true as const, value: await this.#policy() };\n    const nowMs',
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
  'P-77': [
    {
      how: 'reads the whole memory after calls in both directions, and after a refused one',
      suite: 'test/unit/crypto/ff1-kernels.test.ts',
      test: 'holds nothing of a call after it',
      without: {
        what: 'runLockstep overwrites the memory of the kernels',
        file: 'lib/crypto/ff1-lockstep.ts',
        before: '    kernels.bytes.subarray(MEMORY_START, used).fill(0);',
        after: '    void used;',
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
        before:
          '  if (keyring.version !== journal.keyring) return withKeyring(world, journal, policy.name, keyring);\n',
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
        before: "actions: ['kms:Sign', 'kms:GetPublicKey'], roles }",
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
        before: "  's3:DeleteObjectVersion',\n  's3:PutBucketObjectLockConfiguration',",
        after: "  's3:PutBucketObjectLockConfiguration',",
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
  'P-62': [
    {
      how: 'moves values between elements of every type, clear ends, alphabets and options',
      suite: 'test/unit/policy/moves.test.ts',
      test: 'is refused because it shows %s',
      without: {
        what: 'moreShown compares the clear ends',
        file: 'lib/policy/moves.ts',
        before:
          "  if (now.fromLeft > before.fromLeft || now.fromRight > before.fromRight) return 'characters at an end';\n",
        after: '',
      },
    },
    {
      how: 'moves values to an element that the user may unprotect, in clear or behind a mask',
      suite: 'test/unit/policy/moves.test.ts',
      test: 'of the old element %j and of the new one %j: a move discloses %s',
      without: {
        what: 'Moves compare what the user sees of both elements',
        file: 'lib/policy/moves.ts',
        before: "    if (after === 'clear') return 'the clear value, which the user may unprotect there';\n",
        after: '',
      },
    },
    {
      how: 'compares the characters that stay of random values under random elements, as an engine makes their tokens',
      suite: 'test/property/reprotect.property.test.ts',
      test: 'a move that is allowed leaves no character in clear that was hidden before',
      without: {
        what: 'PolicyDecider refuses a move that shows more',
        file: 'lib/policy/decide.ts',
        before: 'return disclosure === undefined ?',
        after: 'return disclosure === undefined || elements.length > 0 ?',
      },
    },
  ],
  'P-63': [
    {
      how: 'gives public keys, private keys and certificates in twenty forms as a shared secret',
      suite: 'test/unit/wire/rest/jwt/settings.test.ts',
      test: 'in the form of %s',
      without: {
        what: 'formOf tells DER from a secret',
        file: 'lib/contract/token-keys.ts',
        before: 'if (form !== undefined || layers === 0) return form;',
        after: 'if (layers === 0) return form;',
      },
    },
    {
      how: 'puts a public key into Secrets Manager in place of a shared secret',
      suite: 'test/contract/secret-text.test.ts',
      test: 'is refused when it is %s: the protector is not configured',
      without: {
        what: 'sharedSecretOf takes a shared secret alone',
        file: 'lib/wire/rest/jwt/keys.ts',
        before: "if (content.kind === 'secret') return secretFrom(content.bytes);",
        after: "if (content.kind !== 'unfit') return secretFrom(content.bytes);",
      },
    },
    {
      how: 'gives a public key to the verification in each form that it may have',
      suite: 'test/unit/wire/rest/jwt/settings.test.ts',
      test: 'as %s in %s verifies its own algorithms, and no other',
      without: {
        what: 'a public RSA key verifies no HMAC',
        file: 'lib/wire/rest/jwt/keys.ts',
        before: 'return { key, algorithms: RSA_ALGORITHMS };',
        after: 'return { key, algorithms: [...RSA_ALGORITHMS, ...SECRET_ALGORITHMS] };',
      },
    },
    {
      how: 'configures a key in place of the name of a secret',
      suite: 'test/unit/infra/config.test.ts',
      test: 'with %s is refused by the wrong path',
      without: {
        what: 'the configuration takes names of secrets alone',
        file: 'infra/config.ts',
        before: "if (isKeyMaterial(text)) return 'must name",
        after: "if (isKeyMaterial(text) && text === '') return 'must name",
      },
    },
  ],
  'P-64': [
    {
      how: 'answers for the key set with a redirect to another host',
      suite: 'test/unit/functions/key-set.test.ts',
      test: 'that is elsewhere: status %i is not followed',
      without: {
        what: 'the key set is taken from an answer of status 200 alone',
        file: 'functions/runtime/protect/tokens.ts',
        before: 'if (status !== 200) throw',
        after: 'if (status < 200) throw',
      },
    },
    {
      how: 'brings keys and addresses of keys in the header of tokens',
      suite: 'test/unit/functions/key-set.test.ts',
      test: 'are those of the set, whatever key or address a token brings',
      without: {
        what: 'the key comes from the configured set',
        file: 'lib/wire/rest/jwt/key-set.ts',
        before: 'return { key: createLocalJWKSet(set),',
        after:
          'return { key: (header, token) => (header?.jwk === undefined ? createLocalJWKSet(set)(header, token) : createLocalJWKSet({ keys: [{ ...header.jwk, kid: header.kid }] })(header, token)),',
      },
    },
    {
      how: 'leads the address of the key set to this machine',
      suite: 'test/unit/functions/key-set.test.ts',
      test: 'at an address that is not public, unless the settings have its network',
      without: {
        what: 'the key set is fetched from public addresses',
        file: 'functions/runtime/protect/tokens.ts',
        before: 'guard: guardOf({ allowedNetworks, ...rules }),',
        after: 'guard: guardOf({ allowedNetworks, ...rules, loopback: true }),',
      },
    },
    {
      how: 'answers for the key set not at all, or byte by byte',
      suite: 'test/unit/functions/key-set.test.ts',
      test: 'of a provider that %s: the time is bounded',
      without: {
        what: 'the key set is waited for three seconds at most',
        file: 'functions/runtime/protect/tokens.ts',
        before: '    timeoutMs,\n    maxReplyBytes',
        after: '    maxReplyBytes',
      },
    },
    {
      how: 'publishes a key set that is too long, or never ends',
      suite: 'test/unit/functions/key-set.test.ts',
      test: 'which is published %s',
      without: {
        what: 'the key set has at most 256 kB',
        file: 'functions/runtime/protect/tokens.ts',
        before: '    maxReplyBytes: MAX_KEY_SET_BYTES,\n',
        after: '    maxReplyBytes: MAX_KEY_SET_BYTES * 1024,\n',
      },
    },
    {
      how: 'publishes a shared secret among public keys',
      suite: 'test/unit/functions/key-set.test.ts',
      test: 'which is published %s',
      without: {
        what: 'parseKeySet refuses a set with a secret in it',
        file: 'lib/wire/rest/jwt/key-set.ts',
        before: "key.kty === 'oct' || key.k !== undefined || key.d",
        after: 'key.d',
      },
    },
  ],
  'P-65': [
    {
      how: 'invokes a function as the policy agent with bodies that name another user',
      suite: 'test/unit/publication/canary-jwt.test.ts',
      test: 'stays the canary whatever the body says, and may not use %s',
      without: {
        what: 'the agent is decided before the body is read',
        file: 'lib/wire/rest/caller.ts',
        before: "return { kind: 'decided', caller: identify({ by: 'agent', name: CANARY }) };",
        after:
          "return { kind: 'left-to-body', caller: identify({ by: 'agent', name: CANARY }), without: 'USER_MISSING' };",
      },
    },
    {
      how: 'poses as the policy agent through gateways, in headers and bodies',
      suite: 'test/unit/publication/canary-jwt.test.ts',
      test: 'is refused %s',
      without: {
        what: 'isAgent takes a direct invocation alone',
        file: 'lib/wire/rest/caller.ts',
        before: 'caller === CANARY && method === undefined && requestContext === undefined',
        after: 'caller === CANARY && (method ?? requestContext) !== null',
      },
    },
    {
      how: 'invokes a function where a service user replaces every user',
      suite: 'test/unit/publication/canary-jwt.test.ts',
      test: 'stays the canary where a service user replaces every user',
      without: {
        what: 'callersOf leaves the agent its name',
        file: 'lib/protect/caller.ts',
        before: "callerOf(by === 'agent' ? name",
        after: "callerOf(by === 'agent' && name === '' ? name",
      },
    },
    {
      how: 'asks as the canary for an element that every user may read',
      suite: 'test/unit/publication/canary-jwt.test.ts',
      test: 'stays the canary whatever the body says, and may not use %s',
      without: {
        what: 'the role of the canary inherits nothing',
        file: 'lib/publication/canary.ts',
        before: 'inheritsDefault: serviceUser !== undefined,',
        after: 'inheritsDefault: true,',
      },
    },
  ],
  'P-66': [
    {
      how: 'asks under look-alike names on every front end',
      suite: 'test/unit/functions/callers.test.ts',
      test: '%j is no user of the policy, and recorded as it came',
      without: {
        what: 'foldCase folds ASCII letters alone',
        file: 'lib/base/fold-case.ts',
        before: 'return name.replaceAll(/[A-Z]+/g, (capitals) => capitals.toLowerCase());',
        after: 'return name.toLowerCase();',
      },
    },
    {
      how: 'asks under names in other cases, and reads the record',
      suite: 'test/unit/functions/callers.test.ts',
      test: '%s is kate, and recorded as the policy spells it',
      without: {
        what: 'Protector records the user as the policy spells it',
        file: 'lib/protect/protector.ts',
        before: 'user: policy?.decider.spelledUser(caller.user) ?? caller.user };',
        after: 'user: caller.user };',
      },
    },
  ],
  'P-67': [
    {
      how: 'searches every template for secrets, and for references that a deployment would replace by them',
      suite: 'test/infra/stacks.test.ts',
      test: 'never find a secret in a template: functions read it at run time, each its own',
      without: {
        what: 'the function gets the name of the secret',
        file: 'infra/stacks/protector.ts',
        before: '[REST_ENV.jwtSecretArn]: jwt.secret,',
        after: '[REST_ENV.jwtSecretArn]: jwt.secret && `{{resolve:secretsmanager:${jwt.secret}}}`,',
      },
    },
    {
      how: 'rotates the secret under a function that runs',
      suite: 'test/contract/secret-text.test.ts',
      test: 'that was rotated verifies at once, without a deployment, and forged tokens cost no more calls',
      without: {
        what: 'Refreshed loads a secret again',
        file: 'lib/base/refreshed.ts',
        before: 'if (this.#held?.value === seen) await this.#refresh();\n',
        after: '',
      },
    },
  ],
  'P-68': [
    {
      how: 'asks without the right, and watches whether the values are read',
      suite: 'test/unit/protect/protector.test.ts',
      test: 'is refused without its values being read, and recorded with their number: %s',
      without: {
        what: 'Protector decides before it reads a column',
        file: 'lib/protect/protector.ts',
        before: '    // A caller without the right has no claim to the work of reading values.\n',
        after: '    request.column();\n',
      },
    },
    {
      how: 'sends a body without the right that no parser takes',
      suite: 'test/unit/wire/snowflake/body-budget.test.ts',
      test: 'of an unknown user is counted and not parsed: %s',
      without: {
        what: 'a refused batch is counted, not parsed',
        file: 'lib/wire/snowflake/request.ts',
        before: 'count: () => valuesOf(tally(), argument, count),',
        after: 'count: () => columnOf(body(), argument, count).length,',
      },
    },
    {
      how: 'puts damaged bytes behind the limit of a zipped body',
      suite: 'test/unit/wire/gateway.test.ts',
      test: 'is unzipped no further than that: what is behind it is not read',
      without: {
        what: 'gunzip stops at the limit',
        file: 'lib/base/gzip.ts',
        before: 'gunzipSync(bytes, { maxOutputLength: most })',
        after: 'gunzipSync(bytes, { maxOutputLength: most * 2 ** 10 })',
      },
    },
    {
      how: 'sends more rows than a reply has room for, in a body that is no JSON',
      suite: 'test/unit/wire/snowflake/body-budget.test.ts',
      test: 'of more rows than a reply has room for is refused before it is parsed',
      without: {
        what: 'readSnowflakeBody counts rows before it parses',
        file: 'lib/wire/snowflake/body.ts',
        before: '  checkAnswerable(tallyBody(bytes));',
        after: '  if (bytes.length === 0) checkAnswerable(tallyBody(bytes));',
      },
    },
    {
      how: 'sends values whose tokens no reply has room for, and watches the work',
      suite: 'test/unit/protect/protector.test.ts',
      test: 'is asked for the least answer, before any work',
      without: {
        what: 'Protector asks for room before the work',
        file: 'lib/protect/protector.ts',
        before: 'request.room?.take(leastReply(policy, batch));',
        after: 'request.room?.take(0 * leastReply(policy, batch));',
      },
    },
    {
      how: 'walks to tokens further than a request may',
      suite: 'test/unit/protect/methods/walk-allowance.test.ts',
      test: 'share what goes beyond, however many batches the request has, and the next request has it again',
      without: {
        what: 'WalkAllowance counts for the whole request',
        file: 'lib/protect/methods/walk-allowance.ts',
        before: '      this.#left += own;\n',
        after: '',
      },
    },
    {
      how: 'sends long values whose tokens no reply has room for',
      suite: 'test/unit/protect/protector.test.ts',
      test: 'is asked for the least answer, before any work',
      without: {
        what: 'leastReply takes the growth of the element',
        file: 'lib/protect/least-reply.ts',
        before: 'return cells + factor * (isSmall ? units : utf8Bytes(batch.column));',
        after: 'return cells + 0 * factor * (isSmall ? units : utf8Bytes(batch.column));',
      },
    },
  ],
  'P-69': [
    {
      how: 'copies an older sealed policy of a workspace over the newest',
      suite: 'test/local/compromised-key.test.ts',
      test: 'of version %s that is copied over the newest is refused',
      without: {
        what: 'checkInForce compares the digest',
        file: 'functions/cli/sealing/policy-floor.ts',
        before: 'floor.digests.includes(digestOf(bundle))',
        after: 'floor.digests.includes(digestOf(bundle)) || floor.version > 0',
      },
    },
    {
      how: 'puts an older sealed policy of a deployment in the place of a release, and has it deployed',
      suite: 'test/local/compromised-key.test.ts',
      test: 'an older sealed policy in the place of a release is not deployed',
      without: {
        what: 'policyOf compares the version with the journal',
        file: 'lib/publication/sealed-release.ts',
        before: 'if (opened.version !== String(version)) throw',
        after: "if (opened.version === '') throw",
      },
    },
  ],
  'P-70': [
    {
      how: 'seals a bucket and a log group without a role of the tenant',
      suite: 'test/unit/functions/tenant-sinks.test.ts',
      test: 'with %s takes nothing and says why',
      without: {
        what: 'a sink in AWS needs a role of the tenant',
        file: 'functions/runtime/forward/tenant-sinks.ts',
        before: 'settings.roleArn === undefined && !laptop',
        after: "settings.roleArn === '' && !laptop",
      },
    },
    {
      how: 'seals our own bucket and log group as a sink',
      suite: 'test/unit/functions/tenant-sinks.test.ts',
      test: 'with %s takes nothing and says why',
      without: {
        what: 'refusalOf knows our own names',
        file: 'functions/runtime/forward/tenant-sinks.ts',
        before: "  if (isOwn(settings, own)) return 'a bucket or log group of this deployment';\n",
        after: '',
      },
    },
    {
      how: 'writes our own bucket and log group into the tenants file',
      suite: 'test/unit/tenants/own-names.test.ts',
      test: 'must not name our %s, whatever role it assumes',
      without: {
        what: 'isOwn compares buckets and log groups',
        file: 'lib/tenants/own-names.ts',
        before: 'return own.has(sink.bucket);',
        after: 'return own.size < 0;',
      },
    },
    {
      how: 'plants an object in a backlog',
      suite: 'test/unit/delivery/lanes.test.ts',
      test: 'puts a damaged object of a backlog aside, and drains the other lanes',
      without: {
        what: 'Backlog puts a damaged object aside',
        file: 'lib/delivery/backlog.ts',
        before: '    await this.#store.put(this.#asidePrefix + key, object.body);\n',
        after: '',
      },
    },
    {
      how: 'plants an object in a backlog, and reads metrics and log of the forwarder',
      suite: 'test/unit/functions/log-forwarder.test.ts',
      test: 'puts aside an object of a backlog that no forwarder wrote, names it, and counts it among the dead letters',
      without: {
        what: 'reportDamaged counts the objects',
        file: 'functions/runtime/forward/delivery-metrics.ts',
        before: 'if (keys.length > 0) write(',
        after: 'if (keys.length < 0) write(',
      },
    },
  ],
  'P-71': [
    {
      how: 'signs and approves a release as one person, as a stranger, with rights of the other kind, and for other files',
      suite: 'test/unit/publication/gate.test.ts',
      test: 'that demands an approval is closed to %s',
      without: {
        what: 'askGate wants another person than the author',
        file: 'lib/publication/gate.ts',
        before: 'if (approved.name === author.author) {',
        after: "if (approved.name === '') {",
      },
    },
    {
      how: 'approves with the key of somebody who may only write',
      suite: 'test/unit/publication/gate.test.ts',
      test: 'that demands an approval is closed to %s',
      without: {
        what: 'askGate looks at the rights of a signer',
        file: 'lib/publication/gate.ts',
        before: 'if (may?.has(right) !== true)',
        after: 'if (may === undefined)',
      },
    },
    {
      how: 'brings back a former release with the approval that it had',
      suite: 'test/unit/publication/gate.test.ts',
      test: 'takes an approval for one publication alone',
      without: {
        what: 'an approval names the live version',
        file: 'lib/publication/gate.ts',
        before: 'after version ${live ?? 0}',
        after: 'after version ${typeof live}',
      },
    },
    {
      how: 'changes each byte of signatures by OpenSSH',
      suite: 'test/unit/crypto/ssh-signature.test.ts',
      test: 'holds with none of its bytes changed, and with none cut off',
      without: {
        what: 'isSshSignatureOf verifies with the public key',
        file: 'lib/crypto/ssh-signature.ts',
        before: "algorithm === 'ssh-ed25519' && verify(null, data, key.key, bytes)",
        after: "algorithm === 'ssh-ed25519' && bytes.length > 0",
      },
    },
  ],
  'P-79': [
    {
      how: 'lets 50 environments race for one count, kills them, shuts them down, and loses replies of the store',
      suite: 'test/unit/protect/budgets.test.ts',
      test: '50 environments that race, are killed, shut down and lose replies never show more than the limit',
      without: {
        what: 'LeasedBudgets compares what it needs with what is left',
        file: 'lib/protect/budgets.ts',
        before: '      if (need > rest) throw spent(claim, rest + own);\n',
        after: '',
      },
    },
    {
      how: 'damages a count',
      suite: 'test/unit/protect/budgets.test.ts',
      test: 'shows no value for the count %j',
      without: {
        what: 'readCount takes no object that the product has not written',
        file: 'lib/protect/budgets.ts',
        before: "  if (digits === undefined) throw unavailable('The count of values is damaged');\n",
        after: '',
      },
    },
    {
      how: 'writes one version of a count in several processes',
      suite: 'test/local/budget-processes.test.ts',
      test: 'a version of a count is created by one process only',
      without: {
        what: 'a version is created, and never replaced',
        file: 'lib/adapters/file/budget-store.ts',
        before: 'await link(aside, join(folder, version));',
        after: 'await createDurably(join(folder, version), body).catch(() => undefined);',
      },
    },
    {
      how: 'asks a function that has nothing to count in',
      suite: 'test/unit/protect/budgeted.test.ts',
      test: 'refuses every request of its policy where nothing is set to count in, and says what to set',
      without: {
        what: 'RequestBudgets refuses what cannot be counted',
        file: 'lib/protect/protector.ts',
        before: '    if (this.#budgets === undefined) {\n',
        after: '    if (this.#budgets === undefined && this.#nowMs < 0) {\n',
      },
    },
    {
      how: 'sends a batch with more values than were counted',
      suite: 'test/unit/protect/budgeted.test.ts',
      test: 'refuses a batch with more values than were counted',
      without: {
        what: 'checkCount compares the values with the claim',
        file: 'lib/protect/protector.ts',
        before: 'valueOf(claim).count < count',
        after: 'valueOf(claim).count < 0',
      },
    },
  ],
  'P-80': [
    {
      how: 'asks a moment before and after a grant begins and ends',
      suite: 'test/unit/policy/terms.test.ts',
      test: '%s unprotects %s at %s: %s, %s',
      without: {
        what: 'PolicyDecider compares the time with that of the grant',
        file: 'lib/policy/decide.ts',
        before: 'return found !== undefined && isWithin(found.span, nowMs) ? found.grants : NO_GRANT;',
        after: 'return found !== undefined ? found.grants : NO_GRANT;',
      },
    },
    {
      how: 'asks as a member whose time is over or has not come, by name and through groups',
      suite: 'test/unit/policy/terms.test.ts',
      test: '%s unprotects %s at %s: %s, %s',
      without: {
        what: 'standing takes the roles of the time',
        file: 'lib/policy/decide.ts',
        before: 'const roles = rolesAt(own.value, nowMs);',
        after: 'const roles = [...new Set(own.value.roles.flat())];',
      },
    },
    {
      how: 'compares decisions over time with those of policies without the entries that do not count',
      suite: 'test/exhaustive/terms.property.test.ts',
      test: 'a decision at a time is the decision of the policy without the entries that do not count then',
      without: {
        what: 'a member through a group counts in the times of both',
        file: 'lib/policy/membership.ts',
        before: 'const longer = tenures.union(before, tenures.within(during, member));',
        after: 'const longer = tenures.union(before, during);',
      },
    },
    {
      how: 'goes on asking a function that holds the policy in memory',
      suite: 'test/unit/protect/terms.test.ts',
      test: 'answers until the moment that a grant ends, without being loaded again',
      without: {
        what: 'Protector reads the clock for each request',
        file: 'lib/protect/protector.ts',
        before: '    const nowMs = this.#nowMs();\n',
        after: '    const nowMs = Math.min(this.#nowMs(), 1_796_000_000_000);\n',
      },
    },
  ],
  'P-81': [
    {
      how: 'switches audit off in the role',
      suite: 'test/unit/policy/model.test.ts',
      test: 'is refused for %s',
      without: {
        what: 'checkBreakGlass refuses audit switches',
        file: 'lib/policy/check-roles.ts',
        before: '    if (audit === undefined) return [];\n',
        after: '    if (audit === undefined || i >= 0) return [];\n',
      },
    },
    {
      how: 'switches audit off in every other role of the user',
      suite: 'test/unit/protect/terms.test.ts',
      test: 'is a record of its own and says so, although the other roles switch audit off',
      without: {
        what: 'switchesOf lets one role demand the record',
        file: 'lib/policy/decide.ts',
        before: 'grants.some(({ audit }) => audit?.[permission]?.[which] !== false)',
        after: 'grants.every(({ audit }) => audit?.[permission]?.[which] !== false)',
      },
    },
    {
      how: 'uses the role in requests that are summed up',
      suite: 'test/unit/audit/aggregate.test.ts',
      test: 'across requests keeps the uses of a break-glass role apart, and merges the others',
      without: {
        what: 'Aggregate merges no use across requests',
        file: 'lib/audit/aggregate.ts',
        before: 'this.#acrossRequests && !isBreakGlass(entry)',
        after: 'this.#acrossRequests',
      },
    },
    {
      how: 'uses the role in requests whose records are merged for delivery',
      suite: 'test/unit/audit/merged-window.test.ts',
      test: 'keeps the uses of a break-glass role apart by their request',
      without: {
        what: 'MergedWindow keeps the request of a use',
        file: 'lib/audit/merged-window.ts',
        before: "facts['break_glass'] === true && request !== undefined ?",
        after: "facts['break_glass'] === false && request !== undefined ?",
      },
    },
    {
      how: 'uses the role and watches the metric',
      suite: 'test/unit/functions/pipeline.test.ts',
      test: 'counts each use of a break-glass role',
      without: {
        what: 'RequestMetrics counts uses',
        file: 'functions/runtime/protect/request-metrics.ts',
        before: '        ...(entry.breakGlass === true && { BreakGlassUses: 1 }),\n',
        after: '',
      },
    },
  ],
  'P-75': [
    {
      how: 'uploads policies that fail a test or a statement, and tests that cannot be read',
      suite: 'test/unit/publication/release-tests.test.ts',
      test: 'is not published when it %s',
      without: {
        what: 'runReleaseTests rejects where a test fails',
        file: 'lib/publication/release-tests.ts',
        before: '    if (problems.length > 0) throw new ReleaseTestsError(problems);\n',
        after: '',
      },
    },
    {
      how: 'uploads a policy of which a statement breaks when a member begins',
      suite: 'test/unit/publication/release-tests.test.ts',
      test: 'is not published when a statement will not hold at a later time',
      without: {
        what: 'refuteAll goes on to later times',
        file: 'lib/policy-tests/prove.ts',
        before: 'const { tried } = lasting ? laterThan(access) : { tried: [] };',
        after: 'const { tried } = lasting && access.nowMs < 0 ? laterThan(access) : { tried: [] };',
      },
    },
    {
      how: 'moves values at one time and sees them at a later one',
      suite: 'test/unit/policy-tests/times.test.ts',
      test: 'about paths finds moves of one time and sights of another one',
      without: {
        what: 'a search for paths goes on from what was reached before',
        file: 'lib/policy-tests/prove.ts',
        before: '    return (access, isLast) => search.at(access, isLast);\n',
        after:
          '    return (access, isLast) => new PathSearch(statement, sinceMs).at(access, isLast && search !== undefined);\n',
      },
    },
  ],
  'P-76': [
    {
      how: 'searches the draft of a table for its values',
      suite: 'test/exhaustive/discovery-draft.test.ts',
      test: 'of a table of %s holds no value, in no part',
      without: {
        what: 'the trial of an element says widths, and no longest value',
        file: 'lib/discovery/trial.ts',
        before: '      value: longest(filled.map(([value]) => value)),\n',
        after:
          '      value: { ...longest(filled.map(([value]) => value)), text: filled.map(([value]) => value).join() },\n',
      },
    },
    {
      how: 'lets DuckDB fail at a value',
      suite: 'test/local/discover-cli.test.ts',
      test: 'says of a query that DuckDB refuses why, and of data never which',
      without: {
        what: 'messages of DuckDB about data are left out',
        file: 'functions/cli/sql/sample.ts',
        before: 'const detail = ABOUT_SQL.test(error.message) ? error.message : kind;',
        after: 'const detail = ABOUT_SQL.test(kind) ? kind : error.message;',
      },
    },
  ],
  'P-82': [
    {
      how: 'writes files beyond every limit of size, levels and brackets',
      suite: 'test/unit/document/source.test.ts',
      test: 'beyond its limits is refused: %s',
      without: {
        what: 'readYamlText counts open brackets before it parses',
        file: 'lib/document/yaml-text.ts',
        before: '  checkFlowLevels(text);\n',
        after: '',
      },
    },
    {
      how: 'writes a YAML file beyond its size',
      suite: 'test/unit/document/source.test.ts',
      test: 'beyond its limits is refused: %s',
      without: {
        what: 'readYamlText looks at the size first',
        file: 'lib/document/yaml-text.ts',
        before: 'if (text.length > MAX_LENGTH) throw',
        after: 'if (text.length > 2 * MAX_LENGTH) throw',
      },
    },
    {
      how: 'gives members twice in JSON',
      suite: 'test/unit/document/source.test.ts',
      test: 'with a member twice is refused with its line: %s',
      without: {
        what: 'readJsonText notices a name that is there already',
        file: 'lib/document/json-text.ts',
        before: "if (typeof name === 'string' && Object.hasOwn(container, name))",
        after: "if (typeof name === 'number' && Object.hasOwn(container, name))",
      },
    },
    {
      how: 'gives members twice in YAML',
      suite: 'test/unit/document/source.test.ts',
      test: 'with a member twice is refused with its line: %s',
      without: {
        what: 'checkTree compares the keys of a map',
        file: 'lib/document/yaml-text.ts',
        before: '    if (names.has(name)) {\n',
        after: '    if (names.has(name) && level > MAX_DEPTH) {\n',
      },
    },
    {
      how: 'makes tens of thousands of mistakes in one file',
      suite: 'test/unit/document/zod-problems.test.ts',
      test: 'is read until there are enough of them: %s',
      without: {
        what: 'checkBySchema stops behind a thousand issues',
        file: 'lib/document/zod-problems.ts',
        before: 'const MOST_ISSUES = 1000;',
        after: 'const MOST_ISSUES = 10 ** 9;',
      },
    },
  ],
  'P-78': [
    {
      how: 'writes records that are larger than 32 MB once they are unzipped',
      suite: 'test/unit/wire/kinesis.test.ts',
      test: 'with %s',
      without: {
        what: 'linesOfRecords bounds a record',
        file: 'lib/wire/kinesis.ts',
        before: 'gunzip(bytes, Math.min(left, MAX_RECORD_BYTES));',
        after: 'gunzip(bytes, left);',
      },
    },
    {
      how: 'writes batches that are larger than 128 MB once they are unzipped',
      suite: 'test/unit/wire/kinesis.test.ts',
      test: 'a batch stops unzipping at 128 MB: what is beyond counts as damaged, and plain records do not',
      without: {
        what: 'linesOfRecords bounds a batch',
        file: 'lib/wire/kinesis.ts',
        before: '    left -= unzipped.length;\n',
        after: '',
      },
    },
    {
      how: 'writes records whose lines are no events',
      suite: 'test/unit/siem/route.test.ts',
      test: 'keeps unreadable lines with their bytes, and goes on',
      without: {
        what: 'route keeps lines that are no events',
        file: 'lib/siem/route.ts',
        before: '    unreadable.addLines(item, bad);\n',
        after: '',
      },
    },
  ],
};
