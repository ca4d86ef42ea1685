// Published models, put together once for a process: what a device would download, check and compute by itself is the same for all of them.
// Through the device's own code (`PublishedModels`).

import type { CoreModule } from '#shared/core/module.ts';
import { sha256Hex } from '#shared/protocol/canonical.ts';
import type { Clock, Http } from '../engine/environment.ts';
import type { Announced } from '../engine/federation-client.ts';
import { MemoryCacheStore, MemoryHttp } from '../engine/memory.ts';
import { PublishedModels } from '../engine/published.ts';
import { type ScoredModel, scored } from '../engine/scoring.ts';

/** Devices that lag behind ask for a model that is no longer the newest. */
const keptModels = 4;

export class Library {
  readonly #models: PublishedModels;
  readonly #core: CoreModule | null;
  readonly #ready = new Map<string, Promise<ScoredModel>>();

  constructor(http: Http, clock: Clock, core: CoreModule | null = null) {
    this.#models = new PublishedModels(http, new MemoryCacheStore(), clock, sha256Hex, () => {});
    this.#core = core;
  }

  /** Rejects with DownloadError for a model that is not to be had any more. */
  get(announced: Announced): Promise<ScoredModel> {
    const { hash } = announced;
    let ready = this.#ready.get(hash);
    if (ready === undefined) {
      ready = this.#models.get(announced).then((published) => scored(published, async () => this.#core));
      this.#ready.set(hash, ready);
      for (const oldest of this.#ready.keys()) {
        if (this.#ready.size <= keptModels) break;
        this.#ready.delete(oldest);
      }
    }
    return ready;
  }
}

/** The files of a server that is in this process: to be had at once. */
export class LocalFiles extends MemoryHttp {
  readonly #hashes: string[] = [];

  /** A model file that was published; those before the newest few go. */
  addModel(hash: string, file: Uint8Array): void {
    this.files.set(`/v1/models/${hash}`, file);
    this.#hashes.push(hash);
    while (this.#hashes.length > keptModels) this.files.delete(`/v1/models/${this.#hashes.shift()}`);
  }
}
