import { Construct } from 'constructs';
import { envNames } from '../../lambdas/contract/env.ts';
import type { HttpFunctionName } from '../../lambdas/contract/routes.ts';
import { type EnvironmentConfig, machineClaimOf, tenantClaimOf } from '../config/index.ts';
import type { AllQueues } from './all-queues.ts';
import type { EdgeSecret } from './edge-secret.ts';
import { httpProfiles } from './function-profiles.ts';
import type { HttpFunctions } from './http-api.ts';
import type { Lanes } from './lanes.ts';
import type { LinkKey } from './link-key.ts';
import type { MediaCookies } from './media-cookies.ts';
import type { ObjectStorage } from './object-storage.ts';
import type { ReceiptKey } from './receipt-key.ts';
import type { SearchCollection } from './search-collection.ts';
import { ServiceFunction } from './service-function.ts';
import { SharpLayer } from './sharp-layer.ts';
import { SignerRole } from './signer-role.ts';
import type { MetadataTable } from './table.ts';
import type { UserDirectory } from './user-directory.ts';
import type { WorkerQueue } from './worker-queue.ts';

export interface ApiFunctionsProps {
  readonly config: EnvironmentConfig;
  readonly table: MetadataTable;
  readonly storage: ObjectStorage;
  readonly queues: Readonly<Record<'completion' | 'bulk' | 'purge', WorkerQueue>>;
  readonly lanes: Lanes;
  readonly allQueues: AllQueues;
  readonly edgeSecret: EdgeSecret;
  readonly receiptKey: ReceiptKey;
  readonly linkKey: LinkKey;
  /** Where the edge serves videos by cookies. */
  readonly mediaCookies: MediaCookies | undefined;
  /** Where the stage searches by OpenSearch. */
  readonly collection: SearchCollection | undefined;
  /** Absent with another issuer than Cognito. */
  readonly directory?: UserDirectory;
}

