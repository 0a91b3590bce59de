import type { PreTokenGenerationV2TriggerEvent } from 'aws-lambda';
import { describe, expect, it } from 'vitest';
import { addTenantClaim } from '../../lambdas/workers/pre-token.ts';

const eventFor = (userAttributes: Record<string, string>): PreTokenGenerationV2TriggerEvent => ({
  version: '2',
  triggerSource: 'TokenGeneration_Authentication',
  region: 'eu-central-1',
  userPoolId: 'eu-central-1_pool',
  userName: 'user-1',
  callerContext: { awsSdkVersion: '3', clientId: 'client' },
  request: { userAttributes, groupConfiguration: {}, scopes: [] },
  response: { claimsAndScopeOverrideDetails: {} },
});

describe('pre-token trigger', () => {
  const handler = addTenantClaim('tenant');

  it("writes the user's tenant into the access token", async () => {
    const { response } = await handler(eventFor({ sub: 'user-1', 'custom:tenant': 'acme' }));

    expect(response.claimsAndScopeOverrideDetails).toEqual({
      accessTokenGeneration: { claimsToAddOrOverride: { tenant: 'acme' } },
    });
  });

  it('gives no token to a user without a tenant', async () => {
    await expect(handler(eventFor({ sub: 'user-1' }))).rejects.toThrow(/belongs to no tenant/);
    await expect(handler(eventFor({ sub: 'user-1', 'custom:tenant': '' }))).rejects.toThrow(/no tenant/);
  });
});
