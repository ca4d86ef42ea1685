// The contenders do the same work: what they are timed at gives the same answer, whoever does it. Where they need no graphics processor.

import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { builtCore } from '#shared/testing/built-core.ts';
import { Arena, after, type Entered, type Run } from './arena.ts';
import { type ContenderName, contenders } from './contenders.ts';
import type { Enter, Surroundings, Task } from './task.ts';

const tfjsWasm = dirname(createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm/package.json'));
const surroundings: Surroundings = {
  core: builtCore(),
  after,
  ticksMs: () => performance.now(),
  tfjsWasmPaths: join(tfjsWasm, 'dist', '/'),
};

async function answerOf(name: ContenderName, task: Task): Promise<unknown> {
  // The caller gives each the task of its kind.
  const enter = (await contenders[name].enter()) as Enter<Task['kind']>;
  return (await enter(task as never, surroundings)).run();
}

const fit = { kind: 'fit', items: 500, dimension: 8, steps: 20 } as const;
const best = { kind: 'best', items: 3_000, dimension: 16, count: 20 } as const;

describe('contenders', () => {
  test.each(['fit-plain', 'fit-auto', 'careful-wasm'] as const)('%s fits what the core fits', async (name) => {
    const { userEmbedding } = (await answerOf('fit-wasm', fit)) as { userEmbedding: Float64Array };
    const answer = (await answerOf(name, fit)) as { userEmbedding?: Float64Array; fitted?: Float32Array };
    const other = answer.userEmbedding ?? answer.fitted;
    expect(other).toHaveLength(fit.dimension);
    userEmbedding.forEach((value, k) => {
      expect(other![k]).toBeCloseTo(value, 3);
    });
  });

  test.each(['best-list', 'best-plain', 'topk-wasm', 'topk-cpu', 'map-and-sort'] as const)(
    '%s finds what the core finds',
    async (name) => {
      const { rows } = (await answerOf('best-wasm', best)) as { rows: Uint32Array };
      const answer = (await answerOf(name, best)) as { rows: ArrayLike<number> } | { item: number }[];
      const found = Array.isArray(answer) ? answer.map(({ item }) => item) : Array.from(answer.rows);
      expect(found).toEqual([...rows]);
    },
  );

  test('rows in eight bits find nearly all of it, and say how much', async () => {
    const arena = new Arena(surroundings);
    await arena.carryOut({ kind: 'enter', contender: 'best-bytes', task: best });
    const { recall = 0 } = (await arena.carryOut({ kind: 'facts' })) as Record<string, number>;
    expect(recall).toBeGreaterThanOrEqual(0.9);
    expect(recall).toBeLessThanOrEqual(1);
  });

  test.each(['sum-wasm', 'sum-plain'] as const)('%s gives the sum of the uploads', async (name) => {
    const task = { kind: 'aggregate', length: 100, clients: 5 } as const;
    const sum = (await answerOf(name, task)) as Uint32Array;
    const one = (await answerOf('sum-plain', { ...task, clients: 1 })) as Uint32Array;
    expect(sum).toHaveLength(100);
    expect(sum).toEqual(await answerOf('sum-plain', task));
    expect(sum).not.toEqual(one);
  });

  test('exact rejection rounds to a side and adds noise of the variance asked for', async () => {
    const noised = (await answerOf('exact-rejection', { kind: 'encode', length: 4_000 })) as Int32Array;
    const variance = noised.reduce((sum, value) => sum + value * value, 0) / noised.length;
    // sigma = 183; its square's estimate from 4,000 draws is right to 2.2 % in one standard deviation.
    expect(variance).toBeGreaterThan(0.85 * 33_489);
    expect(variance).toBeLessThan(1.15 * 33_489);
  });

  test('a participation says what a client says in a round', async () => {
    const arena = new Arena(surroundings);
    const task = { kind: 'participate', length: 4_096, partners: 23 } as const;
    await arena.carryOut({ kind: 'enter', contender: 'participation', task });
    const facts = (await arena.carryOut({ kind: 'facts' })) as Record<string, number>;
    expect(facts.upBytes).toBeGreaterThan(2 * task.length);
    expect(Object.keys(facts).sort()).toEqual(
      ['advertise', 'confirm', 'encode', 'fit', 'masked', 'own', 'shares', 'unmask', 'upBytes'].sort(),
    );
  });
});

describe('the arena', () => {
  test('tells the time of one run, and no enqueueing where nothing is enqueued', async () => {
    const arena = new Arena(surroundings);
    const { first } = (await arena.carryOut({ kind: 'enter', contender: 'best-wasm', task: best })) as Entered;
    const run = (await arena.carryOut({ kind: 'run', times: 3 })) as Run;
    for (const { wallMs, enqueueMs, counts } of [first, run]) {
      expect(wallMs).toBeGreaterThan(0);
      expect(enqueueMs).toBeNull();
      expect(counts.dispatches).toBe(0);
    }
  });

  test('refuses a task of another kind, and a run before anybody entered', async () => {
    const arena = new Arena(surroundings);
    await expect(arena.carryOut({ kind: 'run', times: 1 })).rejects.toThrow(/expected a contestant/);
    await expect(arena.carryOut({ kind: 'enter', contender: 'best-wasm', task: fit })).rejects.toThrow(/is for best/);
  });
});
