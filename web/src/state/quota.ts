import type { Quota, SluiceApi } from '../../../client/index.ts';
import { Store } from './store.ts';

export interface QuotaState {
  readonly quota: Quota | undefined;
  readonly error: unknown;
}

/** News in bursts make one call. */
const SETTLE_MS = 500;

export class QuotaModel {
  readonly state: Store<QuotaState> = new Store<QuotaState>({ quota: undefined, error: undefined });
  readonly #api: Pick<SluiceApi, 'quota'>;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(api: Pick<SluiceApi, 'quota'>) {
    this.#api = api;
  }

  refreshSoon(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      void this.load();
    }, SETTLE_MS);
  }

  async load(): Promise<void> {
    try {
      this.state.set({ quota: await this.#api.quota(), error: undefined });
    } catch (error) {
      this.state.update((state) => ({ ...state, error }));
    }
  }

  stop(): void {
    clearTimeout(this.#timer);
  }
}
