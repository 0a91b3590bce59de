import { Construct } from 'constructs';
import { envNames } from '../../lambdas/contract/env.ts';
import type { HttpFunctionName } from '../../lambdas/contract/routes.ts';
import { type EnvironmentConfig, tenantClaimOf } from '../config/index.ts';
import type { EdgeSecret } from './edge-secret.ts';
import { httpProfiles } from './function-profiles.ts';
import type { HttpFunctions } from './http-api.ts';
import type { ObjectStorage } from './object-storage.ts';
import { ServiceFunction } from './service-function.ts';
import { SignerRole } from './signer-role.ts';
import type { MetadataTable } from './table.ts';
import type { WorkerQueue } from './worker-queue.ts';

export interface ApiFunctionsProps {
  readonly config: EnvironmentConfig;
  readonly table: MetadataTable;
  readonly storage: ObjectStorage;
  readonly queues: { readonly completion: WorkerQueue; readonly bulk: WorkerQueue };
  readonly edgeSecret: EdgeSecret;
  /** Cognito's client; absent with another issuer. */
  readonly userPoolClientId?: string;
}

/** The functions behind the HTTP API and what each may do. None of their own roles can read or write an object. */
export class ApiFunctions extends Construct {
  readonly functions: HttpFunctions;

  constructor(scope: Construct, id: string, props: ApiFunctionsProps) {
    super(scope, id);
    const { config, table, storage, queues } = props;

    const uploads = this.httpFunction('uploads', config)
      .bind(props.edgeSecret, 'verify')
      .bind(table, 'get', 'getMany', 'transact', 'byOwner')
      .bind(storage.intake, 'listVersions', 'listParts', 'listUploads', 'abortUploads')
      .bind(queues.completion, 'send')
      .env(envNames.s3PathStyle, String(config.s3PathStyle));
    uploads.bind(SignerRole.forUploads(uploads, storage), 'assume');

    const files = this.httpFunction('files', config)
      .bind(props.edgeSecret, 'verify')
      .bind(table, 'get', 'getMany', 'query', 'transact', 'byOwner', 'byFolder')
      .bind(storage.library, 'address')
      .bind(storage.derived, 'address')
      .bind(queues.bulk, 'send')
      .env(envNames.s3PathStyle, String(config.s3PathStyle));
    files.bind(SignerRole.forDownloads(files, storage), 'assume');

    const system = this.httpFunction('system', config)
      .bind(table, 'get')
      .bind(storage.intake, 'probe')
      .env(envNames.s3PathStyle, String(config.s3PathStyle));

    this.functions = { uploads, files, system, ...this.login(props) };
  }

  /** Signs in by Cognito with nothing but its public client id, and counts attempts. */
  private login({ config, table, edgeSecret, userPoolClientId }: ApiFunctionsProps): {
    auth?: ServiceFunction;
  } {
    if (!config.passwordLogin || userPoolClientId === undefined) return {};
    const auth = this.httpFunction('auth', config)
      .bind(table, 'rateWindows')
      .bind(edgeSecret, 'verify')
      .env(envNames.userPoolClient, userPoolClientId);
    return { auth };
  }

  private httpFunction(name: HttpFunctionName, config: EnvironmentConfig): ServiceFunction {
    return new ServiceFunction(this, name.charAt(0).toUpperCase() + name.slice(1), {
      config,
      entry: `http/${name}`,
      ...httpProfiles[name],
    }).env(envNames.tenantClaim, tenantClaimOf(config));
  }
}
