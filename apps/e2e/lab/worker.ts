// The worker of the lab page: runs the browser's trainer as the engine does, in a module worker, and compares it with the reference.
import { backend, engine, getKernel, memory, registerKernel, unregisterKernel } from '@tensorflow/tfjs-core';
import type { RoundCore } from '#shared/core/rounds.ts';
import { roundCore } from '#shared/core/rounds-wasm.ts';
import type { Interactions, ItemTable, LocalResult } from '#shared/model/model.ts';
import { trainReference } from '#shared/model/objective.ts';
import { materialise } from '#shared/model/table.ts';
import { makeProblem, type Problem } from '#shared/testing/made-up-problem.ts';
import { madeUpRows } from '#shared/testing/made-up-rows.ts';
import type { Backend } from '../../engine/api.ts';
import { fetchCore } from '../../engine/core-file.ts';
import { countedSince, deviceCounts, lastDevice } from '../../engine/testing/counted-device.ts';
import { MemoryTimingStore } from '../../engine/timing-store.ts';
import { largestRelativeError } from '../../engine/trainer/agreement.ts';
import { openBackend } from '../../engine/trainer/backend.ts';
import { createTrainer, type TrainerSurroundings } from '../../engine/trainer/create.ts';
import { goldenTable } from '../../engine/trainer/golden.ts';
import { openFastestSoftmax, openSoftmax, standardSoftmaxRequest } from '../../engine/trainer/softmax.ts';
import type { Trainer } from '../../engine/trainer.ts';
import type { Chosen, Counted, Fastest, LabAnswer, LabCall, Rounds, Sabotage, Trained, Twin } from './calls.ts';
import { encodeWithSeed, takePartWithSeed } from './encode.ts';
import { fitRows } from './fit-rows.ts';

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
    case 'softmax':
      return fitRows(call, await surroundings());
    case 'count':
      return count(call);
    case 'rounds':
      return rounds(call);
    case 'lose':
      return lose(call);
    case 'sabotage':
      return sabotage(call);
    case 'choose':
      return choose(call);
    case 'fastest':
      return fastest(call);
    case 'encode':
      return encodeWithSeed(call.seed, Uint8Array.from(call.config), await twinOf(call.twin));
    case 'take-part':
      return takePartWithSeed(call.part, await twinOf(call.twin));
  }
}

const core = fetchCore();

const after = (delayMs: number, then: () => void) => {
  const timer = setTimeout(then, delayMs);
  return () => clearTimeout(timer);
};

async function surroundings(): Promise<TrainerSurroundings> {
  return { core: await core, timings: new MemoryTimingStore(), ticksMs: () => performance.now(), after };
}

/** Throws where the WASM core is asked for and cannot be had. */
async function twinOf(twin: Twin): Promise<RoundCore> {
  const rounds = roundCore(twin === 'wasm' ? await core : null);
  if (rounds.kind !== twin) throw new RangeError(`expected the ${twin} core, got ${rounds.kind}`);
  return rounds;
}

async function withTrainer<T>(
  forced: Backend | null,
  use: (trainer: Trainer) => Promise<T>,
  changed: Partial<TrainerSurroundings> = {},
): Promise<T> {
  const trainer = await createTrainer(forced, { ...(await surroundings()), ...changed });
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
  return { backend: trainer.backend, reasons: trainer.reasons, error };
}

/** The model of the next round: another W and another O, the same F. */
function nextModel({ model, features }: ItemTable): ItemTable {
  const change = (numbers: Float32Array) => numbers.map((value, index) => value * (1 + 0.1 * Math.sin(index)));
  return materialise({ ...model, projection: change(model.projection), offsets: change(model.offsets) }, features);
}

