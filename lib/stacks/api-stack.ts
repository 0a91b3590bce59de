import type { Construct } from 'constructs';
import type { EnvironmentConfig } from '../config/index.ts';
import { ApiFunctions } from '../constructs/api-functions.ts';
import { EdgeSecret } from '../constructs/edge-secret.ts';
import { ServiceApi, type TokenIssuer } from '../constructs/http-api.ts';
import { SluiceStack } from './base.ts';
import type { StorageStack } from './storage-stack.ts';

export interface ApiStackProps {
  readonly storage: StorageStack;
  readonly tokens: TokenIssuer;
  readonly userPoolClientId?: string;
}

/** The HTTP API and the functions behind it. */
export class ApiStack extends SluiceStack {
  readonly edgeSecret: EdgeSecret;
  readonly functions: ApiFunctions;
  readonly service: ServiceApi;

  constructor(scope: Construct, config: EnvironmentConfig, props: ApiStackProps) {
    super(scope, 'api', config, { description: 'Sluice: HTTP API' });
    this.edgeSecret = new EdgeSecret(this, 'Edge', config);
    this.functions = new ApiFunctions(this, 'Functions', {
      config,
      table: props.storage.table,
      storage: props.storage.storage,
      queues: props.storage.queues,
      edgeSecret: this.edgeSecret,
      ...(props.userPoolClientId !== undefined && { userPoolClientId: props.userPoolClientId }),
    });
    this.service = new ServiceApi(this, 'Http', {
      config,
      tokens: props.tokens,
      functions: this.functions.functions,
    });

    this.output('ApiUrl', this.service.api.apiEndpoint, 'Address of the API');
    this.output('ApiId', this.service.api.apiId, 'Id of the API');
  }
}
