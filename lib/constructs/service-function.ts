import { Duration, RemovalPolicy, type Size } from 'aws-cdk-lib';
import { Effect, type IPrincipal, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  Architecture,
  type ILayerVersion,
  Function as LambdaFunction,
  LoggingFormat,
  RecursiveLoop,
  Runtime,
  Tracing,
} from 'aws-cdk-lib/aws-lambda';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { type EnvName, envNames } from '../../lambdas/contract/env.ts';
import { limitsToEnv } from '../../lambdas/contract/limits.ts';
import { metricService, metricsNamespace } from '../../lambdas/contract/metrics.ts';
import type { EnvironmentConfig } from '../config/index.ts';
import { functionCode } from './function-code.ts';
import { acknowledge } from './nag.ts';

/** What a function can be bound to: grants and environment always come together. */
export interface Bindable<Access> {
  bindTo(fn: ServiceFunction, access: readonly Access[]): void;
}

export interface ServiceFunctionProps {
  readonly config: EnvironmentConfig;
  /** Entry below `lambdas/`, without `.lambda.ts`: `http/uploads`. Its last part names the function. */
  readonly entry: string;
  readonly description: string;
  readonly memoryMb: number;
  readonly timeoutSeconds: number;
  readonly layers?: readonly ILayerVersion[];
  /** Room in /tmp; absent: Lambda's 512 MB. */
  readonly ephemeralStorage?: Size;
  /** Executions reserved for, and allowed to, this function. */
  readonly reservedConcurrency?: number;
  /** It sends messages to the queue that it is run by. Lambda ends such a chain after 16 links unless told otherwise. */
  readonly sendsToItself?: boolean;
}

/**
 * One Lambda function as Sluice runs it: its own role that starts with nothing but its own log group, one ES
 * module bundle, and the stage and limits in its environment. What else it may do comes from `bind`.
 */
export class ServiceFunction extends Construct {
  readonly name: string;
  readonly role: Role;
  readonly logGroup: LogGroup;
  readonly lambda: LambdaFunction;
  readonly memoryMb: number;
  readonly timeout: Duration;

  constructor(scope: Construct, id: string, props: ServiceFunctionProps) {
    super(scope, id);
    const { config, entry } = props;
    this.name = entry.slice(entry.lastIndexOf('/') + 1);
    this.memoryMb = props.memoryMb;
    this.timeout = Duration.seconds(props.timeoutSeconds);

    this.logGroup = new LogGroup(this, 'Logs', {
      retention: config.logRetentionDays as RetentionDays,
      removalPolicy: config.stable ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
    });
    this.role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
      description: `Sluice ${config.stage}: what the function ${this.name} may do`,
    });
    // Not AWSLambdaBasicExecutionRole, which may write to every log group of the account.
    this.allow('WriteOwnLogs', ['logs:CreateLogStream', 'logs:PutLogEvents'], [this.logGroup.logGroupArn]);

    this.lambda = new LambdaFunction(this, 'Function', {
      description: props.description,
      code: functionCode(`lambdas/${entry}.lambda.ts`),
      handler: 'index.handler',
      runtime: Runtime.NODEJS_24_X,
      architecture: architectureOf(config),
      memorySize: props.memoryMb,
      timeout: this.timeout,
      ephemeralStorageSize: props.ephemeralStorage,
      role: this.role,
      logGroup: this.logGroup,
      // JSON, so that the platform's reports are fields that a metric filter reads (memory used, for one).
      loggingFormat: LoggingFormat.JSON,
      tracing: config.tracing ? Tracing.ACTIVE : Tracing.DISABLED,
      layers: props.layers ? [...props.layers] : undefined,
      reservedConcurrentExecutions: props.reservedConcurrency,
      ...(props.sendsToItself && { recursiveLoop: RecursiveLoop.ALLOW }),
      environment: {
        [envNames.stage]: config.stage,
        [envNames.limits]: limitsToEnv(config.limits),
        POWERTOOLS_SERVICE_NAME: metricService,
        POWERTOOLS_METRICS_NAMESPACE: metricsNamespace,
      },
    });
    if (config.tracing) {
      acknowledge(
        this.role,
        'AwsSolutions-IAM5[Resource::*]',
        'X-Ray has no resources: its two write actions take only "*".',
      );
    }
  }

  /** The principal for other resources' policies. */
  get grantPrincipal(): IPrincipal {
    return this.role.grantPrincipal;
  }

  /** Grants `access` to the resource and tells the function where it is. */
  bind<Access>(resource: Bindable<Access>, ...access: readonly Access[]): this {
    resource.bindTo(this, access);
    return this;
  }

  env(name: EnvName, value: string): this {
    this.lambda.addEnvironment(name, value);
    return this;
  }

  /** Adds one statement to the function's own role. `sid` tells a reader of the policy what it is for. */
  allow(
    sid: string,
    actions: readonly string[],
    resources: readonly string[],
    conditions?: Record<string, Record<string, unknown>>,
  ): this {
    return this.state(Effect.ALLOW, sid, actions, resources, conditions);
  }

  /** Takes out of what is allowed what `conditions` select. */
  deny(
    sid: string,
    actions: readonly string[],
    resources: readonly string[],
    conditions: Record<string, Record<string, unknown>>,
  ): this {
    return this.state(Effect.DENY, sid, actions, resources, conditions);
  }

  private state(
    effect: Effect,
    sid: string,
    actions: readonly string[],
    resources: readonly string[],
    conditions: Record<string, Record<string, unknown>> | undefined,
  ): this {
    this.role.addToPolicy(
      new PolicyStatement({
        ...{ sid, effect },
        actions: [...actions],
        resources: [...resources],
        ...(conditions && { conditions }),
      }),
    );
    return this;
  }
}

/** Graviton on AWS, for its price; on the local engine functions run on the host itself. */
export function architectureOf(config: EnvironmentConfig): Architecture {
  if (config.stage !== 'local') return Architecture.ARM_64;
  return process.arch === 'arm64' ? Architecture.ARM_64 : Architecture.X86_64;
}