async function count({ problem, rows }: LabCall & { kind: 'count' }): Promise<Counted> {
  const { table, interactions } = makeProblem(problem);
  const implicit = await withTrainer('webgpu', async (trainer) => {
    const before = deviceCounts();
    await trainer.load(table);
    await trainer.train(interactions);
    const first = countedSince(before);
    const between = deviceCounts();
    await trainer.load(nextModel(table));
    await trainer.train(interactions);
    return { first, next: countedSince(between) };
  });
  const { source, liked } = madeUpRows(rows);
  const before = deviceCounts();
  const runner = await openSoftmax('webgpu', source, await surroundings());
  const request = { ...standardSoftmaxRequest, withLossAfter: false };
  await runner.fit(liked, request);
  const softmaxFirst = countedSince(before);
  const between = deviceCounts();
  await runner.fit(liked, request);
  const softmaxNext = countedSince(between);
  runner.close();
  return {
    implicitFirst: implicit.first,
    implicitNext: implicit.next,
    softmaxFirst,
    softmaxNext,
    device: lastDevice(),
  };
}

/** Rounds until every size of history has been met: what is kept for it is kept from then on. */
const settlingRounds = 20;

/** A history of another length in each round, and a new model every tenth, as a device sees them. */
async function rounds(call: LabCall & { kind: 'rounds' }): Promise<Rounds> {
  const trainer = await createTrainer(call.forced, await surroundings());
  let { table } = makeProblem(call.problem);
  const { interactions } = makeProblem(call.problem);
  let first = { numTensors: 0, numBytes: 0 };
  let settled = deviceCounts();
  let worst = 0;
  for (let round = 0; round < call.rounds; round++) {
    if (round % 10 === 0) {
      table = nextModel(table);
      await trainer.load(table);
    }
    const liked = interactions.liked.slice(0, 1 + (round % interactions.liked.length));
    const history = { ...interactions, liked };
    worst = Math.max(worst, compare(trainer, await trainer.train(history), table, history).error);
    if (round === settlingRounds) {
      first = memory();
      settled = deviceCounts();
    }
  }
  const last = memory();
  const { buffers, bufferBytes } = countedSince(settled);
  const { backend: name, reasons } = trainer;
  await trainer.close();
  return {
    backend: name,
    reasons,
    error: worst,
    tensorsAfterFirst: first.numTensors,
    tensorsAfterLast: last.numTensors,
    bytesAfterFirst: first.numBytes,
    bytesAfterLast: last.numBytes,
    buffersAdded: buffers,
    bufferBytesAdded: bufferBytes,
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
      seen.push(compare(trainer, await trainer.train(interactions), table, interactions));
    }
    return seen;
  });
}

function loseDevice(): void {
  const current = backend() as { device?: { destroy(): void }; gpgpu?: { gl: WebGL2RenderingContext } };
  current.device?.destroy();
  current.gpgpu?.gl.getExtension('WEBGL_lose_context')?.loseContext();
}

/** Spoils the backend and asks for a trainer on it by name; then everything is as it was. */
async function sabotage(call: LabCall & { kind: 'sabotage' }): Promise<Trained> {
  // Time stands still until something is read that never comes; from then on it is up at once.
  const alarms = new Set<() => void>();
  let isSilent = false;
  const silence = () => {
    isSilent = true;
    after(0, () => {
      for (const ring of alarms) ring();
    });
  };
  const changed: Partial<TrainerSurroundings> =
    call.how !== 'silent'
      ? {}
      : {
          after: (_, then) => {
            if (isSilent) return after(0, then);
            alarms.add(then);
            return () => alarms.delete(then);
          },
        };
  const mend = call.forced === 'webgpu' ? spoilDevice(call.how, silence) : await spoilKernel(call.forced, call.how);
  try {
    return await withTrainer(call.forced, (trainer) => trainOnce(trainer, call.problem), changed);
  } finally {
    mend();
  }
}

