import { getDenialReasons, runSimulation } from '@cloud-copilot/iam-simulate';
import { localAccount } from '../../local/aws-env.ts';
import { covers, statementId } from './grants.ts';
import type { Call, CallRecord, DeployedRole } from './record.ts';

export interface Verdict {
  readonly allowed: boolean;
  /** The role's statements that allow it, as in `Grant.statement`. */
  readonly by: readonly string[];
  /** What denied it, for a person. */
  readonly why?: string;
}

/** What AWS would answer to a call of the role by its policies, and by the resource's own where it has one. */
export async function simulate(
  call: Call,
  role: DeployedRole,
  { deployed, resourcePolicies }: Pick<CallRecord, 'deployed' | 'resourcePolicies'>,
): Promise<Verdict> {
  if (isBeyondSimulation(call)) return judgedByEngine(call, role);
  const result = await runSimulation(
    {
      request: {
        principal: `arn:aws:sts::${localAccount}:assumed-role/${role.name}/session`,
        action: call.action,
        resource: { resource: call.resource, accountId: localAccount },
        // The gateway is where TLS ends.
        contextVariables: { ...call.context, 'aws:SecureTransport': 'true' },
      },
      identityPolicies: [...role.policies],
      serviceControlPolicies: [],
      resourceControlPolicies: [],
      resourcePolicy: resourcePolicyOf(call, deployed.roles, resourcePolicies),
    },
    {},
  );
  if (result.resultType === 'error') {
    return { allowed: false, by: [], why: JSON.stringify(result.errors) };
  }
  if (result.resultType !== 'single') {
    return { allowed: false, by: [], why: `the resource of a call is a pattern: ${call.resource}` };
  }
  const { analysis } = result.result;
  const by = (analysis.identityAnalysis?.allowStatements ?? []).map(({ policyId, statement }) =>
    statementId(policyId, statement.index()),
  );
  if (analysis.result === 'Allowed') return { allowed: true, by };
  return { allowed: false, by, why: `${analysis.result}: ${JSON.stringify(getDenialReasons(analysis))}` };
}

/**
 * What AWS's own list of actions and resources leaves out: KMS asks for the alias where it names no key yet, and for the
 * right to tag a key that is about to be made.
 */
const isBeyondSimulation = ({ action, resource }: Call): boolean =>
  (/:alias\//.test(resource) && !action.endsWith('Alias')) ||
  (action === 'kms:TagResource' && resource === '*');

function judgedByEngine({ action, resource, granted }: Call, role: DeployedRole): Verdict {
  const by = role.policies.flatMap(({ name, policy: { Statement } }) =>
    [Statement].flat().flatMap((statement, at) => {
      const { Effect, Action, Resource } = statement;
      const fits =
        Effect === 'Allow' &&
        [Action].flat().includes(action) &&
        [Resource].flat().some((pattern) => covers(pattern, resource));
      return fits ? [statementId(name, at + 1)] : [];
    }),
  );
  return { allowed: granted, by, ...(!granted && { why: 'the engine refused it' }) };
}

/** A role's trust is its own policy; objects are under their bucket's. */
const resourcePolicyOf = (
  { action, resource }: Call,
  roles: readonly DeployedRole[],
  policies: ReadonlyMap<string, object>,
): object | undefined =>
  action === 'sts:AssumeRole'
    ? roles.find(({ arn }) => arn === resource)?.trust
    : policies.get(resource.startsWith('arn:aws:s3:::') ? (resource.split('/')[0] ?? '') : resource);
