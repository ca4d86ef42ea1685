// Hearing of a server's rounds where they are written down: around the store in memory, of a server in virtual time or of one that listens.
import type { ModelRecord, Publication, Store } from '../../server/store/store.ts';

export interface RoundWatcher {
  /** Somebody waits for a round. */
  opened(roundId: string): void;
  /** The cohort is fixed. */
  configured(roundId: string): void;
  published(publication: Publication): void;
  aborted(roundId: string, code: string): void;
  /** A version without a round: a phase ended before all its rounds had come together. */
  phaseEnded(model: ModelRecord): void;
}

/** The same store, which is a plain object; `watcher` hears of each write when it is done. */
export function watchedStore(store: Store, watcher: RoundWatcher): Store {
  return {
    ...store,
    async openRound(round) {
      await store.openRound(round);
      watcher.opened(round.id);
    },
    async configureRound(id, config) {
      await store.configureRound(id, config);
      watcher.configured(id);
    },
    async publish(publication) {
      await store.publish(publication);
      watcher.published(publication);
    },
    async addModel(model) {
      await store.addModel(model);
      watcher.phaseEnded(model);
    },
    async abortRound(id, code, closedAt) {
      await store.abortRound(id, code, closedAt);
      watcher.aborted(id, code);
    },
  };
}
