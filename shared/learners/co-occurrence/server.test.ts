// What `co-occurrence` publishes: [CS1] its ridge goes by different people, in whatever place of an epoch and whatever began again; [CS2] another order of
// the catalogue changes no taste, and [CS3] none that does not stand out yet is forgotten by it, [CS4] nor by phases to which nobody came.
import { expect, test } from 'vitest';
import { computeFeatures } from '../../catalogue/features.ts';
import { policyForCrowd } from '../../model/crowd.ts';
import type { CoOccurrenceModel } from '../../model/model.ts';
import { smallCatalogue, smallItem } from '../../testing/small-model.ts';
import { catalogueChange } from '../carry.ts';
import type { Migration } from '../server.ts';
import { relativeSignal, ridgeOf } from './rules.ts';
import {
  type CoOccurrenceState,
  endCoOccurrencePhase,
  initialCoOccurrence,
  migrateCoOccurrence,
  stepCoOccurrence,
} from './server.ts';

const { items } = smallCatalogue;
const features = computeFeatures(items);
const chosenItems = 12;
const policy = policyForCrowd({
  learner: 'co-occurrence',
  present: 36,
  people: 72,
  items: items.length,
  featureColumns: features.columns,
  chosenItems,
});
const cohort = 24;
const roundsOfPhase = policy.phases[0]!.rounds;

interface Server {
  readonly model: CoOccurrenceModel;
  readonly state: CoOccurrenceState;
}

const first: Server = initialCoOccurrence({
  policy,
  catalogue: smallCatalogue,
  features,
  catalogueHash: 'ab'.repeat(32),
  featuresHash: 'cd'.repeat(32),
  federation: 'ef'.repeat(16),
  dimension: null,
});

/** One more round in which the even and the odd items are liked by different people; the noise hides it where `noiseStd` is large. */
function step({ model, state }: Server, noiseStd: number): Server {
  const { phase } = model.header;
  const { rows, length } = policy.phases[phase]!.layout.parts[0]!;
  const mean = Float64Array.from({ length }, (_, row) => (phase === 0 ? (1 + (row % 5)) / 80 : 0));
  let at = 0;
  for (let i = 0; phase === 1 && i < rows; i++) {
    for (let j = i; j < rows; j++, at++) {
      const isOfOneKind = (model.chosen[i]! - model.chosen[j]!) % 2 === 0;
      mean[at] = ((isOfOneKind ? 1 : -1) * (i === j ? 1 : Math.SQRT2)) / rows;
    }
  }
  return stepCoOccurrence(model, state, { policy, features, mean, noiseStdOfMean: noiseStd, cohort });
}

function after(rounds: number, noiseStd: number, server = first): Server {
  let now = server;
  for (let round = 0; round < rounds; round++) now = step(now, noiseStd);
  return now;
}

function migrated({ model, state }: Server, to: typeof items) {
  const target = { ...smallCatalogue, items: to };
  const migration: Migration = {
    from: { catalogue: smallCatalogue, features },
    to: {
      catalogue: target,
      features: computeFeatures(to),
      catalogueHash: '12'.repeat(32),
      featuresHash: '34'.repeat(32),
    },
    change: catalogueChange(smallCatalogue, target),
  };
  return migrateCoOccurrence(model, state, migration);
}

/** The people by whom a model's ridge goes. */
function peopleBehind({ header }: CoOccurrenceModel, signal: number): number {
  const ridgeOfOne = ridgeOf(relativeSignal(signal, items.length), header.rootLikes, 1);
  return (ridgeOfOne / header.ridge) ** 2;
}

test('[CS1] the ridge goes by the people of an epoch, at its end, at the ends of later ones, and after the catalogue changed', () => {
  const noiseStd = 1e-3;
  const people = roundsOfPhase * cohort;
  expect(roundsOfPhase).toBeGreaterThan(1);
  let server = first;
  for (let epoch = 1; epoch <= 4; epoch++) {
    server = after(2 * roundsOfPhase, noiseStd, server);
    expect(server.model.header).toMatchObject({ epoch: epoch + 1, phase: 0, phaseRounds: 0 });
    // The signal is so large that the rule is at its limit.
    expect(peopleBehind(server.model, 1e6)).toBeCloseTo(people, 6);
  }
  const again = migrated(server, items.toReversed());
  expect(peopleBehind(again.model, 1e6)).toBeCloseTo(people, 6);
  // One of the items is another: the next epoch begins with nothing of the old ones.
  const bare = migrated(
    server,
    items.map((item, row) => (row === server.model.chosen[0] ? smallItem(77) : item)),
  );
  expect(bare.model.header.chosenItems).toBe(0);
  expect(peopleBehind(after(2 * roundsOfPhase, noiseStd, bare).model, 1e6)).toBeCloseTo(people, 6);
});

test('[CS2] the tastes of a reordered catalogue are what they were', () => {
  const { model, state } = after(2 * roundsOfPhase, 1e-3);
  expect(model.header).toMatchObject({ chosenItems, epoch: 2 });
  expect(model.header.tastes).toBeGreaterThan(0);
  const moved = migrated({ model, state }, items.toReversed());
  expect(moved.lost).toBeNull();
  const sizes = ({ header, chosen, tastes }: CoOccurrenceModel, rowOf: (row: number) => number) =>
    new Map(
      Array.from(chosen, (row, place) => {
        const own = tastes.subarray(place * header.tastes, (place + 1) * header.tastes);
        return [rowOf(row), own.reduce((sum, value) => sum + value * value, 0)] as const;
      }),
    );
  const before = sizes(model, (row) => row);
  const now = sizes(moved.model, (row) => items.length - 1 - row);
  expect(now.size).toBe(chosenItems);
  for (const [row, size] of now) expect(size / before.get(row)!).toBeCloseTo(1, 3);
});

test('[CS3] what was liked together is still counted after the catalogue changed, also where nothing of it stands out yet', () => {
  const noiseStd = 3;
  const { model, state } = after(roundsOfPhase + 1, noiseStd);
  expect(model.header).toMatchObject({ chosenItems, phase: 1, phaseRounds: 1, tastes: 0 });
  const moved = migrated({ model, state }, items.toReversed());
  const { precision } = moved.state.triangle;
  expect(precision).toBe(state.triangle.precision);
  // Through the next phase popularity, to where items could be chosen anew.
  const next = after(roundsOfPhase, noiseStd, moved);
  expect(next.model.header).toMatchObject({ phase: 1, phaseRounds: 0 });
  expect(next.state.triangle.precision).toBe(precision);
  expect(next.model.chosen).toEqual(moved.model.chosen);
});

test('[CS4] where nobody came to any phase popularity, nothing is better known, and what was liked together goes on', () => {
  const ended = ({ model, state }: Server) => endCoOccurrencePhase(model, state, policy, features);
  let server = after(roundsOfPhase, 3, ended(first));
  const { precision } = server.state.triangle;
  expect(server.model.header).toMatchObject({ epoch: 2, phase: 0, tastes: 0 });
  expect(precision).toBeGreaterThan(0);
  server = ended(server);
  expect(server.model.header).toMatchObject({ epoch: 2, phase: 1 });
  expect(server.state.triangle.precision).toBe(precision);
  // Now it is known, and the items are chosen by it.
  server = ended(after(roundsOfPhase, 3, ended(server)));
  expect(server.state.triangle.precision).toBe(0);
});
