// What the aggregator published, on the device: the model with its features and catalogue, and the policy. Downloaded over HTTP by content
// hash, checked, cached; what is held is not downloaded again, and what is corrupt never replaces what works. PROTOCOL.md [H1], [H2].
import { MAX_ITEMS, parseCatalogue } from '#shared/catalogue/parse.ts';
import type { Catalogue } from '#shared/catalogue/schema.ts';
import { encodeFeatures, encodeModel, maxModelBytes, parseFeatures, parseModel } from '#shared/model/file.ts';
import type { Features, Model } from '#shared/model/model.ts';
import { canonicalJson } from '#shared/protocol/canonical-json.ts';
import type { Policy, RoundPolicy } from '#shared/protocol/policy.ts';
import type { LedgerPlace, ModelInfo } from './api.ts';
import type { CacheStore } from './cache-store.ts';
import type { Clock, Digest, Http } from './environment.ts';
import type { Announced } from './federation-client.ts';
import type { Terms } from './history-store.ts';
import { HttpError } from './http.ts';

export interface Published {
  readonly info: ModelInfo;
  readonly model: Model;
  readonly features: Features;
  readonly catalogue: Catalogue;
  /** Catalogue row, which is model row, of an item id. */
  readonly rowOf: ReadonlyMap<string, number>;
  readonly policy: Policy;
  readonly policyHash: string;
  /** What whoever agrees to the policy agrees to. */
  readonly terms: Terms;
  /** What a round from this model is held to: the policy's phase that the model is in. */
  readonly rules: RoundPolicy;
  /** Where a device takes part once; null in a phase without end. */
  readonly place: LedgerPlace | null;
}

/** What a first list is made of. */
export type Preview = Pick<Published, 'model' | 'catalogue'>;

/** A download did not give what its hash promises, after all tries. */
export class DownloadError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'DownloadError';
  }
}

const maxStatusBytes = 64 * 1024;
const maxPolicyBytes = 64 * 1024;
/** 2 KiB an item is more than a title, its translation and people take. */
const maxCatalogueBytes = 2048 * MAX_ITEMS;
const tries = 4;
const firstRetryMs = 500;
/** Cache key of the announcement that the cached files belong to: how a device starts offline. */
const announcementKey = 'announcement';

export class PublishedModels {
  readonly #http: Http;
  readonly #cache: CacheStore;
  readonly #clock: Clock;
  readonly #digest: Digest;
  readonly #onChange: () => void;
  readonly #source: ((announced: Announced) => Promise<Published>) | null;
  readonly #underWay = new Map<string, Promise<Published>>();
  #current: Published | null = null;
  /** What the cache held when this session began. */
  #restored: Published | null = null;
  #preview: Preview | null = null;
  #tellPreviewed = (): void => {};
  /** Resolves when `preview` is there. */
  readonly previewed = new Promise<void>((resolve) => {
    this.#tellPreviewed = resolve;
  });
  #wantedKey = '';
  #keeping = false;

  /**
   * `onChange` is called when `current` was replaced. `source` stands in for downloading and checking.
   */
  constructor(
    http: Http,
    cache: CacheStore,
    clock: Clock,
    digest: Digest,
    onChange: () => void,
    source: ((announced: Announced) => Promise<Published>) | null = null,
  ) {
    this.#http = http;
    this.#cache = cache;
    this.#clock = clock;
    this.#digest = digest;
    this.#onChange = onChange;
    this.#source = source;
  }

  /** The newest that is complete and checked; null before the first. */
  get current(): Published | null {
    return this.#current;
  }

  /** The first model with its catalogue, each checked by its hash, before what goes with them: enough for a first list. null until then. */
  get preview(): Preview | null {
    return this.#preview;
  }

