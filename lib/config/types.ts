import type { DefinitionsSource } from '../../lambdas/contract/definitions.ts';
import type { Limits } from '../../lambdas/contract/limits.ts';
import type { QueueName } from '../../lambdas/contract/queues.ts';
import type { ScannerName } from '../../lambdas/contract/scanners.ts';
import type { EncoderName } from '../../lambdas/contract/transcode.ts';

export const stageNames = ['local', 'dev', 'staging', 'prod'] as const;
export type StageName = (typeof stageNames)[number];

/** Everything that one stage decides differently from another. Each field says what changing it does. */
export interface EnvironmentConfig {
  /** Part of every stack's name (`sluice-<stage>-<stack>`): another value is another deployment beside this one. */
  readonly stage: StageName;

  /** AWS account to deploy to. Absent: the account of the credentials that deploy. */
  readonly account?: string;

  /** AWS region to deploy to. Absent: the region of the credentials that deploy. */
  readonly region?: string;

  /**
   * True: table and buckets survive the deletion of their stack, the table and the stacks refuse to be deleted,
   * and the audit bucket is locked for `auditRetentionDays`. Going back to false does not unlock what is locked.
   */
  readonly stable: boolean;

  /**
   * Days for which nobody, the account's root included, can delete an audit record of a stable stage. S3 keeps
   * the bill running for just as long.
   */
  readonly auditRetentionDays: number;

  /**
   * Web origins (scheme, host, port) whose pages may call the API and upload to S3. A page from elsewhere cannot
   * upload. Contains the console's own origin: `edge.origin` is added by itself.
   */
  readonly corsOrigins: readonly string[];

  /** Who issues the tokens that the API believes. Changing it signs everybody out. */
  readonly auth: CognitoAuth | OidcAuth;

  /**
   * True: POST /auth/login and /auth/refresh exist and the user pool's client accepts passwords sent to it.
   * Handy for curl and scripts; without it people sign in by managed login only.
   */
  readonly passwordLogin: boolean;

  /**
   * What stands between inspection and promotion. `guardduty`: Malware Protection for S3, by the gigabyte. `clamav`:
   * clamscan in a function of its own with definitions in a bucket, by the second. `hold`: every file stays `held`,
   * whatever its type, so that nothing is promoted until a scanner is configured. `local-signatures`: a matcher of
   * test files that knows no malware; refused by every stage but local.
   */
  readonly scanner: ScannerName;

  /** SHA-256, hexadecimal, of whole objects that `local-signatures` refuses as malware: for trying it. */
  readonly blockedSha256?: readonly string[];

  /** Where `clamav` gets its definitions from. Absent: ClamAV's own servers, which ask for few and small requests. */
  readonly definitions?: DefinitionsSource;

  /**
   * What encodes videos. `mediaconvert`: AWS Elemental MediaConvert, by the minute of output, of any length up to
   * `limits.video.maxSourceSeconds`. `ffmpeg`: a function of this stage, by the second and for a fraction of the price, which
   * refuses what it could not end within its 15 minutes (`too_long`). Recordings, and files under a tenant's own key, go to the
   * function on every stage. A change holds for executions that begin after it.
   */
  readonly video: {
    readonly encoder: EncoderName;
    /** The program that the function runs, on the machine of the local stage. Absent: the one of a layer. */
    readonly ffmpegPath?: string;
  };

  /** Requests per second that API Gateway lets through for the whole stage; beyond it answers 429. */
  readonly throttle: { readonly requestsPerSecond: number; readonly burst: number };

  /** Days that CloudWatch keeps the logs of functions and of the API. Must be a value that CloudWatch knows. */
  readonly logRetentionDays: 1 | 7 | 14 | 30 | 90 | 180 | 365;

  /** Every bound of DESIGN 3. Lowering one holds at once; it does not end what is already open. */
  readonly limits: Limits;

  /**
   * Seconds that the consumers of events wait for a batch to fill: more makes the numbers later and cheaper. At
   * least 1, which Lambda asks for with batches of more than 10.
   */
  readonly eventBatchSeconds: number;

