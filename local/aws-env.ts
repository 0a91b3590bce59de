import { delimiter } from 'node:path';
import { defaultStackDir, toolsDir } from './paths.ts';

export const localRegion = 'us-east-1';
export const localAccount = '000000000000';
export const defaultEnginePort = 4566;

/** The engine's root credentials. Real AWS knows no such key. */
export const localCredentials = { accessKeyId: 'test', secretAccessKey: 'test' } as const;

export const engineUrl = (port: number): string => `http://127.0.0.1:${port}`;

/** AWS, CDK and proxy settings of the person's shell: any of them could lead a request out of this machine. */
const misleading =
  /^(aws_|cdk_|localstack_|ministack_|boto_|(https?|all|no|ftp)_proxy$|node_use_env_proxy$)/i;

/** A person's own Python set-up, and the mode that a test runner sets for itself. */
const foreign = /^(python(path|home|startup|userbase|safepath|warnings)|virtual_env|node_env|vitest\w*)$/i;

/**
 * The environment of everything that the local run starts: the engine's endpoint, its dummy credentials, and no
 * profile, credentials file, metadata service or proxy by which a request could reach a real AWS account.
 */
export function localAwsEnv(
  parent: NodeJS.ProcessEnv,
  endpoint: string = engineUrl(defaultEnginePort),
): Record<string, string> {
  const kept = Object.entries(parent).filter(
    (entry): entry is [string, string] =>
      entry[1] !== undefined && !misleading.test(entry[0]) && !foreign.test(entry[0]),
  );
  const env = Object.fromEntries(kept);
  return {
    ...env,
    PATH: [toolsDir, env.PATH].filter(Boolean).join(delimiter),
    AWS_ENDPOINT_URL: endpoint,
    AWS_ACCESS_KEY_ID: localCredentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: localCredentials.secretAccessKey,
    AWS_REGION: localRegion,
    AWS_DEFAULT_REGION: localRegion,
    // Files that do not exist, instead of the person's ~/.aws.
    AWS_CONFIG_FILE: `${defaultStackDir}/no-aws-config`,
    AWS_SHARED_CREDENTIALS_FILE: `${defaultStackDir}/no-aws-credentials`,
    AWS_EC2_METADATA_DISABLED: 'true',
    CDK_DISABLE_CLI_TELEMETRY: 'true',
  };
}

/** What SDK clients inside the local run are made with: they do not look at the environment at all. */
export const localClientConfig = (endpoint: string) => ({
  endpoint,
  region: localRegion,
  credentials: localCredentials,
  maxAttempts: 3,
});
