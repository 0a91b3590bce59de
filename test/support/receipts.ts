import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { GetPublicKeyCommand, KMSClient, SignCommand } from '@aws-sdk/client-kms';
import { mockClient } from 'aws-sdk-client-mock';
import type { PublicKeySet } from '../../client/api-types.ts';
import { createPublishedKeys } from '../../lambdas/adapters/kms/published-keys.ts';
import { createReceiptSigner } from '../../lambdas/adapters/kms/receipt-signer.ts';
import type { Es256Signer } from '../../lambdas/core/receipts/jws.ts';

export const arnOf = (keyId: string): string => `arn:aws:kms:eu-west-1:123456789012:key/${keyId}`;

/** A KMS that has one key of its own; its private half is made here, as KMS makes it. */
export class FakeKms {
  readonly #privateKey: KeyObject;
  readonly signer: Es256Signer;
  readonly #keys: () => Promise<PublicKeySet['keys']>;
  readonly mock = mockClient(KMSClient);

  constructor(keyId = 'the-key') {
    process.env.AWS_REGION ??= 'eu-west-1';
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    this.#privateKey = privateKey;
    this.mock
      .on(SignCommand, { KeyId: arnOf(keyId), MessageType: 'RAW', SigningAlgorithm: 'ECDSA_SHA_256' })
      .callsFake(({ Message }) => ({ Signature: new Uint8Array(sign('sha256', Message, this.#privateKey)) }));
    this.mock
      .on(GetPublicKeyCommand, { KeyId: arnOf(keyId) })
      .callsFake(() => ({ PublicKey: publicKey.export({ format: 'der', type: 'spki' }) }));
    this.signer = createReceiptSigner(arnOf(keyId));
    this.#keys = createPublishedKeys([arnOf(keyId)]);
  }

  keys = async (): Promise<PublicKeySet> => ({ keys: [...(await this.#keys())] });
}