/** The functions behind the HTTP API and what each may do. But for `variants`, which makes pictures, none of their own roles can read or write an object. */
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
      .env(envNames.scanner, config.scanner)
      .env(envNames.s3PathStyle, String(config.s3PathStyle));
    uploads.bind(SignerRole.forUploads(uploads, storage), 'assume');

    const files = this.httpFunction('files', config)
      .bind(props.edgeSecret, 'verify')
      .bind(table, 'get', 'getMany', 'query', 'transact')
      .bind(table, 'byOwner', 'byFolder', 'byStatus', 'byUpdated', 'bySize')
      .bind(storage.library, 'address')
      .bind(storage.derived, 'address')
      .bind(queues.purge, 'send')
      .bind(props.lanes, 'send', 'inspect', 'measure')
      .bind(props.receiptKey, 'sign')
      .env(envNames.scanner, config.scanner)
      .env(envNames.s3PathStyle, String(config.s3PathStyle));
    files.bind(SignerRole.forDownloads(files, storage, { renditions: true }), 'assume');
    if (config.objectLock)
      files.bind(storage.library, 'holdVersions').env(envNames.objectLock, config.objectLock);

    const variants = this.httpFunction('variants', config, [
      new SharpLayer(this, 'Sharp', config.stage === 'local' ? 'host' : 'lambda-arm64'),
    ])
      .bind(props.edgeSecret, 'verify')
      .bind(table, 'get', 'getMany', 'rateWindows', 'accessEvents')
      .bind(storage.library, 'readVersions')
      .bind(storage.derived, 'readObjects', 'seeMissing', 'writeVariants', 'tagVariants', 'deleteVariants')
      .bind(props.linkKey, 'makeKeys')
      .env(envNames.s3PathStyle, String(config.s3PathStyle));
    variants.bind(
      SignerRole.forDownloads(variants, storage, { originals: false, renditions: true }),
      'assume',
    );

    const stream = this.httpFunction('stream', config)
      .bind(props.edgeSecret, 'verify')
      .bind(table, 'get', 'getMany', 'rateWindows', 'accessEvents')
      .bind(storage.derived, 'readStreams')
      .bind(props.linkKey, 'makeKeys')
      .env(envNames.s3PathStyle, String(config.s3PathStyle));
    stream.bind(SignerRole.forStreams(stream, storage), 'assume');
    if (props.mediaCookies) stream.bind(props.mediaCookies, 'sign');

    const folders = this.httpFunction('folders', config)
      .bind(props.edgeSecret, 'verify')
      .bind(table, 'get', 'getMany', 'query', 'put', 'update')
      .bind(queues.bulk, 'send');

    const search = this.httpFunction('search', config)
      .bind(props.edgeSecret, 'verify')
      .bind(table, 'get', 'getMany', 'byOwner', 'rateWindows', 'accessEvents')
      .env(envNames.s3PathStyle, String(config.s3PathStyle));
    if (props.collection) {
      search.env(envNames.derivedBucket, storage.derived.bucket.bucketName).bind(props.collection, 'search');
    } else search.bind(storage.derived, 'readSegments');

    const tenants = this.httpFunction('tenants', config)
      .bind(props.edgeSecret, 'verify')
      .bind(table, 'get', 'getMany', 'query', 'transact', 'check', 'byOwner')
      .bind(storage.tenantKeys, 'make')
      .bind(queues.bulk, 'send')
      .env(envNames.passwordLogin, String(config.passwordLogin));
    if (props.directory) {
      const passwords = config.passwordLogin ? (['givePasswords'] as const) : [];
      tenants.bind(props.directory, 'manageAccounts', ...passwords);
    }

    const operations = this.httpFunction('operations', config)
      .bind(props.edgeSecret, 'verify')
      .bind(table, 'get', 'getMany', 'query', 'transact', 'byOwner', 'byStatus')
      .bind(storage.intake, 'listParts', 'listUploads', 'abortUploads')
      .bind(props.allQueues, 'measure', 'redrive')
      .env(envNames.s3PathStyle, String(config.s3PathStyle));

    const publicFiles = this.httpFunction('public', config)
      .bind(props.edgeSecret, 'verify')
      .bind(table, 'get', 'getMany', 'rateWindows', 'accessEvents')
      .bind(storage.library, 'address')
      .bind(storage.derived, 'address')
      .env(envNames.s3PathStyle, String(config.s3PathStyle));
    publicFiles.bind(SignerRole.forDownloads(publicFiles, storage, { renditions: false }), 'assume');

    const system = this.httpFunction('system', config)
      .bind(table, 'get', 'getMany')
      .bind(storage.intake, 'probe')
      .bind(storage.library, 'probe')
      .bind(storage.derived, 'probe')
      .bind(storage.audit, 'probe')
      .bind(props.allQueues, 'measure')
      .bind(props.receiptKey, 'publish')
      .env(envNames.scanner, config.scanner)
      .env(envNames.s3PathStyle, String(config.s3PathStyle));

    this.functions = {
      uploads,
      files,
      variants,
      stream,
      folders,
      search,
      tenants,
      operations,
      public: publicFiles,
      system,
      ...this.login(props),
    };
  }

  /** Signs people in by Cognito with nothing but its public client id, and machines by the pool's one client for them. */
  private login({ config, table, edgeSecret, directory }: ApiFunctionsProps): {
    auth?: ServiceFunction;
    token?: ServiceFunction;
  } {
    if (!directory) return {};
    const token = this.httpFunction('token', config)
      .bind(table, 'rateWindows', 'clients')
      .bind(edgeSecret, 'verify')
      .bind(directory, 'mintTokens');
    if (!config.passwordLogin) return { token };
    const auth = this.httpFunction('auth', config)
      .bind(table, 'rateWindows')
      .bind(edgeSecret, 'verify')
      .env(envNames.userPoolClient, directory.client.userPoolClientId);
    return { auth, token };
  }

  private httpFunction(
    name: HttpFunctionName,
    config: EnvironmentConfig,
    layers: SharpLayer[] = [],
  ): ServiceFunction {
    return new ServiceFunction(this, name.charAt(0).toUpperCase() + name.slice(1), {
      config,
      entry: `http/${name}`,
      layers,
      ...httpProfiles[name],
    })
      .env(envNames.tenantClaim, tenantClaimOf(config))
      .env(envNames.machineClaim, machineClaimOf(config));
  }
}
