// The assertion with which a Google service account requests a token (RFC 7523; "Using OAuth 2.0 for Server to Server
// Applications").
import { importPKCS8, SignJWT } from 'jose';
import { membersOf } from '../../base/json.ts';

const SCOPE = 'https://www.googleapis.com/auth/logging.write';
const LIFETIME_S = 3_600;

/**
 * Signs an assertion with the account's JSON key file, valid for an hour. Resolves to undefined for an unusable file.
 */
export async function signedAssertion(
  serviceAccount: string,
  audience: string,
  nowMs: number,
): Promise<string | undefined> {
  try {
    const { client_email: account, private_key: key, private_key_id: kid } = membersOf(JSON.parse(serviceAccount));
    const issuedAt = Math.floor(nowMs / 1000);
    return await new SignJWT({ scope: SCOPE })
      .setProtectedHeader({ alg: 'RS256', typ: 'JWT', ...(typeof kid === 'string' && { kid }) })
      .setIssuer(String(account))
      .setAudience(audience)
      .setIssuedAt(issuedAt)
      .setExpirationTime(issuedAt + LIFETIME_S)
      .sign(await importPKCS8(String(key), 'RS256'));
  } catch {
    return undefined;
  }
}
