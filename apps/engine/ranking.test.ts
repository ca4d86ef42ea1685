// Ranking on the device, rules [DR*]: what is never listed, which model ranks, why an item is there, and that a deleted row leaves nothing.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { computeFeatures } from '#shared/catalogue/features.ts';
import { CommunitiesScorer } from '#shared/learners/communities/scorer.ts';
import type { ContentScorer } from '#shared/learners/content/scorer.ts';
import { ReconstructionScorer } from '#shared/learners/reconstruction/scorer.ts';
import { materialise } from '#shared/model/table.ts';
import { rhoOfSession } from '#shared/protocol/policy.ts';
import { defaultTuning, neutralTuning, type Tuning } from '#shared/ranking/tuning.ts';
import { learntFederation } from '#shared/testing/small-model.ts';
import type { Action, HistoryRow } from './api.ts';
import { interactionsOf } from './interactions.ts';
import { rank } from './ranked-list.ts';
import { explain, partsFor, placesTold, placesWithout, reasonsOf } from './reasons.ts';
import { listChange, recommendFrom } from './recommender.ts';
import { scorersOf } from './scorers.ts';
import type { ScoredModel } from './scoring.ts';
import { evaluateFrom } from './self-evaluation.ts';
import { settled, smallCatalogue, TestAggregator, TestProfile } from './testing/aggregator.ts';

const aggregator = new TestAggregator();
const dayMs = 86_400_000;
const ids = smallCatalogue.items.map(({ id }) => id);
const ofGenre = (genre: string) => smallCatalogue.items.filter((item) => item.genres[0] === genre).map(({ id }) => id);

function published(version = 2, embeddings: (value: number) => number = (value) => value): ScoredModel {
  aggregator.publish(version);
  const { model, hash, federation, policy: rules, policyHash } = aggregator;
  if (model.learner !== 'reconstruction') throw new Error(model.learner);
  const features = computeFeatures(smallCatalogue.items);
  const whole = materialise(model, features);
  const table = { ...whole, embeddings: whole.embeddings.map(embeddings) };
  const { learner } = model;
  const { items, epoch, phase } = model.header;
  return {
    info: { version, hash, items, learner, epoch, phase, phaseName: 'train' },
    model,
    features,
    table,
    scorer: new ReconstructionScorer(table),
    catalogue: smallCatalogue,
    rowOf: new Map(ids.map((id, row) => [id, row])),
    policy: federation,
    policyHash,
    terms: { mode: federation.mode, rho: rhoOfSession(federation) },
    rules,
    place: null,
  };
}

const model = published();

/** The same catalogue with a learned model of communities. */
function ofCommunities(): ScoredModel & { readonly scorer: CommunitiesScorer } {
  const { model: learnt, features } = learntFederation('communities');
  if (learnt.learner !== 'communities') throw new TypeError(learnt.learner);
  return { ...model, model: learnt, features, table: null, scorer: new CommunitiesScorer(learnt, features) };
}

const actions = fc.constantFrom<Action>('like', 'like', 'like', 'dislike', 'seen');
const histories: fc.Arbitrary<HistoryRow[]> = fc.uniqueArray(
  fc.record({
    itemId: fc.constantFrom(...ids),
    action: actions,
    at: fc.integer({ min: 0, max: 3000 }).map((day) => day * dayMs),
  }),
  { selector: ({ itemId }) => itemId, maxLength: 20 },
);
const slider = fc.integer({ min: -10, max: 10 }).map((step) => step / 10);
const tunings: fc.Arbitrary<Tuning> = fc.record({
  popularity: slider,
  novelty: slider,
  diversity: slider.map(Math.abs),
  more: fc.subarray(['Comedy', 'Drama']),
  less: fc.subarray(['Horror', 'Western']),
});

function likes(of: readonly string[]): HistoryRow[] {
  return of.map((itemId, index): HistoryRow => ({ itemId, action: 'like', at: index }));
}

