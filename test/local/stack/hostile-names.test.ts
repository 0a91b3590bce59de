import { ListObjectsV2Command } from '@aws-sdk/client-s3';
import { beforeAll, describe, expect, inject, it } from 'vitest';
import { encodeCursor } from '../../../lambdas/adapters/dynamodb/cursor.ts';
import { defaultLimits } from '../../../lambdas/contract/limits.ts';
import { normalizeFilename, normalizePath } from '../../../lambdas/core/files/names.ts';
import {
  type Answer,
  type InitiateBody,
  type InitiateResponse,
  ok,
  type Problem,
} from '../../support/api.ts';
import { engineOf, inParallel } from '../../support/engine.ts';
import { naughtyStrings, traversals } from '../../support/naughty.ts';
import { problem } from '../../support/problem.ts';
import { createTenant, type TestTenant, type TestUser } from '../../support/tenants.ts';
import { download, octets, put, untilStatus, uploadText, versionsOf } from '../../support/uploads.ts';

const engine = engineOf(inject('stack'));
const atOnce = 8;
/** What JSON and a URL can carry at all, each name once; the rest is sent one by one. */
const strings = naughtyStrings.filter(
  (text, n, all) =>
    text !== '' &&
    text.length <= 1_024 &&
    text.isWellFormed() &&
    all.findIndex((other) => other.normalize('NFC') === text.normalize('NFC')) === n,
);

let tenant: TestTenant;
let users: readonly TestUser[];
beforeAll(async () => {
  // Several, because one may send 600 requests a minute.
  tenant = await createTenant(engine, {
    roles: ['admin', ...Array.from({ length: 12 }, () => 'user' as const)],
    policy: { slotsPerUser: 2_000, maxConcurrentUploads: 4_000, initiationsPerMinute: 10_000 },
  });
  users = tenant.users;
});

const apiOf = (n: number): TestUser['api'] => (users[n % users.length] as TestUser).api;

/** What the name becomes, or undefined where it is refused. */
function expected(normalize: typeof normalizeFilename, text: string): string | undefined {
  try {
    return normalize(text, defaultLimits.names);
  } catch {
    return undefined;
  }
}

interface Tried {
  readonly text: string;
  readonly field: 'filename' | 'path';
  /** What the field becomes; absent: it is refused. */
  readonly becomes: string | undefined;
}

/** Initiates in batches of 100 and gives each answer beside what was tried; what was too much at once comes again. */
async function initiate(tried: readonly Tried[], request: (one: Tried, n: number) => InitiateBody) {
  const answers: { one: Tried; status: number; error?: Problem; upload?: InitiateResponse }[] = [];
  let waiting = tried.map((one, n) => ({ one, body: request(one, n) }));
  for (let round = 0; waiting.length > 0; round += 1) {
    if (round === 5) throw new Error('the API keeps being busy');
    const busy: typeof waiting = [];
    for (let start = 0; start < waiting.length; start += 100) {
      const some = waiting.slice(start, start + 100);
      const { results } = ok(await tenant.api.batch(some.map(({ body }) => body)));
      results.forEach((result, n) => {
        const sent = some[n] as (typeof some)[number];
        if (result.status === 503) busy.push(sent);
        else answers.push({ one: sent.one, ...result });
      });
    }
    waiting = busy;
  }
  return answers;
}

const filenameOf = (text: string) => expected(normalizeFilename, text);
const pathOf = (text: string) => expected(normalizePath, text);

async function listAll() {
  const found = new Map<string, { filename: string; path: string; originalName: string }>();
  let cursor: string | undefined;
  do {
    const page = ok(await tenant.api.files({ limit: 1_000, cursor }));
    for (const file of page.files) found.set(file.id, file);
    cursor = page.nextCursor ?? undefined;
  } while (cursor);
  return found;
}

