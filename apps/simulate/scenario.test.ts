// Scenarios from end to end: the same every time, with masks and without, in one go or from checkpoint to checkpoint; and people who behave as
// they were told to.
import { AsyncLocalStorage, createHook } from 'node:async_hooks';
import { expect, test } from 'vitest';
import { epsilonOfRho } from '#shared/privacy/accountant.ts';
import { deviceOf, habitsOf, maliceOf } from './crowd.ts';
import { speedClassBounds } from './device.ts';
import { hourMs } from './habits.ts';
import { beginningMs, epsilonSpent, firstState, runStretch, type ScenarioState } from './scenario.ts';
import { played, playedOn, smallPeople, smallScenario, staged } from './testing/small.ts';

const people = smallPeople();
const published = ({ tally }: ScenarioState) => tally.rounds.filter(({ outcome }) => outcome === 'published');
const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

const stage = await staged({}, people);
const firstCheckpoint = await runStretch(stage, firstState(stage));
const plain = await playedOn(stage, firstCheckpoint);

test('[SM3] [SM4] the same seed gives the same bytes, in one go or from a checkpoint, with nothing else left of the first time', async () => {
  expect(firstCheckpoint.ended).toBeNull();
  expect(plain.ended).toBe('rounds');
  expect(published(plain)).toHaveLength(3);
  const again = await staged();
  const checkpoint = await runStretch(again, firstState(again));
  expect(JSON.stringify(checkpoint)).toBe(JSON.stringify(firstCheckpoint));
  const resumed = await playedOn(await staged(), JSON.parse(JSON.stringify(checkpoint)) as ScenarioState);
  expect(JSON.stringify(resumed)).toBe(JSON.stringify(plain));
});

test('[SM3] another seed gives something else', async () => {
  const other = await played({ seed: 2, rounds: 1 }, people);
  expect(other.digest).not.toEqual(firstCheckpoint.digest);
  expect(published(other)[0]?.id).not.toBe(published(plain)[0]?.id);
});

test('[SM2] [SM5] masks change nothing but their cost: the same models bit for bit; and nothing is under way that is not counted', async () => {
  const change = { rounds: 1, dropout: 0.05, breaksPerHour: 6 };
  const inside = new AsyncLocalStorage<true>();
  let types = new Map<string, number>();
  const hook = createHook({
    init(_id, type) {
      if (inside.getStore() !== true) return;
      // The one timer that Node sets by itself: it forgets the date of the header `Date`, whose length is always the same.
      const isOfDate = type === 'Timeout' && /node:internal\/http/.test(new Error('made here').stack ?? '');
      if (!isOfDate) types.set(type, (types.get(type) ?? 0) + 1);
    },
  });
  const withMasks = await staged({ ...change, masked: true }, people);
  const seen: Map<string, number>[] = [];
  hook.enable();
  const masked = await inside.run(true, () =>
    runStretch(withMasks, firstState(withMasks), () => {
      seen.push(types);
      types = new Map();
    }),
  );
  hook.disable();
  // Between the first word (time begins) and the last (the service closes): promises and ticks, which are through before an immediate; the
  // immediates of the clock; and work on other threads, which is counted.
  const known = ['PROMISE', 'TickObject', 'Microtask', 'Immediate', 'AsyncResource'];
  const counted = ['SecretKeyGenerateJob', 'DERIVEBITSREQUEST', 'CIPHERREQUEST', 'ZLIB', 'LightMyRequest'];
  const during = seen.slice(1).flatMap((part) => [...part.keys()]);
  expect(during.filter((type) => !known.includes(type) && !counted.includes(type))).toEqual([]);
  expect(sum(seen.slice(1).map((part) => part.get('DERIVEBITSREQUEST') ?? 0))).toBeGreaterThan(500);

  expect(masked.ended).toBe('rounds');
  expect(await played({ ...change, masked: false }, people)).toEqual(masked);
});

