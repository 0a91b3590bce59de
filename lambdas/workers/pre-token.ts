import type { PreTokenGenerationV2TriggerEvent, PreTokenGenerationV3TriggerEvent } from 'aws-lambda';
import { machineMetadataKey } from '../contract/machine-token.ts';

const tenantAttribute = 'custom:tenant';

/** A person's sign-in, or a machine's: the same event, but for its source. */
export type PreTokenEvent = PreTokenGenerationV2TriggerEvent | PreTokenGenerationV3TriggerEvent;

export interface TokenClaims {
  readonly tenant: string;
  readonly machine: string;
}

/**
 * Copies the user's tenant into the claim of the access token where the API reads it; the token of a machine names the
 * machine instead, and never a tenant. Without either there is no token: Cognito answers with this error.
 */
export const addClaims =
  (claims: TokenClaims) =>
  async (event: PreTokenEvent): Promise<PreTokenEvent> => ({
    ...event,
    response: {
      claimsAndScopeOverrideDetails: {
        accessTokenGeneration: { claimsToAddOrOverride: claimOf(event, claims) },
      },
    },
  });

function claimOf(event: PreTokenEvent, claims: TokenClaims): Record<string, string> {
  if (event.triggerSource === 'TokenGeneration_ClientCredentials') {
    // Only the holder of that client's secret, the token function, can say this.
    const machine = event.request.clientMetadata?.[machineMetadataKey];
    if (!machine) throw new Error('Machines get their tokens from POST /auth/token.');
    return { [claims.machine]: machine };
  }
  const tenant = event.request.userAttributes[tenantAttribute];
  if (!tenant) throw new Error('This user belongs to no tenant. An administrator has to create it with one.');
  return { [claims.tenant]: tenant };
}
