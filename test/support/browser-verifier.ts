// What the test of the verifier in a browser bundles.
export { verifyEvidence } from '../../lib/evidence/verify-evidence.ts';
export { parseKeyList } from '../../lib/evidence/key-list.ts';
export { checkProof, proveRecord } from '../../lib/evidence/prove.ts';
export { checkReceipt } from '../../lib/evidence/receipt.ts';
export { parseCertificates, splitTokens, verifyTimestamp } from '../../lib/transparency/timestamp.ts';
export { Secret } from '../../lib/base/secret.ts';
export { parseWitnessPolicy } from '../../lib/transparency/witness-policy.ts';
