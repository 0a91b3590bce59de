import type { StageName } from '../../lib/config/index.ts';
import { isCdksOwn, type Statement, type Synthesized, statementsOf } from '../infra/stages.ts';
import { functionName } from './places.ts';

/** A right that another stage's functions have and those of the local stage lack, or the other way round. */
export interface StageDifference {
  readonly granted: 'there' | 'local';
  readonly stages: readonly StageName[];
  /** Absent: whichever. */
  readonly functions?: readonly string[];
  readonly actions?: readonly string[];
  /** What the resource's text contains; absent: whichever. */
  readonly on?: string;
  readonly why: string;
}

/** The calls are recorded on the local stage: these are the rights of the others that no record can tell of. */
export const stageDifferences: readonly StageDifference[] = [
  {
    granted: 'there',
    stages: ['staging', 'prod'],
    actions: ['xray:PutTraceSegments', 'xray:PutTelemetryRecords'],
    why: 'tracing is on: Lambda sends the traces with the role of the function',
  },
  {
    granted: 'there',
    stages: ['staging', 'prod'],
    actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
    why: "the buckets have the stage's own key, which S3 uses with the rights of who reads or writes",
  },
  {
    granted: 'there',
    stages: ['dev', 'staging', 'prod'],
    functions: ['IntakeRole', 'LibraryRole'],
    why: "GuardDuty's roles, which no code of Sluice takes: its actions are those that AWS names for a plan",
  },
  {
    granted: 'there',
    stages: ['dev', 'staging', 'prod'],
    functions: ['ScanResults'],
    why: 'results of GuardDuty come by an event that the local engine never sends',
  },
  {
    granted: 'there',
    stages: ['dev', 'staging', 'prod'],
    functions: ['Operations', 'System'],
    on: 'ScanResultsQueue',
    why: "the queue of GuardDuty's results is measured and redriven like every other",
  },
  {
    granted: 'there',
    stages: ['dev', 'staging', 'prod'],
    functions: ['Inspect'],
    actions: ['guardduty:SendObjectMalwareScan'],
    why: 'asks for another scan; the local engine has no GuardDuty',
  },
  {
    granted: 'there',
    stages: ['staging', 'prod'],
    functions: ['Verify'],
    actions: ['s3:PutObject', 's3:PutObjectTagging'],
    on: 'ObjectsDerivedBucket',
    why: 'gives what MediaConvert leaves its names; the local engine has no MediaConvert',
  },
  {
    granted: 'local',
    stages: ['dev', 'staging', 'prod'],
    functions: ['Inspect'],
    actions: ['s3:GetObjectVersion'],
    on: 'ObjectsLibraryBucket',
    why: 'the scanner of the local stage is in the inspection, and reads again what is stored; GuardDuty reads by itself',
  },
  {
    granted: 'there',
    stages: ['staging', 'prod'],
    functions: ['MediaConvert', 'Progress'],
    why: "MediaConvert's own role, and what notes its progress: the local engine has no MediaConvert",
  },
  {
    granted: 'there',
    stages: ['staging', 'prod'],
    functions: ['Transcode'],
    actions: ['xray:GetSamplingRules', 'xray:GetSamplingTargets'],
    why: 'tracing is on: Step Functions asks which executions it traces',
  },
  {
    granted: 'there',
    stages: ['staging', 'prod'],
    functions: ['Transcode'],
    actions: [
      ...['mediaconvert:CreateJob', 'mediaconvert:GetJob', 'mediaconvert:CancelJob', 'iam:PassRole'],
      ...['events:PutTargets', 'events:PutRule', 'events:DescribeRule'],
    ],
    why: 'what AWS names for a task that waits for the end of a job of MediaConvert',
  },
  {
    granted: 'local',
    stages: ['staging', 'prod'],
    functions: ['Auth'],
    why: 'the password login is for trying things out',
  },
  {
    granted: 'local',
    stages: ['staging', 'prod'],
    functions: ['Tenants'],
    actions: ['cognito-idp:AdminSetUserPassword'],
    why: 'passwords that an admin knows are for trying things out',
  },
];

interface Right {
  readonly function: string;
  readonly action: string;
  /** What else makes it another right. */
  readonly rest: string;
}

const keyOf = (right: Right): string => `${right.function} ${right.action} ${right.rest}`;

/** Every single right, with the stage's name taken out of its text. */
function rightsOf(stage: Synthesized): Map<string, Right> {
  const { stage: name } = stage.config;
  const rights = stage
    .ofType('AWS::IAM::Role')
    .filter((role) => !isCdksOwn(role))
    .flatMap((role) =>
      statementsOf(stage, role).flatMap((statement) => single(functionName(role.path), statement)),
    )
    .map((right) => ({
      ...right,
      rest: right.rest.replaceAll(`sluice-${name}-`, 'sluice-<stage>-').replaceAll(`"${name}"`, '"<stage>"'),
    }));
  return new Map(rights.map((right) => [keyOf(right), right]));
}

/** Denials are compared too: one less is one right more. */
const single = (name: string, { effect, actions, resources, condition }: Statement): Right[] =>
  actions.flatMap((action) =>
    resources.map((resource) => ({
      ...{ function: name, action },
      rest: JSON.stringify([effect, resource, condition ?? null]),
    })),
  );

export interface Compared {
  /** Differences that nothing in the table speaks of. */
  readonly unexplained: readonly string[];
  /** Entries of the table, for this stage, that no difference needs. */
  readonly stale: readonly StageDifference[];
}

export function compareStages(
  local: Synthesized,
  stage: Synthesized,
  table: readonly StageDifference[] = stageDifferences,
): Compared {
  const [here, there] = [rightsOf(local), rightsOf(stage)];
  const found = [
    ...onlyIn(there, here).map((right) => ({ granted: 'there' as const, right })),
    ...onlyIn(here, there).map((right) => ({ granted: 'local' as const, right })),
  ];
  const entries = table.filter(({ stages }) => stages.includes(stage.config.stage));
  const speaksOf = (entry: StageDifference, { granted, right }: (typeof found)[number]): boolean =>
    entry.granted === granted &&
    (entry.functions?.includes(right.function) ?? true) &&
    (entry.actions?.includes(right.action) ?? true) &&
    right.rest.includes(entry.on ?? '');
  return {
    unexplained: found
      .filter((each) => !entries.some((entry) => speaksOf(entry, each)))
      .map(({ granted, right }) => `only ${granted}: ${keyOf(right)}`),
    stale: entries.filter((entry) => !found.some((each) => speaksOf(entry, each))),
  };
}

const onlyIn = (one: Map<string, Right>, other: Map<string, Right>): Right[] =>
  [...one].filter(([key]) => !other.has(key)).map(([, right]) => right);
