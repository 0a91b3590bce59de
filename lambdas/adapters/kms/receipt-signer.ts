import { KMSClient, SignCommand } from '@aws-sdk/client-kms';
import type { Es256Signer } from '../../core/receipts/jws.ts';
import { withDeadline } from '../request-deadline.ts';
import { rawSignature } from './ecdsa-der.ts';

const requestTimeoutMs = 5_000;
const maxAttempts = 3;

/** The id of the key alone: its ARN would tell every reader of a receipt the account. */
export const keyIdOf = (keyArn: string): string => keyArn.slice(keyArn.lastIndexOf('/') + 1);

/** The private key never leaves KMS; anybody with the public one can check offline. */
export function createReceiptSigner(keyArn: string): Es256Signer {
  const kms = new KMSClient({ requestHandler: withDeadline(requestTimeoutMs), maxAttempts });
  return {
    keyId: keyIdOf(keyArn),
    sign: async (text) => {
      const { Signature } = await kms.send(
        new SignCommand({
          KeyId: keyArn,
          Message: Buffer.from(text),
          MessageType: 'RAW',
          SigningAlgorithm: 'ECDSA_SHA_256',
        }),
      );
      if (!Signature) throw new Error('KMS answered without a signature');
      return rawSignature(Signature);
    },
  };
}
