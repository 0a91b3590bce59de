import { ListRolesCommand } from '@aws-sdk/client-iam';
import { DeleteObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { BatchGetCommand, GetCommand, QueryCommand, TransactGetCommand } from '@aws-sdk/lib-dynamodb';
import { describe, expect, inject, it } from 'vitest';
import { tableKeys } from '../../../lambdas/contract/table.ts';
import { ok } from '../../support/api.ts';
import { engineOf } from '../../support/engine.ts';
import { asRole, withoutGrant } from '../../support/grants.ts';
import { corners } from '../../support/images.ts';
import { type Queue, roleOf } from '../../support/pipeline.ts';
import { problem } from '../../support/problem.ts';
import { createTenant } from '../../support/tenants.ts';
import { octets, plainText, put, untilStatus, upload, versionsOf } from '../../support/uploads.ts';

const engine = engineOf(inject('stack'));

/** Several times what the whole way takes, and short enough that no message reaches its dead-letter queue. */
const refusedForMs = 4_000;

describe('the local engine enforces the policies of the stacks: without one grant the main path fails', () => {
  const grants: { queue: Queue; action: string; stuckIn: string }[] = [
    { queue: 'Intake', action: 'sqs:SendMessage', stuckIn: 'uploaded' },
    { queue: 'Inspect', action: 's3:PutObject', stuckIn: 'inspecting' },
    { queue: 'Inspect', action: 's3:GetObjectVersion', stuckIn: 'inspecting' },
    { queue: 'Images', action: 's3:PutObject', stuckIn: 'processing' },
  ];

  it.each(grants)(
    "$action of the function behind the queue $queue: the file stays '$stuckIn' until it is granted again",
    async ({ queue, action, stuckIn }) => {
      const { api, tenantId } = await createTenant(engine);
      const picture = await corners(200, 100);
      const role = await roleOf(engine, { queue });

      const fileId = await withoutGrant(engine, role, action, async () => {
        const id = await upload(api, { path: '/', filename: 'a.png', mimeType: 'image/png' }, picture);
        await expect.poll(async () => ok(await api.status(id)).status, { timeout: 30_000 }).toBe(stuckIn);
        await new Promise((resolve) => setTimeout(resolve, refusedForMs));
        expect(ok(await api.status(id)).status).toBe(stuckIn);
        const reached = stuckIn === 'processing' ? 1 : 0;
        expect(await versionsOf(engine, 'library', tenantId)).toHaveLength(reached);
        expect(await versionsOf(engine, 'derived', tenantId)).toEqual([]);
        return id;
      });

      expect((await untilStatus(api, fileId, 'ready')).renditions).toHaveLength(4);
    },
  );

  it('dynamodb:PutItem of the uploads function: nothing can be initiated', async () => {
    const { api } = await createTenant(engine);
    const role = await roleOf(engine, { api: 'Uploads' });

    await withoutGrant(engine, role, 'dynamodb:PutItem', async () => {
      const refused = problem(await api.initiate(octets(1)), 500, 'internal');
      expect(JSON.stringify(refused)).not.toMatch(/dynamodb|AccessDenied|arn:/i);
    });

    expect((await api.initiate(octets(1))).status).toBe(201);
  });

  it('s3:PutObject of the role that signs: S3 refuses the very URL that was signed', async () => {
    const { api } = await createTenant(engine);
    const started = ok(await api.initiate(plainText('signed')));
    const [target] = started.parts;
    if (!target) throw new Error('no URL');
    const signer = new URL(target.url).searchParams.get('X-Amz-Credential');
    expect(signer).toMatch(/^ASIA/);

    await withoutGrant(engine, await signerRole(), 's3:PutObject', async () => {
      expect((await put(target, Buffer.from('signed'))).status).toBe(403);
    });

    expect((await put(target, Buffer.from('signed'))).status).toBe(200);
    await untilStatus(api, started.fileId, 'ready');
  });
});

describe('the local engine asks for what AWS asks for', () => {
  const TableName = engine.stack.tableName;
  const table = `arn:aws:dynamodb:${engine.stack.region}:000000000000:table/${TableName}`;
  const key = (partition: string) => ({ [tableKeys.partition]: partition, [tableKeys.sort]: 'none' });
  const [ours, theirs] = [key('TENANT#asked'), key('AUDIT#asked')];

  it('judges every kind of call by the partition keys that it names, of each item of a transaction', async () => {
    const statements = [
      {
        ...{ Effect: 'Allow', Resource: table },
        Action: ['dynamodb:GetItem', 'dynamodb:BatchGetItem', 'dynamodb:Query'],
        Condition: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['TENANT#*'] } },
      },
    ];
    await asRole(engine, statements, async ({ db }) => {
      const reads = (Key: typeof ours) => [
        db.send(new GetCommand({ TableName, Key })),
        db.send(new BatchGetCommand({ RequestItems: { [TableName]: { Keys: [key('TENANT#1'), Key] } } })),
        db.send(
          new TransactGetCommand({
            TransactItems: [{ Get: { TableName, Key: key('TENANT#1') } }, { Get: { TableName, Key } }],
          }),
        ),
        db.send(
          new QueryCommand({
            TableName,
            KeyConditionExpression: '#p = :p AND begins_with(#s, :s)',
            ExpressionAttributeNames: { '#p': tableKeys.partition, '#s': tableKeys.sort },
            ExpressionAttributeValues: { ':p': Key[tableKeys.partition], ':s': 'n' },
          }),
        ),
      ];
      for (const { status } of await Promise.allSettled(reads(ours))) expect(status).toBe('fulfilled');
      for (const refused of reads(theirs)) {
        await expect(refused).rejects.toMatchObject({ name: 'AccessDeniedException' });
      }
    });
  });

  it('wants the right to tags for an object that is written with tags', async () => {
    const target = { Bucket: engine.stack.buckets.derived, Key: 'tenants/asked/tagged' };
    const statements = [
      { Effect: 'Allow', Action: ['s3:PutObject'], Resource: `arn:aws:s3:::${target.Bucket}/${target.Key}` },
    ];
    await asRole(engine, statements, async ({ s3 }) => {
      await s3.send(new PutObjectCommand({ ...target, Body: 'plain' }));
      await expect(
        s3.send(new PutObjectCommand({ ...target, Body: 'tagged', Tagging: 'a=b' })),
      ).rejects.toMatchObject({ name: 'AccessDenied' });
    });
    await engine.s3.send(new DeleteObjectCommand(target));
  });
});

/** Beside the function that assumes it. */
async function signerRole(): Promise<string> {
  const { Roles = [] } = await engine.iam.send(new ListRolesCommand({}));
  const name = Roles.find(({ RoleName }) => RoleName?.includes('UploadSigner'))?.RoleName;
  if (!name) throw new Error('the stacks have no role that signs uploads');
  return name;
}
