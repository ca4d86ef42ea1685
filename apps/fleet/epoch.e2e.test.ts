// A whole epoch under each learner over real sockets and masks: 24 people in one process take part once in each phase, what comes out ranks better
// than content alone (never worse), and every model of it can be computed again from its predecessor and the sum, bit for bit [R10].
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Catalogue } from '#shared/catalogue/schema.ts';
import { ndcg, topRows } from '#shared/evaluation/metrics.ts';
import { scorerOf } from '#shared/learners/load.ts';
import { cryptographicRandom, experimentRandom } from '#shared/maths/random.ts';
import { parseFeatures, parseModel } from '#shared/model/file.ts';
import { type LearnerName, learnerNames } from '#shared/model/model.ts';
import { parsePolicy } from '#shared/protocol/policy.ts';
import { recomputeModel } from '../../server/aggregate.ts';
import { type RunningServer, startServer } from '../../server/start.ts';
import { sqliteStore } from '../../server/store/sqlite.ts';
import { patientClock } from '../../server/testing/patient-clock.ts';
import type { HistoryRow } from '../engine/api.ts';
import type { LocalEngine } from '../engine/engine.ts';
import { MemoryCacheStore, MemoryLedgerStore } from '../engine/memory.ts';
import { createSimulatedParticipant } from '../engine/simulated.ts';

const people = 24;
const genres = ['Drama', 'Comedy', 'Crime', 'Western', 'Animation', 'Horror'];
/** Nothing in the catalogue says that nearly all that people like is of this one. */
const loved = 'Western';
const catalogue: Catalogue = {
  name: 'test',
  licence: 'Made for tests.',
  items: Array.from({ length: 60 }, (_, row) => ({
    id: `item-${row}`,
    title: `Title ${row}`,
    year: 1950 + ((row * 7) % 60),
    genres: [genres[row % genres.length]!],
  })),
};
const lovedRows = catalogue.items.flatMap(({ genres: [genre] }, row) => (genre === loved ? [row] : []));

let dataDir: string;
let server: RunningServer;
let engines: LocalEngine[];
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'tacit-epoch-'));
  engines = [];
});
afterEach(async () => {
  await Promise.all(engines.map((engine) => engine.close()));
  await server.close();
  rmSync(dataDir, { recursive: true, force: true });
});

/** Most of what is loved, and one other thing. */
function historyOf(person: number): HistoryRow[] {
  const words = new Uint32Array(lovedRows.length + 1);
  experimentRandom(person + 1).fillUint32(words);
  const liked = lovedRows.filter((_, place) => words[place]! % 4 > 0);
  const other = words.at(-1)! % catalogue.items.length;
  return [...new Set([...liked, other])].map((row, at) => ({ itemId: `item-${row}`, action: 'like', at }));
}

async function get(path: string): Promise<Uint8Array> {
  return new Uint8Array(await (await fetch(`${server.url}${path}`)).arrayBuffer());
}

interface Status {
  readonly model: {
    readonly version: number;
    readonly hash: string;
    readonly epoch: number;
    readonly featuresHash: string;
  };
}

async function status(): Promise<Status> {
  return JSON.parse(new TextDecoder().decode(await get('/v1/status'))) as Status;
}

/** For somebody who has said next to nothing: NDCG@10 of what everybody loves. */
async function newcomer(hash: string, featuresHash: string): Promise<number> {
  const scorer = await scorerOf(
    parseModel(await get(`/v1/models/${hash}`)),
    parseFeatures(await get(`/v1/features/${featuresHash}`)),
  );
  const seen = catalogue.items.findIndex(({ genres: [genre] }) => genre !== loved);
  const scores = scorer.scores({ liked: [], disliked: [], seen: [seen] });
  return ndcg(topRows(scores, [seen], 10), new Set(lovedRows), 10);
}

/** `reconstruction` has no epochs: two rounds of it. */
const isOver = (learner: LearnerName, { model }: Status) =>
  learner === 'reconstruction' ? model.version > 2 : model.epoch > 1;

test.each(learnerNames)(
  '%s',
  async (learner) => {
    server = await startServer(
      {
        catalogue,
        dataDir,
        learner,
        expectedPeople: people,
        // As little noise as two rounds of a budget allow, so that so few can be heard.
        policy: { cooldownMs: 0, minCohort: 20, maxCohort: 28, noiseMultiplier: 1 },
        timings: { quietMs: 300, graceMs: 2_000 },
        logLevel: 'silent',
      },
      { clock: patientClock },
    );
    const policy = parsePolicy(JSON.parse(new TextDecoder().decode(await get('/v1/policy'))));
    const { model: first } = await status();
    const content = await newcomer(first.hash, first.featuresHash);

    const cacheStore = new MemoryCacheStore();
    const ledgers = Array.from({ length: people }, () => new MemoryLedgerStore());
    engines = await Promise.all(
      ledgers.map((ledgerStore, person) =>
        createSimulatedParticipant({
          url: server.url,
          history: historyOf(person),
          random: cryptographicRandom(),
          ledgerStore,
          cacheStore,
        }),
      ),
    );
    let now = await status();
    while (!isOver(learner, now)) {
      await new Promise((next) => setTimeout(next, 50));
      now = await status();
    }
    const { model } = now;
    // Two rounds of 24 are too few for reconstruction, which then stays where it was; federation.test.ts has what a crowd makes of it.
    const gain = (await newcomer(model.hash, model.featuresHash)) - content;
    expect(gain).toBeGreaterThanOrEqual(learner === 'reconstruction' ? 0 : 0.1);
    await Promise.all(engines.map((engine) => engine.close()));
    await server.close();

    const books = await Promise.all(ledgers.map((ledger) => ledger.read()));
    for (const { rows } of books) {
      const charged = rows.filter(({ rho }) => rho > 0);
      // Once in a phase at most, and nobody was needed twice.
      const places = charged.map(({ place }) => JSON.stringify(place));
      if (learner !== 'reconstruction') expect(new Set(places).size).toBe(charged.length);
      expect(charged.length).toBeGreaterThanOrEqual(1);
    }
    const store = await sqliteStore(join(dataDir, 'tacit.db'));
    for (let version = 2; version <= model.version; version++) {
      const record = await store.modelByVersion(version);
      const again = await recomputeModel(store, version);
      expect(again.hash).toBe(record?.hash);
      expect(again.file).toEqual(record?.file);
      expect(again.serverState).toEqual(record?.serverState);
    }
    if (learner !== 'reconstruction') expect(model.version).toBe(1 + policy.phases.length);
    await store.close();
  },
  60_000,
);
