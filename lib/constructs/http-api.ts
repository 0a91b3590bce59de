import { Duration, RemovalPolicy, Tags } from 'aws-cdk-lib';
import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway';
import {
  CorsHttpMethod,
  HttpApi,
  type HttpMethod,
  HttpNoneAuthorizer,
  HttpRoute,
  HttpRouteKey,
  HttpStage,
  type IHttpRouteAuthorizer,
  LogGroupLogDestination,
} from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpJwtAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { type HttpFunctionName, type Route, routes } from '../../lambdas/contract/routes.ts';
import { allowedOrigins, type EnvironmentConfig } from '../config/index.ts';
import { acknowledge } from './nag.ts';
import type { ServiceFunction } from './service-function.ts';

/** The local engine keeps an API's address over deployments by this tag: 8 hexadecimal digits. */
const localApiId = '51c1ce00';
const corsMaxAge = Duration.hours(1);

/** No path beyond its template, no query, no header: what a request carried stays out of the logs. */
const accessLogFields = {
  time: '$context.requestTime',
  requestId: '$context.requestId',
  sourceIp: '$context.identity.sourceIp',
  routeKey: '$context.routeKey',
  status: '$context.status',
  responseBytes: '$context.responseLength',
  latencyMs: '$context.responseLatency',
  integrationLatencyMs: '$context.integrationLatency',
  integrationStatus: '$context.integrationStatus',
  integrationError: '$context.integrationErrorMessage',
  gatewayError: '$context.error.message',
  authorizerError: '$context.authorizer.error',
  subject: '$context.authorizer.claims.sub',
};

export interface TokenIssuer {
  readonly issuer: string;
  readonly audience: readonly string[];
}

export type HttpFunctions = Partial<Record<HttpFunctionName, ServiceFunction>> & {
  readonly system: ServiceFunction;
};

/** The HTTP API of contract/routes.ts: JWT where the table says so, our own 404 for everything else. */
export class ServiceApi extends Construct {
  readonly api: HttpApi;
  readonly accessLogs: LogGroup;

  constructor(
    scope: Construct,
    id: string,
    props: { config: EnvironmentConfig; tokens: TokenIssuer; functions: HttpFunctions },
  ) {
    super(scope, id);
    const { config, tokens, functions } = props;
    const origins = allowedOrigins(config);
    this.api = new HttpApi(this, 'Api', {
      apiName: `sluice-${config.stage}`,
      description: 'Sluice: uploads and files',
      createDefaultStage: false,
      ...(origins.length > 0 && {
        corsPreflight: {
          allowOrigins: [...origins],
          allowMethods: [CorsHttpMethod.GET, CorsHttpMethod.POST, CorsHttpMethod.PUT, CorsHttpMethod.DELETE],
          allowHeaders: ['authorization', 'content-type', 'idempotency-key', 'if-match'],
          exposeHeaders: ['retry-after', 'location', 'etag'],
          maxAge: corsMaxAge,
        },
      }),
    });
    if (config.stage === 'local') Tags.of(this.api).add('ms-custom-id', localApiId);

    this.accessLogs = new LogGroup(this, 'AccessLogs', {
      retention: config.logRetentionDays as RetentionDays,
      removalPolicy: config.stable ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
    });
    new HttpStage(this, 'Stage', {
      httpApi: this.api,
      stageName: '$default',
      autoDeploy: true,
      throttle: { rateLimit: config.throttle.requestsPerSecond, burstLimit: config.throttle.burst },
      // Not by route: six metrics each would be billed as custom ones, and the access log names the route.
      detailedMetricsEnabled: false,
      accessLogSettings: {
        destination: new LogGroupLogDestination(this.accessLogs),
        format: AccessLogFormat.custom(JSON.stringify(accessLogFields)),
      },
    });
    this.addRoutes(tokens, functions);
  }

  private addRoutes(tokens: TokenIssuer, functions: HttpFunctions): void {
    const authorizers: Record<Route['auth'], IHttpRouteAuthorizer> = {
      jwt: new HttpJwtAuthorizer('Tokens', tokens.issuer, { jwtAudience: [...tokens.audience] }),
      none: new HttpNoneAuthorizer(),
    };
    const integrations = new Map<HttpFunctionName, HttpLambdaIntegration>();
    const integrationOf = (name: HttpFunctionName, fn: ServiceFunction): HttpLambdaIntegration => {
      const known = integrations.get(name);
      if (known) return known;
      // One permission for the whole API: a statement per route would fill the function's policy.
      const made = new HttpLambdaIntegration(name, fn.lambda, { scopePermissionToRoute: false });
      integrations.set(name, made);
      return made;
    };

    for (const [name, route] of Object.entries(routes) as [string, Route][]) {
      const fn = functions[route.function];
      if (!fn) continue;
      const resource = new HttpRoute(this, `Route-${name}`, {
        httpApi: this.api,
        routeKey: HttpRouteKey.with(route.path, route.method as HttpMethod),
        integration: integrationOf(route.function, fn),
        authorizer: authorizers[route.auth],
      });
      if (route.auth === 'none') {
        acknowledge(
          resource,
          'AwsSolutions-APIG4',
          `${route.method} ${route.path} is public by contract (API.md).`,
        );
      }
    }
    const fallback = new HttpRoute(this, 'Route-default', {
      httpApi: this.api,
      routeKey: HttpRouteKey.DEFAULT,
      integration: integrationOf('system', functions.system),
      authorizer: authorizers.none,
    });
    acknowledge(fallback, 'AwsSolutions-APIG4', 'Unknown routes answer 404 to everybody and reveal nothing.');
  }
}
