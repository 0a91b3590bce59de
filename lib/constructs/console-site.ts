import { Duration, Fn, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import {
  AllowedMethods,
  CacheCookieBehavior,
  CacheHeaderBehavior,
  CachePolicy,
  CacheQueryStringBehavior,
  Distribution,
  Function as EdgeFunction,
  FunctionCode,
  FunctionEventType,
  FunctionRuntime,
  GeoRestriction,
  HttpVersion,
  type IOrigin,
  OriginProtocolPolicy,
  OriginRequestPolicy,
  OriginSslPolicy,
  type ResponseHeadersPolicy,
  SecurityPolicyProtocol,
  ViewerProtocolPolicy,
} from 'aws-cdk-lib/aws-cloudfront';
import { HttpOrigin, S3BucketOrigin } from 'aws-cdk-lib/aws-cloudfront-origins';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Bucket, BucketEncryption, ObjectOwnership } from 'aws-cdk-lib/aws-s3';
import { BucketDeployment, CacheControl, Source } from 'aws-cdk-lib/aws-s3-deployment';
import { Construct } from 'constructs';
import { edgeSecretHeader } from '../../lambdas/contract/env.ts';
import type { CloudFrontEdge, EnvironmentConfig } from '../config/index.ts';
import { consoleAssets } from './console-assets.ts';
import { apiRouter, consoleRouter } from './console-router.ts';
import { type Media, mediaBehavior } from './media-behavior.ts';
import { mediaPath } from './media-cookies.ts';
import { acknowledge, acknowledgeKeyPrefix } from './nag.ts';
import { privateBucket } from './object-bucket.ts';
import { ApiSecurityHeaders, type ConsoleConnections, SecurityHeaders } from './security-headers.ts';
import { consolePath } from './user-directory.ts';

const accessLogDays = 90;
/** CloudFront's longest wait for an origin without a quota increase; API Gateway answers within 30 s. */
const apiReadTimeout = Duration.seconds(60);
const oneYear = Duration.days(365);
/** Errors that CloudFront may keep for 10 s unless told otherwise, whatever their Cache-Control says. */
const keptErrors = [400, 403, 404, 405, 414, 500, 501, 502, 503, 504];
/** contract/env.ts's country header, in CloudFront's spelling. */
const viewerCountryHeader = 'CloudFront-Viewer-Country';
const deploymentMemoryMb = 512;

export interface ConsoleSiteProps {
  readonly config: EnvironmentConfig;
  readonly edge: CloudFrontEdge;
  /** `https://….execute-api….amazonaws.com` */
  readonly apiEndpoint: string;
  readonly edgeSecret: string;
  readonly connections: ConsoleConnections;
  /** Absent: no videos. */
  readonly media?: Media;
  /** What the console reads at start, `/app/config.json`. */
  readonly consoleConfig: Record<string, unknown>;
}

/** Console and API on one origin, as the local front serves them: the console below /app/, all else is the API. */
export class ConsoleSite extends Construct {
  readonly distribution: Distribution;
  readonly files: Bucket;

  constructor(scope: Construct, id: string, props: ConsoleSiteProps) {
    super(scope, id);
    const { config, edge } = props;
    const logs = this.logBucket(config);
    this.files = new Bucket(this, 'Files', {
      ...privateBucket(config),
      // Nothing of value: the next deployment writes it again.
      removalPolicy: RemovalPolicy.DESTROY,
      encryption: BucketEncryption.S3_MANAGED,
      serverAccessLogsBucket: logs,
      serverAccessLogsPrefix: 'console/',
    });
    const pages = this.pagesBehavior(props.connections);
    const apiHeaders = new ApiSecurityHeaders(this, 'ApiHeaders').policy;
    const media = props.media && mediaBehavior(this, props.media, apiHeaders);
    this.distribution = new Distribution(this, 'Distribution', {
      comment: `Sluice ${config.stage}`,
      httpVersion: HttpVersion.HTTP2_AND_3,
      enableLogging: true,
      logBucket: logs,
      logFilePrefix: 'distribution/',
      ...(edge.origin &&
        edge.certificateArn && {
          domainNames: [new URL(edge.origin).hostname],
          minimumProtocolVersion: SecurityPolicyProtocol.TLS_V1_2_2021,
          certificate: Certificate.fromCertificateArn(this, 'Certificate', edge.certificateArn),
        }),
      ...(edge.webAclArn && { webAclId: edge.webAclArn }),
      ...(edge.allowedCountries && { geoRestriction: GeoRestriction.allowlist(...edge.allowedCountries) }),
      errorResponses: keptErrors.map((httpStatus) => ({ httpStatus, ttl: Duration.seconds(0) })),
      defaultBehavior: this.apiBehavior(props, apiHeaders),
      additionalBehaviors: {
        ...{ '/': pages, '/app': pages, [`${consolePath}*`]: pages },
        ...(media && { [mediaPath]: media }),
      },
    });
    if (!edge.certificateArn) {
      acknowledge(
        this.distribution,
        'AwsSolutions-CFR4',
        "CloudFront's own certificate fixes the TLS minimum.",
      );
    }
    if (!edge.allowedCountries) {
      acknowledge(
        this.distribution,
        'AwsSolutions-CFR1',
        'Tenants restrict countries by policy; edge.allowedCountries does so for all.',
      );
    }
    if (!edge.webAclArn) {
      acknowledge(
        this.distribution,
        'AwsSolutions-CFR2',
        'A web ACL is a choice of the configuration (edge.webAclArn).',
      );
    }
    this.deploy(config, props.consoleConfig);
  }

