// The softmax fit of shared/model/softmax-fit.ts on every backend, to 1e-4 relative: the workload by which backends are compared. It is no part of
// the page: the product's own fit is `Trainer.train`.
import { itemCore } from '#shared/core/items-wasm.ts';
import {
  fitBySoftmaxPasses,
  type SoftmaxFitOptions,
  softmaxFit,
  standardSoftmaxFit,
} from '#shared/model/softmax-fit.ts';
import type { Backend } from '../api.ts';
import { checkHardware, findAdapter } from './adapter.ts';
import { toleranceRelative } from './agreement.ts';
import { BackendUnusable } from './backend.ts';
import type { TrainerSurroundings } from './create.ts';
import { columnsOf, floatsOf, itemsOf, meanOf, type RowSource } from './row-source.ts';
import { crossoverWork } from './timing.ts';

export interface SoftmaxRequest extends SoftmaxFitOptions {
  /** One pass more. */
  readonly withLossAfter: boolean;
}

export const standardSoftmaxRequest: SoftmaxRequest = { ...standardSoftmaxFit, withLossAfter: true };

export interface FittedSoftmax {
  readonly userEmbedding: Float64Array;
  readonly lossBefore: number;
  /** null where it was not asked for. */
  readonly lossAfter: number | null;
}

export interface SoftmaxRunner {
  /** Fits from zero. Rejects with RangeError without likes or for a row outside the table, with BackendUnusable when the device fails. */
  fit(liked: readonly number[], request?: SoftmaxRequest): Promise<FittedSoftmax>;
  /** Frees the device. Safe to call twice. */
  close(): void;
}

/**
 * Opens a backend, in software too, and takes the rows to it. Rejects with BackendUnusable.
 * @param tileBytes of WebGPU: see resident-rows.ts.
 */
export async function openSoftmax(
  backend: Backend,
  source: RowSource,
  { core, after }: Pick<TrainerSurroundings, 'core' | 'after'>,
  tileBytes?: number,
): Promise<SoftmaxRunner> {
  const options = { allowSoftware: true, after };
  switch (backend) {
    case 'reference': {
      const values = floatsOf(source);
      return {
        fit: async (liked, request = standardSoftmaxRequest) => softmaxFit(values, columnsOf(source), liked, request),
        close: () => {},
      };
    }
    case 'wasm': {
      if (core === null) throw new BackendUnusable('missing', '');
      const rows = itemCore(core).rows(floatsOf(source), columnsOf(source), null);
      return {
        fit: async (liked, request = standardSoftmaxRequest) =>
          fitBySoftmaxPasses((u) => rows.softmaxPass(u), meanOf(source, liked), request),
        close: () => {},
      };
    }
    case 'webgpu': {
      const [{ openWebgpu }, { FusedSoftmax }] = await Promise.all([
        import('./webgpu.ts'),
        import('./fused-softmax.ts'),
      ]);
      return FusedSoftmax.open(await openWebgpu(options), source, tileBytes);
    }
    case 'webgl': {
      const [{ openWebgl }, { TfjsSoftmax }] = await Promise.all([
        import('./webgl.ts'),
        import('./tfjs-softmax.ts'),
        import('./softmax-kernels-webgl.ts'),
      ]);
      return new TfjsSoftmax(await openWebgl(options), source);
    }
    case 'cpu': {
      const [{ openCpu }, { TfjsSoftmax }] = await Promise.all([
        import('./cpu.ts'),
        import('./tfjs-softmax.ts'),
        import('./softmax-kernels-cpu.ts'),
      ]);
      return new TfjsSoftmax(await openCpu(), source);
    }
  }
}

/** The faster of two, and what a fit took on each, ms; null where WebGPU was not tried or not trusted. */
export interface FastestSoftmax {
  readonly backend: 'wasm' | 'reference' | 'webgpu';
  readonly runner: SoftmaxRunner;
  readonly processorMs: number;
  readonly webgpuMs: number | null;
}

/**
 * Opens what is fastest for this workload, by the rules by which the trainer chooses for its own: the processor below the crossover, and above it
 * WebGPU on a hardware adapter where it agrees with the processor and takes less time. Measured now, one fit each after one that warms up.
 */
export async function openFastestSoftmax(
  source: RowSource,
  liked: readonly number[],
  surroundings: Pick<TrainerSurroundings, 'core' | 'after' | 'ticksMs'>,
): Promise<FastestSoftmax> {
  const { core, after, ticksMs } = surroundings;
  const request: SoftmaxRequest = { ...standardSoftmaxFit, withLossAfter: false };
  const timed = async (runner: SoftmaxRunner) => {
    await runner.fit(liked, request);
    const start = ticksMs();
    const { userEmbedding } = await runner.fit(liked, request);
    return { ms: ticksMs() - start, userEmbedding };
  };
  const backend = core === null ? 'reference' : 'wasm';
  const processor = await openSoftmax(backend, source, surroundings);
  const { ms: processorMs, userEmbedding: expected } = await timed(processor);
  const onProcessor = { backend, runner: processor, processorMs, webgpuMs: null } as const;
  if (itemsOf(source) * columnsOf(source) < crossoverWork) return onProcessor;
  let webgpu: SoftmaxRunner | null = null;
  try {
    checkHardware(await findAdapter(after), false);
    webgpu = await openSoftmax('webgpu', source, surroundings);
    const { ms: webgpuMs, userEmbedding } = await timed(webgpu);
    const largest = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    const agrees = userEmbedding.every((value, k) => Math.abs(value - expected[k]!) <= toleranceRelative * largest);
    if (agrees && webgpuMs < processorMs) {
      processor.close();
      return { backend: 'webgpu', runner: webgpu, processorMs, webgpuMs };
    }
    webgpu.close();
    return { ...onProcessor, webgpuMs: agrees ? webgpuMs : null };
  } catch (error) {
    webgpu?.close();
    if (error instanceof BackendUnusable) return onProcessor;
    throw error;
  }
}
