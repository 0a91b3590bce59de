import { readFile, rm } from 'node:fs/promises';
import {
  DescribeTableCommand,
  DynamoDBClient,
  ListTagsOfResourceCommand,
  TagResourceCommand,
} from '@aws-sdk/client-dynamodb';
import { localAccount, localAwsEnv, localClientConfig, localRegion } from './aws-env.ts';
import { lastErrorLine, runCommand } from './command.ts';
import { LocalFailure } from './failure.ts';
import { fingerprint } from './fingerprint.ts';
import { parseOutputs, type StackOutputs } from './outputs.ts';
import { projectDir, type StackPaths } from './paths.ts';

const deployDeadlineMs = 15 * 60_000;

/** What the deployed stacks are made from. */
const sources = ['lambdas', 'lib', 'bin', 'layers', 'package-lock.json', 'cdk.json', 'tsconfig.json'];

/** Lies in the engine itself, so that it is lost together with the engine's state. */
const fingerprintTag = 'sluice:local-fingerprint';

export interface DeployOptions {
  readonly paths: StackPaths;
  readonly endpoint: string;
  /** CDK context besides the stage. */
  readonly context: Readonly<Record<string, string>>;
  readonly onDetail: (detail: string) => void;
  readonly signal?: AbortSignal | undefined;
}

export interface Deployment {
  readonly outputs: StackOutputs;
  /** False when the engine already held exactly these stacks. */
  readonly changed: boolean;
}

/** Brings the stacks of `cdk deploy -c stage=local` into the engine, unless they are there unchanged. */
export async function deploy(options: DeployOptions): Promise<Deployment> {
  const wanted = await fingerprint(projectDir, sources, JSON.stringify(options.context));
  const db = new DynamoDBClient(localClientConfig(options.endpoint));
  try {
    const present = await readOutputs(options.paths).catch(() => undefined);
    if (present && (await deployedFingerprint(db, present.tableName)) === wanted) {
      return { outputs: present, changed: false };
    }
    await rm(options.paths.deployLog, { force: true });
    // Where no cdk.json lies: bootstrapping needs no application, and would make it and bundle it for nothing.
    await cdk(options, options.paths.dir, ['bootstrap', `aws://${localAccount}/${localRegion}`]);
    await cdk(options, projectDir, [
      'deploy',
      '--all',
      ...contextArguments({ stage: 'local', ...options.context }),
      ...['--require-approval', 'never', '--progress', 'events'],
      ...['--output', options.paths.cloudAssembly, '--outputs-file', options.paths.outputs],
    ]);
    const outputs = await readOutputs(options.paths);
    await markDeployed(db, outputs.tableName, wanted);
    return { outputs, changed: true };
  } finally {
    db.destroy();
  }
}

const contextArguments = (context: Readonly<Record<string, string>>): string[] =>
  Object.entries(context).flatMap(([name, value]) => ['-c', `${name}=${value}`]);

const readOutputs = async (paths: StackPaths): Promise<StackOutputs> =>
  parseOutputs(JSON.parse(await readFile(paths.outputs, 'utf8')));

async function cdk(
  { paths, endpoint, onDetail, signal }: DeployOptions,
  cwd: string,
  args: readonly string[],
): Promise<void> {
  const { exitCode, lines } = await runCommand('cdk', [...args, '--no-notices'], {
    cwd,
    env: { ...localAwsEnv(process.env, endpoint), ...npmProxy(process.env) },
    log: paths.deployLog,
    deadlineMs: deployDeadlineMs,
    signal,
    onLine: (line) => {
      const detail = progressOf(line);
      if (detail) onDetail(detail);
    },
  });
  if (exitCode === 0) return;
  // CloudFormation cannot always get from an older version to this one: an output that another stack still reads, say.
  const older = await readOutputs(paths).then(
    () => ' Is what was deployed here of an older version? npm run local:reset forgets it, and its data.',
    () => '',
  );
  throw new LocalFailure(`Deploying failed: ${lastErrorLine(lines)} (details: ${paths.deployLog}).${older}`);
}

/** Layers are installed by npm while the application is made: npm alone may use the person's proxy. */
function npmProxy(parent: NodeJS.ProcessEnv): Record<string, string> {
  const http = parent.HTTP_PROXY ?? parent.http_proxy;
  const https = parent.HTTPS_PROXY ?? parent.https_proxy ?? http;
  return { ...(http && { npm_config_proxy: http }), ...(https && { npm_config_https_proxy: https }) };
}

/** `sluice-local-api | 12/60 | ...` -> `sluice-local-api 12/60`; undefined for lines that tell a person nothing. */
export function progressOf(line: string): string | undefined {
  const event = /^\s*(\S+)\s*\|\s*(\d+\/\d+)\s*\|/.exec(line);
  if (event) return `${event[1]} ${event[2]}`;
  const bundling = /^Bundling asset (\S+?)\/Code/.exec(line);
  return bundling ? `bundling ${bundling[1]}` : undefined;
}

async function tableArn(db: DynamoDBClient, tableName: string): Promise<string> {
  const { Table } = await db.send(new DescribeTableCommand({ TableName: tableName }));
  if (!Table?.TableArn) throw new Error(`The engine knows no table ${tableName}.`);
  return Table.TableArn;
}

async function deployedFingerprint(db: DynamoDBClient, tableName: string): Promise<string | undefined> {
  try {
    const ResourceArn = await tableArn(db, tableName);
    const { Tags } = await db.send(new ListTagsOfResourceCommand({ ResourceArn }));
    return Tags?.find((tag) => tag.Key === fingerprintTag)?.Value;
  } catch {
    // No such table: the engine's state is new.
    return undefined;
  }
}

async function markDeployed(db: DynamoDBClient, tableName: string, value: string): Promise<void> {
  const ResourceArn = await tableArn(db, tableName);
  await db.send(new TagResourceCommand({ ResourceArn, Tags: [{ Key: fingerprintTag, Value: value }] }));
}