  /**
   * Whether files are kept in the cache. Off for a profile without history: after an erase nothing but the ledger is stored, and
   * the browser's own HTTP cache serves a second visit. Turning it on stores what is held, turning it off removes what was stored.
   */
  async keep(keeping: boolean): Promise<void> {
    if (keeping === this.#keeping) return;
    this.#keeping = keeping;
    if (!keeping) await this.#cache.clear().catch(() => {});
    else if (this.#current !== null) await this.#store(this.#current);
  }

  /** Starts from the cache, without the network. False when it holds nothing complete. */
  async restore(): Promise<boolean> {
    try {
      const bytes = await this.#cache.get(announcementKey);
      const announced = bytes === null ? null : announcedFrom(JSON.parse(textOf(bytes)));
      if (announced === null) return false;
      this.#restored = await this.#assemble(announced, false);
      this.#replace(this.#restored);
      return true;
    } catch {
      return false;
    }
  }

  /** Asks the server what is current and gets it. Rejects with HttpError or DownloadError; `current` then stays. */
  async refresh(): Promise<Published> {
    const { status, body } = await this.#http.get('/v1/status', maxStatusBytes);
    const answer: unknown = status === 200 ? JSON.parse(textOf(body)) : null;
    const { model, policy } = (answer ?? {}) as { model?: Record<string, unknown>; policy?: Record<string, unknown> };
    const announced = announcedFrom({ version: model?.version, hash: model?.hash, policyHash: policy?.hash });
    if (announced === null)
      throw new DownloadError(`GET /v1/status: expected a model and a policy, got status ${status}`);
    return this.get(announced);
  }

  /** Gets an announced model with all that belongs to it. Several calls for one model share one download. */
  get(announced: Announced): Promise<Published> {
    const { hash, policyHash } = announced;
    const held = this.#current;
    if (held?.info.hash === hash && held.policyHash === policyHash) return Promise.resolve(held);
    const key = `${hash} ${policyHash}`;
    this.#wantedKey = key;
    let download = this.#underWay.get(key);
    if (download === undefined) {
      download = (this.#source?.(announced) ?? this.#assemble(announced, true))
        .then(async (published) => {
          // An older one that comes in late serves whoever asked for it, and replaces nothing.
          if (this.#wantedKey !== key) return published;
          this.#replace(published);
          if (this.#keeping) await this.#store(published);
          return published;
        })
        .finally(() => this.#underWay.delete(key));
      this.#underWay.set(key, download);
    }
    return download;
  }

  async #assemble(announced: Announced, online: boolean): Promise<Published> {
    const model = parseModel(await this.#modelFile(announced.hash, online));
    const { header } = model;
    const held = this.#current;
    let catalogue = held?.catalogue;
    let rowOf = held?.rowOf;
    if (catalogue === undefined || held?.model.header.catalogueHash !== header.catalogueHash) {
      const bytes = await this.#file('/v1/catalogues/', header.catalogueHash, maxCatalogueBytes, online);
      catalogue = parseCatalogue(JSON.parse(textOf(bytes)));
      rowOf = new Map(catalogue.items.map((item, row) => [item.id, row]));
    }
    if (catalogue.items.length !== header.items)
      throw new DownloadError(`model ${header.version}: expected ${catalogue.items.length} items, got ${header.items}`);
    if (this.#current === null) {
      this.#preview = { model, catalogue };
      this.#tellPreviewed();
    }
    const { rhoOfSession, roundPolicyOf } = await import('#shared/protocol/policy.ts');
    const policy = await this.#policy(announced.policyHash, online);
    const phase = policy.phases[header.phase];
    if (phase === undefined || policy.learner !== model.learner) {
      throw new DownloadError(
        `model ${header.version} of ${model.learner} in phase ${header.phase}: the policy is of ${policy.learner} and has ${policy.phases.length}`,
      );
    }
    const features: Features =
      held?.model.header.featuresHash === header.featuresHash
        ? held.features
        : parseFeatures(await this.#file('/v1/features/', header.featuresHash, maxModelBytes, online));
    const { version, items, featureColumns, epoch, federation } = header;
    if (features.items !== items || features.columns !== featureColumns)
      throw new DownloadError(`model ${version}: expected ${items} x ${featureColumns} features`);
    const { hash, policyHash } = announced;
    return {
      info: { version, hash, items, learner: model.learner, epoch, phase: header.phase, phaseName: phase.name },
      model,
      features,
      catalogue,
      rowOf: rowOf ?? new Map(),
      policy,
      policyHash,
      terms: { mode: policy.mode, rho: rhoOfSession(policy) },
      rules: roundPolicyOf(policy, header.phase),
      place: phase.rounds === 0 ? null : { federation, epoch, phase: header.phase },
    };
  }

  /**
   * The file of a model: from the cache, as a delta from one that came in this session, or whole. The same bytes whatever way they came. From one of
   * an earlier visit no delta is asked for: a server that gave each browser a model of its own could tell by it who comes back.
   */
  async #modelFile(hash: string, online: boolean): Promise<Uint8Array> {
    const held = this.#current;
    if (held === null || !online || held.info.hash === hash || held === this.#restored)
      return this.#file('/v1/models/', hash, maxModelBytes, online);
    const cached = await this.#cached(hash);
    if (cached !== null) return cached;
    return (await this.#fromDelta(held, hash)) ?? this.#file('/v1/models/', hash, maxModelBytes, online);
  }

  /** null where the server has no delta, or it does not lead to the hash: then the whole file is to be had. */
  async #fromDelta({ info, model }: Published, hash: string): Promise<Uint8Array | null> {
    try {
      const { status, body } = await this.#http.get(`/v1/models/${hash}/from/${info.hash}`, maxModelBytes);
      if (status !== 200) return null;
      const { applyDelta } = await import('#shared/model/delta.ts');
      const file = applyDelta(encodeModel(model), body, maxModelBytes);
      return (await this.#digest(file)) === hash ? file : null;
    } catch {
      return null;
    }
  }

  /**
   * A file by its hash: from the cache, else from the server, tried again while its bytes do not match. A download that was cut goes on where it
   * was cut: what is named by hash does not change.
   */
  async #file(folder: string, hash: string, limitBytes: number, online: boolean): Promise<Uint8Array> {
    const cached = await this.#cached(hash);
    if (cached !== null) return cached;
    if (!online) throw new DownloadError(`${hash} is not in the cache`);
    const path = `${folder}${hash}`;
    let received: Uint8Array = new Uint8Array();
    let hasGrown = false;
    const download = async (): Promise<Uint8Array> => {
      const held = received;
      received = new Uint8Array();
      hasGrown = false;
      const { status, body } = await this.#http.get(path, limitBytes, held).catch((error: unknown) => {
        if (error instanceof HttpError) ({ received } = error);
        hasGrown = received.length > held.length;
        throw error;
      });
      if (status !== 200) throw new DownloadError(`GET ${path}: expected status 200, got ${status}`);
      const got = await this.#digest(body);
      if (got !== hash) throw new DownloadError(`GET ${path}: the bytes hash to ${got}; the model held so far is kept`);
      return body;
    };
    // Slow is not failed: a cut that brought it further counts for nothing.
    return this.#again(download, () => hasGrown);
  }

  async #policy(policyHash: string, online: boolean): Promise<Policy> {
    const held = this.#current;
    if (held?.policyHash === policyHash) return held.policy;
    const { parsePolicy } = await import('#shared/protocol/policy.ts');
    const cached = await this.#cached(policyHash);
    if (cached !== null) return parsePolicy(JSON.parse(textOf(cached)));
    if (!online) throw new DownloadError('the policy is not in the cache');
    return this.#again(async () => {
      const { status, body } = await this.#http.get('/v1/policy', maxPolicyBytes);
      if (status !== 200) throw new DownloadError(`GET /v1/policy: expected status 200, got ${status}`);
      const policy = parsePolicy(JSON.parse(textOf(body)));
      // As shared/protocol/policy.ts hashes it.
      const got = await this.#digest(bytesOf(canonicalJson(policy)));
      if (got !== policyHash) throw new DownloadError(`GET /v1/policy: expected the policy ${policyHash}, got ${got}`);
      return policy;
    });
  }

  /** A cached file whose hash is right. A cache that cannot be read is an empty one. */
  async #cached(hash: string): Promise<Uint8Array | null> {
    try {
      const bytes = await this.#cache.get(hash);
      return bytes !== null && (await this.#digest(bytes)) === hash ? bytes : null;
    } catch {
      return null;
    }
  }

  async #again<T>(work: () => Promise<T>, hasGrown = () => false): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await work();
      } catch (error) {
        if (hasGrown()) attempt = 1;
        if (attempt === tries) throw error;
        await new Promise<void>((resolve) => this.#clock.after(firstRetryMs * 2 ** (attempt - 1), resolve));
      }
    }
  }