test('[SM6] slow devices finish later, by about as much as they are slower', () => {
  const perSeat = plain.tally.classes.map(({ busyMs, seats }) => busyMs / seats);
  const ready = plain.tally.classes.map(({ readyMs, seats }) => readyMs / seats);
  expect(perSeat[5]! / perSeat[0]!).toBeGreaterThan(10);
  expect(ready[5]).toBeGreaterThan(ready[0]!);
  const slowness = Array.from({ length: 200 }, (_, person) => deviceOf(smallScenario, person).slowness);
  expect(Math.min(...slowness)).toBeGreaterThanOrEqual(1);
  expect(Math.max(...slowness)).toBeLessThanOrEqual(100);
  expect(Math.max(...slowness) / Math.min(...slowness)).toBeGreaterThan(50);
  expect(deviceOf({ ...smallScenario, speedSpread: 1 }, 3)).toMatchObject({ slowness: 1 });
  expect(speedClassBounds(0, 100)[0]).toBe(1);
  expect(speedClassBounds(5, 100)[1]).toBeCloseTo(100, 9);
});

test('[SM7] [SM8] [SM9] devices vanish, people come by the hour, and who leaves is followed by somebody with a new ledger', async () => {
  const change = {
    dropout: 0.3,
    churn: 4,
    days: 0.36,
    measureEvery: 1_000,
    checkpointEvery: 1_000,
    rounds: 1_000,
    stayMinutes: 30,
    diurnal: 1,
    cooldownMs: hourMs,
  };
  const state = await played(change, people);
  expect(state.ended).toBe('days');
  const { rounds, presentMsByHour, observedMsByHour } = state.tally;
  const vanished = rounds.map(({ missing }) => sum(Object.values(missing.vanished)));
  const seats = sum(rounds.map(({ seated }) => seated));
  // Of those whom the draw took some left the round, or the round them, before.
  expect(sum(vanished) / seats).toBeGreaterThan(0.1);
  expect(sum(vanished) / seats).toBeLessThan(0.4);
  expect(rounds.some(({ outcome, code }) => outcome === 'aborted' && code === 'too-few')).toBe(true);
  expect(sum(plain.tally.rounds.flatMap(({ missing }) => Object.values(missing.vanished)))).toBe(0);

  const presence = (hour: number) => presentMsByHour[hour]! / observedMsByHour[hour]!;
  expect(presence(20) / presence(13)).toBeGreaterThan(1.2);
  expect(observedMsByHour[8]).toBe(0);

  const newcomers = state.people.slice(smallScenario.clients);
  expect(newcomers.length).toBeGreaterThan(20);
  expect(state.people.filter(({ isGone }) => isGone).length).toBeGreaterThanOrEqual(newcomers.length);
  for (const { ledger, joinedMs } of newcomers) {
    expect(joinedMs).toBeGreaterThan(beginningMs);
    expect(ledger.since ?? joinedMs).toBeGreaterThanOrEqual(joinedMs);
  }
  expect(newcomers.some(({ counted, ledger }) => counted > 0 && ledger.rhoSpent > 0)).toBe(true);
});

test('[SM10] nobody spends more than the ledger allows, also where rounds would go on', async () => {
  const change = { epsilon: 4, rounds: 1_000, cooldownMs: 0, clients: 32, present: 0.95, checkpointEvery: 100 };
  const state = await played(change, people);
  expect(state.ended).toBe('budgets');
  expect(Math.max(...state.people.map((person) => epsilonSpent(person, 1e-6)))).toBeLessThanOrEqual(4);
  expect(state.facts.sessionsAllowed).toBe(2);
  const charged = state.people.map(({ ledger }) => ledger.rows.filter(({ rho }) => rho > 0).length);
  expect(Math.max(...charged)).toBe(2);
});

