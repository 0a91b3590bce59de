import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { runCommand } from '../local/command.ts';
import { LocalFailure, messageOf } from '../local/failure.ts';
import { defaultStackDir, projectDir } from '../local/paths.ts';
import { terminalProgress } from '../local/progress.ts';
import { findPython } from '../local/python.ts';
import type { StackFile } from '../local/stack-file.ts';
import { startStack } from '../local/start.ts';

/**
 * `npm run verify:api [-- examples]`: schemathesis calls every operation of docs/openapi.json on a stack of its own,
 * with what the schemas allow and with what they do not, and finds answers that the document does not name. The
 * admin's calls come last: they suspend and remove what they find.
 */
const schemathesis = 'schemathesis==4.32.5';
const checks = [
  'not_a_server_error',
  'status_code_conformance',
  'content_type_conformance',
  'response_schema_conformance',
  'ignored_auth',
];
const defaultExamples = 25;
/** Below the 600 calls a minute of one user (DESIGN 3): what is answered by 429 tests nothing else. */
const rateLimit = '560/m';
const requestTimeoutSeconds = 35;
const installDeadlineMs = 5 * 60_000;
const runDeadlineMs = 60 * 60_000;

const venv = join(defaultStackDir, 'schemathesis');
const log = join(defaultStackDir, 'verify-api.log');
const program = join(venv, 'bin', 'schemathesis');

interface Pass {
  readonly email: string;
  readonly paths: string;
}

const passes: readonly Pass[] = [
  { email: 'admin@acme.example', paths: '^/(storage|public|health|openapi|auth)' },
  { email: 'root@sluice.example', paths: '^/admin' },
];

async function run(command: string, args: readonly string[], deadlineMs: number): Promise<number | null> {
  const { exitCode } = await runCommand(command, [...args], {
    cwd: projectDir,
    env: process.env,
    log,
    deadlineMs,
    onLine: (line) => process.stdout.write(`${line}\n`),
  });
  return exitCode;
}

async function install(): Promise<void> {
  const installed = await access(program).then(
    () => true,
    () => false,
  );
  if (installed) return;
  const python = await findPython();
  const made = await run(python.command, ['-m', 'venv', venv], installDeadlineMs);
  const pip = ['-m', 'pip', 'install', '--disable-pip-version-check', '--quiet', schemathesis];
  if (made !== 0 || (await run(join(venv, 'bin', 'python'), pip, installDeadlineMs)) !== 0)
    throw new LocalFailure(`Could not install ${schemathesis} (details: ${log}).`);
}

async function tokenOf(stack: StackFile, email: string): Promise<string> {
  const password = stack.users.find((user) => user.email === email)?.password;
  const response = await fetch(`${stack.apiUrl}/auth/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email, password }),
    signal: AbortSignal.timeout(30_000),
  });
  const { accessToken } = (await response.json()) as { accessToken?: string };
  if (!accessToken) throw new LocalFailure(`${email} could not sign in (${response.status}).`);
  return accessToken;
}

async function main(examples: number): Promise<number> {
  await install();
  const dir = join(defaultStackDir, 'verify-api');
  const running = await startStack({ port: 0, enginePort: 0, dir, progress: terminalProgress() });
  try {
    let failed = 0;
    for (const { email, paths } of passes) {
      const exitCode = await run(
        program,
        [
          'run',
          join(projectDir, 'docs', 'openapi.json'),
          `--url=${running.stack.apiUrl}`,
          `--header=Authorization: Bearer ${await tokenOf(running.stack, email)}`,
          `--include-path-regex=${paths}`,
          `--checks=${checks.join(',')}`,
          `--max-examples=${examples}`,
          `--rate-limit=${rateLimit}`,
          `--request-timeout=${requestTimeoutSeconds}`,
          '--phases=examples,coverage,fuzzing',
          '--workers=4',
          '--continue-on-failure',
        ],
        runDeadlineMs,
      );
      if (exitCode !== 0) failed += 1;
    }
    return failed;
  } finally {
    await running.stop();
  }
}

try {
  if ((await main(Number(process.argv[2] ?? defaultExamples))) > 0) process.exitCode = 1;
} catch (error) {
  console.error(messageOf(error));
  process.exitCode = 1;
}