describe('the big list of naughty strings, and traversals,', () => {
  it('as name and folder are refused with a reason or come back byte by byte in NFC', async () => {
    const names = strings.map((text) => ({ text, field: 'filename' as const, becomes: filenameOf(text) }));
    // A folder called like each name that may be one; what may not is tried as a folder by itself.
    const folders = strings
      .filter((text) => filenameOf(text) === undefined || pathOf(text) === undefined)
      .map((text) => ({ text, field: 'path' as const, becomes: pathOf(text) }));
    const request = octets(0);
    const answers = [
      ...(await initiate(names, ({ text }) => ({
        ...request,
        filename: text,
        originalName: text,
        path: pathOf(text) === undefined ? '/named' : text,
      }))),
      ...(await initiate(folders, ({ text }, n) => ({ ...request, filename: `${n}.bin`, path: text }))),
    ];
    expect(answers.length).toBe(names.length + folders.length);

    const files = await listAll();
    const key = new RegExp(
      `^/${engine.stack.buckets.intake}/tenants/${tenant.tenantId}/[0-9A-Z]{26}/[0-9A-Z]{26}$`,
    );
    for (const { one, status, error, upload } of answers) {
      const { text, field, becomes } = one;
      if (becomes === undefined) {
        expect({ text, status, code: error?.code }).toEqual({ text, status: 400, code: 'validation_failed' });
        expect(error?.detail).toContain(`${field}: must`);
        continue;
      }
      expect({ text, status }).toEqual({ text, status: 201 });
      const file = files.get(upload?.fileId ?? '');
      expect(file?.[field]).toBe(becomes);
      if (field === 'filename')
        expect(file).toMatchObject({ originalName: becomes, path: pathOf(text) ?? '/named' });
      expect(new URL(upload?.parts[0]?.url ?? '').pathname).toMatch(key);
    }
  });

  it('reach the library under generated keys alone, and are the name of the download', async () => {
    const accepted = traversals.filter((text) => filenameOf(text) !== undefined);
    const { results } = ok(
      await tenant.api.batch(accepted.map((filename) => octets(0, { path: '/downloads', filename }))),
    );
    await inParallel(results, atOnce, async ({ upload }, n) => {
      if (!upload?.parts[0]) throw new Error('an accepted name was refused');
      await put(upload.parts[0], Buffer.alloc(0));
      const file = await untilStatus(tenant.api, upload.fileId, 'ready');
      expect(file.filename).toBe(accepted[n]?.normalize('NFC'));
      const { headers } = await download(ok(await tenant.api.downloadUrl(upload.fileId)).url);
      expect(headers.get('content-disposition')).not.toMatch(/[\r\n]/);
    });
    const keys = await versionsOf(engine, 'library', tenant.tenantId);
    expect(keys).toHaveLength(accepted.length);
    const form = new RegExp(
      `^tenants/${tenant.tenantId}/files/\\d{4}/\\d\\d/\\d\\d/[0-9A-Z]{26}(\\.[a-z0-9]+)?$`,
    );
    for (const key of keys) expect(key).toMatch(form);
    for (const bucket of ['intake', 'library', 'derived'] as const) {
      const { CommonPrefixes } = await engine.s3.send(
        new ListObjectsV2Command({ Bucket: engine.stack.buckets[bucket], Delimiter: '/' }),
      );
      expect((CommonPrefixes ?? []).filter(({ Prefix }) => Prefix !== 'tenants/')).toEqual([]);
    }
  });

  it('as tags and metadata are kept as they are or refused', async () => {
    const id = ok(await tenant.api.initiate(octets(1))).fileId;
    const isLabel = (text: string) =>
      text.length <= 128 && !/[\p{Cc}\u2028\u2029]/u.test(text) && text !== '__proto__';
    const labels = strings.filter(isLabel);
    for (let start = 0; start < labels.length; start += 20) {
      const tags = labels.slice(start, start + 20);
      const tagged = ok(await tenant.api.changeFile(id, 'tags', { tags }));
      expect(tagged.tags).toEqual([...new Set(tags.map((tag) => tag.normalize('NFC')))]);
    }
    ok(await tenant.api.changeFile(id, 'tags', { tags: [] }));
    for (let start = 0; start < labels.length; start += 20) {
      const some = labels.slice(start, start + 20);
      const metadata = Object.fromEntries(some.map((text) => [text.normalize('NFC'), text]));
      const described = ok(await tenant.api.changeFile(id, 'metadata', { metadata }));
      expect(Object.entries(described.metadata ?? {})).toEqual(
        expect.arrayContaining(Object.entries(metadata)),
      );
    }
    const others = naughtyStrings.filter((text) => !labels.includes(text));
    for (const text of others) {
      const [asTag, asName] = [
        JSON.stringify({ tags: [text] }),
        `{"metadata":{${JSON.stringify(text)}:"x"}}`,
      ];
      // The name of a field that only the metadata cannot have.
      if (text !== '__proto__')
        problem(await tenant.api.changeFile(id, 'tags', asTag), 400, 'validation_failed');
      problem(await tenant.api.changeFile(id, 'metadata', asName), 400, 'validation_failed');
    }
  });

  it('as the value of a metadata field or a reason come back as they are', async () => {
    const [{ api: admin }] = tenant.users;
    const ids = await Promise.all(
      Array.from({ length: atOnce }, async () => ok(await admin.initiate(octets(1))).fileId),
    );
    const groups = ids.map((id, n) => ({ id, some: strings.filter((_, index) => index % atOnce === n) }));
    await inParallel(groups, atOnce, async ({ id, some }) => {
      for (let start = 0; start < some.length; start += 20) {
        const values = some.slice(start, start + 20).filter((text) => text.length <= 300);
        const metadata = Object.fromEntries(values.map((text, n) => [`field ${n}`, text]));
        expect(ok(await admin.changeFile(id, 'metadata', { metadata })).metadata).toEqual(metadata);
      }
      for (const reason of some.filter((_, n) => n % 4 === 0)) {
        const held = await admin.changeFile(id, 'legal-hold', { hold: true, reason });
        if (reason.trim() === '' || reason.length > 500) problem(held, 400, 'validation_failed');
        else expect(ok(held)).toMatchObject({ legalHold: { reason: reason.trim() } });
      }
    });
  });

  it('as ids, cursors and filters are refused or find nothing; none is an error of ours', async () => {
    const id = await uploadText(tenant.api, 'here');
    const failures: string[] = [];
    const expectCalm = (what: string, text: string, answer: Answer<unknown>): void => {
      if (answer.status >= 500 || answer.status === 429) {
        failures.push(`${answer.status} for ${JSON.stringify(text)} as ${what}`);
      }
    };
    await inParallel(strings, atOnce, async (text, n) => {
      const api = apiOf(n);
      const encoded = encodeURIComponent(text);
      const filters = { path: text, tag: text, type: text, cursor: encodeCursor([text, text]) };
      expectCalm('id', text, await api.call('GET', `/storage/files/${encoded}`));
      expectCalm('filter', text, await apiOf(n + 1).files(filters));
      if (n % 8 === 0) {
        expectCalm('user', text, await api.call('DELETE', `/storage/files/${id}/shares/${encoded}`));
        for (const field of ['status', 'sort', 'cursor', 'owner', 'from', 'recursive', 'limit']) {
          expectCalm(field, text, await api.files({ [field]: text }));
        }
      }
    });
    expect(failures).toEqual([]);
  });
});
