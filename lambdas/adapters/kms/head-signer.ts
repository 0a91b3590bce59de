import { KMSClient, SignCommand } from '@aws-sdk/client-kms';
import type { SealDeps } from '../../core/audit/seal.ts';
import { withDeadline } from '../request-deadline.ts';

const requestTimeoutMs = 5_000;
const maxAttempts = 3;

/** ECDSA P-256 over SHA-256. The private key never leaves KMS; anybody with the public one can check offline. */
export function createHeadSigner(keyId: string): SealDeps['signer'] {
  const kms = new KMSClient({ requestHandler: withDeadline(requestTimeoutMs), maxAttempts });
  return {
    sign: async (text) => {
      const { Signature } = await kms.send(
        new SignCommand({
          KeyId: keyId,
          Message: Buffer.from(text),
          MessageType: 'RAW',
          SigningAlgorithm: 'ECDSA_SHA_256',
        }),
      );
      if (!Signature) throw new Error('KMS answered without a signature');
      return { keyId, signature: Buffer.from(Signature).toString('base64') };
    },
  };
}
