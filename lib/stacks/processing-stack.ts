import type { Construct } from 'constructs';
import type { EnvironmentConfig } from '../config/index.ts';
import { ClamavScanner } from '../constructs/clamav-scanner.ts';
import { FfmpegLayer } from '../constructs/ffmpeg-layer.ts';
import { Pipeline } from '../constructs/pipeline.ts';
import { Reconciliation } from '../constructs/reconciliation.ts';
import type { SearchCollection } from '../constructs/search-collection.ts';
import { SearchIndexing } from '../constructs/search-indexing.ts';
import { SharpLayer } from '../constructs/sharp-layer.ts';
import type { ManagedEncoder } from '../constructs/transcode-states.ts';
import { TranscodeSteps } from '../constructs/transcode-steps.ts';
import { TranscodeWorkflow } from '../constructs/transcode-workflow.ts';
import { SluiceStack } from './base.ts';
import type { EventsStack } from './events-stack.ts';
import type { IdentityStack } from './identity-stack.ts';
import type { StorageStack } from './storage-stack.ts';

export interface ProcessingStackProps {
  readonly storage: StorageStack;
  readonly events: EventsStack;
  /** Absent with another issuer than Cognito. */
  readonly identity: IdentityStack | undefined;
  /** Where the stage searches by OpenSearch. */
  readonly collection: SearchCollection | undefined;
  /** Where the stage encodes by MediaConvert. */
  readonly mediaConvert: ManagedEncoder | undefined;
}

/** The workers behind the queues, and the sweep. */
export class ProcessingStack extends SluiceStack {
  /** Where the stage scans by clamav. */
  readonly clamav: ClamavScanner | undefined;
  readonly steps: TranscodeSteps;
  readonly transcodes: TranscodeWorkflow;
  readonly pipeline: Pipeline;
  readonly reconciliation: Reconciliation;
  readonly indexing: SearchIndexing;

  constructor(
    scope: Construct,
    config: EnvironmentConfig,
    { storage, events, identity, collection, mediaConvert }: ProcessingStackProps,
  ) {
    super(scope, 'processing', config, { description: 'Sluice: workers and sweep' });
    this.clamav =
      config.scanner === 'clamav'
        ? new ClamavScanner(this, 'Clamav', {
            config,
            table: storage.table,
            storage: storage.storage,
            queues: storage.queues,
            lanes: storage.lanes,
          })
        : undefined;
    const sharp = new SharpLayer(this, 'Sharp', config.stage === 'local' ? 'host' : 'lambda-arm64');
    this.steps = new TranscodeSteps(this, 'Steps', {
      config,
      table: storage.table,
      storage: storage.storage,
      videos: storage.queues.videos,
      sharp,
      ...(config.stage !== 'local' && { ffmpeg: new FfmpegLayer(this, 'Ffmpeg') }),
    });
    this.transcodes = new TranscodeWorkflow(this, 'Transcode', {
      config,
      steps: this.steps.functions,
      ...(mediaConvert && { mediaConvert }),
    });
    this.pipeline = new Pipeline(this, 'Pipeline', {
      config,
      table: storage.table,
      storage: storage.storage,
      queues: storage.queues,
      lanes: storage.lanes,
      bus: events.bus,
      sharp,
      transcodes: this.transcodes,
      ...(this.clamav && { scanLanes: this.clamav.lanes }),
      ...(identity && { directory: identity.directory }),
    });
    this.reconciliation = new Reconciliation(this, 'Reconciliation', {
      config,
      table: storage.table,
      bulk: storage.queues.bulk,
    });

    this.indexing = new SearchIndexing(this, 'Search', {
      config,
      table: storage.table,
      storage: storage.storage,
      bus: events.bus,
      ...(collection && { collection }),
    });
    this.outputQueue(this.indexing.consumer.queue);
    // The job that builds the index anew sends files there, too.
    this.pipeline.workers.bulk.bind(this.indexing.consumer.queue, 'send');

    this.output(
      'SweepFunctionName',
      this.pipeline.workers.sweep.lambda.functionName,
      'Invoke it to sweep at once',
    );
    if (this.clamav) {
      for (const queue of this.clamav.lanes.queues) this.outputQueue(queue);
      this.output(
        'DefinitionsFunctionName',
        this.clamav.definitions.lambda.functionName,
        'Invoke it to look for new virus definitions at once',
      );
    }
  }
}
