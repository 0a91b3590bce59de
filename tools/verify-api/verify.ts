import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { projectDir } from '../../local/paths.ts';
import type { StackFile } from '../../local/stack-file.ts';
import { configOf, type Document, documentOf } from './config.ts';
import { type Pass, passes } from './passes.ts';
import { install, type PassReport, runPass } from './schemathesis.ts';
import { makeWorld, type World } from './world.ts';

const maxLineShown = 300;
const maxLinesShown = 400;

/** Runs all passes beside each other; the number of those that found something. */
export async function verify(stack: StackFile, dir: string, examples: number): Promise<number> {
  await mkdir(dir, { recursive: true });
  await install(join(dir, 'install.log'));
  const document = JSON.parse(await readFile(join(projectDir, 'docs', 'openapi.json'), 'utf8')) as Document;
  const world = await makeWorld(stack);
  const startedAt = Date.now();
  const reports = await Promise.all(
    passes.map(async (pass) => ({
      pass,
      report: await runOne(pass, { stack, dir, examples, document, world }),
    })),
  );
  for (const { report } of reports) if (report.exitCode !== 0) await showFailures(report);
  summarize(reports, (Date.now() - startedAt) / 1000);
  return reports.filter(({ report }) => report.exitCode !== 0).length;
}

const idsOf = (document: Document): string[] =>
  Object.values(document.paths).flatMap((methods) =>
    Object.values(methods).map(({ operationId }) => operationId),
  );

function runOne(
  pass: Pass,
  { stack, dir, examples, document, world }: RunOptions & { readonly world: World },
): Promise<PassReport> {
  const read = documentOf(document, pass, world.pools);
  return runPass({
    pass,
    dir,
    examples,
    apiUrl: stack.apiUrl,
    token: world.callers[pass.name]?.token,
    document: JSON.stringify(read),
    config: configOf(read, world.pools),
    operationIds: idsOf(document).filter((id) => pass.operations.test(id)),
  });
}

interface RunOptions {
  readonly stack: StackFile;
  readonly dir: string;
  readonly examples: number;
  readonly document: Document;
}

async function showFailures({ log }: PassReport): Promise<void> {
  const text = await readFile(log, 'utf8');
  const from = Math.max(0, text.search(/^=+ (ERRORS|FAILURES) =+$/m));
  const lines = text.slice(from).split('\n').slice(0, maxLinesShown);
  for (const line of lines) process.stdout.write(`${line.slice(0, maxLineShown)}\n`);
}

function summarize(reports: readonly { pass: Pass; report: PassReport }[], seconds: number): void {
  const rows = reports.map(({ pass, report }) => ({
    pass: pass.name,
    as: pass.role,
    operations: report.operations.tested,
    cases: report.test_cases.generated,
    accepted: sum(Object.values(report.valid_rates).map(acceptedOf)),
    failures: report.test_cases.unique_failures,
    errors: sum(report.errors.map(({ count }) => count)),
  }));
  console.table(rows);
  const reached = new Map<string, number>();
  for (const { report } of reports) {
    for (const [operation, rates] of Object.entries(report.valid_rates))
      reached.set(operation, (reached.get(operation) ?? 0) + acceptedOf(rates));
  }
  const never = [...reached].filter(([, accepted]) => accepted === 0).map(([operation]) => operation);
  const operations = sum(
    reports.filter(({ pass }) => pass.bounds).map(({ report }) => report.operations.tested),
  );
  const cases = sum(rows.map((row) => row.cases));
  const failures = sum(rows.map((row) => row.failures + row.errors));
  process.stdout.write(
    `${operations} operations, ${cases} cases, ${failures} failures in ${Math.round(seconds)} s\n` +
      (never.length > 0 ? `without a single success: ${never.join(', ')}\n` : ''),
  );
}

const acceptedOf = (phases: PassReport['valid_rates'][string]): number =>
  sum(Object.values(phases).map(({ accepted }) => accepted));

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);
