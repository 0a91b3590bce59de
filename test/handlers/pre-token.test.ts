import type { PreTokenGenerationV2TriggerEvent, PreTokenGenerationV3TriggerEvent } from 'aws-lambda';
import { describe, expect, it } from 'vitest';
import { addClaims } from '../../lambdas/workers/pre-token.ts';

const shared = {
  region: 'eu-central-1',
  userPoolId: 'eu-central-1_pool',
  callerContext: { awsSdkVersion: '3', clientId: 'client' },
  response: { claimsAndScopeOverrideDetails: {} },
};

const person = (
  userAttributes: Record<string, string>,
  clientMetadata?: Record<string, string>,
): PreTokenGenerationV2TriggerEvent => ({
  ...shared,
  version: '2',
  triggerSource: 'TokenGeneration_Authentication',
  userName: 'user-1',
  request: { userAttributes, groupConfiguration: {}, scopes: [], ...(clientMetadata && { clientMetadata }) },
});

const machine = (clientMetadata?: Record<string, string>): PreTokenGenerationV3TriggerEvent => ({
  ...shared,
  version: '3',
  triggerSource: 'TokenGeneration_ClientCredentials',
  userName: 'ClientCredentials',
  request: { userAttributes: {}, groupConfiguration: {}, ...(clientMetadata && { clientMetadata }) },
});

describe('pre-token trigger', () => {
  const handler = addClaims({ tenant: 'tenant', machine: 'machine' });
  const claims = async (event: Parameters<typeof handler>[0]) =>
    (await handler(event)).response.claimsAndScopeOverrideDetails.accessTokenGeneration
      ?.claimsToAddOrOverride;

  it("writes the user's tenant into the access token", async () => {
    expect(await claims(person({ sub: 'user-1', 'custom:tenant': 'acme' }))).toEqual({ tenant: 'acme' });
  });

  it('lets no person name a machine', async () => {
    const event = person({ sub: 'user-1', 'custom:tenant': 'acme' }, { machine: 'machine-1' });
    expect(await claims(event)).toEqual({ tenant: 'acme' });
  });

  it('gives no token to a user without a tenant', async () => {
    await expect(handler(person({ sub: 'user-1' }))).rejects.toThrow(/belongs to no tenant/);
    await expect(handler(person({ sub: 'user-1', 'custom:tenant': '' }))).rejects.toThrow(/no tenant/);
  });

  it('writes into the token of a machine which one it is, and no tenant', async () => {
    expect(await claims(machine({ machine: 'machine-1' }))).toEqual({ machine: 'machine-1' });
  });

  it('gives no token for a machine that is not named', async () => {
    await expect(handler(machine())).rejects.toThrow(/auth\/token/);
  });
});
