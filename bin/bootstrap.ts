/**
 * `npm run bootstrap -- --stage dev --email you@example.com [--tenant main] [--tier enterprise] [--user-id <sub>]`:
 * checks the account for what trips a first deployment and, once the stage is deployed, makes the first tenant and
 * its root. Run it as often as you like: what is there stays as it is.
 */
import { parseArgs } from 'node:util';
import { type TierName, tenantIdPattern } from '../lambdas/contract/tenant-items.ts';
import { ConfigError, configFor, type EnvironmentConfig } from '../lib/config/index.ts';
import { checkAccount, findAccount, stageOutputs } from './bootstrap/account.ts';
import { BootstrapError } from './bootstrap/failure.ts';
import { createAccount, type FirstRoot, register } from './bootstrap/first-root.ts';

const tiers: readonly TierName[] = ['basic', 'premium', 'enterprise'];

interface Request {
  readonly config: EnvironmentConfig;
  readonly root: FirstRoot;
  /** The `sub` that another issuer than Cognito gives to this person. */
  readonly userId: string | undefined;
}

function readArguments(): Request {
  const { values } = parseArgs({
    options: {
      stage: { type: 'string' },
      email: { type: 'string' },
      tenant: { type: 'string', default: 'main' },
      tier: { type: 'string', default: 'enterprise' },
      'user-id': { type: 'string' },
    },
  });
  if (!values.stage) throw new BootstrapError('Say which stage: --stage dev|staging|prod.');
  if (!values.email?.includes('@'))
    throw new BootstrapError('Say who becomes the first root: --email you@example.com.');
  if (!tenantIdPattern.test(values.tenant)) {
    throw new BootstrapError('--tenant takes lower case letters, digits and hyphens, up to 64.');
  }
  const tier = tiers.find((known) => known === values.tier);
  if (!tier) throw new BootstrapError(`--tier is one of ${tiers.join(', ')}.`);
  return {
    config: configFor(values.stage),
    root: { email: values.email, tenantId: values.tenant, tier },
    userId: values['user-id'],
  };
}

async function bootstrap({ config, root, userId }: Request): Promise<void> {
  const account = await findAccount(config);
  console.log(`Account ${account.account}, region ${account.region}, stage ${config.stage}.`);
  for (const note of await checkAccount(config, account)) console.log(`Note: ${note}`);

  const outputs = await stageOutputs(config);
  const output = (name: string): string => {
    const value = outputs[name];
    if (!value) throw new BootstrapError(`The stacks have no output ${name}: deploy them again.`);
    return value;
  };
  const { sub, invited } = await identify(config, root, userId, output);
  const isNew = await register(output('TableName'), sub, root);
  console.log(`${root.email} is ${isNew ? 'now' : 'already'} registered in tenant ${root.tenantId}.`);
  if (invited) console.log(`Cognito has mailed a temporary password to ${root.email}.`);

  console.log(`API: ${output('ApiUrl')}`);
  if (outputs.ConsoleUrl) console.log(`Console: ${outputs.ConsoleUrl}/app/`);
  if (config.edge.kind === 'cloudfront' && !config.edge.origin && outputs.ConsoleUrl) {
    console.log(
      `The console cannot sign in yet: write edge: { kind: 'cloudfront', origin: '${outputs.ConsoleUrl}' } ` +
        `into lib/config/${config.stage}.ts and deploy once more.`,
    );
  }
}

async function identify(
  config: EnvironmentConfig,
  root: FirstRoot,
  userId: string | undefined,
  output: (name: string) => string,
): Promise<{ sub: string; invited: boolean }> {
  if (config.auth.kind === 'cognito') {
    const made = await createAccount(output('UserPoolId'), root);
    return { sub: made.userId, invited: made.invited };
  }
  if (!userId) {
    throw new BootstrapError(
      `Your issuer ${config.auth.issuer} knows ${root.email}: give the sub of its tokens as --user-id.`,
    );
  }
  return { sub: userId, invited: false };
}

try {
  await bootstrap(readArguments());
} catch (error) {
  const isClear =
    error instanceof BootstrapError ||
    error instanceof ConfigError ||
    (error instanceof TypeError && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS'));
  if (!isClear) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
