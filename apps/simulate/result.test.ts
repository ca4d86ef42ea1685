// What a report says of a scenario, computed again here from what the scenario counted.
import { expect, test } from 'vitest';
import { pairedDifference, panelNdcg10, personRows } from '#shared/evaluation/federation.ts';
import { devicesCsv, roundsCsv } from './csv.ts';
import { measuredAfter } from './quality.ts';
import { resultOf } from './result.ts';
import { firstState, runStretch } from './scenario.ts';
import { smallPeople, smallScenario, staged } from './testing/small.ts';

const people = smallPeople();
const scenario = { ...smallScenario, dropout: 0.1, rounds: 2, label: 'a "small", one' };
const stage = await staged(scenario, people);
const state = await runStretch(stage, firstState(stage));
const result = resultOf(scenario, state);

test('[SM60] shares, sums and distributions add up', () => {
  const { classes, participation, epsilon, rounds, missing, presentByHour } = result;
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
  expect(sum(classes.map((row) => row.people))).toBe(60);
  expect(sum(classes.map((row) => row.shareOfPeople))).toBeCloseTo(1, 12);
  expect(sum(classes.map((row) => row.shareOfUpdates))).toBeCloseTo(1, 12);
  expect(rounds.published).toBe(2);
  // Everybody whose update is in a sum knows it, but for those who left between the two.
  const inSums = sum(state.tally.rounds.map(({ cohort }) => cohort));
  expect(participation.updates).toBeLessThanOrEqual(inSums);
  expect(participation.updates).toBeGreaterThan(inSums - 8);
  expect(sum(epsilon.counts)).toBe(60);
  expect(epsilon.max).toBeLessThanOrEqual(8);
  expect(participation.lorenz[0]).toBe(0);
  expect(participation.lorenz.at(-1)).toBe(1);
  expect(participation.lorenz.every((value, at, all) => at === 0 || value >= all[at - 1]!)).toBe(true);
  expect(participation.gini).toBeGreaterThan(0);
  expect(sum(Object.values(missing).flatMap((stages) => Object.values(stages)))).toBeLessThanOrEqual(result.seats);
  expect(presentByHour.filter((value) => value !== null).length).toBeGreaterThan(0);
  expect(result.bytes.upPerUpdate).toBeGreaterThan(1_000);
  expect(result).toMatchObject({ simulated: true, ended: 'rounds', maliciousSeats: 0 });
  expect(() => JSON.stringify(result)).not.toThrow();
});

test('[SM61] quality is what the evaluation measures with the same people and the same model', async () => {
  const { founding, library } = stage;
  const { catalogue } = founding;
  const rowOf = new Map(catalogue.items.map((item, row) => [item.id, row]));
  const panel = Array.from({ length: smallScenario.panel }, (_, person) => {
    const { history, heldOutLikes } = people.tastesOf(person);
    return personRows({ id: '', interactions: history, heldOutLikes }, rowOf);
  });
  const { version, hash } = state.server;
  const { policyHash } = founding.publication;
  const { model, features } = await library.get({ version, hash, policyHash });
  const first = founding.publication.current.model;
  const before = await panelNdcg10(first, features, panel);
  const after = await panelNdcg10(model, features, panel);
  const mean = (values: Float64Array) => values.reduce((total, value) => total + value, 0) / values.length;
  expect(result.facts.panel).toBe(panel.length);
  expect(result.last!.shared.mean).toBeCloseTo(mean(after), 9);
  expect(result.last!.content.mean).toBeCloseTo(mean(before), 9);
  const lift = pairedDifference(before, after);
  expect(result.last!.lift.mean).toBeCloseTo(lift.mean, 9);
  expect(result.facts.shownAtFirst!.mean).not.toBe(result.last!.shown!.mean);
  expect(result.last!.lift.se).toBeCloseTo(lift.standardError, 9);
});

test('[SM62] the CSV files have a row a round and a row a class, and quote what needs it', () => {
  const rounds = roundsCsv([{ label: scenario.label, rounds: state.tally.rounds }])
    .trimEnd()
    .split('\n');
  expect(rounds).toHaveLength(1 + state.tally.rounds.length);
  const head = rounds[0]!.split(',');
  expect(head).toContain('vanished_masked');
  expect(head.slice(0, 5)).toEqual(['simulated', 'scenario', 'label', 'round', 'outcome']);
  expect(rounds[1]).toMatch(/^true,0,"a ""small"", one",1,published,/);
  expect(rounds[1]!.replace('"a ""small"", one"', 'label').split(',')).toHaveLength(head.length);
  const devices = devicesCsv([result]).trimEnd().split('\n');
  expect(devices).toHaveLength(1 + result.classes.length);
  expect(devices[0]).toContain('share_of_updates');
});

test('[SM63] lists as pages show them are looked at now and then, and after the last round', () => {
  const at = (published: number, shownEvery: number) =>
    measuredAfter(published, { rounds: 25, measureEvery: 4, shownEvery });
  expect(at(4, 10)).toEqual({ scores: true, shown: false });
  expect(at(10, 10)).toEqual({ scores: true, shown: true });
  expect(at(11, 10)).toEqual({ scores: false, shown: false });
  expect(at(25, 10)).toEqual({ scores: true, shown: true });
  expect(at(25, 0)).toEqual({ scores: true, shown: false });
});
