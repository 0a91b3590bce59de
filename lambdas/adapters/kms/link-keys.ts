import { createHmac, timingSafeEqual } from 'node:crypto';
import { GenerateMacCommand, KMSClient } from '@aws-sdk/client-kms';
import type { LinkKeys } from '../../core/files/signed-link.ts';
import { withDeadline } from '../request-deadline.ts';

const requestTimeoutMs = 5_000;
const maxAttempts = 3;

/** Links end today or tomorrow; one more for the turn of the day. */
const keptDays = 3;

/**
 * Signs links by HMAC-SHA256 with a key of the day, which KMS makes: the HMAC of the day's name by a key that never
 * leaves it. So there is no secret to keep anywhere but in KMS, every function comes to the same key, and a page of 200
 * pictures costs 200 microseconds of computing in place of 200 calls of KMS (some 10 ms and $0.000003 each). What a
 * function holds in its memory signs for one day.
 */
export function createLinkKeys(
  keyArn: string,
  kms = new KMSClient({ requestHandler: withDeadline(requestTimeoutMs), maxAttempts }),
): LinkKeys {
  const made = new Map<string, Promise<Uint8Array>>();

  const keyOf = async (day: string): Promise<Uint8Array> => {
    const known = made.get(day);
    if (known) return known;
    const key = makeKey(kms, keyArn, day);
    made.set(day, key);
    const [oldest] = [...made.keys()].sort();
    if (made.size > keptDays && oldest !== undefined) made.delete(oldest);
    // What came to nothing is asked for again.
    key.catch(() => made.delete(day));
    return key;
  };

  const sign: LinkKeys['sign'] = async (day, text) =>
    createHmac('sha256', await keyOf(day))
      .update(text)
      .digest('base64url');

  return {
    sign,
    verify: async (day, text, signature) => {
      const right = Buffer.from(await sign(day, text));
      const given = Buffer.from(signature);
      // Of the text, so that no other spelling of the same bytes passes. The length is no secret.
      return given.byteLength === right.byteLength && timingSafeEqual(given, right);
    },
  };
}

async function makeKey(kms: KMSClient, keyArn: string, day: string): Promise<Uint8Array> {
  const { Mac } = await kms.send(
    new GenerateMacCommand({
      KeyId: keyArn,
      MacAlgorithm: 'HMAC_SHA_256',
      Message: Buffer.from(`sluice:link-key:${day}`),
    }),
  );
  if (!Mac) throw new Error('KMS answered without a MAC');
  return Mac;
}
