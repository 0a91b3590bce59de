import { envNames } from '../contract/env.ts';
import { addClaims, type PreTokenEvent } from './pre-token.ts';

/**
 * Cognito's pre token generation trigger, V3_0: of people and of machines. Cognito waits 5 s for it within every
 * sign-in, so that it carries nothing: no logger (Lambda logs the error that it throws) and no schema for its variables.
 */
export const handler = async (event: PreTokenEvent): Promise<PreTokenEvent> => {
  const tenant = process.env[envNames.tenantClaim];
  const machine = process.env[envNames.machineClaim];
  if (!tenant || !machine) throw new Error(`${envNames.tenantClaim} or ${envNames.machineClaim} is not set.`);
  return addClaims({ tenant, machine })(event);
};
