import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { markdownTable } from '../../bench/support/report.ts';
import { defaultStackDir } from '../../local/paths.ts';
import { startStack } from '../../local/start-stack.ts';
import { ok } from '../support/api.ts';
import { type Engine, engineOf, eventually } from '../support/engine.ts';
import { createTenant, type TestTenant, type TestUser } from '../support/tenants.ts';
import { type Actor, pause, work } from './actor.ts';
import { Ledger, MeasuredApi } from './ledger.ts';
import { pictures } from './pictures.ts';
import { type Check, prove } from './proof.ts';
import { Random } from './random.ts';
import { settle } from './settle.ts';
import { eventsOf, type Snapshot } from './snapshot.ts';

/**
 * `npm run verify:soak`: mixed traffic against a stack of its own, by users and by clients that are killed on their way;
 * then everything that was begun comes to rest, and nothing may be lost, left or miscounted.
 * SLUICE_SOAK_SECONDS: how long (600); SLUICE_SOAK_SEED: of the users' choices.
 */
const seconds = Number(process.env.SLUICE_SOAK_SECONDS ?? 600);
const seed = Number(process.env.SLUICE_SOAK_SEED ?? Date.now() % 1_000_000);

const tenantCount = 3;
const usersPerTenant = 4;
/** A user has 600 calls a minute; one act takes up to three. */
const actEveryMs = 400;
const killAfterMs = { min: 1_500, max: 7_000 };
const maxMissesShown = 20;
const minuteMs = 60_000;

const note = (text: string): boolean => process.stderr.write(`${text}\n`);

async function soak(): Promise<number> {
  note(`soak: ${seconds} s, seed ${seed}; starting a stack of its own ...`);
  // What an earlier soak left would be looked at with this one's.
  const dir = join(defaultStackDir, 'soak');
  const running = await startStack({ port: 0, enginePort: 0, dir, ephemeral: true });
  try {
    const engine = engineOf(running.stack);
    const ledger = new Ledger();
    const tenants: TestTenant[] = [];
    for (let n = 0; n < tenantCount; n += 1) tenants.push(await makeTenant(engine));
    const killed = await traffic(running.stack.apiUrl, tenants, ledger);
    note('traffic is over; letting everything come to rest ...');
    const snapshot = await settle(engine);
    const checks = [
      { name: 'no answer was unexpected', looked: ledger.calls, misses: ledger.unexpected },
      ...(await prove(engine, snapshot, tenants)),
      await reconciled(tenants),
    ];
    report(ledger, snapshot, tenants, killed, checks);
    return checks.every(({ misses }) => misses.length === 0) ? 0 : 1;
  } finally {
    await running.stop();
  }
}

const makeTenant = (engine: Engine): Promise<TestTenant> =>
  createTenant(engine, {
    roles: [...Array.from({ length: usersPerTenant }, () => 'user' as const), 'admin'],
    policy: {
      slotsPerUser: 200,
      maxConcurrentUploads: 2_000,
      initiationsPerMinute: 100_000,
      maxFilesPerDay: 1_000_000,
      dedupe: 'share',
      dedupeQuota: 'once',
    },
  });

/** All users at work until the time is up, and one client after the other being killed. @returns how many were */
async function traffic(url: string, tenants: readonly TestTenant[], ledger: Ledger): Promise<number> {
  const endsAt = Date.now() + seconds * 1_000;
  const done = (): boolean => Date.now() >= endsAt;
  const photos = await pictures();
  const everyone = tenants.flatMap(({ users }) =>
    users.map((user) => ({ user, colleagues: users.filter((other) => other !== user) })),
  );
  const actors = everyone.map(({ user, colleagues }, index): Actor => {
    const random = new Random(seed + index);
    return {
      ...{ ledger, random, files: [], trash: [], names: [], pictures: photos },
      api: new MeasuredApi(url, user.api.token, ledger),
      colleagues: colleagues.map(({ userId }) => userId),
    };
  });
  const clients = tenants.map(({ users }) => users[0]);
  const ticker = setInterval(() => note(progress(ledger, endsAt)), minuteMs);
  const [killed] = await Promise.all([
    killClients(url, clients, done),
    clearSlots(url, tenants, ledger, done),
    ...actors.map((actor) => work(actor, done, actEveryMs)),
  ]);
  clearInterval(ticker);
  return killed;
}

const progress = (ledger: Ledger, endsAt: number): string =>
  `${Math.max(0, Math.round((endsAt - Date.now()) / 1_000))} s left, ${ledger.calls} calls, ` +
  `${ledger.unexpected.length} unexpected, ${Math.round(process.memoryUsage.rss() / 2 ** 20)} MB`;

