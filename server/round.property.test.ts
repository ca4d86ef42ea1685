// Whatever comes, in whatever order: no round is stuck, none publishes below the minimum, nobody is counted twice.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { TimerName } from './round.ts';
import { configBytes, modelHash, RoundPlay, type testRules, token } from './testing/round-play.ts';

const rules: typeof testRules = {
  minCohort: 3,
  maxCohort: 5,
  gatherTarget: 4,
  maxWaiting: 8,
  quietMs: 1,
  graceMs: 1,
  configMs: 1,
  collectMs: 1,
  aggregateMs: 1,
  publishMs: 1,
};

type Move =
  | { readonly kind: 'join' | 'leave' | 'closed' | 'upload' | 'resume'; readonly who: number }
  | { readonly kind: 'replay' | 'timer'; readonly who: number }
  | { readonly kind: 'work' | 'fail' | 'stop' | 'go' | 'settle' | 'crowd' | 'answers' };

const who = fc.nat({ max: 11 });
const move: fc.Arbitrary<Move> = fc.oneof(
  { weight: 8, arbitrary: fc.record({ kind: fc.constantFrom('join' as const, 'upload' as const), who }) },
  {
    weight: 5,
    arbitrary: fc.record({ kind: fc.constantFrom('leave' as const, 'closed' as const, 'resume' as const), who }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constantFrom('replay' as const, 'timer' as const), who }) },
  { weight: 6, arbitrary: fc.record({ kind: fc.constantFrom('work' as const, 'settle' as const) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constantFrom('crowd' as const, 'answers' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom('fail' as const, 'stop' as const, 'go' as const) }) },
);

/** The world around the reducer: sockets that come and go, a server that works, timers that fire. */
class World {
  readonly play = new RoundPlay(rules);
  readonly #tokens = new Map<number, string>();
  #joins = 0;

  step(now: Move): void {
    const { play } = this;
    switch (now.kind) {
      case 'join': {
        this.#joins += 1;
        const fresh = token(`t${this.#joins}`);
        play.join(`c${now.who}`, { resume: fresh, simulated: now.who % 2 === 0 });
        this.#tokens.set(now.who, fresh);
        break;
      }
      case 'leave':
      case 'closed':
        play.send({ kind: now.kind, client: `c${now.who}` });
        break;
      case 'upload':
        play.upload(`c${now.who}`);
        break;
      case 'resume':
        // From the same socket, or from another one: both happen.
        play.send({
          kind: 'resume',
          client: now.who % 3 === 0 ? `c${(now.who + 1) % 12}` : `c${now.who}`,
          roundId: play.roundId,
          resume: this.#tokens.get(now.who) ?? token('none'),
        });
        break;
      case 'replay':
        play.send({ kind: 'upload', client: `c${now.who}`, roundId: play.state.last?.id ?? 'none' });
        break;
      case 'timer': {
        const names = [...play.timers.keys()];
        const name = names[now.who % Math.max(1, names.length)];
        if (name !== undefined) this.fire(name);
        break;
      }
      case 'work':
        if (play.stage === 'config') play.send({ kind: 'configured', roundId: play.roundId, config: configBytes });
        else if (play.stage === 'aggregate') play.send({ kind: 'aggregated', roundId: play.roundId });
        else if (play.stage === 'publish') this.#publish();
        break;
      case 'crowd':
        for (let i = 0; i < 5; i += 1) this.step({ kind: 'join', who: i });
        break;
      case 'answers':
        for (let i = 0; i < 12; i += 1) this.step({ kind: 'upload', who: i });
        break;
      case 'fail':
        play.send({ kind: 'failed', roundId: play.roundId });
        break;
      case 'stop':
      case 'go':
        play.send({ kind: now.kind });
        break;
      case 'settle':
        if (play.timers.has('quiet')) this.fire('quiet');
        break;
      default:
        now satisfies never;
    }
    this.#check();
  }

  fire(name: TimerName): void {
    this.play.fire(name);
    this.#check();
  }

  /** Fires every timer, the earliest set first, until none is left. */
  runOut(): number {
    let fired = 0;
    for (;;) {
      const [name] = this.play.timers.keys();
      if (name === undefined || fired > 200) return fired;
      this.fire(name);
      fired += 1;
    }
  }

  #publish(): void {
    const { play } = this;
    const version = play.state.current.version + 1;
    play.send({ kind: 'published', roundId: play.roundId, version, modelHash: modelHash(version) });
  }

  #check(): void {
    const { round, waiting } = this.play.state;
    // [R6] every stage but gathering has its deadline, and gathering at the target has its quiet timer.
    if (round.stage !== 'gather') expect(this.play.timers.has('stage')).toBe(true);
    else if (waiting.length >= rules.gatherTarget) expect(this.play.timers.has('quiet')).toBe(true);
    expect(waiting.length).toBeLessThanOrEqual(rules.maxWaiting);
    const clients = waiting.map(({ client }) => client);
    expect(new Set(clients).size).toBe(clients.length);
    // [R7] counted once: as many uploads in the sum as members who uploaded.
    if (round.stage === 'collect' || round.stage === 'aggregate' || round.stage === 'publish') {
      expect(round.members.length).toBeLessThanOrEqual(rules.maxCohort);
      expect(this.play.sum.length).toBe(round.members.filter((member) => member.answer === 'uploaded').length);
      for (const member of round.members) {
        if (member.client !== null && member.answer === 'pending')
          expect(this.play.timers.has(`grace:${member.seat}`)).toBe(false);
        if (member.client === null && member.answer === 'pending')
          expect(this.play.timers.has(`grace:${member.seat}`)).toBe(true);
      }
    }
    // [R6] nothing is published below the minimum.
    for (const { cohort } of this.play.published) expect(cohort).toBeGreaterThanOrEqual(rules.minCohort);
    for (const { roundId } of this.play.aborted) {
      expect(this.play.aborted.filter((other) => other.roundId === roundId)).toHaveLength(1);
    }
  }
}

test('[R1][R6][R7] over random sequences of events', () => {
  fc.assert(
    fc.property(fc.array(move, { maxLength: 120 }), (moves) => {
      const world = new World();
      for (const now of moves) world.step(now);
      // Never stuck: when all deadlines have passed, it gathers.
      expect(world.runOut()).toBeLessThan(200);
      expect(world.play.stage).toBe('gather');
    }),
    { numRuns: 400 },
  );
});

test('[R1] the reducer changes nothing in place', () => {
  fc.assert(
    fc.property(fc.array(move, { maxLength: 60 }), (moves) => {
      const world = new World();
      for (const now of moves) {
        const before = world.play.state;
        const copy = structuredClone(before);
        world.step(now);
        expect(before).toEqual(copy);
      }
    }),
    { numRuns: 100 },
  );
});

test('rounds do publish in such sequences', () => {
  let published = 0;
  fc.assert(
    fc.property(fc.array(move, { minLength: 100, maxLength: 120 }), (moves) => {
      const world = new World();
      for (const now of moves) world.step(now);
      published += world.play.published.length;
    }),
    { numRuns: 100, seed: 42 },
  );
  expect(published).toBeGreaterThan(10);
});
