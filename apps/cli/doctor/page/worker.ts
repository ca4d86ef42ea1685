// Examines a browser as a visitor's page would use it: the graphics adapter, and for each size of a model what training would run on, and how long a
// round's training takes. In a worker, as the engine is.

import { fetchCore } from '../../../engine/core-file.ts';
import type { Clock } from '../../../engine/environment.ts';
import { MemoryTimingStore } from '../../../engine/timing-store.ts';
import { findAdapter } from '../../../engine/trainer/adapter.ts';
import { createTrainer, type TrainerSurroundings } from '../../../engine/trainer/create.ts';
import { goldenInteractions, goldenTable } from '../../../engine/trainer/golden.ts';
import { openFastestSoftmax } from '../../../engine/trainer/softmax.ts';
import { roundMs } from '../../../engine/trainer/timing.ts';
import { openProcessorTrainer } from '../../../engine/trainer/wasm.ts';
import type { AdapterFacts, Examination, ExaminedSize, Size } from './examination.ts';

/** As many as films of a catalogue have. */
const featureColumns = 60;

const ticksMs = () => performance.now();
const after: Clock['after'] = (delayMs, run) => {
  const timer = setTimeout(run, delayMs);
  return () => clearTimeout(timer);
};

addEventListener('message', async ({ data }: MessageEvent<readonly Size[]>) => {
  try {
    postMessage({ value: await examine(data), error: null });
  } catch (error) {
    postMessage({ value: null, error: error instanceof Error ? error.message : String(error) });
  }
});

async function examine(sizes: readonly Size[]): Promise<Examination> {
  const surroundings = { core: await fetchCore(), timings: new MemoryTimingStore(), ticksMs, after };
  const examined: ExaminedSize[] = [];
  for (const size of sizes) examined.push(await examineSize(size, surroundings));
  return { adapter: await adapterFacts(), sizes: examined };
}

async function adapterFacts(): Promise<AdapterFacts> {
  try {
    const { adapter, device, isSoftware } = await findAdapter(after);
    const limits: Record<string, number> = {};
    // Getters of the prototype.
    for (const name in adapter.limits) limits[name] = Number(adapter.limits[name as keyof GPUSupportedLimits]);
    return { found: true, device, isSoftware, features: [...adapter.features].sort(), limits };
  } catch (error) {
    return { found: false, why: error instanceof Error ? error.message : String(error) };
  }
}

async function examineSize(size: Size, surroundings: TrainerSurroundings): Promise<ExaminedSize> {
  const table = goldenTable({ ...size, featureColumns });
  const trainer = await createTrainer(null, surroundings);
  await trainer.load(table);
  const { backend, reasons } = trainer;
  await trainer.close();
  const { trainer: processor } = openProcessorTrainer(surroundings.core);
  const timed = reasons.find((reason) => reason.code === 'timed');
  const source = { kind: 'float', values: table.embeddings, columns: size.dimension } as const;
  const softmax = await openFastestSoftmax(source, goldenInteractions.liked, surroundings);
  softmax.runner.close();
  return {
    ...size,
    backend,
    reasons,
    round: { processorMs: await roundMs(processor, table, ticksMs), webgpuMs: timed?.webgpuMs ?? null },
    softmax: { backend: softmax.backend, processorMs: softmax.processorMs, webgpuMs: softmax.webgpuMs },
  };
}