/** Starts a client that uploads, and kills it as a crash would: at any point, without a word to anybody. */
async function killClients(url: string, users: readonly TestUser[], done: () => boolean): Promise<number> {
  const random = new Random(seed);
  let killed = 0;
  while (!done()) {
    const user = users[killed % users.length] as TestUser;
    const script = join(import.meta.dirname, 'client.ts');
    const args = [script, url, user.api.token ?? '', String(seed + killed)];
    const child: ChildProcess = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'inherit'] });
    const gone = once(child, 'exit');
    await Promise.race([pause(random.between(killAfterMs.min, killAfterMs.max)), gone]);
    if (child.exitCode !== null) throw new Error(`a client ended by itself with ${child.exitCode}`);
    child.kill('SIGKILL');
    await gone;
    killed += 1;
  }
  return killed;
}

const clearEveryMs = 45_000;

/** An admin now and then ends what a user has open, while that user goes on. */
async function clearSlots(
  url: string,
  tenants: readonly TestTenant[],
  ledger: Ledger,
  done: () => boolean,
): Promise<void> {
  for (let turn = 0; !done(); turn += 1) {
    const { users } = tenants[turn % tenants.length] as TestTenant;
    const api = new MeasuredApi(url, users.at(-1)?.api.token, ledger);
    await api.call('DELETE', `/storage/concurrency/user/${users[0].userId}`);
    await api.call('GET', '/storage/concurrency/stats');
    const endsAt = Date.now() + clearEveryMs;
    while (!done() && Date.now() < endsAt) await pause(500);
  }
}

/** The system's own proof: reconciliation of every tenant finds nothing to repair. */
async function reconciled(tenants: readonly TestTenant[]): Promise<Check> {
  const misses: string[] = [];
  let looked = 0;
  for (const { tenantId, users } of tenants) {
    const api = (users.at(-1) as TestUser).api;
    const { jobId } = ok(await api.call<{ jobId: string }>('POST', `/admin/tenants/${tenantId}/reconcile`));
    const job = await eventually('reconciliation ends', async () => {
      const now = ok(await api.job(jobId, { limit: 1_000 }));
      return now.status === 'done' || now.status === 'failed' ? now : undefined;
    });
    looked += job.results.length;
    if (job.status !== 'done') misses.push(`${tenantId}: the job has failed`);
    for (const { outcome, ...result } of job.results) {
      if (outcome !== 'skipped') misses.push(`${tenantId}: ${JSON.stringify(result)}`);
    }
  }
  return { name: 'reconciliation finds zero drift', looked, misses };
}

const percentile = (sorted: readonly number[], share: number): string =>
  String(Math.round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0));

function report(
  ledger: Ledger,
  snapshot: Snapshot,
  tenants: readonly TestTenant[],
  killed: number,
  checks: readonly Check[],
): void {
  const calls = [...ledger.kinds].sort(([one], [other]) => one.localeCompare(other));
  const rows = calls.map(([name, { millis, refused }]) => {
    const sorted = [...millis].sort((one, other) => one - other);
    const times = [0.5, 0.95, 1].map((share) => percentile(sorted, share));
    return [name, String(millis.length), String(refused), ...times];
  });
  const types = new Map<string, number>();
  for (const { tenantId } of tenants) {
    for (const [type, count] of eventsOf(snapshot, tenantId).types)
      types.set(type, (types.get(type) ?? 0) + count);
  }
  const pairs = (of: Iterable<[string, number]>): string =>
    [...of]
      .map(([name, count]) => `${name} ${count}`)
      .sort()
      .join(', ');
  process.stdout.write(`
## Soak: ${seconds} s, seed ${seed}, ${tenants.length} tenants, ${tenantCount * (usersPerTenant + 1)} users, ${killed} clients killed

${markdownTable(['call', 'count', 'refused', 'p50 ms', 'p95 ms', 'max ms'], rows)}

Refusals: ${pairs(ledger.codes)}
Events: ${pairs(types)}
Items in the table: ${snapshot.items}; files: ${snapshot.files.size}; kept versions: ${snapshot.versions.length}; peak memory: ${Math.round(process.resourceUsage().maxRSS / 1024)} MB

${markdownTable(
  ['check', 'looked at', 'misses'],
  checks.map(({ name, looked, misses }) => [name, String(looked), String(misses.length)]),
)}
`);
  for (const { name, misses } of checks) {
    if (misses.length === 0) continue;
    process.stdout.write(`\n${name}:\n`);
    for (const miss of misses.slice(0, maxMissesShown)) process.stdout.write(`- ${miss}\n`);
  }
}

process.exitCode = await soak();
