import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import {
  eventQueues,
  pipelineQueues,
  type QueueName,
  scanQueues,
  scanResultQueues,
} from '../../lambdas/contract/queues.ts';
import { configFor, type EnvironmentConfig, type StageName } from '../../lib/config/index.ts';
import { SluiceChecks } from '../../lib/constructs/nag.ts';
import { composeSluice } from '../../lib/sluice-app.ts';

// biome-ignore lint/suspicious/noExplicitAny: a template is JSON of any shape
export type Json = any;

export interface Resource {
  readonly stack: string;
  readonly id: string;
  readonly type: string;
  readonly properties: Json;
  readonly deletionPolicy?: string;
  /** Path in the construct tree: `sluice-dev-api/Functions/Auth/Role/Resource`. */
  readonly path: string;
}

export interface Synthesized {
  readonly config: EnvironmentConfig;
  readonly resources: readonly Resource[];
  /** Findings of cdk-nag, as `rule at construct`. */
  readonly findings: readonly string[];
  readonly outputs: Readonly<Record<string, Json>>;
  readonly terminationProtection: Readonly<Record<string, boolean>>;
  ofType(type: string): readonly Resource[];
}

/** Of the queues for scanners a stage has those of its own. */
export const queuesOf = ({ scanner }: EnvironmentConfig): readonly QueueName[] => [
  ...(Object.keys(pipelineQueues) as QueueName[]),
  ...(scanner === 'clamav' ? (Object.keys(scanQueues) as QueueName[]) : []),
  ...(scanner === 'guardduty' ? (Object.keys(scanResultQueues) as QueueName[]) : []),
  ...(Object.keys(eventQueues) as QueueName[]),
];

const cdkContext = JSON.parse(readFileSync(join(import.meta.dirname, '../../cdk.json'), 'utf8')).context;
const known = new Map<StageName, Synthesized>();

/** The templates of a stage, synthesized once per test run and without bundling code. */
export function synthesized(stage: StageName): Synthesized {
  const present = known.get(stage);
  if (present) return present;
  const made = synthesize(configFor(stage));
  known.set(stage, made);
  return made;
}

/** The templates of any configuration, such as a stage with one field changed. */
export function synthesize(config: EnvironmentConfig): Synthesized {
  const app = new App({
    autoSynth: false,
    outdir: mkdtempSync(join(tmpdir(), 'sluice-infra-')),
    context: { ...cdkContext, 'aws:cdk:bundling-stacks': [], 'aws:cdk:enable-path-metadata': true },
  });
  composeSluice(app, config);
  const assembly = app.synth();
  const resources = assembly.stacks.flatMap(({ stackName, template }) =>
    Object.entries<Json>(template.Resources).map(
      ([id, { Type, Properties, DeletionPolicy, Metadata }]): Resource => ({
        stack: stackName,
        id,
        type: Type,
        properties: Properties ?? {},
        deletionPolicy: DeletionPolicy,
        path: Metadata?.['aws:cdk:path'] ?? '',
      }),
    ),
  );
  const report = new SluiceChecks(app).validateScope(app);
  return {
    config,
    resources,
    findings: report.violations.flatMap(({ ruleName, violatingResources }) =>
      violatingResources.map(({ constructPath }) => `${ruleName} at ${constructPath}`),
    ),
    outputs: Object.assign({}, ...assembly.stacks.map(({ template }) => template.Outputs ?? {})),
    terminationProtection: Object.fromEntries(
      assembly.stacks.map(({ stackName, terminationProtection }) => [
        stackName,
        terminationProtection ?? false,
      ]),
    ),
    ofType: (type) => resources.filter((resource) => resource.type === type),
  };
}

export interface Statement {
  readonly effect: string;
  readonly sid?: string;
  readonly actions: readonly string[];
  /** Each flattened to text, with references as `<...>`. */
  readonly resources: readonly string[];
  readonly condition?: Json;
  /** Of a resource's own policy: whom it names. */
  readonly principal?: Json;
}

/** Every statement of the identity policies of a role in the same stack. */
export function statementsOf({ resources }: Synthesized, role: Resource): readonly Statement[] {
  return resources
    .filter(({ type, stack }) => type === 'AWS::IAM::Policy' && stack === role.stack)
    .filter(({ properties }) => properties.Roles.some((reference: Json) => reference.Ref === role.id))
    .flatMap(({ properties }) => statements(properties.PolicyDocument));
}

/** Of every role that Sluice itself acts in: not of those of CDK, GuardDuty, MediaConvert and Step Functions. */
export function ownStatements(stage: Synthesized): readonly ({ readonly role: Resource } & Statement)[] {
  return stage
    .ofType('AWS::IAM::Role')
    .filter((role) => !isCdksOwn(role) && !isGuardDutys(role) && !isMediaConverts(role) && !isWorkflows(role))
    .flatMap((role) => statementsOf(stage, role).map((statement) => ({ role, ...statement })));
}

export const statements = (document: Json): Statement[] =>
  list(document.Statement).map((statement) => ({
    effect: statement.Effect,
    sid: statement.Sid,
    actions: list(statement.Action),
    resources: list(statement.Resource).map(flat),
    condition: statement.Condition,
    principal: statement.Principal,
  }));

export const list = (value: Json): Json[] =>
  value === undefined ? [] : Array.isArray(value) ? value : [value];

/** A reference, join or import as readable text. */
export function flat(value: Json): string {
  if (typeof value === 'string') return value;
  if (value?.Ref) return `<${value.Ref}>`;
  if (value?.['Fn::GetAtt']) return `<${value['Fn::GetAtt'].join('.')}>`;
  if (value?.['Fn::ImportValue']) return `<${flat(value['Fn::ImportValue'])}>`;
  if (value?.['Fn::Join']) return value['Fn::Join'][1].map(flat).join(value['Fn::Join'][0]);
  return JSON.stringify(value);
}

/**
 * Made and run by CDK itself when stacks are deployed or deleted, not by Sluice: the copier of the console's files
 * (BucketDeployment), and what empties the buckets of a stage that goes with its data (autoDeleteObjects).
 */
export const isCdksOwn = ({ path }: Resource): boolean =>
  path.includes('/Custom::CDKBucketDeployment') || isBucketEmptier({ path });

/** Assumed by GuardDuty, not by Sluice: suites/malware.ts says what these may. */
export const isGuardDutys = ({ path }: Pick<Resource, 'path'>): boolean =>
  /\/GuardDuty\/(Intake|Library)Role\//.test(path);

/** Assumed by MediaConvert: suites/mediaconvert.ts says what it may. */
export const isMediaConverts = ({ path }: Pick<Resource, 'path'>): boolean =>
  path.endsWith('/MediaConvert/Role/Resource');

/** Assumed by Step Functions: suites/transcode.ts says what it may. */
export const isWorkflows = ({ path }: Pick<Resource, 'path'>): boolean =>
  path.endsWith('/Transcode/Role/Resource');

export const isBucketEmptier = ({ path }: Pick<Resource, 'path'>): boolean =>
  path.includes('/Custom::S3AutoDeleteObjects');

/** The role below a construct, such as `Functions/Uploads` or `Pipeline/Sweep`. */
export function roleOf(stage: Synthesized, construct: string): Resource {
  const role = stage
    .ofType('AWS::IAM::Role')
    .find(({ path }) => path.endsWith(`/${construct}/Role/Resource`));
  if (!role) throw new Error(`no role at ${construct}`);
  return role;
}
