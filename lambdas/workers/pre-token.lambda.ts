import type { PreTokenGenerationV2TriggerEvent } from 'aws-lambda';
import { envNames } from '../contract/env.ts';

const tenantAttribute = 'custom:tenant';

/**
 * Cognito's pre token generation trigger (V2_0): copies the user's tenant into the access token, where the API
 * reads it. Without a tenant there is no token: Cognito answers the sign-in with this error.
 */
export const handler = async (
  event: PreTokenGenerationV2TriggerEvent,
): Promise<PreTokenGenerationV2TriggerEvent> => {
  const claim = process.env[envNames.tenantClaim];
  if (!claim) throw new Error(`${envNames.tenantClaim} is not set.`);
  const tenant = event.request.userAttributes[tenantAttribute];
  if (!tenant) throw new Error('This user belongs to no tenant. An administrator has to create it with one.');

  return {
    ...event,
    response: {
      ...event.response,
      claimsAndScopeOverrideDetails: {
        accessTokenGeneration: { claimsToAddOrOverride: { [claim]: tenant } },
      },
    },
  };
};