  private logBucket(config: EnvironmentConfig): Bucket {
    return new Bucket(this, 'Logs', {
      ...privateBucket(config),
      // CloudFront writes its logs by ACL.
      objectOwnership: ObjectOwnership.BUCKET_OWNER_PREFERRED,
      encryption: BucketEncryption.S3_MANAGED,
      lifecycleRules: [{ expiration: Duration.days(accessLogDays) }],
    });
  }

  private pagesBehavior(connections: ConsoleConnections) {
    return {
      origin: S3BucketOrigin.withOriginAccessControl(this.files) as IOrigin,
      viewerProtocolPolicy: ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
      cachePolicy: CachePolicy.CACHING_OPTIMIZED,
      compress: true,
      responseHeadersPolicy: new SecurityHeaders(this, 'Headers', connections).policy,
      functionAssociations: [this.edgeFunction('ConsoleRouter', consoleRouter)],
    };
  }

  private apiBehavior(
    { apiEndpoint, edgeSecret, media }: ConsoleSiteProps,
    responseHeadersPolicy: ResponseHeadersPolicy,
  ) {
    return {
      origin: new HttpOrigin(Fn.select(2, Fn.split('/', apiEndpoint)), {
        protocolPolicy: OriginProtocolPolicy.HTTPS_ONLY,
        originSslProtocols: [OriginSslPolicy.TLS_V1_2],
        readTimeout: apiReadTimeout,
        customHeaders: { [edgeSecretHeader]: edgeSecret },
      }),
      viewerProtocolPolicy: ViewerProtocolPolicy.HTTPS_ONLY,
      allowedMethods: AllowedMethods.ALLOW_ALL,
      cachePolicy: this.apiCachePolicy(media !== undefined),
      // Not the Host header, by which API Gateway finds the API.
      originRequestPolicy: OriginRequestPolicy.ALL_VIEWER_EXCEPT_HOST_HEADER,
      responseHeadersPolicy,
      functionAssociations: [this.edgeFunction('ApiRouter', apiRouter)],
    };
  }

  /**
   * Caches nothing: the API says no-store, and without that the default of 0 s holds. It is a policy of our own because
   * of the country: with all viewer headers but Host, an origin gets none of CloudFront's own, except those in the
   * cache key; and a key with headers needs a longest time above 0. Whoever a call is made for, and which formats it takes, is in the
   * key all the same: calls that CloudFront takes for one another would be answered together. So is where a player is, by
   * which it gets cookies.
   */
  private apiCachePolicy(givesCookies: boolean): CachePolicy {
    return new CachePolicy(this, 'ApiCaching', {
      comment: "Caches nothing, tells the API the viewer's country",
      minTtl: Duration.seconds(0),
      defaultTtl: Duration.seconds(0),
      maxTtl: Duration.seconds(1),
      headerBehavior: CacheHeaderBehavior.allowList(
        ...(['Authorization', 'On-Behalf-Of', 'Accept'] as const),
        viewerCountryHeader,
        ...(givesCookies ? ['Sec-Fetch-Site'] : []),
      ),
      queryStringBehavior: CacheQueryStringBehavior.all(),
      cookieBehavior: CacheCookieBehavior.none(),
    });
  }

  private edgeFunction(id: string, code: string) {
    return {
      eventType: FunctionEventType.VIEWER_REQUEST,
      function: new EdgeFunction(this, id, {
        code: FunctionCode.fromInline(code),
        runtime: FunctionRuntime.JS_2_0,
      }),
    };
  }

  /** Files with a hash in their name stay, for pages that are open; the page itself is asked for every time. */
  private deploy(config: EnvironmentConfig, consoleConfig: Record<string, unknown>): void {
    const shared = {
      destinationBucket: this.files,
      destinationKeyPrefix: consolePath.slice(1),
      prune: false,
      memoryLimit: deploymentMemoryMb,
      logGroup: new LogGroup(this, 'DeployLogs', {
        retention: config.logRetentionDays as RetentionDays,
        removalPolicy: RemovalPolicy.DESTROY,
      }),
    };
    const assets = new BucketDeployment(this, 'DeployAssets', {
      ...shared,
      sources: [consoleAssets()],
      exclude: ['*'],
      include: ['assets/*'],
      cacheControl: [CacheControl.setPublic(), CacheControl.maxAge(oneYear), CacheControl.immutable()],
    });
    const page = new BucketDeployment(this, 'DeployPage', {
      ...shared,
      sources: [consoleAssets(), Source.jsonData('config.json', consoleConfig)],
      exclude: ['assets/*'],
      cacheControl: [CacheControl.noCache()],
    });
    // A page must never name files that are not there yet.
    page.node.addDependency(assets);
    acknowledgeDeployer(Stack.of(this));
  }
}

/** The function that CDK itself brings for copying assets: made by AWS, and of no use once deployed. */
function acknowledgeDeployer(stack: Stack): void {
  const reason =
    "CDK's own asset copier: it reads this account's asset bucket and writes the console's bucket, at deployment only.";
  for (const construct of stack.node.children) {
    if (!construct.node.id.startsWith('Custom::CDKBucketDeployment')) continue;
    for (const finding of [
      'AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole]',
      'AwsSolutions-IAM5[Action::s3:GetObject*]',
      'AwsSolutions-IAM5[Action::s3:GetBucket*]',
      'AwsSolutions-IAM5[Action::s3:List*]',
      'AwsSolutions-IAM5[Action::s3:DeleteObject*]',
      'AwsSolutions-IAM5[Action::s3:Abort*]',
      'AwsSolutions-L1',
    ]) {
      acknowledge(construct, finding, reason);
    }
    acknowledgeKeyPrefix(construct, '/*', reason);
  }
}
