import { routes } from '../../lambdas/contract/routes.ts';
import { Api, type Call, type Problem } from '../support/api.ts';

/** Refusals that are right when many act on the same files at once, or for a while. */
const expectedCodes = [
  'not_found',
  'name_conflict',
  'upload_state_conflict',
  'upload_incomplete',
  'file_locked',
  'precondition_failed',
  'upload_expired',
  'upload_aborted',
  'rate_limited',
  'concurrency_limit_exceeded',
  'capacity_exceeded',
  // From S3: an admin has ended the upload in the middle of a part.
  'NoSuchUpload',
];

const maxUnexpectedKept = 50;

interface Kind {
  readonly millis: number[];
  refused: number;
}

/** What was called, how long it took and what was answered that should not have been. */
export class Ledger {
  readonly kinds = new Map<string, Kind>();
  readonly codes = new Map<string, number>();
  readonly unexpected: string[] = [];

  note(name: string, millis: number, outcome: { status: number; code?: string; detail?: string }): void {
    const kind = this.kinds.get(name) ?? { millis: [], refused: 0 };
    this.kinds.set(name, kind);
    kind.millis.push(millis);
    if (outcome.status < 400) return;
    kind.refused += 1;
    const code = outcome.code ?? String(outcome.status);
    this.codes.set(code, (this.codes.get(code) ?? 0) + 1);
    if (!expectedCodes.includes(code))
      this.#keep(`${name}: ${outcome.status} ${code} ${outcome.detail ?? ''}`);
  }

  failed(name: string, error: unknown): void {
    this.#keep(`${name}: ${String(error)}`);
  }

  get calls(): number {
    return [...this.kinds.values()].reduce((sum, { millis }) => sum + millis.length, 0);
  }

  #keep(what: string): void {
    if (this.unexpected.length < maxUnexpectedKept) this.unexpected.push(what);
  }
}

const patterns = Object.entries(routes).map(([name, { method, path }]) => ({
  name,
  method: method as string,
  pattern: new RegExp(`^${path.replaceAll(/\{\w+\}/g, '[^/]+')}$`),
}));

/** An API whose every call is noted under the name of its route. */
export class MeasuredApi extends Api {
  readonly #ledger: Ledger;

  constructor(url: string, token: string | undefined, ledger: Ledger) {
    super(url, token);
    this.#ledger = ledger;
  }

  override async call<Body>(method: string, path: string, call: Call = {}) {
    const name =
      patterns.find((route) => route.method === method && route.pattern.test(path))?.name ??
      `${method} ${path}`;
    const startedAt = performance.now();
    const answer = await super.call<Body>(method, path, call);
    const { code, detail } = (answer.status >= 400 ? answer.body : {}) as Partial<Problem>;
    this.#ledger.note(name, performance.now() - startedAt, {
      status: answer.status,
      ...(code && { code }),
      ...(detail && { detail }),
    });
    return answer;
  }
}
