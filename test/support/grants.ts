import {
  DeleteRolePolicyCommand,
  GetRolePolicyCommand,
  ListRolePoliciesCommand,
  PutRolePolicyCommand,
} from '@aws-sdk/client-iam';
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

function without(document: string, action: string): string | undefined {
  const policy = JSON.parse(document) as { Statement: readonly Statement[] };
  const Statement = policy.Statement.map((statement) => ({
    ...statement,
    Action: [statement.Action].flat().filter((name) => name !== action),
  })).filter((statement) => statement.Action.length > 0);
  return Statement.length > 0 ? JSON.stringify({ ...policy, Statement }) : undefined;
}
