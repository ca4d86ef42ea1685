// The product's own work: its fit, round after round, and a whole participation.
import { engine } from '@tensorflow/tfjs-core';
import { fitCore } from '#shared/core/fits-wasm.ts';
import { roundCore } from '#shared/core/rounds-wasm.ts';
import { cryptographicRandom } from '#shared/maths/random.ts';
import type { Interactions, ItemTable, Layout } from '#shared/model/model.ts';
import { materialise } from '#shared/model/table.ts';
import { clientUpdate } from '#shared/model/update.ts';
import { leastMinCohort, mostHonestNoiseShares } from '#shared/protocol/policy.ts';
import { encodeRoundConfig, maskParametersOf, parseRoundConfig } from '#shared/protocol/round-config.ts';
import { maskCrypto, type SubtleLike } from '#shared/secagg/crypto.ts';
import { soloRun } from '#shared/secagg/testing/solo.ts';
import { exampleConfig, examplePolicy } from '#shared/testing/example-policy.ts';
import { makeProblem } from '#shared/testing/made-up-problem.ts';
import type { Backend } from '../../engine/api.ts';
import { MemoryTimingStore } from '../../engine/timing-store.ts';
import { createTrainer, type TrainerSurroundings } from '../../engine/trainer/create.ts';
import type { Trainer } from '../../engine/trainer.ts';
import type { Enter, Surroundings, TaskOf } from '../task.ts';

const featureColumns = 60;
const offsetRows = 200;
const seed = 7;

function problemOf({ items, dimension, history }: TaskOf<'train'>): { table: ItemTable; interactions: Interactions } {
  const disliked = Math.floor(history / 8);
  const shape = { items, dimension, featureColumns, offsetRows: Math.min(offsetRows, items) };
  return makeProblem({ ...shape, liked: history - disliked, disliked, seen: 0, seed });
}

const trainerSurroundings = ({ core, after, ticksMs }: Surroundings): TrainerSurroundings => ({
  core,
  after,
  ticksMs,
  timings: new MemoryTimingStore(),
});

export const trainOn =
  (backend: Backend | null): Enter<'train'> =>
  async (task, surroundings) => {
    const { table, interactions } = problemOf(task);
    const trainer = await createTrainer(backend, trainerSurroundings(surroundings));
    await trainer.load(table);
    expectBackend(trainer, backend);
    return { run: () => trainer.train(interactions) };
  };

function expectBackend(trainer: Trainer, backend: Backend | null): void {
  if (backend === null || trainer.backend === backend) return;
  throw new Error(`expected a trainer on ${backend}, got ${trainer.backend}: ${JSON.stringify(trainer.reasons)}`);
}

export const foldInByCore: Enter<'train'> = async (task, { core }) => {
  const { table, interactions } = problemOf(task);
  const fits = fitCore(core);
  return { run: () => fits.foldIn(table, interactions) };
};

/** Another W and another O, the same F. */
function nextModel({ model, features }: ItemTable): ItemTable {
  const change = (numbers: Float32Array) => numbers.map((value, index) => value * (1 + 0.01 * Math.sin(index)));
  return materialise({ ...model, projection: change(model.projection), offsets: change(model.offsets) }, features);
}

const roundsOfModel = 10;

/** Rounds as a device sees them: a history of another length in each, a new model every tenth, an update encoded after each fit. */
export const roundsOn =
  (backend: Backend): Enter<'train'> =>
  async (task, surroundings) => {
    const problem = problemOf(task);
    const trainer = await createTrainer(backend, trainerSurroundings(surroundings));
    const layout = layoutOf(problem.table);
    const config = exampleConfig(examplePolicy(layout.length, { layout }));
    const rounds = roundCore(surroundings.core);
    const random = cryptographicRandom();
    let { table } = problem;
    let round = 0;
    await trainer.load(table);
    expectBackend(trainer, backend);
    const run = async () => {
      if (round % roundsOfModel === 0) await trainer.load(table);
      const { liked } = problem.interactions;
      const history = { ...problem.interactions, liked: liked.slice(0, 1 + (round % liked.length)) };
      const update = clientUpdate(await trainer.train(history), table.model, layout);
      rounds.encodeUpdate(update, config, random);
      round++;
      if (round % roundsOfModel === 0) table = nextModel(table);
    };
    // Without a backend tfjs's own memory() throws, and the core needs none.
    return { run, facts: () => ({ tensors: engine().state.numTensors, tensorBytes: engine().state.numBytes }) };
  };

function layoutOf({ model }: ItemTable): Layout {
  const { featureColumns: rows, dimension, offsetRows: offsets } = model.header;
  const parts: Layout['parts'] = [
    { name: 'projection', rows, length: rows * dimension, clippingBoundL2: 1.2 },
    { name: 'offsets', rows: offsets, length: offsets * dimension, clippingBoundL2: 0.9 },
  ];
  return { parts, length: parts.reduce((sum, { length }) => sum + length, 0) };
}

const participationDimension = 32;

/** Fit on the core, encode, and all that the masks take. `facts`: by stage, ms of the last participation, without what stands in for the partners. */
export const participate: Enter<'participate'> = async ({ length, partners }, { core, ticksMs }) => {
  const rows = length / participationDimension;
  if (!Number.isInteger(rows) || rows <= featureColumns) {
    throw new RangeError(`participate: expected a length of whole rows of ${participationDimension}, got ${length}`);
  }
  const { table, interactions } = makeProblem({
    items: 5 * rows,
    dimension: participationDimension,
    featureColumns,
    offsetRows: rows - featureColumns,
    liked: 88,
    disliked: 10,
    seen: 2,
    seed,
  });
  const layout = layoutOf(table);
  const clients = partners + 1;
  const minCohort = leastMinCohort(clients);
  const honestNoiseShares = mostHonestNoiseShares(minCohort, clients);
  const config = encodeRoundConfig(
    exampleConfig(examplePolicy(length, { layout, minCohort, maxCohort: clients, honestNoiseShares })),
  );
  const parsed = parseRoundConfig(config);
  const trainer = fitCore(core).trainer(table);
  const rounds = roundCore(core);
  const random = cryptographicRandom();
  const crypto_ = await maskCrypto(crypto.subtle as SubtleLike);
  let facts: Record<string, number> = {};
  const run = async () => {
    const begun = ticksMs();
    const update = clientUpdate(trainer.train(interactions), table.model, layout);
    const fitted = ticksMs();
    const values = new Int32Array(length);
    rounds.noisedUpdate(update, parsed, random, values);
    const encoded = ticksMs();
    const { ms, said } = await soloRun({
      config,
      parameters: maskParametersOf(parsed),
      clients,
      values,
      crypto: crypto_,
      rounds,
      label: 'bench',
      dropouts: { shares: 0, masked: Math.floor(clients / 10) },
      nowMs: ticksMs,
    });
    const own = fitted - begun + (encoded - fitted) + Object.values(ms).reduce((sum, stage) => sum + stage, 0);
    const upBytes = Object.values(said).reduce((sum, bytes) => sum + bytes.length, 0);
    facts = { fit: fitted - begun, encode: encoded - fitted, ...ms, own, upBytes };
  };
  return { run, facts: () => facts };
};
