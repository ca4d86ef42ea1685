// A small scenario for tests: sixty made-up people over a catalogue of forty made-up items, some rounds, in less than a second.
import { testCatalogue } from '../../../server/testing/catalogue.ts';
import { People } from '../people.ts';
import { firstState, runStretch, type ScenarioState, type Stage, setStage } from '../scenario.ts';
import type { Scenario } from '../spec.ts';

export const smallScenario: Scenario = {
  id: 0,
  label: 'small',
  varies: {},
  seed: 1,
  learner: 'reconstruction',
  clients: 60,
  cohort: 28,
  noiseMultiplier: 2,
  epsilon: 8,
  delta: 1e-6,
  cooldownMs: 600_000,
  masked: false,
  rounds: 3,
  days: 5,
  present: 0.6,
  stayMinutes: 60,
  diurnal: 0.8,
  skew: 0,
  churn: 0,
  speedSpread: 100,
  dropout: 0,
  breaksPerHour: 0,
  malicious: 0,
  malice: 'garbage',
  panel: 20,
  measureEvery: 1,
  shownEvery: 1,
  checkpointEvery: 2,
};

export const smallPeople = (): People =>
  new People({ kind: 'world', catalogue: testCatalogue(40), seed: 1, tasteSpread: 1 });

/** Sets a stage and runs to the end. */
export async function played(change: Partial<Scenario> = {}, people = smallPeople()): Promise<ScenarioState> {
  const stage = await staged(change, people);
  return playedOn(stage, firstState(stage));
}

export const staged = (change: Partial<Scenario> = {}, people = smallPeople()): Promise<Stage> =>
  setStage({ ...smallScenario, ...change }, people);

/** Goes on to the end. */
export async function playedOn(stage: Stage, from: ScenarioState): Promise<ScenarioState> {
  let state = from;
  while (state.ended === null) state = await runStretch(stage, state);
  return state;
}
