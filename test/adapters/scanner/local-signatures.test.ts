import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { localSignatures } from '../../../lambdas/adapters/scanner/local-signatures.ts';
import { unpack } from '../../../lambdas/adapters/scanner/unpacked.ts';
import type { IntakeTarget } from '../../../lambdas/core/intake/scanner.ts';
import { zip } from '../../support/archives.ts';
import { deflatedZip, eicarTestString, innocent, nestedZip } from '../../support/malware.ts';

const version = { tenantId: 'acme', fileId: 'F1', uploadId: 'U1', versionId: 'V1' };

/** Scans `content` as S3 might give it: in chunks of so many bytes. */
function scan(content: Buffer, chunkBytes = 65_536, blocked: readonly string[] = []) {
  async function* chunks() {
    for (let at = 0; at < content.length; at += chunkBytes) yield content.subarray(at, at + chunkBytes);
  }
  const target: IntakeTarget = { ...version, bucket: 'intake', size: content.length };
  return localSignatures({ open: async () => chunks(), blocked }).scan(target, 0);
}

const sha256 = (content: Buffer, encoding: 'hex' | 'base64') =>
  createHash('sha256').update(content).digest(encoding);

describe('the local scanner', () => {
  it('calls nothing clean without the checksum of all the bytes that it has read', async () => {
    const content = Buffer.concat([
      deflatedZip([{ name: 'a.txt', content: innocent(300_000) }]),
      innocent(5_000),
    ]);

    expect(await scan(content, 1_000)).toEqual({
      verdict: 'clean',
      engine: 'local-signatures',
      sha256: sha256(content, 'base64'),
    });
    expect(await scan(Buffer.alloc(0))).toMatchObject({ verdict: 'clean' });
  });

  it('finds the test string wherever it lies and however the bytes are cut into chunks', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.nat(400),
        fc.nat(400),
        fc.integer({ min: 1, max: 200 }),
        async (before, after, chunk) => {
          const content = Buffer.concat([innocent(before), eicarTestString, innocent(after)]);
          expect(await scan(content, chunk)).toMatchObject({
            verdict: 'infected',
            threat: 'Eicar-Test-Signature',
          });
        },
      ),
      { numRuns: 60 },
    );
  });

  const packed: [string, Buffer][] = [
    [
      'in a zip',
      deflatedZip([
        { name: 'x', content: innocent(9_000) },
        { name: 'e', content: eicarTestString },
      ]),
    ],
    ['stored in a zip', zip([{ name: 'e', content: eicarTestString }])],
    ['in a zip within zips', nestedZip(eicarTestString, 6)],
    [
      'in a deflated zip that another zip stores',
      zip([{ name: 'z', content: nestedZip(eicarTestString, 2) }]),
    ],
    ['gzipped', gzipSync(eicarTestString)],
    ['gzipped in a zip', deflatedZip([{ name: 'e.gz', content: gzipSync(eicarTestString) }])],
    ['in a zip behind other bytes', Buffer.concat([innocent(70_000), nestedZip(eicarTestString, 1)])],
  ];
  it.each(packed)('finds the test string %s, in chunks of 7 and of 65,536 bytes', async (_, content) => {
    expect(await scan(content, 7)).toMatchObject({ verdict: 'infected' });
    expect(await scan(content)).toMatchObject({ verdict: 'infected' });
  });

  it('refuses an object on the list of checksums', async () => {
    const content = innocent(1_000);

    expect(await scan(content, 64, [sha256(content, 'hex')])).toMatchObject({
      verdict: 'infected',
      threat: 'Blocklist.SHA256',
    });
  });

  it('says that it cannot look inside what is encrypted, damaged, or packed too deeply', async () => {
    const secret = deflatedZip([{ name: 's', content: innocent(100) }], { encrypted: true });
    const broken = nestedZip(innocent(500), 1).subarray(0, 60);

    expect(await scan(secret)).toMatchObject({
      verdict: 'unscannable',
      detail: expect.stringMatching(/encrypted/),
    });
    expect(await scan(nestedZip(innocent(10), 12))).toMatchObject({
      verdict: 'unscannable',
      detail: expect.stringMatching(/archives/),
    });
    expect(await scan(Buffer.concat([broken, nestedZip(eicarTestString, 1)]))).toMatchObject({
      verdict: 'unscannable',
      detail: expect.stringMatching(/damaged/),
    });
  });

  it('looks no further than its bounds, and says so', async () => {
    const content = deflatedZip(['a', 'b', 'c'].map((name) => ({ name, content: Buffer.alloc(1_000) })));
    const within = { maxDepth: 2, maxInflatedBytes: 3_000, maxMembers: 3 };
    const look = (bounds: Partial<typeof within>) =>
      unpack(Readable.from([content]), () => () => {}, { ...within, ...bounds });

    await expect(look({})).resolves.toBeUndefined();
    await expect(look({ maxMembers: 2 })).rejects.toThrow('more than 2 packed files');
    await expect(look({ maxInflatedBytes: 2_999 })).rejects.toThrow('more than 2999 bytes unpacked');
  });

  it('stays within a chunk of memory a level, whatever an archive unpacks to', async () => {
    const bomb = deflatedZip([{ name: 'zeros', content: Buffer.alloc(64 * 1024 ** 2) }]);
    const before = process.memoryUsage().rss;

    expect(await scan(bomb)).toMatchObject({ verdict: 'clean' });
    expect(process.memoryUsage().rss - before).toBeLessThan(50 * 1024 ** 2);
  });
});
