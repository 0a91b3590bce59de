import { createContentHolders } from '../../lambdas/adapters/dynamodb/content-store.ts';
import { createSearchReads } from '../../lambdas/adapters/dynamodb/search-reads.ts';
import { detectContentType } from '../../lambdas/adapters/file-type/detect.ts';
import { defaultLimits } from '../../lambdas/contract/limits.ts';
import type { RouteName } from '../../lambdas/contract/routes.ts';
import { type RoleName, tenantItem, userItem } from '../../lambdas/contract/tenant-items.ts';
import type { FileRef, VersionRef } from '../../lambdas/core/files/file.ts';
import { dispatch } from '../../lambdas/core/intake/dispatch.ts';
import { type IntakeVersion, inspect } from '../../lambdas/core/intake/inspect.ts';
import { processFile } from '../../lambdas/core/processing/process-file.ts';
import { indexFiles } from '../../lambdas/core/search/index-files.ts';
import { httpFunction } from '../../lambdas/runtime/http-function.ts';
import { startOfTime } from './domain.ts';
import { type HttpCall, httpEvent, lambdaContext } from './events.ts';
import { letsPass, pictureWorker } from './in-process-ports.ts';
import { inProcessRoutes, inProcessStore } from './in-process-routes.ts';
import { memoryDb } from './memory-dynamodb/client.ts';
import { MemoryS3 } from './memory-s3.ts';
import { silentObserver } from './observer.ts';
import { memorySegments } from './searching.ts';

export interface Person {
  readonly tenantId: string;
  readonly userId: string;
  readonly role: RoleName;
}

export interface Answer {
  readonly status: number;
  readonly headers: unknown;
  readonly body: unknown;
}

/**
 * Ids tell who asked and count that one's, so that what one does leaves no trace in the ids of another: the `nth` file
 * that the `asker`-th of the people initiated.
 */
export const fileIdOf = (asker: number, nth: number): string => madeId(asker, 'F', nth);

const madeId = (asker: number, kind: 'F' | 'X', nth: number): string =>
  `01${String(asker).repeat(15)}${kind}${String(nth).padStart(8, '0')}`;

/**
 * The whole HTTP API in this process: routes, core and the DynamoDB adapters are the very ones of the functions, over
 * a table and an S3 in memory. Thousands of calls a second, and every run with the same calls is the same run.
 */
export class InProcessApi {
  readonly #db = memoryDb();
  readonly s3 = new MemoryS3();
  readonly #counts = new Map<string, number>();
  readonly #inspections: IntakeVersion[] = [];
  readonly #processing: VersionRef[] = [];
  /** Every file that was ever initiated. */
  readonly #files: FileRef[] = [];
  #now = startOfTime;
  #asker = 0;
  /** The next id is that of a file which is being initiated. */
  #initiating = false;

  readonly #clock = { now: (): string => this.#now, newId: (): string => this.#newId() };
  readonly #store = inProcessStore(this.#db.db);
  readonly #index = memorySegments(this.#db.db, this.#clock.now).open();
  readonly #handler = httpFunction(
    silentObserver().observer,
    inProcessRoutes({
      db: this.#db.db,
      clock: this.#clock,
      store: this.#store,
      intake: this.s3.intake,
      index: this.#index,
    }),
  );

  get table() {
    return this.#db.table;
  }

  enroll(people: readonly Person[]): void {
    const createdAt = startOfTime;
    for (const tenantId of new Set(people.map((person) => person.tenantId))) {
      const userCount = people.filter((person) => person.tenantId === tenantId).length;
      const tenant = {
        tenantId,
        name: tenantId,
        tier: 'enterprise',
        policy: {},
        userCount,
        createdAt,
      } as const;
      this.table.put({ ...tenantItem({ ...tenant, status: 'active' }) });
    }
    for (const { tenantId, userId, role } of people) {
      const email = `${userId}@${tenantId}.example`;
      this.table.put({ ...userItem({ tenantId, userId, email, role, status: 'active', createdAt }) });
    }
  }

  /** A call at its own time by the `asker`-th of the people; null: without a sign-in. */
  async call(
    person: Person | null,
    asker: number,
    at: string,
    name: RouteName,
    call: HttpCall,
  ): Promise<Answer> {
    this.#now = at;
    this.#asker = asker;
    this.#initiating = name === 'initiate';
    if (name === 'searchFiles') await this.#indexFiles();
    const claims = person && { sub: person.userId, tenant: person.tenantId, token_use: 'access' };
    const answer = await this.#handler(httpEvent(name, { ...call, claims }), lambdaContext());
    const { body: text = '', headers } = answer;
    const isJson = String(headers?.['content-type'] ?? '').includes('json');
    const body = isJson ? JSON.parse(text) : text || undefined;
    if (name === 'initiate' && person && body.fileId) {
      this.#files.push({ tenantId: person.tenantId, fileId: body.fileId });
    }
    return { status: answer.statusCode ?? 0, headers: answer.headers, body };
  }

  /** The bytes of an upload land, and the pipeline brings them as far as it goes. */
  async land(asker: number, at: string, file: { tenantId: string; fileId: string }, body: Uint8Array) {
    this.#now = at;
    this.#asker = asker;
    this.#initiating = false;
    const found = await this.#store.file(file);
    if (found?.status !== 'uploading') return;
    this.s3.put({ ...file, uploadId: found.uploadId }, body);
    const queues = {
      inspect: async (message: IntakeVersion) => void this.#inspections.push(message),
      process: async (message: VersionRef) => void this.#processing.push(message),
      purge: async () => undefined,
    };
    const shared = { ...this.#clock, store: this.#store, queues, resendSeconds: 900 };
    for (const landed of this.s3.landed.splice(0))
      await dispatch({ ...shared, intake: this.s3.intake }, landed);
    for (const message of this.#inspections.splice(0)) {
      await inspect(
        {
          ...shared,
          intake: this.s3.reader,
          library: this.s3.libraryPort,
          detect: detectContentType,
          contents: createContentHolders(this.#db.db),
          ...letsPass,
        },
        message,
      );
    }
    for (const message of this.#processing.splice(0)) {
      await processFile({ ...shared, ...pictureWorker }, message);
    }
  }

  /** As the worker of the events does it meanwhile; here it is early enough before somebody searches. */
  #indexFiles(): Promise<void> {
    const { files } = createSearchReads(this.#db.db);
    const { textMaxCharacters } = defaultLimits.search;
    return indexFiles({ index: this.#index, files, text: async () => '', textMaxCharacters }, this.#files);
  }

  #newId(): string {
    const kind = this.#initiating ? 'F' : 'X';
    this.#initiating = false;
    const scope = `${this.#asker}${kind}`;
    const count = (this.#counts.get(scope) ?? 0) + 1;
    this.#counts.set(scope, count);
    return madeId(this.#asker, kind, count);
  }
}
