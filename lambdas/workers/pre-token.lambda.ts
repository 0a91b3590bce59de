import type { PreTokenGenerationV2TriggerEvent } from 'aws-lambda';
import { envNames } from '../contract/env.ts';
import { addTenantClaim } from './pre-token.ts';

/**
 * Cognito's pre token generation trigger, V2_0. Cognito waits 5 s for it within every sign-in, so that it carries
 * nothing: no logger (Lambda logs the error that it throws) and no schema for its one variable.
 */
export const handler = async (
  event: PreTokenGenerationV2TriggerEvent,
): Promise<PreTokenGenerationV2TriggerEvent> => {
  const claim = process.env[envNames.tenantClaim];
  if (!claim) throw new Error(`${envNames.tenantClaim} is not set.`);
  return addTenantClaim(claim)(event);
};