describe('the list', () => {
  test('[DR1] under any tuning and either model nothing is listed that was liked, refused or seen, each item once, with a reason of the history', () => {
    fc.assert(
      fc.property(histories, tunings, fc.integer({ min: 1, max: 60 }), (rows, tuning, count) => {
        const list = recommendFrom(model, rows, tuning, count);
        const said = new Map(rows.map(({ itemId, action }) => [itemId, action]));
        expect(list).toHaveLength(Math.min(count, ids.length - rows.length));
        expect(new Set(list.map(({ itemId }) => itemId)).size).toBe(list.length);
        for (const { itemId, reason } of list) {
          expect(said.has(itemId)).toBe(false);
          if ('itemId' in reason) expect(`because-${said.get(reason.itemId)}d`).toContain(reason.kind.slice(0, 12));
        }
      }),
    );
  });

  test('[DR2] a neutral tuning ranks by the score of the model that serves the person', () => {
    fc.assert(
      fc.property(histories, (rows) => {
        fc.pre(rows.some(({ action }) => action === 'like'));
        const { rows: listed, scores } = rank(model, rows, neutralTuning, 60);
        for (let place = 1; place < listed.length; place++) {
          expect(scores[listed[place - 1]!]).toBeGreaterThanOrEqual(scores[listed[place]!]!);
        }
      }),
    );
  });

  test('[DR3] before any like, what the person asks of the list holds too, and the list says that it is not everybody’s', () => {
    const [first] = recommendFrom(model, [], { ...defaultTuning, more: ['Western'] }, 10);
    expect(first).toMatchObject({ source: 'on-device', reason: { kind: 'tuned' } });
    expect(ofGenre('Western')).toContain(first!.itemId);
    expect(recommendFrom(model, [], { ...defaultTuning, diversity: 0.7 }, 3).map(({ source }) => source)).toEqual(
      Array(3).fill('popular'),
    );
  });

  test('[DR4] each model can serve: the one that finds the person’s own likes again', () => {
    // All embeddings turned round: what is like the history comes last.
    const wrong = published(2, (value) => (Math.abs(value) > 0.29 ? value : -value * 3));
    const rows = likes(ofGenre('Comedy').slice(0, 8));
    const listed = (of: ScoredModel) => recommendFrom(of, rows, neutralTuning, 5);
    const [byShared, byContent] = [evaluateFrom(model, rows), evaluateFrom(wrong, rows)];
    expect(listed(wrong)[0]!.source).toBe(byContent.choice!.used === 'content' ? 'on-device' : 'shared');
    expect(listed(model)[0]!.source).toBe(byShared.choice!.used === 'content' ? 'on-device' : 'shared');
    expect(byShared.choice).toMatchObject({ likes: 8 });
  });

  test('[DR5] a model whose numbers cannot be used does not take the list away: public content serves', () => {
    const broken = published(2, () => Number.POSITIVE_INFINITY);
    for (const count of [1, 6]) {
      const rows = likes(ofGenre('Comedy').slice(0, count));
      const list = recommendFrom(broken, rows, defaultTuning, 5);
      expect(list.map(({ source }) => source)).toEqual(Array(5).fill('on-device'));
      const { choice, results } = evaluateFrom(broken, rows);
      expect(choice).toEqual({ used: 'content', why: 'unusable', likes: 0 });
      expect(results?.map(({ ranking }) => ranking) ?? []).toEqual(count < 5 ? [] : ['alone', 'popular']);
    }
  });
});

describe('reasons', () => {
  test('[DR6] the reason is the interaction with the largest part, and all parts together are the whole of what is said', () => {
    fc.assert(
      fc.property(histories, tunings, (rows, tuning) => {
        fc.pre(rows.some(({ action }) => action === 'like'));
        const list = recommendFrom(model, rows, tuning, 3);
        list.forEach(({ itemId, reason, source }, index) => {
          const found = explain(model, rows, tuning, itemId)!;
          expect(found).toMatchObject({ place: index + 1, source });
          expect(found.parts.reduce((sum, { share }) => sum + Math.abs(share), 0)).toBeCloseTo(1, 9);
          if ('itemId' in reason) expect(found.parts[0]!.itemId).toBe(reason.itemId);
          for (let at = 1; at < found.parts.length; at++) {
            expect(found.parts[at - 1]!.share).toBeGreaterThanOrEqual(found.parts[at]!.share);
          }
        });
      }),
      { numRuns: 30 },
    );
    expect(explain(model, likes(['film-3']), defaultTuning, 'film-3')).toBeNull();
    expect(explain(model, [], defaultTuning, 'not-here')).toBeNull();
    expect(explain(model, [], defaultTuning, 'film-3')).toMatchObject({ source: 'popular', parts: [] });
  });

  test('[DR7] where a score is no sum, what an item loses without an interaction is its part', () => {
    const rows = likes([...ofGenre('Comedy').slice(0, 3), ...ofGenre('Western').slice(0, 2)]);
    const content = scorersOf(model).content as ContentScorer;
    const mute = {
      items: ids.length,
      scores: content.scores.bind(content),
      similar: () => [],
      contributions: () => null,
    };
    const target = ids.indexOf(ofGenre('Western')[6]!);
    const parts = partsFor(model, mute, rows, interactionsOf(model, rows))(target);
    expect(parts.map(({ itemId }) => itemId).sort()).toEqual(rows.map(({ itemId }) => itemId).sort());
    expect(ofGenre('Western')).toContain(parts[0]!.itemId);
    expect(parts[0]!.contribution).toBeGreaterThan(0);
  });
});

