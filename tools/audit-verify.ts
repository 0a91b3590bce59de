/**
 * `npm run audit:verify -- --tenant acme [--stage local] [--from 2026-11-01] [--to 2026-11-30] [--table]
 *  [--known <seq>:<hash>] [--dir copy-of-the-bucket --public-key key.pem]`
 * proves that the tenant's sealed audit is whole, or names the first place where it is not and exits with 1.
 * With --dir and --public-key it asks nobody: for an auditor who was given a copy.
 */
import { createPublicKey, type KeyObject } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { GetPublicKeyCommand, KMSClient } from '@aws-sdk/client-kms';
import { stageOutputs } from '../bin/bootstrap/account.ts';
import { createAuditSearch } from '../lambdas/adapters/dynamodb/audit-search.ts';
import { chainHead } from '../lambdas/adapters/dynamodb/chain-store.ts';
import { createDb } from '../lambdas/adapters/dynamodb/client.ts';
import { createS3 } from '../lambdas/adapters/s3/client.ts';
import type { ChainPosition } from '../lambdas/core/audit/chain.ts';
import type { AuditRecord } from '../lambdas/core/audit/record.ts';
import { BrokenChain } from '../lambdas/core/audit/verify.ts';
import { configFor, type EnvironmentConfig } from '../lib/config/index.ts';
import { localAwsEnv } from '../local/aws-env.ts';
import { messageOf } from '../local/failure.ts';
import { defaultStackDir, stackPaths } from '../local/paths.ts';
import { readStackFile } from '../local/stack-file.ts';
import { inBucket, inDirectory } from './audit/segments.ts';
import { type TableRecords, type VerifyOptions, verifyTenant } from './audit/verify-tenant.ts';

const pageRecords = 1_000;
/** As long as a record may wait before the alarm of the sealer goes off. */
const sealSeconds = 15 * 60;

const { values } = parseArgs({
  options: {
    tenant: { type: 'string' },
    stage: { type: 'string', default: 'local' },
    /** Where the local stack keeps its own; for one that is not the usual. */
    'local-dir': { type: 'string', default: defaultStackDir },
    from: { type: 'string' },
    to: { type: 'string' },
    table: { type: 'boolean', default: false },
    known: { type: 'string', multiple: true, default: [] },
    dir: { type: 'string' },
    'public-key': { type: 'string' },
  },
});

async function main(): Promise<void> {
  const tenantId = values.tenant;
  if (!tenantId) throw new Error('Say whose audit: --tenant acme.');
  const range = { from: dayOf('from'), to: dayOf('to') };
  const known = values.known.map(positionOf);
  const config = configFor(values.stage);
  const shared = {
    tenantId,
    ...(range.from && { from: range.from }),
    ...(range.to && { to: range.to }),
    oldestKept: secondsAgo(config.limits.audit.keepSeconds),
    sealedBy: secondsAgo(sealSeconds),
  };
  const options = values.dir
    ? { ...shared, known, source: inDirectory(values.dir), publicKey: await publicKeyOfFile() }
    : await ofStage(config, shared, known);
  const { segments, records, seq, hash, sealedAt } = await verifyTenant(options);
  if (segments === 0) {
    console.log(`Nothing of ${tenantId} is sealed${range.from || range.to ? ' in this range' : ' yet'}.`);
    return;
  }
  console.log(`Whole: ${records} records in ${segments} segments, the last one sealed at ${sealedAt}.`);
  console.log(`Keep this where nobody who can write to the stage can: --known ${seq}:${hash}`);
}

const secondsAgo = (seconds: number): string => new Date(Date.now() - seconds * 1000).toISOString();

const dayOf = (name: 'from' | 'to'): string | undefined => {
  const day = values[name];
  if (day !== undefined && !/^\d{4}-\d{2}-\d{2}$/.test(day))
    throw new Error(`--${name} takes a day such as 2026-11-20.`);
  return day;
};

function positionOf(text: string): ChainPosition {
  const [, seq, hash] = /^(\d+):([0-9a-f]{64})$/.exec(text) ?? [];
  if (!seq || !hash) throw new Error('--known takes what an earlier verification printed: <number>:<hash>.');
  return { seq: Number(seq), hash };
}

async function publicKeyOfFile(): Promise<KeyObject> {
  const path = values['public-key'];
  if (!path) throw new Error('With --dir give the public key too: --public-key key.pem.');
  return createPublicKey(await readFile(path));
}

type Shared = Pick<VerifyOptions, 'tenantId' | 'from' | 'to' | 'oldestKept' | 'sealedBy'>;

/** Table, bucket and key of a stage, as its stacks name them. */
async function ofStage(
  config: EnvironmentConfig,
  shared: Shared,
  known: readonly ChainPosition[],
): Promise<VerifyOptions> {
  if (config.stage === 'local') {
    const stack = await readStackFile(stackPaths(values['local-dir']).stack);
    if (!stack) throw new Error('Sluice has not been started here yet: run npm start first.');
    Object.assign(process.env, localAwsEnv(process.env, stack.endpoint));
  }
  const outputs = await stageOutputs(config);
  const { TableName: table = '', AuditBucket: bucket = '', AuditKeyArn: keyId = '' } = outputs;
  const db = createDb(table);
  // Before the bucket is listed: a segment that is sealed meanwhile is then no surprise.
  const head = await chainHead(db, shared.tenantId);
  const sealed = head && (head.exporting ? head.exporting.prev : head);
  return {
    ...shared,
    known: sealed ? [...known, sealed] : known,
    source: inBucket(createS3({ pathStyle: config.s3PathStyle }), bucket),
    keyId,
    publicKey: values['public-key'] ? await publicKeyOfFile() : await publicKeyOfStage(keyId),
    ...(values.table && { inTable: (days) => recordsInTable(table, shared.tenantId, days) }),
  };
}

async function publicKeyOfStage(keyId: string): Promise<KeyObject> {
  const { PublicKey } = await new KMSClient({}).send(new GetPublicKeyCommand({ KeyId: keyId }));
  if (!PublicKey) throw new Error('KMS answered without a public key.');
  return createPublicKey({ key: Buffer.from(PublicKey), format: 'der', type: 'spki' });
}

async function recordsInTable(
  table: string,
  tenantId: string,
  days: readonly string[],
): Promise<TableRecords> {
  const { search } = createAuditSearch(createDb(table));
  const sealed = new Map<number, AuditRecord>();
  const unsealed: AuditRecord[] = [];
  for (const day of days) {
    const query = { tenantId, from: `${day}T00:00:00.000Z`, to: `${day}T23:59:59.999Z`, limit: pageRecords };
    let cursor: string | undefined;
    do {
      const page = await search({ ...query, ...(cursor && { cursor }) });
      for (const { seq, ...record } of page.items) {
        if (seq === undefined) unsealed.push(record);
        else sealed.set(seq, record);
      }
      cursor = page.nextCursor;
    } while (cursor);
  }
  return { sealed, unsealed };
}

try {
  await main();
} catch (error) {
  console.error(error instanceof BrokenChain ? `Broken: ${error.message}` : messageOf(error));
  process.exitCode = 1;
}
