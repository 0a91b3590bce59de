import { GenerateMacCommand, KMSClient } from '@aws-sdk/client-kms';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { createLinkKeys } from '../../../lambdas/adapters/kms/link-keys.ts';

describe('the keys of links', () => {
  const kms = mockClient(KMSClient);
  const client = () => createLinkKeys('arn:key', new KMSClient({ region: 'eu-west-1' }));
  const asked = () => kms.commandCalls(GenerateMacCommand).map(({ args }) => args[0].input);
  beforeEach(() => {
    kms.reset();
    kms.on(GenerateMacCommand).callsFake(({ Message }) => ({ Mac: Message }));
  });

  it('are made by KMS once a day, however many links are signed, also at once', async () => {
    const keys = client();
    const texts = Array.from({ length: 200 }, (_, index) => `picture ${index}`);
    const signatures = await Promise.all(texts.map((text) => keys.sign('2026-11-20', text)));
    await keys.verify('2026-11-20', 'picture 0', 'x');

    expect(new Set(signatures).size).toBe(200);
    expect(asked()).toEqual([expect.objectContaining({ KeyId: 'arn:key', MacAlgorithm: 'HMAC_SHA_256' })]);
  });

  it('are the same in every function, and others every day', async () => {
    const [one, other] = [client(), client()];
    const signature = await one.sign('2026-11-20', 'text');

    expect(await other.verify('2026-11-20', 'text', signature)).toBe(true);
    expect(await other.verify('2026-11-21', 'text', signature)).toBe(false);
    expect(await other.verify('2026-11-20', 'other', signature)).toBe(false);
    expect(await other.verify('2026-11-20', 'text', `${signature}=`)).toBe(false);
    expect(await other.verify('2026-11-20', 'text', '')).toBe(false);
  });

  it('are asked for again where KMS did not answer', async () => {
    kms.reset();
    kms
      .on(GenerateMacCommand)
      .rejectsOnce(new Error('down'))
      .resolves({ Mac: Uint8Array.of(1) });
    const keys = client();
    await expect(keys.sign('2026-11-20', 'text')).rejects.toThrow('down');
    await expect(keys.sign('2026-11-20', 'text')).resolves.toHaveLength(43);
  });

  it('of days gone by are forgotten', async () => {
    const keys = client();
    for (const day of ['20', '21', '22', '23']) await keys.sign(`2026-11-${day}`, 'text');
    await keys.sign('2026-11-23', 'text');
    expect(asked()).toHaveLength(4);
    await keys.sign('2026-11-20', 'text');
    expect(asked()).toHaveLength(5);
  });
});
