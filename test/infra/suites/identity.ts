import { describe, expect, it } from 'vitest';
import { stageNames, withConsoleOrigin } from '../../../lib/config/index.ts';
import { synthesize, synthesized } from '../stages.ts';

describe.each(stageNames)('users of %s', (name) => {
  const stage = synthesized(name);
  const [pool] = stage.ofType('AWS::Cognito::UserPool');
  const clients = stage.ofType('AWS::Cognito::UserPoolClient');
  const client = clients.find(({ properties }) => !properties.GenerateSecret);
  const machines = clients.find(({ properties }) => properties.GenerateSecret);

  it('are made by administrators only', () => {
    expect(pool?.properties.AdminCreateUserConfig.AllowAdminCreateUserOnly).toBe(true);
  });

  it('have a tenant that never changes', () => {
    const tenant = pool?.properties.Schema.find(({ Name }: { Name: string }) => Name === 'tenant');

    expect(tenant.Mutable).toBe(false);
  });

  it('cannot write their tenant, or anything that the API believes', () => {
    expect(client?.properties.WriteAttributes).toEqual(['family_name', 'given_name', 'locale']);
  });

  it('get access tokens from the pre-token trigger, by the version that machines get theirs by too', () => {
    expect(pool?.properties.LambdaConfig.PreTokenGenerationConfig.LambdaVersion).toBe('V3_0');
    expect(pool?.properties.UserPoolTier).toBe('ESSENTIALS');
  });

  it('are not asked for where machines get their tokens: one client, with a secret, by client credentials', () => {
    const [server] = stage.ofType('AWS::Cognito::UserPoolResourceServer');
    const scopes = server?.properties.Scopes.map(({ ScopeName }: { ScopeName: string }) => ScopeName);

    expect(scopes).toEqual(['uploads', 'files.read', 'files.write']);
    expect(clients).toHaveLength(2);
    expect(machines?.properties).toMatchObject({ AllowedOAuthFlows: ['client_credentials'] });
    expect(machines?.properties.AllowedOAuthScopes).toHaveLength(scopes.length);
  });

  it('and their secrets are in nobody’s environment', () => {
    for (const { properties } of stage.ofType('AWS::Lambda::Function')) {
      expect(JSON.stringify(properties.Environment ?? {})).not.toContain('ClientSecret');
    }
  });

  it('sign in with a password over the API only where that is switched on', () => {
    const flows: string[] = client?.properties.ExplicitAuthFlows;

    expect(flows.includes('ALLOW_USER_PASSWORD_AUTH')).toBe(stage.config.passwordLogin);
    expect(flows).not.toContain('ALLOW_ADMIN_USER_PASSWORD_AUTH');
    expect(flows).toContain('ALLOW_REFRESH_TOKEN_AUTH');
  });

  it('never sign in by the client that tokens of machines are made with', () => {
    expect(machines?.properties.ExplicitAuthFlows).toEqual(['ALLOW_REFRESH_TOKEN_AUTH']);
  });

  it('learn nothing about who else exists', () => {
    expect(client?.properties.PreventUserExistenceErrors).toBe('ENABLED');
  });

  it('have passwords of some strength, and may add a second factor', () => {
    expect(pool?.properties.Policies.PasswordPolicy.MinimumLength).toBeGreaterThanOrEqual(12);
    expect(pool?.properties.MfaConfiguration).toBe('OPTIONAL');
    expect(pool?.properties.EnabledMfas).toEqual(['SOFTWARE_TOKEN_MFA']);
  });
});

describe('managed login', () => {
  const stage = synthesize(withConsoleOrigin(synthesized('prod').config, 'https://files.example.com'));
  const client = stage
    .ofType('AWS::Cognito::UserPoolClient')
    .find(({ properties }) => !properties.GenerateSecret);

  it('returns to the console by the code flow alone, without a client secret', () => {
    expect(client?.properties).toMatchObject({
      AllowedOAuthFlows: ['code'],
      CallbackURLs: ['https://files.example.com/app/'],
      LogoutURLs: ['https://files.example.com/app/'],
      GenerateSecret: false,
    });
  });

  it.each(['dev', 'staging', 'prod'] as const)('has a domain and a look in %s', (name) => {
    const aws = synthesized(name);

    expect(aws.ofType('AWS::Cognito::UserPoolDomain')).toHaveLength(1);
    expect(aws.ofType('AWS::Cognito::ManagedLoginBranding')).toHaveLength(1);
  });
});

describe('an issuer of your own', () => {
  const { config } = synthesized('prod');
  const stage = synthesize({
    ...config,
    auth: {
      kind: 'oidc',
      issuer: 'https://id.example.com/',
      audience: ['sluice'],
      tenantClaim: 'https://example.com/org',
      consoleClientId: 'sluice-console',
    },
  });

  it('replaces Cognito', () => {
    expect(stage.ofType('AWS::Cognito::UserPool')).toEqual([]);
    expect(stage.ofType('AWS::ApiGatewayV2::Authorizer')[0]?.properties.JwtConfiguration).toEqual({
      Issuer: 'https://id.example.com/',
      Audience: ['sluice'],
    });
  });

  it('names the tenant by its own claim, and a machine by its client id', () => {
    const uploads = stage
      .ofType('AWS::Lambda::Function')
      .find(({ path }) => path.includes('/Functions/Uploads/'));

    expect(uploads?.properties.Environment.Variables).toMatchObject({
      TENANT_CLAIM: 'https://example.com/org',
      MACHINE_CLAIM: 'client_id',
    });
  });

  it('passes every check', () => {
    expect(stage.findings).toEqual([]);
  });
});
