// Published models, put together once for a process: what a device would download, check and compute by itself is the same for all of them.
// Through the device's own code (`PublishedModels`), over files that are there at once.

import type { Clock } from '../engine/environment.ts';
import type { Announced } from '../engine/federation-client.ts';
import { MemoryCacheStore, type MemoryHttp } from '../engine/memory.ts';
import { type Published, PublishedModels } from '../engine/published.ts';

/** Devices that lag behind ask for a model that is no longer the newest. */
const keptModels = 4;

export class Library {
  readonly #http: MemoryHttp;
  readonly #models: PublishedModels;
  readonly #ready = new Map<string, Promise<Published>>();
  readonly #hashes: string[] = [];

  constructor(http: MemoryHttp, clock: Clock) {
    this.#http = http;
    this.#models = new PublishedModels(http, new MemoryCacheStore(), clock, () => {});
  }

  /** A model file that was published. */
  add(hash: string, file: Uint8Array): void {
    this.#http.files.set(`/v1/models/${hash}`, file);
    this.#hashes.push(hash);
    while (this.#hashes.length > keptModels) this.#http.files.delete(`/v1/models/${this.#hashes.shift()}`);
  }

  /** Rejects with DownloadError for a model that is not kept any more. */
  get(announced: Announced): Promise<Published> {
    const { hash } = announced;
    let ready = this.#ready.get(hash);
    if (ready === undefined) {
      ready = this.#models.get(announced);
      this.#ready.set(hash, ready);
      for (const oldest of this.#ready.keys()) {
        if (this.#ready.size <= keptModels) break;
        this.#ready.delete(oldest);
      }
    }
    return ready;
  }
}
