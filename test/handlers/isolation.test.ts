import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RouteName } from '../../lambdas/contract/routes.ts';
import { addSeconds } from '../../lambdas/core/time.ts';
import { startOfTime } from '../support/domain.ts';
import type { HttpCall } from '../support/events.ts';
import { type Answer, fileIdOf, InProcessApi, type Person } from '../support/in-process.ts';

/**
 * Isolation as non-interference: whatever one side does, the other side's answers are, to the byte, what they are
 * when it does something else. Nothing can be told then, by no field, code, cursor, URL or status; and an id of the
 * other side, which is right in one of the two worlds and wrong in the other, answers alike in both.
 */
const people: readonly Person[] = [
  { tenantId: 'acme', userId: 'alice', role: 'user' },
  { tenantId: 'acme', userId: 'bob', role: 'user' },
  { tenantId: 'acme', userId: 'ann', role: 'admin' },
  { tenantId: 'globex', userId: 'carl', role: 'user' },
  { tenantId: 'globex', userId: 'gina', role: 'admin' },
];
const [alice, bob, , carl, gina] = [0, 1, 2, 3, 4];

interface Step {
  readonly who: number;
  readonly name: RouteName | 'land';
  /** Of the file: whose, and which one of those that they initiated. */
  readonly of: number;
  readonly nth: number;
  readonly pick: number;
}

const routes = [
  'initiate',
  'land',
  'listFiles',
  'getFile',
  'fileStatus',
  'fileTimeline',
  'fileUrl',
  'fileReceipt',
  'similarFiles',
  'moveFile',
  'renameFile',
  'setVisibility',
  'setTags',
  'setMetadata',
  'deleteFile',
  'restoreFile',
  'listVersions',
  'restoreVersion',
  'listShares',
  'putShare',
  'deleteShare',
  'setLegalHold',
  'processFile',
  'rescanFile',
  'listParts',
  'partUrls',
  'heartbeat',
  'heartbeats',
  'complete',
  'abort',
  'listUploads',
  'listFolders',
  'createFolder',
  'moveFolder',
  'deleteFolder',
  'bulk',
  'getJob',
  'getTenant',
  'listTenants',
  'listUsers',
  'changeTenant',
  'changeUser',
  'removeUser',
  'reconcileTenant',
  'rebuildSearch',
  'concurrencyStats',
  'concurrencyHealth',
  'clearUserSlots',
  'searchAudit',
  'getMetrics',
  'publicFileUrl',
  'quota',
] as const satisfies readonly Step['name'][];

const names = ['a.bin', 'b.bin', 'c.bin'] as const;
const folders = ['/', '/docs', '/docs/old'] as const;
const bytes = new Uint8Array(64).fill(7);

const pickOf = <T>(values: readonly T[], pick: number): T => values[pick % values.length] as T;

const listQueries: readonly Record<string, string>[] = [
  { recursive: 'true', limit: '2' },
  { path: '/docs' },
  { status: 'deleted' },
  { owner: 'alice' },
  { owner: 'carl' },
  { owner: 'all', status: 'available' },
  { shared: 'true' },
  { sort: '-size' },
  { sort: 'updatedAt', tag: 'blue' },
];

/** The call of a step. Ids and names come from small sets, so that they meet. */
function callOf({ name, of, nth, pick }: Step): HttpCall {
  const id = fileIdOf(of, nth);
  const userId = pickOf(people, pick).userId;
  const filename = pickOf(names, pick);
  const folder = pickOf(folders, pick);
  const t = pickOf(['acme', 'globex', 'nobody'], pick);
  switch (name) {
    case 'initiate':
      return {
        body: {
          path: folder,
          filename,
          mimeType: 'application/octet-stream',
          size: bytes.length,
          tags: pick % 3 === 0 ? ['blue'] : [],
          isPublic: pick % 7 === 0,
          ...(pick % 5 === 0 && { onConflict: pickOf(['replace', 'rename'], pick) }),
        },
      };
    case 'listFiles':
      return { query: pickOf(listQueries, pick) };
    case 'moveFile':
      return { path: { id }, body: { newPath: folder } };
    case 'renameFile':
      return { path: { id }, body: { newFilename: filename } };
    case 'setVisibility':
      return { path: { id }, body: { isPublic: pick % 2 === 0 } };
    case 'setTags':
      return { path: { id }, body: { tags: ['blue'] } };
    case 'setMetadata':
      return { path: { id }, body: { metadata: { color: 'blue' }, sensitivity: 'restricted' } };
    case 'deleteFile':
      return { path: { id }, query: pick % 2 === 0 ? { hard: 'true' } : {} };
    case 'restoreVersion':
      return { path: { id, v: String((pick % 3) + 1) } };
    case 'putShare':
      return { path: { id, userId }, body: { access: pick % 2 === 0 ? 'read' : 'write' } };
    case 'deleteShare':
      return { path: { id, userId } };
    case 'setLegalHold':
      return { path: { id }, body: { hold: pick % 2 === 0, reason: 'a case' } };
    case 'processFile': {
      const mark = fileIdOf(pick % people.length, nth);
      return { path: { id }, body: { operations: [{ type: 'watermark', params: { fileId: mark } }] } };
    }
    case 'partUrls':
      return { path: { fileId: id }, body: { partNumbers: [1] } };
    case 'heartbeats':
      return { body: { fileIds: [id, fileIdOf(pick % people.length, nth)] } };
    case 'listParts':
    case 'heartbeat':
    case 'abort':
    case 'complete':
      return { path: { fileId: id } };
    case 'listFolders':
      return { query: pick % 3 === 0 ? { owner: userId } : { path: folder } };
    case 'createFolder':
      return { body: { path: `${folder === '/' ? '' : folder}/new` } };
    case 'moveFolder':
      return { body: { path: folder, newPath: '/elsewhere' } };
    case 'deleteFolder':
      return { query: { path: folder } };
    case 'bulk':
      return { body: { action: 'delete', fileIds: [id, fileIdOf(pick % people.length, 1)], params: {} } };
    case 'getJob':
      return { path: { jobId: id } };
    case 'getTenant':
    case 'listUsers':
    case 'reconcileTenant':
    case 'rebuildSearch':
      return { path: { t } };
    case 'changeTenant':
      return { path: { t }, body: { policy: { trashDays: 7 } } };
    case 'changeUser':
      return { path: { t, u: userId }, body: { status: 'active' } };
    case 'removeUser':
      return { path: { t, u: 'nobody' } };
    case 'clearUserSlots':
      return { path: { userId } };
    case 'searchAudit':
    case 'getMetrics':
      return { query: pick % 2 === 0 ? { tenant: t } : {} };
    case 'listUploads':
    case 'listTenants':
    case 'concurrencyStats':
    case 'concurrencyHealth':
    case 'quota':
      return {};
    default:
      return { path: { id } };
  }
}

