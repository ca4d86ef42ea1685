import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ContentScorer, contentUnits } from '../learners/content/scorer.ts';
import { ReconstructionScorer } from '../learners/reconstruction/scorer.ts';
import type { Interactions } from '../model/model.ts';
import { histories } from '../testing/histories.ts';
import { smallCatalogue, smallModel } from '../testing/small-model.ts';
import { bestRows, excludedRows } from './list.ts';
import { standardised } from './standardised.ts';
import { type Listing, tunedRows } from './tuned.ts';
import { defaultTuning, neutralTuning, type Tuning, tuningFrom } from './tuning.ts';

const { table, features } = smallModel();
const { popularity } = table.model;
const items = smallCatalogue.items.length;
const units = contentUnits(features);
const scorers = [new ReconstructionScorer(table), new ContentScorer(features, popularity)];
const genres = ['Comedy', 'Drama', 'Horror', 'Western'];

const slider = fc.integer({ min: -10, max: 10 }).map((step) => step / 10);
const tunings: fc.Arbitrary<Tuning> = fc.record({
  popularity: slider,
  novelty: slider,
  diversity: slider.map(Math.abs),
  more: fc.subarray(genres.slice(0, 2)),
  less: fc.subarray(genres.slice(2)),
});
const listings = fc
  .tuple(histories(items), fc.constantFrom(...scorers))
  .map(([interactions, scorer]) => listingOf(interactions, scorer.scores(interactions)));

function listingOf(interactions: Interactions, scores: Float64Array): Listing {
  return {
    scores,
    excluded: excludedRows(items, interactions),
    interactions,
    catalogue: smallCatalogue,
    popularity,
    units,
  };
}

describe('the tuned list', () => {
  test('[TU1] a neutral tuning is exactly the list by score', () => {
    fc.assert(
      fc.property(listings, (listing) => {
        expect(tunedRows(listing, neutralTuning, 18)).toEqual(
          bestRows(listing.scores, listing.excluded, 18, popularity),
        );
      }),
    );
  });

  test('[TU2] under any tuning nothing is listed that has a row, and everything else once', () => {
    fc.assert(
      fc.property(listings, tunings, (listing, tuning) => {
        const listed = tunedRows(listing, tuning, items);
        const shown = Array.from(listing.excluded.keys()).filter((row) => listing.excluded[row] === 0);
        expect([...listed].sort((a, b) => a - b)).toEqual(shown);
      }),
    );
  });

  test('[TU3] the first items of a longer list are the shorter list', () => {
    fc.assert(
      fc.property(listings, tunings, fc.integer({ min: 0, max: items }), (listing, tuning, count) => {
        expect(tunedRows(listing, tuning, items).slice(0, count)).toEqual(tunedRows(listing, tuning, count));
      }),
    );
  });

  test('[TU4] a slider that is moved up never lowers what it asks for in the list', () => {
    const asked = ['popularity', 'novelty'] as const;
    const nearest = ({ interactions }: Listing, row: number) =>
      Math.max(...[...interactions.liked, ...interactions.seen].map((other) => units.cosine(row, other)));
    fc.assert(
      fc.property(listings, tunings, slider, slider, fc.constantFrom(...asked), (listing, tuning, a, b, name) => {
        const { interactions } = listing;
        fc.pre(interactions.liked.length + interactions.seen.length > 0);
        const sumOf = (value: number) => {
          const rows = tunedRows(listing, { ...tuning, diversity: 0, [name]: value }, 10);
          return rows.reduce(
            (sum, row) => sum - (name === 'popularity' ? Math.log(popularity[row]!) : nearest(listing, row)),
            0,
          );
        };
        expect(sumOf(Math.max(a, b))).toBeGreaterThanOrEqual(sumOf(Math.min(a, b)) - 1e-9);
      }),
    );
  });

  test('[TU5] a genre that is wanted more has as many places or more, and one that is wanted less no more', () => {
    fc.assert(
      fc.property(listings, tunings, fc.constantFrom(...genres), (listing, tuning, genre) => {
        const without = {
          ...tuning,
          diversity: 0,
          more: tuning.more.filter((name) => name !== genre),
          less: tuning.less.filter((name) => name !== genre),
        };
        const places = (changed: Tuning) =>
          tunedRows(listing, changed, 10).filter((row) => smallCatalogue.items[row]!.genres.includes(genre)).length;
        expect(places({ ...without, more: [...without.more, genre] })).toBeGreaterThanOrEqual(places(without));
        expect(places({ ...without, less: [...without.less, genre] })).toBeLessThanOrEqual(places(without));
      }),
    );
  });

  test('[TU6] diversity picks by maximal marginal relevance', () => {
    fc.assert(
      fc.property(listings, fc.integer({ min: 1, max: 10 }), (listing, strength) => {
        const diversity = strength / 10;
        const z = standardised(listing.scores, listing.excluded);
        const listed = tunedRows(listing, { ...neutralTuning, diversity }, items);
        listed.forEach((row, place) => {
          const value = (other: number) =>
            z[other]! -
            3 * diversity * Math.max(0, ...listed.slice(0, place).map((before) => units.cosine(before, other)));
          for (const later of listed.slice(place + 1)) expect(value(row)).toBeGreaterThanOrEqual(value(later) - 1e-9);
        });
      }),
      { numRuns: 30 },
    );
  });

  test('[TU7] items that nothing is known of are listed, tuned or not', () => {
    const bare = { items: Array.from({ length: 6 }, (_, row) => ({ id: `bare-${row}`, title: 'Bare', genres: [] })) };
    const made = smallModel(6, undefined, bare);
    const interactions = { liked: [1], disliked: [], seen: [] };
    const listing = {
      scores: new ReconstructionScorer(made.table).scores(interactions),
      excluded: excludedRows(6, interactions),
      interactions,
      catalogue: bare,
      popularity: made.model.popularity,
      units: contentUnits(made.features),
    };
    for (const tuning of [neutralTuning, defaultTuning, { ...defaultTuning, novelty: 1, popularity: -1 }]) {
      expect(tunedRows(listing, tuning, 6)).toEqual([0, 2, 3, 4, 5]);
    }
  });
});

describe('a tuning from outside', () => {
  test('[TU8] is taken as it is, or not at all', () => {
    fc.assert(
      fc.property(tunings, (tuning) => {
        expect(tuningFrom({ ...tuning, unknown: 1 })).toEqual(tuning);
      }),
    );
    const wrong: readonly unknown[] = [
      null,
      7,
      {},
      { ...neutralTuning, popularity: 1.1 },
      { ...neutralTuning, novelty: Number.NaN },
      { ...neutralTuning, diversity: -0.1 },
      { ...neutralTuning, diversity: '0' },
      { ...neutralTuning, more: 'Comedy' },
      { ...neutralTuning, more: [''] },
      { ...neutralTuning, less: ['x'.repeat(65)] },
      { ...neutralTuning, more: ['Comedy'], less: ['Comedy'] },
      { ...neutralTuning, more: ['Comedy', 'Comedy'] },
      { ...neutralTuning, more: Array.from({ length: 2001 }, (_, index) => `genre ${index}`) },
    ];
    for (const value of wrong) expect(tuningFrom(value), JSON.stringify(value)).toBeNull();
  });
});
