import {
  CloudFormationClient,
  DescribeStackResourcesCommand,
  ListStacksCommand,
} from '@aws-sdk/client-cloudformation';
import {
  GetRolePolicyCommand,
  IAMClient,
  ListRolePoliciesCommand,
  paginateListRoles,
  type Role,
} from '@aws-sdk/client-iam';
import { LambdaClient, paginateListEventSourceMappings, paginateListFunctions } from '@aws-sdk/client-lambda';
import { localClientConfig } from '../../local/aws-env.ts';
import { inParallel } from '../support/engine.ts';
import type { Deployed, DeployedRole } from './record.ts';

const stackPrefix = 'sluice-local-';
const concurrency = 8;

/** Roles with their policies, and what CloudFormation made, as they are in the engine now. */
export async function lookAtDeployed(endpoint: string): Promise<Omit<Deployed, 'partial' | 'scanner'>> {
  const config = localClientConfig(endpoint);
  const [iam, cfn, lambda] = [
    new IAMClient(config),
    new CloudFormationClient(config),
    new LambdaClient(config),
  ];
  try {
    const [roles, resources, sources] = await Promise.all([
      rolesOf(iam),
      resourcesOf(cfn),
      sourcesOf(lambda),
    ]);
    return { roles, resources, sources };
  } finally {
    for (const client of [iam, cfn, lambda]) client.destroy();
  }
}

async function rolesOf(iam: IAMClient): Promise<DeployedRole[]> {
  const own: Role[] = [];
  for await (const { Roles = [] } of paginateListRoles({ client: iam }, {})) {
    own.push(...Roles.filter(({ RoleName }) => RoleName?.startsWith(stackPrefix)));
  }
  return inParallel(own, concurrency, async ({ RoleName = '', Arn = '', AssumeRolePolicyDocument = '' }) => {
    const { PolicyNames = [] } = await iam.send(new ListRolePoliciesCommand({ RoleName }));
    const policies = await Promise.all(
      PolicyNames.map(async (PolicyName) => {
        const { PolicyDocument = '' } = await iam.send(new GetRolePolicyCommand({ RoleName, PolicyName }));
        return { name: PolicyName, policy: documentOf(PolicyDocument) };
      }),
    );
    return { name: RoleName, arn: Arn, trust: documentOf(AssumeRolePolicyDocument), policies };
  });
}

/** IAM answers documents percent-encoded. */
const documentOf = (text: string): object => JSON.parse(decodeURIComponent(text));

async function resourcesOf(cfn: CloudFormationClient): Promise<Deployed['resources']> {
  const { StackSummaries = [] } = await cfn.send(new ListStacksCommand({}));
  const names = StackSummaries.map(({ StackName = '' }) => StackName).filter((name) =>
    name.startsWith(stackPrefix),
  );
  const lists = await inParallel([...new Set(names)], concurrency, async (StackName) => {
    const { StackResources = [] } = await cfn.send(new DescribeStackResourcesCommand({ StackName }));
    return StackResources.map((each) => ({
      stack: StackName,
      id: each.LogicalResourceId ?? '',
      type: each.ResourceType ?? '',
      physicalId: each.PhysicalResourceId ?? '',
    }));
  });
  return lists.flat();
}

async function sourcesOf(lambda: LambdaClient): Promise<Deployed['sources']> {
  const roles = new Map<string, string>();
  for await (const { Functions = [] } of paginateListFunctions({ client: lambda }, {})) {
    for (const { FunctionArn = '', Role: role = '' } of Functions) roles.set(FunctionArn, role);
  }
  const sources: Deployed['sources'] = [];
  for await (const { EventSourceMappings = [] } of paginateListEventSourceMappings({ client: lambda }, {})) {
    for (const { FunctionArn = '', EventSourceArn = '', DestinationConfig } of EventSourceMappings) {
      const failuresArn = DestinationConfig?.OnFailure?.Destination;
      sources.push({
        ...{ roleArn: roles.get(FunctionArn) ?? '', sourceArn: EventSourceArn },
        ...(failuresArn && { failuresArn }),
      });
    }
  }
  return sources;
}