describe('a row less', () => {
  /** A profile of its own that has just these rows. */
  async function engineWith(rows: readonly HistoryRow[], tuning: Tuning) {
    const aggregatorOfItsOwn = new TestAggregator();
    aggregatorOfItsOwn.publish(2);
    const { engine } = await new TestProfile().open(aggregatorOfItsOwn);
    for (const { itemId, action, at } of rows) await engine.record(itemId, action, at);
    await engine.setTuning(tuning);
    return engine;
  }

  test('[DR8] the list after a deletion, and where items are said to be without a row, are to the last bit those of an engine that never had it', async () => {
    await fc.assert(
      fc.asyncProperty(histories, tunings, fc.nat(), async (rows, tuning, chosen) => {
        fc.pre(rows.length > 1);
        const gone = rows[chosen % rows.length]!;
        const never = await engineWith(
          rows.filter((row) => row !== gone),
          tuning,
        );
        const engine = await engineWith(rows, tuning);
        const list = await engine.recommend(18);
        const expected = await never.recommend(placesTold);
        const places = await engine.placesWithout(
          gone.itemId,
          list.map(({ itemId }) => itemId),
        );
        const placeOf = (itemId: string) => expected.findIndex((other) => other.itemId === itemId) + 1 || null;
        expect(places).toEqual(list.map(({ itemId }) => placeOf(itemId)));

        const change = await engine.recordAndCompare(gone.itemId, null, 18);
        const after = await engine.recommend(18);
        expect(after).toEqual(await never.recommend(18));
        expect(await engine.evaluateSelf()).toEqual(await never.evaluateSelf());
        const idsOf = (some: readonly { readonly itemId: string }[]) => some.map(({ itemId }) => itemId);
        expect(change).toEqual({
          previous: gone,
          left: idsOf(list).filter((id) => !idsOf(after).includes(id)),
          came: idsOf(after).filter((id) => !idsOf(list).includes(id)),
          listed: after.length,
          remaining: rows.length - 1,
        });

        const back = await engine.recordAndCompare(gone.itemId, gone.action, 18, gone.at);
        expect(await engine.recommend(18)).toEqual(list);
        expect(back).toMatchObject({ previous: null, left: change.came, came: change.left, remaining: rows.length });
        await never.close();
        await engine.close();
      }),
      { numRuns: 12 },
    );
  });

  test('[DR9] nothing changes where nothing is deleted', () => {
    const rows = likes(ids.slice(0, 5));
    expect(listChange(model, rows, rows, defaultTuning, 18)).toEqual({ left: [], came: [], listed: 18, remaining: 5 });
    expect(placesWithout(model, rows, defaultTuning, 'not-here', ['film-1', 'not-here'])).toEqual([null, null]);
  });
});

describe('a catalogue that grows', () => {
  test('[DR10] a new item is listed by its features as soon as it is published, for a visitor of one click', async () => {
    const growing = new TestAggregator();
    const profile = new TestProfile();
    const { engine, facts } = await profile.open(growing);
    const western = smallCatalogue.items.find(({ genres }) => genres[0] === 'Western')!;
    await engine.record(western.id, 'like');
    expect((await engine.recommend(1))[0]).toMatchObject({ reason: { kind: 'because-liked', itemId: western.id } });
    const item = { ...western, id: 'new-western', title: 'New Western' };
    const bare = { id: 'bare', title: 'Nothing is known of it', genres: [] };
    growing.publishCatalogue({ ...smallCatalogue, items: [...smallCatalogue.items, item, bare] });
    profile.clock.advance(60_000);
    facts.set({ visible: true });
    await settled();
    const list = await engine.recommend(61);
    expect(list.slice(0, 3).map(({ itemId }) => itemId)).toContain('new-western');
    expect(list.map(({ itemId }) => itemId)).toContain('bare');
    expect((await engine.similar(western.id, 1))[0]!.itemId).toBe('new-western');
    await engine.close();
  });
});

test('[DR11] people with tastes like yours are the reason where their communities like a title a tenth more than everybody does', () => {
  const communities = ofCommunities();
  const { scorer } = communities;
  const kinds = new Set<string>();
  for (const genre of new Set(smallCatalogue.items.map(({ genres }) => genres[0]!))) {
    const history: HistoryRow[] = ofGenre(genre)
      .slice(0, 3)
      .map((itemId, at) => ({ itemId, action: 'like', at: at * dayMs }));
    const interactions = interactionsOf(communities, history);
    const lifts = scorer.lifts(interactions);
    const ranked = { ...rank(communities, history, neutralTuning, 20), scorer, interactions };
    reasonsOf(communities, ranked, history, neutralTuning).forEach(({ kind }, place) => {
      expect(kind === 'community').toBe(lifts[ranked.rows[place]!]! >= 1.1);
      kinds.add(kind);
    });
  }
  expect(kinds.has('community')).toBe(true);
  expect(kinds.size).toBeGreaterThan(1);
});

test('[DR11] parts of a score are a sum where the learner has one; else the newest are left out in turn, and it is said how many', () => {
  const history: HistoryRow[] = ids.slice(0, 15).map((itemId, at) => ({ itemId, action: 'like', at: at * dayMs }));
  const communities = ofCommunities();
  for (const of of [model, communities]) {
    const told = explain(of, history, neutralTuning, ids.at(-1)!)!;
    const { scorer } = rank(of, history, neutralTuning, 20);
    const isSum = scorer!.contributions(interactionsOf(of, history), of.rowOf.get(ids.at(-1)!)!) !== null;
    expect(told.newest).toBe(isSum ? null : 12);
    if (!isSum) expect(told.parts.length).toBeLessThanOrEqual(12);
  }
});
