import { randomUUID } from 'node:crypto';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  CreateRoleCommand,
  DeleteRoleCommand,
  DeleteRolePolicyCommand,
  GetRolePolicyCommand,
  ListRolePoliciesCommand,
  PutRolePolicyCommand,
} from '@aws-sdk/client-iam';
import { S3Client } from '@aws-sdk/client-s3';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { localAccount, localClientConfig } from '../../local/aws-env.ts';
import type { Engine } from './engine.ts';

interface Statement {
  readonly Action: string | readonly string[];
  readonly [field: string]: unknown;
}

/** Runs `work` while the role's inline policies do not allow `action`; restores them whatever happens. */
export async function withoutGrant<T>(
  { iam }: Engine,
  RoleName: string,
  action: string,
  work: () => Promise<T>,
): Promise<T> {
  const { PolicyNames = [] } = await iam.send(new ListRolePoliciesCommand({ RoleName }));
  const policies = await Promise.all(
    PolicyNames.map(async (PolicyName) => {
      const { PolicyDocument } = await iam.send(new GetRolePolicyCommand({ RoleName, PolicyName }));
      return { RoleName, PolicyName, PolicyDocument: decodeURIComponent(PolicyDocument ?? '') };
    }),
  );
  const changed = policies.filter(({ PolicyDocument }) => PolicyDocument.includes(`"${action}"`));
  if (changed.length === 0) throw new Error(`${RoleName} is not granted ${action}`);
  for (const policy of changed) {
    const PolicyDocument = without(policy.PolicyDocument, action);
    // A policy without statements is none.
    await (PolicyDocument
      ? iam.send(new PutRolePolicyCommand({ ...policy, PolicyDocument }))
      : iam.send(new DeleteRolePolicyCommand({ RoleName, PolicyName: policy.PolicyName })));
  }
  try {
    return await work();
  } finally {
    for (const policy of changed) await iam.send(new PutRolePolicyCommand(policy));
  }
}

/** Runs `work` with clients of a role of its own, which may do what `statements` say. */
export async function asRole(
  { iam, stack }: Engine,
  statements: readonly object[],
  work: (clients: { db: DynamoDBDocumentClient; s3: S3Client }) => Promise<void>,
): Promise<void> {
  const RoleName = `test-${randomUUID()}`;
  const policy = (Statement: readonly object[]) => JSON.stringify({ Version: '2012-10-17', Statement });
  const Principal = { AWS: `arn:aws:iam::${localAccount}:root` };
  const trust = policy([{ Effect: 'Allow', Principal, Action: 'sts:AssumeRole' }]);
  const { Role } = await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: trust }));
  const PolicyName = 'asked';
  await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName, PolicyDocument: policy(statements) }));
  const root = localClientConfig(stack.endpoint);
  const sts = new STSClient(root);
  try {
    const { Credentials } = await sts.send(
      new AssumeRoleCommand({ RoleArn: Role?.Arn, RoleSessionName: 'test' }),
    );
    const { AccessKeyId = '', SecretAccessKey = '', SessionToken = '' } = Credentials ?? {};
    const credentials = {
      accessKeyId: AccessKeyId,
      secretAccessKey: SecretAccessKey,
      sessionToken: SessionToken,
    };
    const config = { ...root, credentials };
    await work({
      db: DynamoDBDocumentClient.from(new DynamoDBClient(config)),
      s3: new S3Client({ ...config, forcePathStyle: true }),
    });
  } finally {
    await iam.send(new DeleteRolePolicyCommand({ RoleName, PolicyName }));
    await iam.send(new DeleteRoleCommand({ RoleName }));
    sts.destroy();
  }
}

function without(document: string, action: string): string | undefined {
  const policy = JSON.parse(document) as { Statement: readonly Statement[] };
  const Statement = policy.Statement.map((statement) => ({
    ...statement,
    Action: [statement.Action].flat().filter((name) => name !== action),
  })).filter((statement) => statement.Action.length > 0);
  return Statement.length > 0 ? JSON.stringify({ ...policy, Statement }) : undefined;
}
