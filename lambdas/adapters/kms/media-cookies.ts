import { KMSClient, SignCommand } from '@aws-sdk/client-kms';
import type { MediaCookiesEnv } from '../../contract/env.ts';
import type { MediaCookies } from '../../core/video/stream.ts';
import { withDeadline } from '../request-deadline.ts';

const requestTimeoutMs = 5_000;
const maxAttempts = 3;

/**
 * CloudFront's signed cookies with a custom policy, signed by RSA and SHA-256 in KMS: the private key is nowhere else.
 * CloudFront takes SHA-1 unless the fourth cookie says otherwise, and KMS does not sign with that.
 */
export function createMediaCookies(
  { keyArn, keyPairId, origin }: MediaCookiesEnv,
  kms = new KMSClient({ requestHandler: withDeadline(requestTimeoutMs), maxAttempts }),
): MediaCookies {
  return {
    sign: async ({ path, seconds, now }) => {
      const ends = Math.floor(Date.parse(now) / 1000) + seconds;
      const policy = JSON.stringify({
        Statement: [
          { Resource: `${origin}${path}*`, Condition: { DateLessThan: { 'AWS:EpochTime': ends } } },
        ],
      });
      const { Signature } = await kms.send(
        new SignCommand({
          KeyId: keyArn,
          Message: Buffer.from(policy),
          MessageType: 'RAW',
          SigningAlgorithm: 'RSASSA_PKCS1_V1_5_SHA_256',
        }),
      );
      if (!Signature) throw new Error('KMS answered without a signature');
      const values = {
        Policy: cookieText(Buffer.from(policy)),
        Signature: cookieText(Signature),
        'Key-Pair-Id': keyPairId,
        'Hash-Algorithm': 'SHA256',
      };
      // Host-only, for this content's folder, and never sent with what another site asks for.
      const rest = `Path=${path}; Max-Age=${seconds}; Secure; HttpOnly; SameSite=Strict`;
      return Object.entries(values).map(([name, value]) => `CloudFront-${name}=${value}; ${rest}`);
    },
  };
}

/** CloudFront's own spelling of base64: what a cookie cannot hold is replaced. */
const cookieText = (bytes: Uint8Array): string =>
  Buffer.from(bytes).toString('base64').replaceAll('+', '-').replaceAll('=', '_').replaceAll('/', '~');
