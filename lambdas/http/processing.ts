import type { RouteName } from '../contract/routes.ts';
import { type ProcessFileDeps, processStored } from '../core/files/process.ts';
import { type AuthDeps, authenticated } from '../runtime/authenticated.ts';
import type { RouteHandler } from '../runtime/http-function.ts';
import { accepted } from '../runtime/http-response.ts';
import { idPath } from './schemas/fields.ts';
import type { ProcessingSchemas } from './schemas/processing.ts';

export interface ProcessingRouteDeps {
  readonly auth: AuthDeps;
  readonly processing: ProcessFileDeps;
  readonly schemas: ProcessingSchemas;
}

/** What is made of a stored file because somebody asks for it. */
export function processingRoutes({
  auth,
  processing,
  schemas,
}: ProcessingRouteDeps): Partial<Record<RouteName, RouteHandler>> {
  const route = authenticated(auth);
  return {
    processFile: route('other', async (request, caller) => {
      const target = { fileId: request.path(idPath).id, ifMatch: request.header('if-match') };
      const { operations } = request.body(schemas.process);
      return accepted({ jobs: await processStored(processing, caller, target, operations) });
    }),
  };
}
