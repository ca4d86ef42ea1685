// The newest model as a difference from each of the last few: made and encoded once for all clients, when it is first asked for, or ahead of that
// from the version before, which most clients hold. PROTOCOL.md 2.
import { encodeDelta } from '#shared/model/delta.ts';
import { Bodies, type Body } from './bodies.ts';
import { deltaBases } from './limits.ts';
import type { Store } from './store/store.ts';

export class Deltas {
  readonly #models: Bodies;
  readonly #bodies: Bodies;
  /** Hashes of the versions that there are deltas of, the newest first. */
  #recent: readonly string[];

  private constructor(models: Bodies, recent: readonly string[]) {
    this.#models = models;
    this.#recent = recent;
    this.#bodies = new Bodies(async (name) => {
      const [target = '', base = ''] = name.split('.');
      const [from, to] = await Promise.all([models.plain(base), models.plain(target)]);
      return from === null || to === null || to.length % 4 !== 0 ? null : encodeDelta(from, to);
    });
  }

  /** @param models the whole files: where a delta is not smaller, it is not served. */
  static async open(store: Store, models: Bodies): Promise<Deltas> {
    return new Deltas(models, await store.newestHashes(deltaBases + 1));
  }

  /** A model was published, and is in the store. */
  published(hash: string): void {
    const [before] = this.#recent;
    this.#recent = [hash, ...this.#recent].slice(0, deltaBases + 1);
    // Encodes ahead of the first request; one that fails is tried again by that.
    if (before !== undefined) void this.#bodies.get(nameOf(hash, before), undefined).catch(() => {});
  }

  /** null where there is none: of another target than the newest model, from a version that is too old, or not smaller than the whole file. */
  async get(target: string, base: string, acceptEncoding: string | undefined): Promise<Body | null> {
    const [newest, ...bases] = this.#recent;
    if (target !== newest || !bases.includes(base)) return null;
    const [delta, whole] = await Promise.all([
      this.#bodies.get(nameOf(target, base), acceptEncoding),
      this.#models.get(target, acceptEncoding),
    ]);
    return delta === null || whole === null || delta.bytes.length >= whole.bytes.length ? null : delta;
  }
}

function nameOf(target: string, base: string): string {
  return `${target}.${base}`;
}
