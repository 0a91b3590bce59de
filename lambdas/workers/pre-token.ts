import type { PreTokenGenerationV2TriggerEvent } from 'aws-lambda';

const tenantAttribute = 'custom:tenant';

/**
 * Copies the user's tenant into the claim of the access token where the API reads it. Without a tenant there is no
 * token: Cognito answers the sign-in with this error.
 */
export const addTenantClaim =
  (claim: string) =>
  async (event: PreTokenGenerationV2TriggerEvent): Promise<PreTokenGenerationV2TriggerEvent> => {
    const tenant = event.request.userAttributes[tenantAttribute];
    if (!tenant)
      throw new Error('This user belongs to no tenant. An administrator has to create it with one.');
    return {
      ...event,
      response: {
        claimsAndScopeOverrideDetails: {
          accessTokenGeneration: { claimsToAddOrOverride: { [claim]: tenant } },
        },
      },
    };
  };
