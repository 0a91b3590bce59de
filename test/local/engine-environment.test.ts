import { delimiter } from 'node:path';
import { describe, expect, it } from 'vitest';
import { localAwsEnv } from '../../local/aws-env.ts';
import { engineEnv, ownEndpoint } from '../../local/engine.ts';
import { LocalFailure } from '../../local/failure.ts';
import { stackPaths, toolsDir } from '../../local/paths.ts';

const hostile = {
  HOME: '/home/person',
  PATH: '/usr/bin',
  AWS_PROFILE: 'prod',
  AWS_DEFAULT_PROFILE: 'prod',
  AWS_ACCESS_KEY_ID: 'AKIAREALREALREALREAL',
  AWS_SECRET_ACCESS_KEY: 'real',
  AWS_SESSION_TOKEN: 'real',
  AWS_SECURITY_TOKEN: 'real',
  AWS_CONFIG_FILE: '/home/person/.aws/config',
  AWS_SHARED_CREDENTIALS_FILE: '/home/person/.aws/credentials',
  AWS_ROLE_ARN: 'arn:aws:iam::123456789012:role/admin',
  AWS_WEB_IDENTITY_TOKEN_FILE: '/var/run/token',
  AWS_CONTAINER_CREDENTIALS_FULL_URI: 'http://169.254.170.2/',
  AWS_ENDPOINT_URL: 'https://amazonaws.com',
  AWS_ENDPOINT_URL_S3: 'https://s3.amazonaws.com',
  AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'true',
  AWS_REGION: 'eu-central-1',
  CDK_DEFAULT_ACCOUNT: '123456789012',
  HTTPS_PROXY: 'http://proxy:3128',
  http_proxy: 'http://proxy:3128',
  NO_PROXY: '',
  PYTHONPATH: '/home/person/lib',
  VIRTUAL_ENV: '/home/person/venv',
  NODE_ENV: 'test',
};

describe('the environment of everything that the local run starts', () => {
  const env = localAwsEnv(hostile, 'http://127.0.0.1:5001');

  it('keeps nothing of the person that could lead to a real AWS account', () => {
    expect(JSON.stringify(env)).not.toMatch(/prod|AKIAREAL|real"|123456789012|amazonaws|proxy|169\.254/i);
    expect(env).not.toHaveProperty('AWS_PROFILE');
    expect(env).not.toHaveProperty('AWS_SESSION_TOKEN');
    expect(env).not.toHaveProperty('AWS_IGNORE_CONFIGURED_ENDPOINT_URLS');
  });

  it('names the engine, its dummy credentials and files that do not exist', () => {
    expect(env).toMatchObject({
      AWS_ENDPOINT_URL: 'http://127.0.0.1:5001',
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
      AWS_REGION: 'us-east-1',
      AWS_EC2_METADATA_DISABLED: 'true',
    });
    expect(env.AWS_CONFIG_FILE).toContain('no-aws-config');
    expect(env.AWS_SHARED_CREDENTIALS_FILE).toContain('no-aws-credentials');
  });

  it('puts the pinned Node and tools before everything else', () => {
    expect(env.PATH).toBe(`${toolsDir}${delimiter}/usr/bin`);
    expect(env.HOME).toBe('/home/person');
  });

  it('does not let a foreign Python set-up or a test runner’s mode into the engine', () => {
    expect(env).not.toHaveProperty('NODE_ENV');
    expect(env).not.toHaveProperty('PYTHONPATH');
    expect(env).not.toHaveProperty('VIRTUAL_ENV');
  });
});

describe('the engine', () => {
  it('enforces permissions and keeps its state inside the stack’s own directory', () => {
    const env = engineEnv(hostile, stackPaths('/project/.local'), 5001, { keepsState: true });

    expect(env).toMatchObject({ AUTH: 'true', PERSIST_STATE: '1', S3_PERSIST: '1', GATEWAY_PORT: '5001' });
    for (const name of ['STATE_DIR', 'S3_DATA_DIR', 'TMPDIR'])
      expect(env[name]).toMatch(/^\/project\/\.local\//);
  });

  it.each(['http://localhost:4566', 'http://127.0.0.1:4566/', 'https://127.9.9.9:4566', 'http://[::1]:4566'])(
    'may be one that runs already at %s',
    (endpoint) => {
      expect(ownEndpoint({ AWS_ENDPOINT_URL: endpoint })).toBe(new URL(endpoint).origin);
    },
  );

  it.each([
    'https://s3.amazonaws.com',
    'http://10.0.0.7:4566',
    'http://localhost.evil.example:4566',
    'http://127.0.0.1.evil.example',
    'ftp://127.0.0.1',
    'nonsense',
  ])('is never one elsewhere: %s', (endpoint) => {
    expect(() => ownEndpoint({ AWS_ENDPOINT_URL: endpoint })).toThrow(LocalFailure);
  });

  it('is our own when nothing is said', () => {
    expect(ownEndpoint({})).toBeUndefined();
    expect(ownEndpoint({ AWS_ENDPOINT_URL: ' ' })).toBeUndefined();
  });
});
