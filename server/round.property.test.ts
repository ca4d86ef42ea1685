// Whatever comes, in whatever order: no round is stuck, none publishes below the minimum, nobody is counted twice or told two outcomes.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { RoundRules, TimerName } from './round.ts';
import type { AnswerStage } from './round-machine.ts';
import { localStages, maskedStages } from './testing/model-machine.ts';
import { modelHash, RoundPlay, testRules, token } from './testing/round-play.ts';

const rules: RoundRules = {
  minCohort: 3,
  maxCohort: 5,
  gatherTarget: 4,
  maxWaiting: 8,
  quietMs: 1,
  graceMs: 1,
  configMs: 1,
  answerMs: { advertise: 1, shares: 1, masked: 1, confirm: 1, unmask: 1, collect: 1 },
  aggregateMs: 1,
  publishMs: 1,
};
const people = 12;

type Move =
  | { readonly kind: 'join' | 'leave' | 'closed' | 'answer' | 'resume' | 'replay' | 'timer'; readonly who: number }
  /** Something that is not for now, or not for this mode. */
  | { readonly kind: 'stray'; readonly who: number; readonly stage: AnswerStage }
  /** A step that no event asked for. */
  | { readonly kind: 'odd'; readonly who: number; readonly code: string; readonly isOver: boolean }
  | { readonly kind: 'step' | 'work' | 'fail' | 'replace' | 'stop' | 'go' | 'settle' | 'crowd' | 'answers' };

const who = fc.nat({ max: people - 1 });
const move: fc.Arbitrary<Move> = fc.oneof(
  { weight: 8, arbitrary: fc.record({ kind: fc.constantFrom('join' as const, 'answer' as const), who }) },
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constantFrom('leave' as const, 'closed' as const, 'resume' as const), who }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constantFrom('replay' as const, 'timer' as const), who }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('stray' as const),
      who,
      stage: fc.constantFrom(...maskedStages, ...localStages),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('odd' as const),
      who: fc.nat({ max: 6 }),
      code: fc.constantFrom('bad-key', 'duplicate', 'late', 'no-such-code'),
      isOver: fc.boolean(),
    }),
  },
  { weight: 8, arbitrary: fc.record({ kind: fc.constantFrom('step' as const, 'work' as const, 'settle' as const) }) },
  { weight: 6, arbitrary: fc.record({ kind: fc.constantFrom('crowd' as const, 'answers' as const) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constantFrom('fail' as const, 'replace' as const, 'stop' as const, 'go' as const),
    }),
  },
);
/** Where most of what happens is what should. */
const calmMove: fc.Arbitrary<Move> = fc.oneof(
  { weight: 1, arbitrary: move },
  { weight: 9, arbitrary: fc.record({ kind: fc.constantFrom('crowd', 'settle', 'work', 'step', 'answers') }) },
) as fc.Arbitrary<Move>;
const mode = fc.constantFrom(1 as const, 4 as const);

/** The world around the reducer: sockets that come and go, a machine that takes its time, a server that works, timers that fire. */
class World {
  readonly play: RoundPlay;
  /** By round: what anybody was told of its end. */
  readonly #outcomes = new Map<string, string>();

  constructor(mode: 1 | 4) {
    this.play = new RoundPlay(rules, mode);
    this.play.isEager = false;
  }