test.each(['co-occurrence', 'communities'] as const)(
  '[SM12] an epoch of %s: each device once in each phase, and a session is what the flag bought',
  async (learner) => {
    const state = await played({ learner, rounds: 4, cooldownMs: 0, clients: 60 }, people);
    expect(state.ended).toBe('rounds');
    expect(state.facts).toMatchObject({ phases: learner === 'co-occurrence' ? 2 : 4, roundsOfPhase: 2 });
    for (const { ledger } of state.people) {
      const places = ledger.rows.filter(({ rho }) => rho > 0).map(({ place }) => JSON.stringify(place));
      expect(new Set(places).size).toBe(places.length);
    }
    expect(state.facts.epsilonPerSession).toBeCloseTo(epsilonOfRho(1 / 8, 1e-6), 3);
  },
);

test('[SM11] with skew, people of one taste share their hours', () => {
  // Mean resultant length of the hours of a taste, between 0 (any hour) and 1 (one hour), against everybody's.
  const resultant = (angles: readonly number[]) =>
    Math.hypot(sum(angles.map(Math.cos)), sum(angles.map(Math.sin))) / angles.length;
  const spread = (skew: number): number => {
    const byPlace = new Map<number, number[]>();
    for (let person = 0; person < 300; person += 1) {
      const place = people.tastePlace(person);
      const { busiestHour } = habitsOf({ ...smallScenario, skew }, people, person);
      byPlace.set(place, [...(byPlace.get(place) ?? []), (2 * Math.PI * busiestHour) / 24]);
    }
    const within = [...byPlace.values()].filter(({ length }) => length > 9).map(resultant);
    return sum(within) / within.length / resultant([...byPlace.values()].flat());
  };
  expect(spread(0)).toBeLessThan(1.1);
  expect(spread(1)).toBeGreaterThan(1.4);
});

test('[SM12] some mean harm: a share of the people, and more of them are others beside the same', () => {
  const of = (malicious: number) =>
    Array.from({ length: 1_000 }, (_, person) => maliceOf({ ...smallScenario, malicious }, person) !== null);
  expect(of(0).some(Boolean)).toBe(false);
  const [few, many] = [of(0.1), of(0.3)];
  expect(few.filter(Boolean).length).toBeGreaterThan(60);
  expect(few.filter(Boolean).length).toBeLessThan(140);
  expect(few.every((isMalicious, person) => !isMalicious || many[person])).toBe(true);
});

test('[SM13] garbage ruins the model, silence costs a round its time, and shares that nobody can open cost everybody the round', async () => {
  const garbage = await played({ rounds: 2, malicious: 0.1, malice: 'garbage' }, people);
  const silent = await played({ rounds: 1, malicious: 0.06, malice: 'silent' }, people);
  const attacked = await staged({ malicious: 0.15, malice: 'wrong-shares', masked: true, checkpointEvery: 1 }, people);
  const shares = await runStretch(attacked, firstState(attacked));
  const quality = (state: ScenarioState) => published(state)[1]?.quality?.shared.mean ?? Number.NaN;
  expect(published(garbage)[1]?.malicious).toBeGreaterThan(0);
  expect(quality(garbage)).toBeLessThan(quality(plain));
  // The page takes content where the crowd's model serves a person worse.
  const ruined = published(garbage)[1]!.quality!;
  expect(ruined.shown?.mean).toBeGreaterThan(ruined.shared.mean);
  const late = ({ tally }: ScenarioState) => sum(tally.rounds.map(({ missing }) => missing.late.advertise));
  expect(late(silent)).toBeGreaterThan(0);
  expect(late(plain)).toBe(0);
  // Found when everybody has paid: nobody is blamed, and nothing is learned.
  expect(shares.tally.rounds[0]).toMatchObject({ outcome: 'aborted', code: 'too-few-shares' });
  expect(shares.tally.rounds[0]?.malicious).toBeGreaterThan(0);
  expect(shares.people.filter(({ ledger }) => ledger.rhoSpent > 0).length).toBeGreaterThan(20);
});
