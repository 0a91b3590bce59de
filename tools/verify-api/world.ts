import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { demoPassword } from '../../local/demo.ts';
import { LocalFailure } from '../../local/failure.ts';
import type { StackFile } from '../../local/stack-file.ts';
import { Caller } from './caller.ts';
import { passes } from './passes.ts';

/** Values that exist, by what they are: an API that only ever hears of what it does not have says 404 and no more. */
export type Pools = Readonly<Record<string, readonly (string | number)[]>>;

export interface World {
  readonly callers: Readonly<Record<string, Caller>>;
  readonly pools: Pools;
}

/** Of each kind; a call that removes one finds another. */
const spare = 12;
/** Passes whose users upload nothing. */
const idle = ['changes', 'operators'];
const settleMs = 120_000;
const pollMs = 500;
const mebibyte = 1024 * 1024;

interface Signed {
  readonly fileId: string;
  readonly parts: readonly { readonly url: string; readonly headers: Record<string, string> }[];
}
interface Batch {
  readonly batchId: string;
  readonly results: readonly { readonly upload?: Signed }[];
}

/**
 * A tenant of its own, whose users call in parallel, each within the rate of one user; and tenants, people and
 * machines for the admin's calls to change and remove.
 */
export async function makeWorld({ apiUrl, users }: StackFile): Promise<World> {
  const anybody = new Caller(apiUrl);
  const operator = users.find(({ role }) => role === 'root');
  if (!operator) throw new LocalFailure('the stack has no root user');
  const root = await anybody.signIn(operator.email, operator.password);
  const run = randomBytes(4).toString('hex');
  const home = `verify-${run}`;
  await root.call('POST', '/admin/tenants', tenant(home));
  const people: Record<string, { userId: string; caller: Caller }> = {};
  for (const { name, role } of passes) {
    if (role !== 'admin' && role !== 'user') continue;
    const email = `${name}@${home}.example`;
    const body = { email, role, password: demoPassword };
    const { userId } = await root.call<{ userId: string }>('POST', `/admin/tenants/${home}/users`, body);
    people[name] = { userId, caller: await anybody.signIn(email, demoPassword) };
  }
  const client = await root.call<{ clientId: string; clientSecret: string }>(
    'POST',
    `/admin/tenants/${home}/clients`,
    { name: 'verify', scopes: ['uploads', 'files.read', 'files.write'] },
  );
  const callerOf = (name: string): Caller => people[name]?.caller ?? anybody;
  const colleagues = Object.values(people).map(({ userId }) => userId);
  return {
    callers: {
      ...Object.fromEntries(passes.map(({ name }) => [name, callerOf(name)])),
      root,
      machine: await anybody.signInMachine(client.clientId, client.clientSecret),
    },
    pools: {
      parts: [1, 2, 3],
      versions: [1, 2],
      etags: ['*'],
      colleagues,
      idle: idle.flatMap((name) => people[name]?.userId ?? []),
      emails: users.map(({ email }) => email),
      passwords: [demoPassword],
      machines: [client.clientId],
      secrets: [client.clientSecret],
      ...(await filesOf(callerOf('files'))),
      ...(await uploadsOf(callerOf('uploads'), callerOf('heartbeats'))),
      ...(await foldersOf(callerOf('folders'))),
      ...(await tenantsOf(root, run)),
    },
  };
}

/** Without the bounds that only refuse: they have tests of their own. */
const tenant = (tenantId: string) => ({
  tenantId,
  name: tenantId,
  tier: 'enterprise',
  policy: { slotsPerUser: 10_000, maxConcurrentUploads: 100_000, initiationsPerMinute: 100_000 },
});

const textFile = (filename: string, more: Record<string, unknown> = {}) => ({
  path: '/verify',
  filename,
  mimeType: 'text/plain',
  size: filename.length,
  ...more,
});

const named = (kind: string): string[] => Array.from({ length: spare }, (_, n) => `${kind}-${n}.txt`);

