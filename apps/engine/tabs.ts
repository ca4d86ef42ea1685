// Several tabs of one profile: Web Locks, so that one takes part and charges at a time, and a BroadcastChannel, so that all show the same.
import type { Locks, TabMessage, Tabs } from './environment.ts';

export const tabsChannel = 'tacit';
const kinds: readonly TabMessage['kind'][] = ['history', 'consent', 'ledger', 'erased'];

/** Web Locks. They end with the tab that held them, however it ends. Rejects where the browser has none: then nothing is taken part in. */
export class BrowserLocks implements Locks {
  async run<T>(name: string, work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    return navigator.locks.request(name, signal === undefined ? {} : { signal }, work) as Promise<T>;
  }
}

export class BrowserTabs implements Tabs {
  readonly #channel = new BroadcastChannel(tabsChannel);
  readonly #listeners = new Set<(message: TabMessage) => void>();

  constructor() {
    this.#channel.onmessage = ({ data }: MessageEvent<unknown>) => {
      const kind = kinds.find((known) => known === (data as { kind?: unknown } | null)?.kind);
      if (kind !== undefined) for (const listener of [...this.#listeners]) listener({ kind });
    };
  }

  announce(message: TabMessage): void {
    this.#channel.postMessage(message);
  }

  listen(listener: (message: TabMessage) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  close(): void {
    this.#channel.close();
    this.#listeners.clear();
  }
}
