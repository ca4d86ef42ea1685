// A small catalogue and model for tests: 40 made-up items of four genres, three directors and three decades.

import { computeFeatures } from '../catalogue/features.ts';
import type { Catalogue, CatalogueItem } from '../catalogue/schema.ts';
import { initialLearned, type Learned, stepLearned } from '../learners/server.ts';
import { policyForCrowd } from '../model/crowd.ts';
import type { Features, ItemTable, Layout, LearnerName, ReconstructionModel } from '../model/model.ts';
import { initialModel, type ServerState } from '../model/server-step.ts';
import { materialise } from '../model/table.ts';
import type { Policy } from '../protocol/policy.ts';

const genres = ['Comedy', 'Drama', 'Horror', 'Western'];

export function smallItem(index: number): CatalogueItem {
  return {
    id: `item-${index}`,
    title: `Item ${index}`,
    year: 1990 + (index % 30),
    genres: index % 3 === 0 ? [genres[index % 4]!, genres[(index + 1) % 4]!] : [genres[index % 4]!],
    directors: [`Director ${index % 3}`],
    countries: [index % 2 === 0 ? 'FR' : 'US'],
    prominence: 1 + (index % 5),
  };
}

export const smallCatalogue: Catalogue = {
  name: 'small',
  licence: 'Made up.',
  items: Array.from({ length: 40 }, (_, index) => smallItem(index)),
};

export interface SmallModel {
  readonly model: ReconstructionModel;
  readonly state: ServerState;
  readonly features: Features;
  readonly table: ItemTable;
}

/** The content model of the small catalogue. */
export function smallModel(
  dimension = 6,
  layout?: Layout,
  catalogue: Pick<Catalogue, 'items'> = smallCatalogue,
): SmallModel {
  const features = computeFeatures(catalogue.items);
  const { model, state } = initialModel(catalogue, features, 'ab'.repeat(32), 'cd'.repeat(32), {
    dimension,
    ...(layout ? { layout } : {}),
  });
  return { model, state, features, table: materialise(model, features) };
}

/** All parts at once, for the small catalogue at dimension 6. */
export function everyPartLayout(features: Features, dimension = 6, offsetRows = 5): Layout {
  const gram = (dimension * (dimension + 1)) / 2;
  const parts = [
    { name: 'projection', rows: features.columns, length: features.columns * dimension, clippingBoundL2: 0.8 },
    { name: 'offsets', rows: offsetRows, length: offsetRows * dimension, clippingBoundL2: 0.8 },
    { name: 'gram', rows: dimension, length: gram, clippingBoundL2: 0.4 },
    { name: 'popularity', rows: 4, length: 4, clippingBoundL2: 0.4 },
  ] as const;
  return { parts, length: parts.reduce((sum, part) => sum + part.length, 0) };
}

export interface SmallFederation extends Learned {
  readonly policy: Policy;
  readonly features: Features;
}

/** The first model of a learner over the small catalogue, and the policy of its crowd. */
export function smallFederation(
  learner: LearnerName,
  people = 60,
  catalogue: Pick<Catalogue, 'items'> = smallCatalogue,
): SmallFederation {
  const features = computeFeatures(catalogue.items);
  const policy = policyForCrowd({
    learner,
    present: 36,
    people,
    items: features.items,
    featureColumns: features.columns,
    dimension: 6,
  });
  const learned = initialLearned({
    policy,
    catalogue,
    features,
    catalogueHash: 'ab'.repeat(32),
    featuresHash: 'cd'.repeat(32),
    federation: 'ef'.repeat(16),
    dimension: 6,
  });
  return { ...learned, policy, features };
}

/** The same after an epoch in which everybody's mean was a made-up one of large signal: with whatever the learner chooses and learns. */
export function learntFederation(
  learner: LearnerName,
  catalogue: Pick<Catalogue, 'items'> = smallCatalogue,
): SmallFederation {
  let federation = smallFederation(learner, 60, catalogue);
  for (let turn = 0; federation.model.header.epoch === 1 && turn < mostTurns; turn++) {
    const { policy, features, model } = federation;
    const length = policy.phases[model.header.phase]!.layout.length;
    // Two kinds of people: every third number stands out.
    const mean = Float64Array.from({ length }, (_, at) => (at % 3 === 0 ? 0.2 : 0.02) / Math.sqrt(1 + at / 7));
    const round = { policy, features, mean, noiseStdOfMean: 1e-4, cohort: 24 };
    federation = { ...federation, ...stepLearned(federation, round) };
  }
  return federation;
}

/** A phase without end never begins another epoch. */
const mostTurns = 20;