  step(now: Move): void {
    const { play } = this;
    switch (now.kind) {
      case 'join':
        play.join(`c${now.who}`, { simulated: now.who % 2 === 0 });
        break;
      case 'leave':
      case 'closed':
        play.send({ kind: now.kind, client: `c${now.who}` });
        break;
      case 'answer':
        if (this.#answerStage !== null) play.say(this.#answerStage, `c${now.who}`);
        break;
      case 'stray':
        play.say(now.stage, `c${now.who}`);
        break;
      case 'resume':
        // To the open round or the last one, from the same socket or from another one: all of it happens.
        for (const roundId of [play.roundId, play.state.last?.id ?? 'none']) {
          play.send({
            kind: 'resume',
            client: now.who % 3 === 0 ? `c${(now.who + 1) % people}` : `c${now.who}`,
            roundId,
            resume: token(`c${now.who}`),
          });
        }
        break;
      case 'replay':
        play.say('masked', `c${now.who}`, play.state.last?.id ?? 'none');
        break;
      case 'timer': {
        const names = [...play.timers.keys()];
        const name = names[now.who % Math.max(1, names.length)];
        if (name !== undefined) this.fire(name);
        break;
      }
      case 'odd':
        if (this.#answerStage !== null) {
          const { who: seat, code, isOver } = now;
          play.send({
            kind: 'stepped',
            roundId: play.roundId,
            stage: this.#answerStage,
            send: [{ seat, kind: 'roster', bytes: new Uint8Array(2) }],
            refused: [{ seat, code, message: code }],
            out: [seat],
            answered: 0,
            asked: 0,
            outcome: isOver ? { kind: 'aborted', code: 'bad-shares' } : null,
          });
        }
        break;
      case 'step':
        play.work();
        break;
      case 'work':
        if (play.stage === 'config') play.send({ kind: 'configured', roundId: play.roundId });
        else if (play.stage === 'aggregate') play.send({ kind: 'aggregated', roundId: play.roundId });
        else if (play.stage === 'publish') this.#publish();
        break;
      case 'crowd':
        for (let i = 0; i < 5; i += 1) this.step({ kind: 'join', who: i });
        break;
      case 'answers':
        for (let i = 0; i < people; i += 1) this.step({ kind: 'answer', who: i });
        while (play.pending.length > 0) this.step({ kind: 'step' });
        break;
      case 'fail':
        play.send({ kind: 'failed', roundId: play.roundId });
        break;
      case 'replace': {
        const version = play.state.current.version + 1;
        play.send({ kind: 'replaced', version, modelHash: modelHash(version), answerMs: testRules.answerMs });
        break;
      }
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

  /** Fires every timer, the earliest set first, until none is left. The machine says nothing more. */
  runOut(): number {
    let fired = 0;
    for (;;) {
      const [name] = this.play.timers.keys();
      if (name === undefined || fired > 200) return fired;
      this.fire(name);
      fired += 1;
    }
  }

  get #answerStage(): AnswerStage | null {
    const { round } = this.play.state;
    return 'answered' in round ? round.stage : null;
  }

  #publish(): void {
    const { play } = this;
    const version = play.state.current.version + 1;
    play.send({
      kind: 'published',
      roundId: play.roundId,
      version,
      modelHash: modelHash(version),
      answerMs: testRules.answerMs,
    });
  }

  #check(): void {
    const { play } = this;
    const { round, waiting } = play.state;
    // [R6] every stage but gathering has its deadline, and gathering at the target has its quiet timer.
    if (round.stage !== 'gather') expect(play.timers.has('stage')).toBe(true);
    else if (waiting.length >= rules.gatherTarget) expect(play.timers.has('quiet')).toBe(true);
    expect(waiting.length).toBeLessThanOrEqual(rules.maxWaiting);
    const clients = waiting.map(({ client }) => client);
    expect(new Set(clients).size).toBe(clients.length);
    if (round.stage !== 'gather') {
      expect(round.members.length).toBeLessThanOrEqual(rules.maxCohort);
      // One living seat a socket, and nobody who is in it waits for the next one.
      const seated = round.members.flatMap(({ client, out }) => (client === null || out ? [] : [client]));
      expect(new Set(seated).size).toBe(seated.length);
      expect(seated.filter((client) => clients.includes(client))).toEqual([]);
      for (const { seat, client, resume, out } of round.members) {
        // [R5] away for no longer than the grace, and only with something to come back with.
        if (!out && client === null && !('cohort' in round)) expect(resume).not.toBeNull();
        const isWaitedFor = 'answered' in round && client === null && !out;
        expect(play.timers.has(`grace:${seat}`)).toBe(isWaitedFor);
      }
    }
    // [R7] those in the sum, each once.
    if ('cohort' in round) expect(round.members.filter(({ uploaded }) => uploaded)).toHaveLength(round.cohort);
    // [R6] nothing is published below the minimum, and a round ends once.
    for (const { cohort } of play.published) expect(cohort).toBeGreaterThanOrEqual(rules.minCohort);
    const aborted = play.aborted.map(({ roundId }) => roundId);
    expect(new Set(aborted).size).toBe(aborted.length);
    // A round has one outcome: whoever is told, however often, is told the same.
    for (const effect of play.effects) {
      if (effect.kind !== 'send') continue;
      const { message } = effect;
      if (message.kind !== 'result' && message.kind !== 'abort') continue;
      const text = JSON.stringify(message);
      expect(this.#outcomes.get(message.roundId) ?? text).toBe(text);
      this.#outcomes.set(message.roundId, text);
    }
  }
}

test('[R1][R6][R7] over random sequences of events', () => {
  fc.assert(
    fc.property(mode, fc.array(move, { maxLength: 120 }), (chosen, moves) => {
      const world = new World(chosen);
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
    fc.property(mode, fc.array(move, { maxLength: 60 }), (chosen, moves) => {
      const world = new World(chosen);
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

test.each([1, 4] as const)('mode %i: rounds do publish in such sequences', (chosen) => {
  let published = 0;
  fc.assert(
    fc.property(fc.array(calmMove, { minLength: 60, maxLength: 80 }), (moves) => {
      const world = new World(chosen);
      for (const now of moves) world.step(now);
      published += world.play.published.length;
    }),
    { numRuns: 15, seed: 42 },
  );
  expect(published).toBeGreaterThan(5);
});