  /**
   * Messages that a function takes from a queue at a time, where that is not what lambdas/contract/queues.ts says. A
   * function works on them at once, so its memory has to do for all of them.
   */
  readonly batchSizes?: Partial<Record<QueueName, number>>;

  /** True: X-Ray traces of functions, at X-Ray's price per trace. */
  readonly tracing: boolean;

  /**
   * `s3`: S3's own keys, free. `kms`: one customer-managed key of this stage, so that reading an object also
   * needs a grant on the key and CloudTrail shows each use; costs KMS requests.
   */
  readonly encryption: 's3' | 'kms';

  /**
   * ARNs of the KMS keys that signed receipts before the present one. Their public halves stay published; without
   * them nobody can check those receipts any more.
   */
  readonly retiredReceiptKeys?: readonly string[];

  /**
   * S3 Object Lock on the library, for tenants whose policy retains: what `retentionDays` and legal holds decide then
   * also holds against whoever gets past Sluice. `governance`: who has s3:BypassGovernanceRetention can lift it;
   * `compliance`: nobody, the account's root included, and the bill runs for just as long. Absent: Sluice alone refuses.
   * Choose before the first deployment: CloudFormation makes another bucket where this comes later, and a bucket that
   * has it never loses it. Stable stages only, for what is locked cannot be deleted with its stage.
   */
  readonly objectLock?: 'governance' | 'compliance';

  /**
   * Days after which an object of the library moves to infrequent access (a retrieval then costs money).
   * Absent: never.
   */
  readonly infrequentAccessAfterDays?: number;

  /** Days for which S3 keeps a version of a library object that nothing refers to any more: the undo window. */
  readonly noncurrentDays: number;

  /**
   * True: the sweep has one execution of the account's Lambda concurrency reserved and capped, so that two sweeps
   * never run together. A fresh account has 10 executions in all and refuses reservations; sweeps that overlap
   * are harmless there, only wasteful.
   */
  readonly reserveSweep: boolean;

  /**
   * Search by an OpenSearch Serverless collection. Absent: by segments in S3, which cost nothing while nobody searches;
   * docs/architecture.md says from which size on this one is worth its price. After a change every tenant's index has to
   * be built anew: POST /admin/tenants/{t}/search/rebuild.
   */
  readonly opensearch?: OpenSearchOptions;

  /** Dashboard and alarms. Absent: nobody is told when something breaks. */
  readonly observability?: ObservabilityOptions;

  /** Console and API behind one CloudFront distribution, or how the local front proves itself. */
  readonly edge: CloudFrontEdge | LocalFront;

  /** True where the S3 endpoint has no DNS name per bucket: the local engine. */
  readonly s3PathStyle: boolean;
}

export interface CognitoAuth {
  readonly kind: 'cognito';
  /** Further addresses that managed login may return to, beside the console's `/app/`: a development server. */
  readonly callbackUrls: readonly string[];
  /** Users may register an authenticator app; `required` locks out those who have none. */
  readonly mfa: 'optional' | 'required';
  /** Minutes that an access token is valid. A removed user keeps access to nothing: status is read at every call. */
  readonly accessTokenMinutes: number;
  /** Days that a person stays signed in without entering the password again. */
  readonly refreshTokenDays: number;
}

export interface OidcAuth {
  readonly kind: 'oidc';
  /** Exactly the `iss` of the tokens; its discovery document must be reachable from AWS. */
  readonly issuer: string;
  /** Accepted `aud` (or `client_id`) values. */
  readonly audience: readonly string[];
  /** The claim of the access token that names the tenant. Users must not be able to choose it. */
  readonly tenantClaim: string;
  /**
   * The claim that names the client in a token without tenant: a machine's, by client credentials. Absent: `client_id`.
   */
  readonly machineClaim?: string;
  /** The issuer's public client (code flow with PKCE, no secret) by which the console signs people in. */
  readonly consoleClientId: string;
  /** Origins of its token and discovery endpoints where they are not the issuer's own: the console may call them. */
  readonly endpointOrigins?: readonly string[];
}