/** The answers to `watched`, of a world in which the steps happen one after the other, a minute apart. */
async function transcript(
  steps: readonly (Step | undefined)[],
  watched: (step: Step) => boolean,
): Promise<readonly (Answer & { name: string })[]> {
  const api = new InProcessApi();
  api.enroll(people);
  const answers: (Answer & { name: string })[] = [];
  for (const [index, step] of steps.entries()) {
    if (!step) continue;
    const at = addSeconds(startOfTime, index * 60);
    const person = people[step.who] as Person;
    if (step.name === 'land') {
      const { tenantId } = person;
      await api.land(step.who, at, { tenantId, fileId: fileIdOf(step.who, step.nth) }, bytes);
      continue;
    }
    const asking = step.name === 'publicFileUrl' ? null : person;
    const answer = await api.call(asking, step.who, at, step.name, callOf(step));
    expect(answer.status, JSON.stringify(answer.body)).toBeLessThan(500);
    if (watched(step)) answers.push({ name: step.name, ...answer });
  }
  return answers;
}

const step = (who: fc.Arbitrary<number>, of: fc.Arbitrary<number>): fc.Arbitrary<Step> =>
  fc.record({
    who,
    name: fc.constantFrom(...routes),
    of,
    nth: fc.integer({ min: 1, max: 3 }),
    pick: fc.nat({ max: 40 }),
  });

const anybody = fc.nat({ max: people.length - 1 });

const files = ['initiate', 'land'] as const;

/** Two files of one person, stored. */
const stored = (who: number): readonly Step[] =>
  [1, 2].flatMap((nth) => files.map((name): Step => ({ who, name, of: who, nth, pick: nth })));

/** Both worlds have the watched steps at the same places; what happens in between is another thing in each. */
const worlds = (watching: readonly number[], others: readonly number[], hidden: (step: Step) => boolean) => {
  const theirs = step(fc.constantFrom(...others), anybody).filter(hidden);
  const begun = [
    ...watching.flatMap(stored).map((same) => [same, same] as const),
    ...others.flatMap(stored).map((only) => [only, undefined] as const),
  ];
  return fc
    .array(
      fc.oneof(
        {
          weight: 3,
          arbitrary: step(fc.constantFrom(...watching), anybody).map((same) => [same, same] as const),
        },
        { weight: 1, arbitrary: fc.tuple(theirs, theirs) },
        { weight: 1, arbitrary: theirs.map((only) => [only, undefined] as const) },
      ),
      { minLength: 3, maxLength: 12 },
    )
    .map((pairs) => [...begun, ...pairs])
    .map((pairs) => [pairs.map(([one]) => one), pairs.map(([, other]) => other)] as const);
};

/** The gate's share; SLUICE_ISOLATION_RUNS=10000 is the whole proof and takes minutes. */
const numRuns = Number(process.env.SLUICE_ISOLATION_RUNS ?? 1_000);

/** A public file is for everybody, of whichever tenant. */
const publishes = ({ name, pick }: Step): boolean =>
  name === 'setVisibility' || (name === 'initiate' && pick % 7 === 0);

describe('what one tenant does', () => {
  /** All that ask for public files share one rate. */
  const secret = (step: Step): boolean => step.name !== 'publicFileUrl' && !publishes(step);

  it('shows in no answer to the other', { timeout: 600_000 }, async () => {
    const ofAcme = ({ who }: Step): boolean => people[who]?.tenantId === 'acme';
    await fc.assert(
      fc.asyncProperty(worlds([0, 1, 2], [carl as number, gina as number], secret), async ([one, other]) => {
        expect(await transcript(one, ofAcme)).toEqual(await transcript(other, ofAcme));
      }),
      { numRuns },
    );
  });
});

describe('what a colleague keeps private', () => {
  /** Sharing and publishing tell others on purpose; the tenant's totals are everybody's by contract. */
  const secret = (step: Step): boolean =>
    !['putShare', 'publicFileUrl', 'concurrencyStats'].includes(step.name) && !publishes(step);

  it('shows in no answer to a user who has no access', { timeout: 600_000 }, async () => {
    const ofBob = ({ who, name }: Step): boolean => who === bob && name !== 'quota';
    await fc.assert(
      fc.asyncProperty(worlds([bob as number], [alice as number], secret), async ([one, other]) => {
        expect(await transcript(one, ofBob)).toEqual(await transcript(other, ofBob));
      }),
      { numRuns: numRuns / 4 },
    );
  });
});
