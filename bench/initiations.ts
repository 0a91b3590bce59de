import { S3Client, UploadPartCommand } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { createUploadSigner } from '../lambdas/adapters/s3/upload-signer.ts';
import { intakeKey } from '../lambdas/contract/storage-keys.ts';
import type { UploadSession } from '../lambdas/core/uploads/session.ts';
import type { StackFile } from '../local/stack-file.ts';
import { type Api, ok } from '../test/support/api.ts';
import { engineOf, inParallel } from '../test/support/engine.ts';
import { createTenant, type TestTenant } from '../test/support/tenants.ts';
import { MiB, octets } from '../test/support/uploads.ts';
import { alternate, type Benchmark, markdownTable, median } from './support/report.ts';
import { stackToMeasure } from './support/stack.ts';

const clientCounts = [1, 8, 32];
const secondsPerCount = 8;
const maxInitiationsPerCount = 600;
/** Aborting counts as a request of its user, of which each has 600 a minute. */
const users = 8;
const abortsAtOnce = 8;

const urlsPerRound = 1_000;
const presignRounds = 7;

interface Measured {
  readonly clients: number;
  readonly perSecond: number;
  /** Milliseconds of every call. */
  readonly latencies: readonly number[];
}

/** What starting an upload costs: over the API of the local stack, and one presigned URL of it by itself. */
const initiations: Benchmark = {
  title: 'Initiations against the local stack, and one presigned URL',
  async run() {
    const { stack, stop } = await stackToMeasure();
    try {
      return `${await measureInitiations(stack)}\n\n${await measurePresigning()}`;
    } finally {
      await stop();
    }
  },
};

async function measureInitiations(stack: StackFile): Promise<string> {
  const tenant = await createTenant(engineOf(stack), {
    roles: Array.from({ length: users }, () => 'user' as const),
    policy: {
      slotsPerUser: 10_000,
      maxConcurrentUploads: 10_000,
      initiationsPerMinute: 1_000_000,
      maxFilesPerDay: 1_000_000,
    },
  });
  const rows: string[][] = [];
  for (const [kind, size] of [
    ['single PUT, 1 MiB', MiB],
    ['multipart, 6 MiB', 6 * MiB],
  ] as const) {
    // As many functions as there will be clients start cold here and not in what is measured.
    await abortAll((await initiateFor(tenant, size, Math.max(...clientCounts), 1)).started);
    for (const clients of clientCounts) {
      const { measured, started } = await initiateFor(tenant, size, clients, secondsPerCount);
      await abortAll(started);
      rows.push([kind, ...rowOf(measured)]);
    }
  }
  const header = ['upload', 'clients', 'initiations', 'per second', 'p50 ms', 'p95 ms'];
  const bounds = `${secondsPerCount} s or ${maxInitiationsPerCount} calls`;
  return `At most ${bounds} for each line, functions warm, ${users} users of one tenant.\n\n${markdownTable(header, rows)}`;
}

interface Started {
  readonly api: Api;
  readonly fileId: string;
}

async function initiateFor(tenant: TestTenant, size: number, clients: number, seconds: number) {
  const latencies: number[] = [];
  const started: Started[] = [];
  const startedAt = performance.now();
  const endsAt = startedAt + seconds * 1000;
  let left = maxInitiationsPerCount;
  const client = async (index: number): Promise<void> => {
    const { api } = tenant.users[index % tenant.users.length] ?? tenant;
    for (; left > 0 && performance.now() < endsAt; ) {
      left -= 1;
      const calledAt = performance.now();
      const { fileId } = ok(await api.initiate(octets(size)));
      latencies.push(performance.now() - calledAt);
      started.push({ api, fileId });
    }
  };
  await Promise.all(Array.from({ length: clients }, (_, index) => client(index)));
  const perSecond = latencies.length / ((performance.now() - startedAt) / 1000);
  return { measured: { clients, perSecond, latencies } satisfies Measured, started };
}

