import { access, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runCommand } from '../../local/command.ts';
import { LocalFailure } from '../../local/failure.ts';
import { defaultStackDir, projectDir } from '../../local/paths.ts';
import { findPython } from '../../local/python.ts';
import type { Pass } from './passes.ts';

const release = 'schemathesis==4.32.5';
/**
 * Left out of all that it can check: positive_data_acceptance, since what a name, a filter or a policy may be is for
 * core to say and not for a schema; unsupported_method, since a route that is none is a 404 by contract; and what
 * follows resources over calls, which the tests of the stack do with their meaning.
 */
const checks = [
  'not_a_server_error',
  'status_code_conformance',
  'content_type_conformance',
  'response_headers_conformance',
  'response_schema_conformance',
  'negative_data_rejection',
  'ignored_auth',
];
const requestTimeoutSeconds = 35;
const installDeadlineMs = 5 * 60_000;
const runDeadlineMs = 30 * 60_000;

const venv = join(defaultStackDir, 'schemathesis');
const program = join(venv, 'bin', 'schemathesis');

/** Into a folder of its own, once. */
export async function install(log: string): Promise<void> {
  const installed = await access(program).then(
    () => true,
    () => false,
  );
  if (installed) return;
  const python = await findPython();
  const pip = ['-m', 'pip', 'install', '--disable-pip-version-check', '--quiet', release];
  for (const [command, args] of [
    [python.command, ['-m', 'venv', venv]],
    [join(venv, 'bin', 'python'), pip],
  ] as const) {
    const options = { cwd: projectDir, env: process.env, log, deadlineMs: installDeadlineMs };
    const { exitCode } = await runCommand(command, args, options);
    if (exitCode !== 0) throw new LocalFailure(`Could not install ${release} (details: ${log}).`);
  }
}

export interface PassInput {
  readonly pass: Pass;
  readonly dir: string;
  readonly apiUrl: string;
  readonly token: string | undefined;
  readonly document: string;
  readonly config: string;
  readonly operationIds: readonly string[];
  readonly examples: number;
}

type Rates = Readonly<Record<string, { readonly accepted: number }>>;

/** What schemathesis says of one pass. */
export interface PassReport {
  readonly exitCode: number | null;
  readonly log: string;
  readonly operations: { readonly tested: number };
  readonly test_cases: { readonly generated: number; readonly unique_failures: number };
  readonly errors: readonly { readonly title: string; readonly count: number }[];
  /** By operation and phase. */
  readonly valid_rates: Readonly<Record<string, Rates>>;
}

/** One worker: passes run beside each other, each in a process of its own, and Python 3.11 parses in one thread only. */
export async function runPass(input: PassInput): Promise<PassReport> {
  const { pass, dir, apiUrl, token, document, config, operationIds, examples } = input;
  const file = (end: string): string => join(dir, `${pass.name}.${end}`);
  const log = file('log');
  await rm(log, { force: true });
  await Promise.all([writeFile(file('openapi.json'), document), writeFile(file('toml'), config)]);
  const args = [
    `--config-file=${file('toml')}`,
    'run',
    file('openapi.json'),
    `--url=${apiUrl}`,
    ...(token ? [`--header=Authorization: Bearer ${token}`] : []),
    ...operationIds.map((id) => `--include-operation-id=${id}`),
    `--checks=${checks.join(',')}`,
    `--max-examples=${Math.max(1, Math.round(examples * pass.share))}`,
    `--rate-limit=${pass.callsPerMinute}/m`,
    `--request-timeout=${requestTimeoutSeconds}`,
    `--phases=examples,${pass.bounds ? 'coverage,' : ''}fuzzing`,
    '--workers=1',
    '--continue-on-failure',
    '--report=json',
    `--report-json-path=${file('report.json')}`,
  ];
  const { exitCode } = await runCommand(program, args, {
    cwd: dir,
    env: { ...process.env, COLUMNS: '120' },
    log,
    deadlineMs: runDeadlineMs,
  });
  const report = await readFile(file('report.json'), 'utf8').catch(() => undefined);
  if (report === undefined) throw new LocalFailure(`schemathesis did not run (details: ${log}).`);
  return { ...(JSON.parse(report) as Omit<PassReport, 'exitCode' | 'log'>), exitCode, log };
}
