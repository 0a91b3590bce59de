import { beforeAll, describe, expect, inject, it } from 'vitest';
import {
  type Api,
  type InitiateBody,
  type InitiateResponse,
  ok,
  type PartTarget,
} from '../../support/api.ts';
import { engineOf, inParallel } from '../../support/engine.ts';
import { mutationsOf } from '../../support/presigned-mutations.ts';
import { type RawRequest, rawRequest, sendRaw } from '../../support/raw-http.ts';
import { createTenant, type TestTenant, usageOf } from '../../support/tenants.ts';
import {
  download,
  MiB,
  multipartUploadsOf,
  octets,
  put,
  putParts,
  randomBytesOf,
  sha256,
  sliceOf,
  untilStatus,
  uploadText,
  versionsOf,
} from '../../support/uploads.ts';

const engine = engineOf(inject('stack'));
const small = randomBytesOf(1_000);
/** The last of its two parts is small, so that a hundred requests with it are nothing. */
const large = randomBytesOf(5 * MiB + 1_000);

const kinds = [
  'a single PUT',
  'a single PUT with a checksum',
  'a part',
  'a part with a checksum',
  'a download',
] as const;
type Kind = (typeof kinds)[number];

interface Opened {
  readonly upload: InitiateResponse;
  readonly bytes: Buffer;
  readonly target: PartTarget;
}

interface World {
  readonly tenant: TestTenant;
  readonly uploads: readonly Opened[];
  readonly valid: Record<Kind, RawRequest>;
}

async function open(api: Api, bytes: Buffer, checksum?: InitiateBody['checksum']): Promise<Opened> {
  const upload = ok(await api.initiate(octets(bytes.length, checksum ? { checksum } : {})));
  const last = upload.totalParts;
  const sum = checksum?.perPart ? sha256(sliceOf(bytes, upload, last)) : undefined;
  const target =
    upload.parts.at(-1) ?? ok(await api.partUrl(upload.fileId, last, { body: { checksum: sum } }));
  return { upload, bytes, target: { ...target, partNumber: last } };
}

async function makeWorld(): Promise<World> {
  const tenant = await createTenant(engine);
  const { api } = tenant;
  const stored = await uploadText(api, 'to be read');
  await untilStatus(api, stored, 'ready');
  const plain = await open(api, small);
  const summed = await open(api, small, { algorithm: 'SHA256', value: sha256(small) });
  const part = await open(api, large);
  const summedPart = await open(api, large, { algorithm: 'SHA256', perPart: true });
  const sent = ({ upload, bytes, target }: Opened): RawRequest => {
    const body = sliceOf(bytes, upload, target.partNumber);
    const headers = { ...target.headers, 'content-length': String(body.length) };
    return rawRequest(target.url, { method: 'PUT', headers, body });
  };
  const { url } = ok(await api.downloadUrl(stored));
  return {
    tenant,
    uploads: [plain, summed, part, summedPart],
    valid: {
      'a single PUT': sent(plain),
      'a single PUT with a checksum': sent(summed),
      'a part': sent(part),
      'a part with a checksum': sent(summedPart),
      'a download': rawRequest(url, { method: 'GET', headers: {}, body: Buffer.alloc(0) }),
    },
  };
}

/** Everything that a request to S3 could have left, of both tenants and of a third one that URLs were bent to. */
const traces = async (worlds: readonly World[]): Promise<unknown> =>
  Promise.all(
    [...worlds.map(({ tenant }) => tenant.tenantId), 'globex'].map(async (tenantId) => ({
      objects: await Promise.all(
        (['intake', 'library', 'derived'] as const).map((bucket) => versionsOf(engine, bucket, tenantId)),
      ),
      uploads: await multipartUploadsOf(engine, tenantId),
    })),
  );

const usages = (worlds: readonly World[]) => Promise.all(worlds.map(({ tenant }) => usageOf(tenant.api)));

describe('a valid presigned URL', () => {
  let worlds: readonly [World, World];
  let before: { traces: unknown; usages: unknown };
  const seen = new Map<Kind, number>();

  beforeAll(async () => {
    worlds = [await makeWorld(), await makeWorld()];
    before = { traces: await traces(worlds), usages: await usages(worlds) };
  });

  it.each(kinds)('of %s is refused by S3 with anything in it changed', async (kind) => {
    const [own, foreign] = worlds;
    const { library, derived, intake } = engine.stack.buckets;
    const otherBuckets = [library, derived, intake, 'nobodys'].filter(
      (bucket) => !own.valid[kind].path.startsWith(`/${bucket}/`),
    );
    const mutations = mutationsOf(own.valid[kind], { foreign: foreign.valid[kind], otherBuckets });

    const answers = await inParallel(mutations, 8, async ({ name, request }) => ({
      name,
      status: (await sendRaw(request)).status,
    }));

    expect(answers.filter(({ status }) => status < 400 || status >= 500)).toEqual([]);
    seen.set(kind, mutations.length);
  });

  it('was changed in more than 500 ways; nothing was stored, no quota moved, every upload is as open as it was', async () => {
    const total = [...seen.values()].reduce((sum, count) => sum + count, 0);
    console.log(`${total} mutations of presigned URLs refused:`, Object.fromEntries(seen));
    expect(total).toBeGreaterThan(500);

    expect(await traces(worlds)).toEqual(before.traces);
    expect(await usages(worlds)).toEqual(before.usages);
    for (const { tenant, uploads } of worlds) {
      for (const { upload } of uploads) {
        expect(ok(await tenant.api.status(upload.fileId)).status).toBe('uploading');
        expect(ok(await tenant.api.parts(upload.fileId)).uploadedParts).toBe(0);
      }
    }
  });

  it('is accepted as it is; of a part, not any more once the upload is complete', async () => {
    const [{ tenant, uploads, valid }] = worlds;
    const { api } = tenant;
    expect((await sendRaw(valid['a download'])).body).toBe('to be read');
    for (const { upload, bytes, target } of uploads) {
      const parts = [];
      if (upload.totalParts > 1) {
        const first = sliceOf(bytes, upload, 1);
        const body = upload.parts.length > 0 ? {} : { body: { checksum: sha256(first) } };
        const of = { ...ok(await api.partUrl(upload.fileId, 1, body)), partNumber: 1 };
        parts.push(...(await putParts(upload, [of], bytes)));
      }
      parts.push(...(await putParts(upload, [target], bytes)));
      if (upload.totalParts > 1) ok(await api.complete(upload.fileId, parts));
      await untilStatus(api, upload.fileId, 'ready');
      expect((await download(ok(await api.downloadUrl(upload.fileId)).url)).bytes.equals(bytes)).toBe(true);
      if (upload.totalParts > 1) {
        expect((await put(target, sliceOf(bytes, upload, target.partNumber))).status).toBe(404);
      }
    }
  });
});