/** Outside of what is measured; a user who is told to wait waits. */
async function abortAll(started: readonly Started[]): Promise<void> {
  await inParallel(started, abortsAtOnce, async ({ api, fileId }) => {
    for (;;) {
      const answer = await api.abort(fileId);
      if (answer.status !== 429) return ok(answer);
      const seconds = Number(answer.headers.get('retry-after') ?? 1);
      await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
    }
  });
}

function rowOf({ clients, perSecond, latencies }: Measured): string[] {
  const sorted = [...latencies].sort((one, other) => one - other);
  const percentile = (share: number) =>
    sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
  const ms = (value: number | undefined) => (value ?? Number.NaN).toFixed(0);
  return [
    String(clients),
    String(latencies.length),
    perSecond.toFixed(1),
    ms(percentile(0.5)),
    ms(percentile(0.95)),
  ];
}

const credentials = {
  accessKeyId: 'ASIAEXAMPLEEXAMPLE00',
  secretAccessKey: 'example-secret-of-the-same-length-0000000',
  sessionToken: 'a-session-token-as-a-role-has-one'.repeat(8),
  expiration: new Date('2100-01-01'),
};

/** The signer that the functions use against `getSignedUrl` of the SDK, for the same part URLs. */
async function measurePresigning(): Promise<string> {
  const s3 = new S3Client({ region: 'us-east-1', credentials, requestChecksumCalculation: 'WHEN_REQUIRED' });
  const session = exampleSession();
  const signer = createUploadSigner({ s3, bucket: 'intake', credentials: async () => credentials });
  const parts = Array.from({ length: urlsPerRound }, (_, index) => ({
    partNumber: index + 1,
    size: 5 * MiB,
  }));
  const variants = {
    'Sluice: the signer itself': () => signer.signParts(session, parts, 3_600),
    'peer: getSignedUrl of a command': () =>
      Promise.all(
        parts.map(({ partNumber, size }) => {
          const command = new UploadPartCommand({
            Bucket: 'intake',
            Key: intakeKey(session),
            UploadId: session.multipartId,
            PartNumber: partNumber,
            ContentLength: size,
          });
          return getSignedUrl(s3, command, {
            expiresIn: 3_600,
            signableHeaders: new Set(['host', 'content-length']),
          });
        }),
      ),
  };
  const names = Object.keys(variants) as (keyof typeof variants)[];
  const microseconds = await alternate(names, presignRounds, async (name) => {
    const startedAt = performance.now();
    await variants[name]();
    return ((performance.now() - startedAt) * 1000) / urlsPerRound;
  });
  const [ours] = names;
  const base = median(microseconds.get(ours as (typeof names)[number]) ?? []);
  const rows = names.map((name) => {
    const value = median(microseconds.get(name) ?? []);
    return [name, value.toFixed(0), (value / base).toFixed(1)];
  });
  return `Presigning ${urlsPerRound} part URLs, medians of ${presignRounds} alternating rounds.\n\n${markdownTable(['signer', 'µs per URL', 'times ours'], rows)}`;
}

const exampleSession = (): UploadSession => ({
  tenantId: 'acme',
  fileId: '01ARZ3NDEKTSV4RRFFQ69G5FAV',
  uploadId: '01ARZ3NDEKTSV4RRFFQ69G5FAW',
  ownerId: 'owner',
  phase: 'open',
  multipartId: 'multipart-upload-id-as-long-as-those-of-s3-are'.repeat(2),
  size: urlsPerRound * 5 * MiB,
  partSize: 5 * MiB,
  totalParts: urlsPerRound,
  filename: 'video.mp4',
  path: '/',
  mimeType: 'video/mp4',
  priority: 'normal',
  createdAt: '2026-01-01T00:00:00.000Z',
  lastActivityAt: '2026-01-01T00:00:00.000Z',
  lastProgressAt: '2026-01-01T00:00:00.000Z',
  seenParts: 0,
  expiresAt: '2026-01-08T00:00:00.000Z',
});

export default initiations;
