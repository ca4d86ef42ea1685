import { expect, test } from 'vitest';
import { builtCore } from '#shared/testing/built-core.ts';
import { Arena, after, type Entered, type Facts, type Run } from './arena.ts';
import { contest, type Effort } from './contest.ts';
import type { Venue } from './venue.ts';

const task = { kind: 'best', items: 500, dimension: 8, count: 5 } as const;

/** Contestants in this thread, on a clock that goes on by itself: each look at it is `stepMs` later. */
function ownVenue(stepMs: number): Venue & { readonly closed: string[] } {
  const closed: string[] = [];
  let now = 0;
  const ticksMs = () => {
    now += stepMs;
    return now;
  };
  return {
    place: 'node',
    closed,
    processorMs: async () => 0,
    close: async () => {},
    async enter(contender, what) {
      const arena = new Arena({ core: builtCore(), after, ticksMs, tfjsWasmPaths: '' });
      const { first } = (await arena.carryOut({ kind: 'enter', contender, task: what })) as Entered;
      return {
        first,
        run: async (times) => (await arena.carryOut({ kind: 'run', times })) as Run,
        facts: async () => (await arena.carryOut({ kind: 'facts' })) as Facts,
        close: async () => {
          closed.push(contender);
        },
      };
    },
  };
}

const effort: Effort = { turns: 4, budgetMs: 100, leastTurns: 2, warmUpMs: 1, turnMs: 1 };

test('everybody has as many turns, and each is closed', async () => {
  const venue = ownVenue(0.1);
  const standings = await contest(venue, ['best-wasm', 'best-plain', 'best-bytes'], task, effort);
  expect(standings.map(({ contender }) => contender)).toEqual(['best-wasm', 'best-plain', 'best-bytes']);
  for (const { wallMs, first } of standings) {
    expect(wallMs).toHaveLength(effort.turns);
    expect(first.wallMs).toBeGreaterThan(0);
  }
  expect(standings[2]!.facts).toHaveProperty('recall');
  expect(venue.closed).toHaveLength(3);
});

test('who takes longer than there is time for has the least turns', async () => {
  const venue = ownVenue(50);
  const [only] = await contest(venue, ['best-plain'], task, effort);
  expect(only!.wallMs).toHaveLength(effort.leastTurns);
});

test('where one cannot enter, nobody is left open', async () => {
  const venue = ownVenue(0.1);
  await expect(contest(venue, ['best-wasm', 'fit-wasm'], task, effort)).rejects.toThrow(/is for fit/);
  expect(venue.closed).toEqual(['best-wasm']);
});
