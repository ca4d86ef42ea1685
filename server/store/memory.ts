// The store in memory: for tests and for a server whose models need not outlive it.
import {
  type FileKind,
  type ModelRecord,
  type Publication,
  type RoundCounts,
  type RoundRecord,
  type Store,
  StoreError,
} from './store.ts';

/** Nothing here survives the process. */
export function memoryStore(): Store {
  const models = new Map<number, ModelRecord>();
  const pruned = new Set<number>();
  const files = new Map<string, Uint8Array>();
  const policies = new Map<string, string>();
  const rounds = new Map<string, RoundRecord>();
  const settings = new Map<string, string>();
  let latestVersion = 0;
  let closed = false;

  function ready(): void {
    if (closed) throw new StoreError('closed', 'The store is closed.');
  }
  function copyModel(model: ModelRecord): ModelRecord {
    return { ...model, file: model.file.slice(), serverState: model.serverState.slice() };
  }
  function copyRound(round: RoundRecord): RoundRecord {
    return { ...round, config: round.config?.slice() ?? null, sum: round.sum?.slice() ?? null };
  }
  function kept(version: number): ModelRecord | null {
    const model = models.get(version);
    return model === undefined || pruned.has(version) ? null : copyModel(model);
  }
  function checkFollows(model: ModelRecord): void {
    if (model.version !== latestVersion + 1 && latestVersion !== 0) {
      throw new StoreError('conflict', `Expected model version ${latestVersion + 1}, got ${model.version}.`);
    }
    for (const other of models.values()) {
      if (other.hash === model.hash) {
        throw new StoreError('conflict', `Model ${model.hash} is already stored as version ${other.version}.`);
      }
    }
  }
  function insert(model: ModelRecord): void {
    models.set(model.version, copyModel(model));
    latestVersion = model.version;
  }

  return {
    async latestModel() {
      ready();
      return kept(latestVersion);
    },
    async modelByVersion(version) {
      ready();
      return kept(version);
    },
    async newestHashes(count) {
      ready();
      const kept = [...models.values()].filter(({ version }) => !pruned.has(version));
      return kept
        .sort((a, b) => b.version - a.version)
        .slice(0, count)
        .map(({ hash }) => hash);
    },
    async modelFile(hash) {
      ready();
      for (const model of models.values()) {
        if (model.hash === hash && !pruned.has(model.version)) return model.file.slice();
      }
      return null;
    },
    async addModel(model) {
      ready();
      checkFollows(model);
      insert(model);
    },
    async putFile(kind: FileKind, hash: string, bytes: Uint8Array) {
      ready();
      const key = `${kind}/${hash}`;
      if (!files.has(key)) files.set(key, bytes.slice());
    },
    async file(kind, hash) {
      ready();
      return files.get(`${kind}/${hash}`)?.slice() ?? null;
    },
    async putPolicy(hash, json) {
      ready();
      if (!policies.has(hash)) policies.set(hash, json);
    },
    async policy(hash) {
      ready();
      return policies.get(hash) ?? null;
    },
    async openRound({ id, baseVersion, policyHash, openedAt }) {
      ready();
      if (rounds.has(id)) throw new StoreError('conflict', `Round ${id} exists already.`);
      rounds.set(id, {
        id,
        state: 'open',
        baseVersion,
        policyHash,
        config: null,
        cohort: 0,
        sum: null,
        abortCode: null,
        modelVersion: null,
        openedAt,
        closedAt: null,
      });
    },
    async configureRound(id, config) {
      ready();
      const round = rounds.get(id);
      if (round?.state !== 'open') throw new StoreError('conflict', `Round ${id} is not open.`);
      rounds.set(id, { ...round, config: config.slice() });
    },
    async publish(publication: Publication) {
      ready();
      const { roundId, cohort, sum, model } = publication;
      const round = rounds.get(roundId);
      if (round?.state !== 'open') throw new StoreError('conflict', `Round ${roundId} is not open.`);
      checkFollows(model);
      insert(model);
      rounds.set(roundId, {
        ...round,
        state: 'published',
        cohort,
        sum: sum.slice(),
        modelVersion: model.version,
        closedAt: model.publishedAt,
      });
    },
    async abortRound(id, code, closedAt) {
      ready();
      const round = rounds.get(id);
      if (round?.state === 'open') rounds.set(id, { ...round, state: 'aborted', abortCode: code, closedAt });
    },
    async abandonOpenRounds(closedAt) {
      ready();
      let count = 0;
      for (const [id, round] of rounds) {
        if (round.state !== 'open') continue;
        rounds.set(id, { ...round, state: 'abandoned', closedAt });
        count += 1;
      }
      return count;
    },
    async round(id) {
      ready();
      const round = rounds.get(id);
      return round === undefined ? null : copyRound(round);
    },
    async roundOfModel(version) {
      ready();
      for (const round of rounds.values()) if (round.modelVersion === version) return copyRound(round);
      return null;
    },
    async roundCounts(): Promise<RoundCounts> {
      ready();
      let completed = 0;
      let failed = 0;
      for (const round of rounds.values()) {
        if (round.state === 'published') completed += 1;
        else if (round.state !== 'open' && round.config !== null) failed += 1;
      }
      return { completed, failed };
    },
    async setting(name) {
      ready();
      return settings.get(name) ?? null;
    },
    async putSetting(name, value) {
      ready();
      settings.set(name, value);
    },
    async prune(keptVersions) {
      ready();
      const last = latestVersion - keptVersions;
      for (const [version, model] of models) {
        if (version > last || pruned.has(version)) continue;
        pruned.add(version);
        models.set(version, { ...model, file: new Uint8Array(0), serverState: new Uint8Array(0) });
      }
      for (const [id, round] of rounds) {
        if (round.modelVersion !== null && round.modelVersion <= last) rounds.set(id, { ...round, sum: null });
      }
    },
    async close() {
      closed = true;
    },
  };
}
