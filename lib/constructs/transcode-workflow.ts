import { ArnFormat, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import {
  type CfnStateMachine,
  DefinitionBody,
  LogLevel,
  StateMachine,
  StateMachineType,
} from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { envNames } from '../../lambdas/contract/env.ts';
import type { StepName } from '../../lambdas/contract/transcode.ts';
import type { EnvironmentConfig } from '../config/index.ts';
import { acknowledge } from './nag.ts';
import type { Bindable, ServiceFunction } from './service-function.ts';
import { type ManagedEncoder, transcodeStates } from './transcode-states.ts';

/** `start` an execution; `see` how one stands. */
export type WorkflowAccess = 'start' | 'see';

export interface TranscodeWorkflowProps {
  readonly config: EnvironmentConfig;
  readonly steps: Readonly<Record<StepName, ServiceFunction>>;
  /** Where the stage encodes by MediaConvert. */
  readonly mediaConvert?: ManagedEncoder;
}

/**
 * The transcode of one content as an execution of Step Functions. Standard: it may last a day, and the name of an execution
 * is taken for 90 days, so that none is started twice.
 */
export class TranscodeWorkflow extends Construct implements Bindable<WorkflowAccess> {
  readonly stateMachine: StateMachine;
  private readonly config: EnvironmentConfig;

  constructor(scope: Construct, id: string, { config, steps, mediaConvert }: TranscodeWorkflowProps) {
    super(scope, id);
    this.config = config;
    const role = this.executionRole(Object.values(steps));
    mediaConvert?.allow(role);
    this.stateMachine = new StateMachine(this, 'StateMachine', {
      comment: 'From a stored video or recording to what players play',
      stateMachineType: StateMachineType.STANDARD,
      definitionBody: DefinitionBody.fromChainable(transcodeStates(this, steps, mediaConvert)),
      // CDK would add each function with all of its versions: the role says exactly what it may.
      role: role.withoutPolicyUpdates(),
      timeout: Duration.seconds(config.limits.video.workflowSeconds),
      tracingEnabled: config.tracing,
      // Without data: what goes through is ids, and what went wrong is in the log of the step.
      logs: { destination: this.logGroup(), level: LogLevel.ERROR, includeExecutionData: false },
    });
    // Step Functions tries the log group with the rights of the role when the state machine is made.
    this.stateMachine.node.addDependency(role);
    acknowledge(
      this.stateMachine,
      'AwsSolutions-SF1',
      'Errors alone: Step Functions keeps the history of every execution for 90 days, and each step has a log of its own.',
    );
    if (!config.tracing) {
      acknowledge(
        this.stateMachine,
        'AwsSolutions-SF2',
        'Traces cost by the trace: the stage has them switched off everywhere.',
      );
    }
  }

  bindTo(fn: ServiceFunction, access: readonly WorkflowAccess[]): void {
    const { stateMachineArn, stateMachineName } = this.stateMachine;
    fn.env(envNames.transcodeMachine, stateMachineArn);
    if (access.includes('start')) fn.allow('StartTranscodes', ['states:StartExecution'], [stateMachineArn]);
    if (!access.includes('see')) return;
    const executions = Stack.of(this).formatArn({
      service: 'states',
      resource: 'execution',
      resourceName: `${stateMachineName}:*`,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
    fn.allow('SeeTranscodes', ['states:DescribeExecution'], [executions]);
    acknowledge(
      fn.role,
      `AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:states:<AWS::Region>:<AWS::AccountId>:execution:<${Stack.of(
        this,
      ).getLogicalId(this.stateMachine.node.defaultChild as CfnStateMachine)}.Name>:*]`,
      'Executions of this one state machine, named by what they work on.',
    );
  }

  private executionRole(steps: readonly ServiceFunction[]): Role {
    const role = new Role(this, 'Role', {
      // Not for state machines of other accounts, whose service is the same.
      assumedBy: new ServicePrincipal('states.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(this).account } },
      }),
      description: `Sluice ${this.config.stage}: what the transcode workflow may do`,
    });
    const allow = (sid: string, actions: readonly string[], resources: readonly string[]): void => {
      role.addToPolicy(new PolicyStatement({ sid, actions: [...actions], resources: [...resources] }));
    };
    allow(
      'RunSteps',
      ['lambda:InvokeFunction'],
      steps.map(({ lambda }) => lambda.functionArn),
    );
    // Deliveries of logs are of the account, not of a log group.
    allow('DeliverLogs', logDelivery, ['*']);
    if (this.config.tracing) allow('Trace', tracing, ['*']);
    acknowledge(
      role,
      'AwsSolutions-IAM5[Resource::*]',
      'Deliveries of logs and X-Ray have no resources: their actions take only "*".',
    );
    return role;
  }

  private logGroup(): LogGroup {
    return new LogGroup(this, 'Logs', {
      // CloudWatch lets services write to names that begin so without a line for each in the account's one policy.
      logGroupName: `/aws/vendedlogs/states/${Stack.of(this).stackName}`,
      retention: this.config.logRetentionDays as RetentionDays,
      removalPolicy: this.config.stable ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
    });
  }
}

/** What AWS names for a state machine that logs to CloudWatch. */
const logDelivery = [
  'logs:CreateLogDelivery',
  'logs:GetLogDelivery',
  'logs:UpdateLogDelivery',
  'logs:DeleteLogDelivery',
  'logs:ListLogDeliveries',
  'logs:PutResourcePolicy',
  'logs:DescribeResourcePolicies',
  'logs:DescribeLogGroups',
];
const tracing = [
  'xray:PutTraceSegments',
  'xray:PutTelemetryRecords',
  'xray:GetSamplingRules',
  'xray:GetSamplingTargets',
];
