import { keys } from '../../lambdas/contract/table.ts';
import type {
  ContentHolders,
  ContentMove,
  ContentRef,
  SharedContent,
} from '../../lambdas/core/files/shared-content.ts';

const nameOf = (ref: ContentRef): string => Object.values(keys.content(ref)).join();

/** Contents that several files may have, under the conditions of the table. */
export class MemoryContents {
  readonly contents = new Map<string, SharedContent>();
  readonly holders = new Map<string, Set<string>>();

  /** Whether the conditions of all these moves hold. */
  allow(moves: readonly ContentMove[] = []): boolean {
    return moves.every((move) => this.#allows(move));
  }

  #allows({ kind, content, paid }: ContentMove): boolean {
    const now = this.contents.get(nameOf(content));
    switch (kind) {
      case 'found':
        return now === undefined;
      case 'join':
        return now?.location.versionId === content.location.versionId && !now.closed;
      case 'leave':
        return now !== undefined && (paid < 0 ? now.paid > 1 : now.unpaid >= 1);
      case 'pay':
        return now !== undefined && now.unpaid >= 1;
      case 'end':
        return now?.paid === 1 && now.unpaid === 0;
    }
  }

  apply(fileId: string, moves: readonly ContentMove[] = []): void {
    for (const { kind, content, paid, unpaid } of moves) {
      const name = nameOf(content);
      const holders = this.holders.get(name) ?? new Set();
      this.holders.set(name, holders);
      const now = this.contents.get(name);
      if (kind === 'found') this.contents.set(name, content);
      else if (kind === 'end') this.contents.delete(name);
      else if (now) this.contents.set(name, { ...now, paid: now.paid + paid, unpaid: now.unpaid + unpaid });
      if (kind === 'found' || kind === 'join') holders.add(fileId);
      if (kind === 'leave' || kind === 'end') holders.delete(fileId);
    }
  }

  content = async (ref: ContentRef): Promise<SharedContent | undefined> => this.contents.get(nameOf(ref));

  readonly port: ContentHolders = {
    contentIn: async (tenantId, versionId) =>
      [...this.contents.values()].find(
        (content) => content.tenantId === tenantId && content.location.versionId === versionId,
      ),
    closeContent: async (ref) => {
      const now = this.contents.get(nameOf(ref));
      if (now) this.contents.set(nameOf(ref), { ...now, closed: true });
    },
    holders: async (ref) => [...(this.holders.get(nameOf(ref)) ?? [])],
  };

  /** Bytes that the tenant's counter does not count again. */
  get unpaidBytes(): number {
    return [...this.contents.values()].reduce((sum, { size, unpaid }) => sum + size * unpaid, 0);
  }
}
