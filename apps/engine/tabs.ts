// Several tabs of one profile: Web Locks, so that one takes part and charges at a time, and a BroadcastChannel, so that all show the same.
import type { Locks, TabMessage, Tabs } from './environment.ts';
import { consentNames } from './history-store.ts';

export const tabsChannel = 'tacit';
const kinds = ['history', 'tuning', 'consent', 'granted', 'ledger', 'erased'] as const;

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
      const message = tabMessageFrom(data);
      if (message !== null) for (const listener of [...this.#listeners]) listener(message);
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

/** null: no message of ours, such as one of another version. */
function tabMessageFrom(data: unknown): TabMessage | null {
  const source = (data ?? {}) as { kind?: unknown; consent?: unknown };
  if (source.kind === 'withdrawn') {
    const consent = consentNames.find((name) => name === source.consent);
    return consent === undefined ? null : { kind: 'withdrawn', consent };
  }
  const kind = kinds.find((known) => known === source.kind);
  return kind === undefined ? null : { kind };
}
