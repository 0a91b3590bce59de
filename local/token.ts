import { LocalFailure, messageOf } from './failure.ts';
import { defaultStackDir, stackPaths } from './paths.ts';
import { readStackFile } from './stack-file.ts';

const loginDeadlineMs = 30_000;

/** `npm run token -- <email> [password]` prints an access token, and nothing else, to stdout. */
async function main([email, password]: readonly string[]): Promise<void> {
  const stack = await readStackFile(stackPaths(defaultStackDir).stack);
  if (!stack) throw new LocalFailure('Sluice has not been started here yet: run npm start first.');
  const known = stack.users.map((user) => user.email).join(', ');
  if (!email) throw new LocalFailure(`Say whose token: npm run token -- <email>, one of ${known}.`);
  const secret = password ?? stack.users.find((user) => user.email === email)?.password;
  if (!secret)
    throw new LocalFailure(`${email} is no demo user (${known}): give the password as second argument.`);
  const response = await fetch(`${stack.apiUrl}/auth/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email, password: secret }),
    signal: AbortSignal.timeout(loginDeadlineMs),
  }).catch((cause) => {
    throw new LocalFailure(`Sluice does not answer at ${stack.apiUrl}: run npm start first.`, { cause });
  });
  const answer = (await response.json().catch(() => ({}))) as { accessToken?: string; detail?: string };
  if (!answer.accessToken)
    throw new LocalFailure(`Sign-in failed (${response.status}): ${answer.detail ?? 'no reason given'}`);
  process.stdout.write(`${answer.accessToken}\n`);
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  console.error(messageOf(error));
  process.exitCode = 1;
}