/** Uploads files whose content is their name, and waits until all are there. */
async function upload(caller: Caller, files: readonly ReturnType<typeof textFile>[]): Promise<string[]> {
  const batch = await caller.call<Batch>('POST', '/storage/uploads/batch', { uploads: files });
  const ids = await Promise.all(
    batch.results.map(async ({ upload: signed }, n) => {
      const part = signed?.parts[0];
      if (!part) throw new LocalFailure('an upload was refused');
      const body = files[n]?.filename ?? '';
      const put = await fetch(part.url, { method: 'PUT', headers: part.headers, body });
      if (!put.ok) throw new LocalFailure(`S3 answered ${put.status}`);
      return signed.fileId;
    }),
  );
  const deadline = Date.now() + settleMs;
  for (const id of ids) {
    while (!(await isSettled(caller, id))) {
      if (Date.now() > deadline) throw new LocalFailure('the files did not come through');
      await sleep(pollMs);
    }
  }
  return ids;
}

async function isSettled(caller: Caller, id: string): Promise<boolean> {
  const file = await caller.call<{ status: string; replacement?: { endedAs?: string } }>(
    'GET',
    `/storage/files/${id}`,
  );
  return (
    file.status === 'ready' && (file.replacement === undefined || file.replacement.endedAs !== undefined)
  );
}

async function filesOf(caller: Caller): Promise<Pools> {
  const kept = named('kept');
  const files = await upload(caller, [
    ...kept.map((name) => textFile(name)),
    ...named('public').map((name) => textFile(name, { isPublic: true })),
    ...named('gone').map((name) => textFile(name)),
  ]);
  await upload(
    caller,
    kept.map((name) => textFile(name, { onConflict: 'replace' })),
  );
  return {
    files: files.slice(0, spare),
    publicFiles: files.slice(spare, 2 * spare),
    disposable: files.slice(2 * spare),
  };
}

async function uploadsOf(caller: Caller, beating: Caller): Promise<Pools> {
  const open = async (by: Caller, kind: string): Promise<{ ids: string[]; batchId: string }> => {
    const uploads = named(kind).map((name) => textFile(name, { size: 20 * mebibyte }));
    const { batchId, results } = await by.call<Batch>('POST', '/storage/uploads/batch', { uploads });
    return { batchId, ids: results.flatMap(({ upload: signed }) => signed?.fileId ?? []) };
  };
  const [lasting, ending, beaten] = [
    await open(caller, 'open'),
    await open(caller, 'ending'),
    await open(beating, 'beating'),
  ];
  const landed = await upload(
    caller,
    named('landed').map((name) => textFile(name)),
  );
  return {
    landedUploads: landed,
    openUploads: lasting.ids,
    endingUploads: ending.ids,
    beatingUploads: beaten.ids,
    batches: [lasting.batchId, ending.batchId],
  };
}

async function foldersOf(caller: Caller): Promise<Pools> {
  const jobs: string[] = [];
  for (let n = 0; n < 3; n += 1) {
    await caller.call('POST', '/storage/folders', { path: `/from-${n}/below` });
    const move = { path: `/from-${n}`, newPath: `/to-${n}` };
    jobs.push((await caller.call<{ jobId: string }>('PUT', '/storage/folders/move', move)).jobId);
  }
  const bulkFiles = await upload(
    caller,
    named('bulk').map((name) => textFile(name)),
  );
  return { jobs, bulkFiles, folders: ['/verify', '/', '/to-1/below'], endingFolders: ['/to-0', '/to-2'] };
}

async function tenantsOf(root: Caller, run: string): Promise<Pools> {
  const inhabited = `inhabited-${run}`;
  await root.call('POST', '/admin/tenants', tenant(inhabited));
  const tenants: string[] = [];
  const inhabitants: string[] = [];
  const clients: string[] = [];
  for (let n = 0; n < spare; n += 1) {
    const tenantId = `spare-${run}-${n}`;
    await root.call('POST', '/admin/tenants', tenant(tenantId));
    tenants.push(tenantId);
    const user = { email: `spare-${n}@${inhabited}.example`, password: demoPassword };
    const at = `/admin/tenants/${inhabited}`;
    inhabitants.push((await root.call<{ userId: string }>('POST', `${at}/users`, user)).userId);
    const client = { name: `spare-${n}`, scopes: ['files.read'] };
    clients.push((await root.call<{ clientId: string }>('POST', `${at}/clients`, client)).clientId);
  }
  const { queues } = await root.call<{ queues: { name: string }[] }>('GET', '/admin/queues');
  return { tenants, inhabited: [inhabited], inhabitants, clients, queues: queues.map(({ name }) => name) };
}
