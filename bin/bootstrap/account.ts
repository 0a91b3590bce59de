import { CloudFormationClient, DescribeStacksCommand, type Stack } from '@aws-sdk/client-cloudformation';
import { GetAccountSettingsCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { queues } from '../../lambdas/contract/queues.ts';
import { type EnvironmentConfig, stackName } from '../../lib/config/index.ts';
import { BootstrapError } from './failure.ts';

/** The oldest CDK bootstrap that what `cdk` 2 synthesizes can be deployed with. */
const oldestBootstrapVersion = 6;
/** Lambda keeps this many executions free of reservations, whatever the quota. */
const unreservedExecutions = 100;

export interface Account {
  readonly account: string;
  readonly region: string;
}

/** Whom the credentials belong to, and where. @throws BootstrapError */
export async function findAccount(config: EnvironmentConfig): Promise<Account> {
  const sts = new STSClient({});
  const region = await sts.config.region().catch(() => {
    throw new BootstrapError('No region: set AWS_REGION, or a region in the profile that AWS_PROFILE names.');
  });
  const identity = await sts.send(new GetCallerIdentityCommand({})).catch((cause: Error) => {
    throw new BootstrapError(`AWS does not accept the credentials (${cause.name}): sign in first.`, {
      cause,
    });
  });
  const account = identity.Account ?? '';
  if (config.account && config.account !== account) {
    throw new BootstrapError(
      `Stage "${config.stage}" belongs to account ${config.account}, not to ${account}.`,
    );
  }
  if (config.region && config.region !== region) {
    throw new BootstrapError(`Stage "${config.stage}" belongs into ${config.region}, not into ${region}.`);
  }
  return { account, region };
}

/** Stops at what would make the first deployment fail; returns what is only worth knowing. @throws BootstrapError */
export async function checkAccount(
  config: EnvironmentConfig,
  { account, region }: Account,
): Promise<string[]> {
  await checkCdkBootstrap(config, { account, region });
  const { AccountLimit } = await new LambdaClient({}).send(new GetAccountSettingsCommand({}));
  const quota = AccountLimit?.ConcurrentExecutions ?? 0;
  const askForMore = `Service Quotas, AWS Lambda, "Concurrent executions", region ${region}`;
  if (config.reserveSweep && quota <= unreservedExecutions) {
    throw new BootstrapError(
      `This account may run ${quota} Lambda functions at a time, which allows no reservation for the sweep: ` +
        `ask for at least ${unreservedExecutions + 1} (${askForMore}), or set reserveSweep to false.`,
    );
  }
  const workers = Object.values(queues).reduce((sum, { maxConcurrency }) => sum + maxConcurrency, 0);
  return quota < workers
    ? [
        `${quota} concurrent executions are fewer than the ${workers} that the queues may use (${askForMore}).`,
      ]
    : [];
}

/** The stage belongs to it: the app, which `cdk` runs for this too, refuses to guess one. */
export const cdkBootstrapCommand = ({ stage }: EnvironmentConfig, { account, region }: Account): string =>
  `npx cdk bootstrap aws://${account}/${region} -c stage=${stage}`;

async function checkCdkBootstrap(config: EnvironmentConfig, at: Account): Promise<void> {
  const advice = cdkBootstrapCommand(config, at);
  const toolkit = await describe('CDKToolkit');
  if (!toolkit) throw new BootstrapError(`CDK is not bootstrapped in this account and region: ${advice}`);
  const version = Number(outputsOf(toolkit).BootstrapVersion ?? 0);
  if (version < oldestBootstrapVersion) {
    throw new BootstrapError(`CDK's bootstrap stack is too old (version ${version}): ${advice}`);
  }
}

/** Outputs of all stacks of the stage by name. @throws BootstrapError when it is not deployed */
export async function stageOutputs(config: EnvironmentConfig): Promise<Record<string, string>> {
  const required = [
    'storage',
    'events',
    'audit',
    'api',
    ...(config.auth.kind === 'cognito' ? ['identity'] : []),
  ];
  const optional = config.edge.kind === 'cloudfront' ? ['edge'] : [];
  const stacks = await Promise.all(
    [...required, ...optional].map((name) => describe(stackName(config, name))),
  );
  if (stacks.slice(0, required.length).includes(undefined)) {
    throw new BootstrapError(
      `The account is ready. Now deploy, and run this again: npx cdk deploy --all -c stage=${config.stage}`,
    );
  }
  return Object.assign({}, ...stacks.map((stack) => (stack ? outputsOf(stack) : {})));
}

async function describe(name: string): Promise<Stack | undefined> {
  try {
    const { Stacks } = await new CloudFormationClient({}).send(
      new DescribeStacksCommand({ StackName: name }),
    );
    return Stacks?.[0];
  } catch (error) {
    if (error instanceof Error && /does not exist/.test(error.message)) return undefined;
    throw error;
  }
}

const outputsOf = (stack: Stack): Record<string, string> =>
  Object.fromEntries(
    (stack.Outputs ?? []).map(({ OutputKey, OutputValue }) => [OutputKey ?? '', OutputValue ?? '']),
  );
