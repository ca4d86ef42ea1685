// Tacit's own code at each task: what the engine and the server call, called the same way.

import { plainItems } from '#shared/core/items.ts';
import { itemCore } from '#shared/core/items-wasm.ts';
import type { CoreModule } from '#shared/core/module.ts';
import { plainRounds, type RoundCore } from '#shared/core/rounds.ts';
import { roundCore } from '#shared/core/rounds-wasm.ts';
import { cryptographicRandom } from '#shared/maths/random.ts';
import { standardSoftmaxFit } from '#shared/model/softmax-fit.ts';
import { bestRows } from '#shared/ranking/list.ts';
import type { Backend } from '../../engine/api.ts';
import { openFastestSoftmax, openSoftmax, type SoftmaxRequest } from '../../engine/trainer/softmax.ts';
import { encodingConfig } from '../encoding.ts';
import { bestData, type Enter, encodeData, fitData } from '../task.ts';
import { packedUploads } from '../uploads.ts';

const requestOf = (steps: number): SoftmaxRequest => ({ ...standardSoftmaxFit, steps, withLossAfter: false });

export const fitOn =
  (backend: Backend): Enter<'fit'> =>
  async (task, surroundings) => {
    const { rows, liked } = fitData(task);
    const source = { kind: 'float', values: rows, columns: task.dimension } as const;
    const runner = await openSoftmax(backend, source, surroundings);
    const request = requestOf(task.steps);
    const run = () => runner.fit(liked, request);
    return backend === 'webgpu' ? { run, enqueue: 'until-it-waits' } : { run };
  };

const backendNumbers = { wasm: 0, reference: 1, webgpu: 2 };

export const fitOnFastest: Enter<'fit'> = async (task, surroundings) => {
  const { rows, liked } = fitData(task);
  const source = { kind: 'float', values: rows, columns: task.dimension } as const;
  const { runner, backend } = await openFastestSoftmax(source, liked, surroundings);
  const request = requestOf(task.steps);
  return { run: () => runner.fit(liked, request), facts: () => ({ backend: backendNumbers[backend] }) };
};

/** Throws where the core cannot be had: its twin would be measured in its place. */
function needed(core: CoreModule | null): CoreModule {
  if (core === null) throw new Error('expected the WASM core, and it cannot be used here');
  return core;
}

export const bestInFloats =
  (twin: 'wasm' | 'plain'): Enter<'best'> =>
  async (task, { core }) => {
    const { rows, u } = bestData(task);
    const table = (twin === 'wasm' ? itemCore(needed(core)) : plainItems).rows(rows, task.dimension, null);
    return { run: () => table.best(u, task.count, []) };
  };

export const bestInBytes: Enter<'best'> = async (task, { core }) => {
  const { rows, u } = bestData(task);
  const items = itemCore(needed(core));
  const table = items.compactRows(items.quantise(rows, task.dimension), null);
  const facts = () => {
    const exact = new Set(items.rows(rows, task.dimension, null).best(u, task.count, []).rows);
    const found = table.best(u, task.count, []).rows;
    return { recall: found.filter((row) => exact.has(row)).length / task.count };
  };
  return { run: () => table.best(u, task.count, []), facts };
};

/** As the page's list is made: every score, then the best of them, ties by popularity. */
export const bestOfList: Enter<'best'> = async (task, { core }) => {
  const { rows, u } = bestData(task);
  const table = itemCore(needed(core)).rows(rows, task.dimension, null);
  const excluded = new Uint8Array(task.items);
  const popularity = new Float32Array(task.items).fill(1 / task.items);
  return { run: () => ({ rows: bestRows(table.scores(u), excluded, task.count, popularity) }) };
};

const roundsOf = (twin: RoundCore['kind'], core: CoreModule | null) =>
  twin === 'wasm' ? roundCore(needed(core)) : plainRounds;

export const encodeBy =
  (twin: RoundCore['kind']): Enter<'encode'> =>
  async (task, { core }) => {
    const { update } = encodeData(task);
    const config = encodingConfig(task.length);
    const random = cryptographicRandom();
    const out = new Int32Array(task.length);
    const rounds = roundsOf(twin, core);
    return { run: () => rounds.noisedUpdate(update, config, random, out) };
  };

export const sumBy =
  (twin: RoundCore['kind']): Enter<'aggregate'> =>
  async (task, { core }) => {
    const { bits } = encodingConfig(task.length);
    const uploads = packedUploads(task, bits);
    const rounds = roundsOf(twin, core);
    const run = () => {
      const sum = rounds.ringVector(task.length, bits);
      for (const upload of uploads) sum.addPacked(upload);
      return sum.values();
    };
    return { run };
  };