  #replace(published: Published): void {
    this.#current = published;
    this.#preview = null;
    this.#onChange();
  }

  /** Caches what is held and drops what is old. Failing to is no fault of the person's: the next visit downloads again. */
  async #store(published: Published): Promise<void> {
    const { model, features, catalogue, info, policy, policyHash } = published;
    const { featuresHash, catalogueHash } = model.header;
    const { version, hash } = info;
    const files: readonly (readonly [string, () => Uint8Array])[] = [
      [hash, () => encodeModel(model)],
      [featuresHash, () => encodeFeatures(features)],
      [catalogueHash, () => bytesOf(canonicalJson(catalogue))],
      [policyHash, () => bytesOf(canonicalJson(policy))],
    ];
    try {
      for (const [key, encode] of files)
        if ((await this.#cache.get(key)) === null) await this.#cache.put(key, encode());
      await this.#cache.put(announcementKey, bytesOf(canonicalJson({ version, hash, policyHash })));
      await this.#cache.keepOnly([announcementKey, ...files.map(([key]) => key)]);
      // An erase may have come in between: what it removed stays removed.
      if (!this.#keeping) await this.#cache.clear();
    } catch {
      await this.#cache.clear().catch(() => {});
    }
  }
}

function announcedFrom(value: unknown): Announced | null {
  const { version, hash, policyHash } = (value ?? {}) as Record<string, unknown>;
  if (typeof version !== 'number' || !Number.isSafeInteger(version) || version < 1) return null;
  return isHash(hash) && isHash(policyHash) ? { version, hash, policyHash } : null;
}

function isHash(value: unknown): value is string {
  return typeof value === 'string' && /^[0-9a-f]{64}$/.test(value);
}

function textOf(bytes: Uint8Array): string {
  return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
}

function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