function spoilDevice(how: Sabotage, silence: () => void): () => void {
  const { createShaderModule } = GPUDevice.prototype;
  const { mapAsync } = GPUBuffer.prototype;
  GPUDevice.prototype.createShaderModule = function (descriptor) {
    if (how === 'throws') throw new Error('sabotaged');
    const spoilt = {
      // The pass's sums stay what they were: zeros.
      zeros: descriptor.code.replace('let factor = weight', 'let factor = 0.0 * weight'),
      invalid: `${descriptor.code}\nfn broken( {`,
      fault: descriptor.code,
      silent: descriptor.code,
    }[how];
    // A buffer that is of no use to anything: the device says so, to nobody in particular.
    if (how === 'fault') this.createBuffer({ size: 4, usage: 0 });
    return createShaderModule.call(this, { ...descriptor, code: spoilt });
  };
  if (how === 'silent') {
    GPUBuffer.prototype.mapAsync = () => {
      silence();
      return new Promise(() => {});
    };
  }
  return () => {
    GPUDevice.prototype.createShaderModule = createShaderModule;
    GPUBuffer.prototype.mapAsync = mapAsync;
  };
}

async function spoilKernel(name: 'webgl' | 'cpu', how: Sabotage): Promise<() => void> {
  // Opened once, so that its kernels are registered.
  (await openBackend(name, { allowSoftware: true, after })).close();
  const real = getKernel('Sub', name);
  unregisterKernel('Sub', name);
  registerKernel({
    ...real,
    kernelFunc: (parameters) => {
      if (how === 'throws') throw new Error('sabotaged');
      // a - a instead of a - b: zeros of the right shape, as a shader that does not compile would give.
      const { a } = parameters.inputs as unknown as { a: never };
      return real.kernelFunc({ ...parameters, inputs: { a, b: a } });
    },
  });
  return () => {
    unregisterKernel('Sub', name);
    registerKernel(real);
  };
}

/** Looks at the clock while one thing is timed that takes longer than half of its budget; see `roundMs`. */
const looksOfRound = 5;
const looksOfSoftmax = 2;

/** A clock on which the processor, which is timed first, takes the one time and the graphics processor the other. */
function turnedClock({ webgpuMs, processorMs }: { webgpuMs: number; processorMs: number }, looksEach: number) {
  let now = 0;
  let looks = 0;
  return () => {
    now += looks++ < looksEach ? processorMs : webgpuMs;
    return now;
  };
}

/** Runs `work` while the software adapter says that it is none, if so asked. */
async function withAdapter<T>(adapter: 'honest' | 'taken for hardware', work: () => Promise<T>): Promise<T> {
  const honest = Object.getOwnPropertyDescriptor(GPUAdapterInfo.prototype, 'isFallbackAdapter')!;
  if (adapter === 'taken for hardware') {
    Object.defineProperty(GPUAdapterInfo.prototype, 'isFallbackAdapter', { get: () => false, configurable: true });
  }
  try {
    return await work();
  } finally {
    Object.defineProperty(GPUAdapterInfo.prototype, 'isFallbackAdapter', honest);
  }
}

function choose({ sizes, adapter, clock }: LabCall & { kind: 'choose' }): Promise<Chosen[]> {
  const chooseAll = async (trainer: Trainer) => {
    const chosen: Chosen[] = [];
    for (const size of sizes) {
      const before = deviceCounts();
      await trainer.load(goldenTable({ ...size, featureColumns: 5 }));
      const { backend: name, reasons } = trainer;
      chosen.push({ backend: name, reasons, devices: countedSince(before).devices });
    }
    return chosen;
  };
  const changed = clock === null ? {} : { ticksMs: turnedClock(clock, looksOfRound) };
  return withAdapter(adapter, () => withTrainer(null, chooseAll, changed));
}

function fastest({ rows, adapter, clock }: LabCall & { kind: 'fastest' }): Promise<Fastest> {
  return withAdapter(adapter, async () => {
    const { source, liked } = madeUpRows(rows);
    const changed = { ...(await surroundings()), ticksMs: turnedClock(clock, looksOfSoftmax) };
    const { backend: name, runner, processorMs, webgpuMs } = await openFastestSoftmax(source, liked, changed);
    runner.close();
    return { backend: name, processorMs, webgpuMs };
  });
}
