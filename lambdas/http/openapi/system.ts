import { publicKeySet } from '../schemas/receipts.ts';
import { healthView, openApiView } from '../schemas/system.ts';
import { type OperationsOf, success } from './operation.ts';

export function systemOperations(): OperationsOf<'system'> {
  return {
    health: {
      summary: 'Do the dependencies answer?',
      success: success(200, 'Healthy or degraded; 503 with the same body when critical', healthView),
    },
    storageHealth: {
      summary: 'Does everything stand that a file goes through and rests in?',
      success: success(200, 'Healthy or degraded; 503 with the same body when critical', healthView),
    },
    publicKeys: {
      summary: 'The public keys that check receipts, as a JWK Set (RFC 7517)',
      success: success(200, 'The present key first, then those before it', publicKeySet),
    },
    openapi: { summary: 'This document', success: success(200, 'OpenAPI 3.1', openApiView) },
  };
}
