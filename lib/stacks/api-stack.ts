import type { Construct } from 'constructs';
import type { EnvironmentConfig } from '../config/index.ts';
import { AllQueues } from '../constructs/all-queues.ts';
import { ApiFunctions } from '../constructs/api-functions.ts';
import { EdgeSecret } from '../constructs/edge-secret.ts';
import { ServiceApi, type TokenIssuer } from '../constructs/http-api.ts';
import { LinkKey } from '../constructs/link-key.ts';
import { MediaCookies, signedCookiesOf } from '../constructs/media-cookies.ts';
import { ReceiptKey } from '../constructs/receipt-key.ts';
import type { SearchCollection } from '../constructs/search-collection.ts';
import type { UserDirectory } from '../constructs/user-directory.ts';
import type { WorkerQueue } from '../constructs/worker-queue.ts';
import { SluiceStack } from './base.ts';
import type { StorageStack } from './storage-stack.ts';

export interface ApiStackProps {
  readonly storage: StorageStack;
  /** Every queue of the stage. */
  readonly queues: readonly WorkerQueue[];
  readonly tokens: TokenIssuer;
  /** Where the stage searches by OpenSearch. */
  readonly collection: SearchCollection | undefined;
  /** Absent with another issuer than Cognito. */
  readonly directory?: UserDirectory;
}

/** The HTTP API and the functions behind it. */
export class ApiStack extends SluiceStack {
  readonly edgeSecret: EdgeSecret;
  readonly receiptKey: ReceiptKey;
  readonly functions: ApiFunctions;
  /** Where the configuration asks for them. */
  readonly mediaCookies: MediaCookies | undefined;
  readonly service: ServiceApi;

  constructor(scope: Construct, config: EnvironmentConfig, props: ApiStackProps) {
    super(scope, 'api', config, { description: 'Sluice: HTTP API' });
    this.edgeSecret = new EdgeSecret(this, 'Edge', config);
    this.receiptKey = new ReceiptKey(this, 'Receipts', config);
    const linkKey = new LinkKey(this, 'Links', config);
    const cookies = signedCookiesOf(config);
    this.mediaCookies = cookies && new MediaCookies(this, 'Media', cookies);
    this.functions = new ApiFunctions(this, 'Functions', {
      config,
      table: props.storage.table,
      storage: props.storage.storage,
      queues: props.storage.queues,
      lanes: props.storage.lanes,
      allQueues: new AllQueues(props.queues),
      edgeSecret: this.edgeSecret,
      receiptKey: this.receiptKey,
      linkKey,
      mediaCookies: this.mediaCookies,
      collection: props.collection,
      ...(props.directory && { directory: props.directory }),
    });
    this.service = new ServiceApi(this, 'Http', {
      config,
      tokens: props.tokens,
      functions: this.functions.functions,
    });

    this.output('ApiUrl', this.service.api.apiEndpoint, 'Address of the API');
    this.output('ReceiptKeyArn', this.receiptKey.key.keyArn, 'Signs receipts');
    this.output('ApiId', this.service.api.apiId, 'Id of the API');
  }
}