/** Capacity in OpenSearch units of 6 GiB memory and a virtual CPU, billed by the hour. */
export interface OpenSearchOptions {
  /** 0: it sleeps after ten minutes without a search, and the first one then waits 10 to 30 s, or fails. */
  readonly minSearchOcu: number;
  readonly maxSearchOcu: number;
  readonly maxIndexingOcu: number;
}

export interface ObservabilityOptions {
  /** Gets every alarm, after confirming AWS's mail once. Absent: the SNS topic exists without a subscriber. */
  readonly alarmEmail?: string;
  /** Gets every security alert, after confirming AWS's mail once. Absent: the topic exists without a subscriber. */
  readonly securityEmail?: string;
}

export interface CloudFrontEdge {
  readonly kind: 'cloudfront';
  /**
   * The console's origin, such as https://files.example.com. It enters CORS and the sign-in's return addresses.
   * With `certificateArn` it is your own domain; without, it is the https://….cloudfront.net address that the
   * first deployment prints as ConsoleUrl: write it here and deploy once more.
   */
  readonly origin?: string;
  /** ACM certificate in us-east-1 for the host of `origin`; that host's DNS then points at the distribution. */
  readonly certificateArn?: string;
  /**
   * WAF web ACL of scope CLOUDFRONT (us-east-1) to put before the distribution. Absent: no WAF. The API's own address
   * stays reachable beside it, with its JWTs, throttle and rates.
   */
  readonly webAclArn?: string;
  /** ISO country codes that may reach the distribution, likewise. Absent: all. */
  readonly allowedCountries?: readonly string[];
  /**
   * The console's players then load videos through the distribution, by signed cookies in place of presigned URLs: from its
   * caches, and without an end after 45 minutes. Needs `origin`. Absent: presigned URLs for all players.
   */
  readonly signedCookies?: SignedCookies;
}

/** By whose key cookies are signed. No private key leaves KMS; docs/deploy.md has the two commands that make these. */
export interface SignedCookies {
  /** Of a KMS key in the stage's region: RSA_2048, SIGN_VERIFY. */
  readonly keyArn: string;
  /** Its public half, as PEM. */
  readonly publicKey: string;
}

export interface LocalFront {
  readonly kind: 'local-front';
  /** What the local front sends in the edge header. Not a secret: it only ever guards a loopback port. */
  readonly secret: string;
}

/** The claim that the pre-token trigger writes, and that an OIDC issuer has to provide under its own name. */
export const cognitoTenantClaim = 'tenant';

export const tenantClaimOf = (config: EnvironmentConfig): string =>
  config.auth.kind === 'oidc' ? config.auth.tenantClaim : cognitoTenantClaim;

/** The claim that the pre-token trigger writes for a machine, and the one that RFC 9068 has for clients. */
export const cognitoMachineClaim = 'machine';
const clientClaim = 'client_id';

export const machineClaimOf = (config: EnvironmentConfig): string =>
  config.auth.kind === 'oidc' ? (config.auth.machineClaim ?? clientClaim) : cognitoMachineClaim;

/** Origins for CORS: those configured and the console's own. */
export const allowedOrigins = (config: EnvironmentConfig): readonly string[] => {
  const own = config.edge.kind === 'cloudfront' ? config.edge.origin : undefined;
  return [...new Set([...config.corsOrigins, ...(own ? [own] : [])])];
};

/** The same stage with a console that is served from `origin`: the local front, or a distribution's own address. */
export function withConsoleOrigin(config: EnvironmentConfig, origin: string): EnvironmentConfig {
  if (config.edge.kind === 'cloudfront') return { ...config, edge: { ...config.edge, origin } };
  return { ...config, corsOrigins: [...new Set([...config.corsOrigins, origin])] };
}

/** Names as they appear in CloudFormation: `sluice-dev-api`. */
export const stackName = (config: EnvironmentConfig, stack: string): string =>
  `sluice-${config.stage}-${stack}`;
