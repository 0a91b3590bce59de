import { type OperationsOf, success } from './operation.ts';

export function systemOperations(): Partial<OperationsOf<'system'>> {
  return {
    health: {
      summary: 'Do the dependencies answer?',
      success: success(200, '{status, issues, checks}; 503 when critical'),
    },
    openapi: { summary: 'This document', success: success(200, 'OpenAPI 3.1') },
  };
}
