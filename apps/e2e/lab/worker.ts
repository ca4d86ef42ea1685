// The worker of the lab page: runs the browser's trainer as the engine does, in a module worker, and compares it with the reference.
import { backend, engine, env, getKernel, memory, registerKernel, unregisterKernel } from '@tensorflow/tfjs-core';
import type { RoundCore } from '#shared/core/rounds.ts';
import { roundCore } from '#shared/core/rounds-wasm.ts';
import type { Interactions, ItemTable, LocalResult } from '#shared/model/model.ts';
import { trainReference } from '#shared/model/objective.ts';
import { makeProblem, type Problem } from '#shared/testing/made-up-problem.ts';
import { fetchCore } from '../../engine/core-file.ts';
import { largestRelativeError } from '../../engine/trainer/agreement.ts';
import { openBackend } from '../../engine/trainer/backend.ts';
import { createTrainer } from '../../engine/trainer/create.ts';
import type { Trainer } from '../../engine/trainer.ts';
import type { LabAnswer, LabCall, Rounds, Trained, Twin } from './calls.ts';
import { encodeWithSeed, takePartWithSeed } from './encode.ts';

addEventListener('message', async (event: MessageEvent<{ id: number; call: LabCall }>) => {
  const { id, call } = event.data;
  const answer: LabAnswer = await run(call).then(
    (value) => ({ id, value, error: null }),
    (error: unknown) => ({
      id,
      value: null,
      error: error instanceof Error ? (error.stack ?? error.message) : String(error),
    }),
  );
  postMessage(answer);
});

async function run(call: LabCall): Promise<unknown> {
  switch (call.kind) {
    case 'agree':
      return withTrainer(call.forced, async (trainer) => {
        const trained: Trained[] = [];
        for (const problem of call.problems) trained.push(await trainOnce(trainer, problem));
        return trained;
      });
    case 'rounds':
      return rounds(call);
    case 'lose':
      return lose(call);
    case 'sabotage':
      return sabotage(call);
    case 'choose':
      return withTrainer(call.forced, async ({ backend: name, reason }) => ({ backend: name, reason, error: 0 }));
    case 'encode':
      return encodeWithSeed(call.seed, Uint8Array.from(call.config), await twinOf(call.twin));
    case 'take-part':
      return takePartWithSeed(call.part, await twinOf(call.twin));
  }
}

const core = fetchCore();

/** Throws where the WASM core is asked for and cannot be had. */
async function twinOf(twin: Twin): Promise<RoundCore> {
  const rounds = roundCore(twin === 'wasm' ? await core : null);
  if (rounds.kind !== twin) throw new RangeError(`expected the ${twin} core, got ${rounds.kind}`);
  return rounds;
}

async function withTrainer<T>(
  forced: Parameters<typeof createTrainer>[0],
  use: (trainer: Trainer) => Promise<T>,
): Promise<T> {
  const trainer = await createTrainer(forced, await core);
  try {
    return await use(trainer);
  } finally {
    await trainer.close();
  }
}

async function trainOnce(trainer: Trainer, problem: Problem): Promise<Trained> {
  const { table, interactions } = makeProblem(problem);
  await trainer.load(table);
  return compare(trainer, await trainer.train(interactions), table, interactions);
}

function compare(trainer: Trainer, result: LocalResult, table: ItemTable, interactions: Interactions): Trained {
  const error = largestRelativeError(result, trainReference(table, interactions));
  return { backend: trainer.backend, reason: trainer.reason, error };
}

/** Values of tfjs's flag WEBGPU_MATMUL_PROGRAM_TYPE. */
const smallOutputProgram = 2;
const chosenBySize = -1;

/** A history of another length in each round, and a new model every tenth, as a device sees them. */
async function rounds(call: LabCall & { kind: 'rounds' }): Promise<Rounds> {
  const trainer = await createTrainer(call.forced, await core);
  // tfjs's program for small products synchronises 64 threads for each number: ten times slower on a processor that plays the adapter.
  if (trainer.backend === 'webgpu') env().set('WEBGPU_MATMUL_PROGRAM_TYPE', smallOutputProgram);
  const { table, interactions } = makeProblem(call.problem);
  let first = memory();
  let worst = 0;
  for (let round = 0; round < call.rounds; round++) {
    if (round % 10 === 0) await trainer.load(table);
    const liked = interactions.liked.slice(0, 1 + (round % interactions.liked.length));
    const history = { ...interactions, liked };
    worst = Math.max(worst, compare(trainer, await trainer.train(history), table, history).error);
    if (round === 0) first = memory();
  }
  const last = memory();
  const { backend: name, reason } = trainer;
  await trainer.close();
  if (name === 'webgpu') env().set('WEBGPU_MATMUL_PROGRAM_TYPE', chosenBySize);
  return {
    backend: name,
    reason,
    error: worst,
    tensorsAfterFirst: first.numTensors,
    tensorsAfterLast: last.numTensors,
    bytesAfterFirst: first.numBytes,
    bytesAfterLast: last.numBytes,
    // memory() wants a backend, and there is none any more.
    tensorsAfterClose: engine().state.numTensors,
  };
}

/** Loses the device before a fit, or while the fit waits for it. */
async function lose(call: LabCall & { kind: 'lose' }): Promise<Trained[]> {
  return withTrainer(call.forced, async (trainer) => {
    const { table, interactions } = makeProblem(call.problem);
    await trainer.load(table);
    const seen: Trained[] = [compare(trainer, await trainer.train(interactions), table, interactions)];
    for (let loss = 0; loss < call.times; loss++) {
      if (call.when === 'before') loseDevice();
      let lost = call.when === 'before';
      const result = await trainer.train(interactions, (fraction) => {
        if (lost || fraction < 0.5) return;
        lost = true;
        loseDevice();
      });
      seen.push(compare(trainer, result, table, interactions));
    }
    return seen;
  });
}

function loseDevice(): void {
  const current = backend() as { device?: { destroy(): void }; gpgpu?: { gl: WebGL2RenderingContext } };
  current.device?.destroy();
  current.gpgpu?.gl.getExtension('WEBGL_lose_context')?.loseContext();
}

/** Spoils one kernel of the backend and asks for a trainer on it by name. */
async function sabotage(call: LabCall & { kind: 'sabotage' }): Promise<Trained> {
  // Opened once, so that its kernels are registered.
  (await openBackend(call.forced, { allowSoftware: true })).close();
  const real = getKernel('Sub', call.forced);
  unregisterKernel('Sub', call.forced);
  registerKernel({
    ...real,
    kernelFunc: (parameters) => {
      if (call.how === 'throws') throw new Error('sabotaged');
      // a - a instead of a - b: zeros of the right shape, as a shader that does not compile would give.
      const { a } = parameters.inputs as unknown as { a: never };
      return real.kernelFunc({ ...parameters, inputs: { a, b: a } });
    },
  });
  try {
    return await withTrainer(call.forced, (trainer) => trainOnce(trainer, call.problem));
  } finally {
    unregisterKernel('Sub', call.forced);
    registerKernel(real);
  }
}
