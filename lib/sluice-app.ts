import { type App, Validations } from 'aws-cdk-lib';
import type { EnvironmentConfig } from './config/index.ts';
import { SluiceChecks } from './constructs/nag.ts';
import type { Watched } from './constructs/watch.ts';
import { ApiStack } from './stacks/api-stack.ts';
import { EdgeStack } from './stacks/edge-stack.ts';
import { EventsStack } from './stacks/events-stack.ts';
import { IdentityStack } from './stacks/identity-stack.ts';
import { ObservabilityStack } from './stacks/observability-stack.ts';
import { ProcessingStack } from './stacks/processing-stack.ts';
import { StorageStack } from './stacks/storage-stack.ts';

export interface Sluice {
  readonly storage: StorageStack;
  readonly events: EventsStack;
  readonly processing: ProcessingStack;
  readonly identity: IdentityStack | undefined;
  readonly api: ApiStack;
}

/** All stacks of one stage, checked by cdk-nag and by CloudFormation's own rules at synthesis. */
export function composeSluice(app: App, config: EnvironmentConfig): Sluice {
  const storage = new StorageStack(app, config);
  const events = new EventsStack(app, config, storage);
  const processing = new ProcessingStack(app, config, storage, events);
  const identity = config.auth.kind === 'cognito' ? new IdentityStack(app, config, config.auth) : undefined;
  const api = new ApiStack(app, config, { storage, ...tokensOf(config, identity) });
  if (config.edge.kind === 'cloudfront')
    new EdgeStack(app, config, { edge: config.edge, storage, api, identity });
  if (config.observability) {
    new ObservabilityStack(
      app,
      config,
      config.observability,
      watchedOf({ storage, events, processing, identity, api }),
    );
  }

  Validations.of(app).addPlugins(new SluiceChecks(app));
  return { storage, events, processing, identity, api };
}

function watchedOf({ storage, events, processing, identity, api }: Sluice): Watched {
  const { workers } = processing.pipeline;
  const httpFunctions = Object.values(api.functions.functions);
  return {
    functions: [
      ...httpFunctions,
      ...Object.values(workers),
      events.publisher.fn,
      ...(identity ? [identity.directory.preToken] : []),
    ],
    queues: Object.values(storage.queues),
    publishFailures: events.publisher.failures,
    publisher: events.publisher.fn,
    sweep: workers.sweep,
    api: api.service,
  };
}

function tokensOf(config: EnvironmentConfig, identity: IdentityStack | undefined) {
  if (config.auth.kind === 'oidc') {
    return { tokens: { issuer: config.auth.issuer, audience: config.auth.audience } };
  }
  if (!identity) throw new Error('Cognito is the issuer, but there is no identity stack.');
  const clientId = identity.directory.client.userPoolClientId;
  return { tokens: { issuer: identity.directory.issuer, audience: [clientId] }, userPoolClientId: clientId };
}
