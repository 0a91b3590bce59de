import { type App, Validations } from 'aws-cdk-lib';
import type { EnvironmentConfig } from './config/index.ts';
import { SluiceChecks } from './constructs/nag.ts';
import type { Watched } from './constructs/watched.ts';
import type { WorkerQueue } from './constructs/worker-queue.ts';
import { ApiStack } from './stacks/api-stack.ts';
import { AuditStack } from './stacks/audit-stack.ts';
import { EdgeStack } from './stacks/edge-stack.ts';
import { EventsStack } from './stacks/events-stack.ts';
import { IdentityStack } from './stacks/identity-stack.ts';
import { MalwareStack } from './stacks/malware-stack.ts';
import { MediaConvertStack } from './stacks/mediaconvert-stack.ts';
import { ObservabilityStack } from './stacks/observability-stack.ts';
import { ProcessingStack } from './stacks/processing-stack.ts';
import { SearchStack } from './stacks/search-stack.ts';
import { StorageStack } from './stacks/storage-stack.ts';

export interface Sluice {
  readonly storage: StorageStack;
  readonly events: EventsStack;
  readonly processing: ProcessingStack;
  readonly audit: AuditStack;
  /** Where the stage scans by GuardDuty. */
  readonly malware: MalwareStack | undefined;
  /** Where the stage encodes by MediaConvert. */
  readonly mediaConvert: MediaConvertStack | undefined;
  readonly identity: IdentityStack | undefined;
  readonly api: ApiStack;
  /** Of all stacks. */
  readonly queues: readonly WorkerQueue[];
}

/** All stacks of one stage, checked by cdk-nag and by CloudFormation's own rules at synthesis. */
export function composeSluice(app: App, config: EnvironmentConfig): Sluice {
  const storage = new StorageStack(app, config);
  const events = new EventsStack(app, config, storage);
  const identity = config.auth.kind === 'cognito' ? new IdentityStack(app, config, config.auth) : undefined;
  const search = config.opensearch ? new SearchStack(app, config, config.opensearch) : undefined;
  const collection = search?.collection;
  const mediaConvert =
    config.video.encoder === 'mediaconvert' ? new MediaConvertStack(app, config, storage) : undefined;
  const processing = new ProcessingStack(app, config, {
    storage,
    events,
    identity,
    collection,
    mediaConvert: mediaConvert?.encoder,
  });
  const audit = new AuditStack(app, config, storage, events);
  const malware = config.scanner === 'guardduty' ? new MalwareStack(app, config, storage) : undefined;
  const scanQueues = [
    ...(processing.clamav?.lanes.queues ?? []),
    ...(malware ? [malware.scanner.queue] : []),
  ];
  const queues = [
    ...Object.values(storage.queues),
    ...scanQueues,
    events.tally.queue,
    audit.trail.queue,
    processing.indexing.consumer.queue,
  ];
  const api = new ApiStack(app, config, { storage, queues, collection, ...tokensOf(config, identity) });
  if (config.edge.kind === 'cloudfront')
    new EdgeStack(app, config, { edge: config.edge, storage, api, identity });
  if (config.observability) {
    new ObservabilityStack(
      app,
      config,
      config.observability,
      watchedOf({ storage, events, processing, audit, malware, mediaConvert, identity, api, queues }),
    );
  }

  Validations.of(app).addPlugins(new SluiceChecks(app));
  return { storage, events, processing, audit, malware, mediaConvert, identity, api, queues };
}

function watchedOf({
  events,
  processing,
  audit,
  malware,
  mediaConvert,
  identity,
  api,
  queues,
}: Sluice): Watched {
  const { workers } = processing.pipeline;
  const httpFunctions = Object.values(api.functions.functions);
  return {
    functions: [
      ...httpFunctions,
      ...Object.values(workers),
      ...Object.values(processing.steps.functions),
      ...(processing.clamav ? [processing.clamav.scan, processing.clamav.definitions] : []),
      ...(malware ? [malware.scanner.results] : []),
      ...(mediaConvert ? [mediaConvert.encoder.progress] : []),
      processing.reconciliation.fn,
      events.publisher.fn,
      events.tallyWorker,
      processing.indexing.worker,
      audit.trail.audit,
      audit.trail.seal,
      ...(identity ? [identity.directory.preToken] : []),
    ],
    queues,
    publishFailures: events.publisher.failures,
    publisher: events.publisher.fn,
    sweep: workers.sweep,
    seal: audit.trail.seal,
    reconcile: processing.reconciliation.fn,
    ...(processing.clamav && { definitions: processing.clamav.definitions }),
    transcodes: processing.transcodes,
    api: api.service,
  };
}

function tokensOf(config: EnvironmentConfig, identity: IdentityStack | undefined) {
  if (config.auth.kind === 'oidc') {
    return { tokens: { issuer: config.auth.issuer, audience: config.auth.audience } };
  }
  if (!identity) throw new Error('Cognito is the issuer, but there is no identity stack.');
  const { directory } = identity;
  const audience = [directory.client, directory.machineClient].map((client) => client.userPoolClientId);
  return { tokens: { issuer: directory.issuer, audience }, directory };
}
