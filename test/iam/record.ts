import { globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { z } from 'zod';
import { defaultStackDir, projectDir } from '../../local/paths.ts';

/** The tests that call the functions: what they do not reach does not count as used. */
export const stackTests = ['test/local/stack/**/*.test.ts', 'test/browser/**/*.test.ts'];

const recordDir = join(defaultStackDir, 'test', 'iam');

export const recordPaths = {
  /** Written by the engine (local/call_record.py). */
  calls: join(recordDir, 'calls.jsonl'),
  /** What was deployed, before the first test. */
  deployed: join(recordDir, 'deployed.json'),
  /** One line for each test file that has ended. */
  files: join(recordDir, 'files.jsonl'),
} as const;

// biome-ignore lint/suspicious/noExplicitAny: a policy document is JSON of any shape
const Document = z.custom<any>((value) => typeof value === 'object' && value !== null);

const Deployed = z.object({
  /** Only tests of some name ran. */
  partial: z.boolean(),
  /** Some scanners have functions of their own. */
  scanner: z.string(),
  roles: z.array(
    z.object({
      name: z.string(),
      arn: z.string(),
      trust: Document,
      policies: z.array(z.object({ name: z.string(), policy: Document })),
    }),
  ),
  /** What CloudFormation made, by stack and logical id. */
  resources: z.array(
    z.object({ stack: z.string(), id: z.string(), type: z.string(), physicalId: z.string() }),
  ),
  /** What Lambda reads for which function. */
  sources: z.array(
    z.object({ roleArn: z.string(), sourceArn: z.string(), failuresArn: z.string().optional() }),
  ),
});

const Call = z.object({
  role: z.string(),
  action: z.string(),
  resource: z.string(),
  context: z.record(z.string(), z.union([z.string(), z.array(z.string())])),
  /** Whether the engine let it pass; a test may have taken the grant away. */
  granted: z.boolean(),
});
const ResourcePolicy = z.object({ policyOf: z.string(), policy: Document });
const EndedFile = z.object({ file: z.string(), failed: z.number() });

export type Deployed = z.infer<typeof Deployed>;
export type DeployedRole = Deployed['roles'][number];
export type Call = z.infer<typeof Call>;
export type EndedFile = z.infer<typeof EndedFile>;

export interface CallRecord {
  readonly deployed: Deployed;
  readonly calls: readonly Call[];
  /** By the ARN of a bucket, queue, topic or key. */
  readonly resourcePolicies: ReadonlyMap<string, object>;
}

/** Forgets what earlier tests recorded. */
export function beginRecord(): void {
  rmSync(recordDir, { recursive: true, force: true });
  mkdirSync(recordDir, { recursive: true });
}

export const writeDeployed = (deployed: Deployed): void =>
  writeFileSync(recordPaths.deployed, JSON.stringify(deployed));

/** Throws, with what to do, unless it is the record of all stack tests, each of which passed. */
export function readRecord(): CallRecord {
  const lacking = missing();
  if (lacking.length > 0) {
    throw new Error(`The record of calls is not of all stack tests (${lacking.join('; ')}): run npm test.`);
  }
  const lines = linesOf(recordPaths.calls);
  return {
    deployed: Deployed.parse(JSON.parse(readFileSync(recordPaths.deployed, 'utf8'))),
    calls: lines.filter((line) => !('policyOf' in line)).map((line) => Call.parse(line)),
    resourcePolicies: new Map(
      lines
        .filter((line) => 'policyOf' in line)
        .map((line) => ResourcePolicy.parse(line))
        .map(({ policyOf, policy }) => [policyOf, policy]),
    ),
  };
}

const maxNamed = 5;

function missing(): string[] {
  let partial: boolean;
  try {
    partial = Deployed.parse(JSON.parse(readFileSync(recordPaths.deployed, 'utf8'))).partial;
  } catch {
    return ['none was made'];
  }
  const ended = new Map(
    linesOf(recordPaths.files)
      .map((line) => EndedFile.parse(line))
      .map((each) => [each.file, each]),
  );
  const wanted = stackTests.flatMap((pattern) => globSync(pattern, { cwd: projectDir }));
  return [
    ...(partial ? ['only tests of one name ran'] : []),
    ...named(
      'did not run or not to the end',
      wanted.filter((file) => !ended.has(file)),
    ),
    ...named(
      'failed',
      wanted.filter((file) => (ended.get(file)?.failed ?? 0) > 0),
    ),
  ];
}

const named = (what: string, files: readonly string[]): string[] =>
  files.length === 0
    ? []
    : [
        `${files.slice(0, maxNamed).join(', ')}${files.length > maxNamed ? `, ${files.length - maxNamed} more` : ''} ${what}`,
      ];

/** As `readRecord` names test files. */
export const fileName = (path: string): string => relative(projectDir, path);

function linesOf(path: string): object[] {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    return [];
  }
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as object);
}
