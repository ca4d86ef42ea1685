// The softmax fit on WebGPU: two dispatches a step, one submit and one readback a fit, the rows on the device from fit to fit.
import { BackendUnusable } from './backend.ts';
import { type FitPipelines, runFit } from './fused-fits.ts';
import { passShader } from './pass-shader.ts';
import { ResidentRows } from './resident-rows.ts';
import { meanOf, type RowSource } from './row-source.ts';
import { type FittedSoftmax, type SoftmaxRunner, standardSoftmaxRequest } from './softmax.ts';
import { softmaxGoal, softmaxResult, softmaxState, softmaxStepShader } from './softmax-step.ts';
import type { OpenWebgpu } from './webgpu.ts';

export class FusedSoftmax implements SoftmaxRunner {
  readonly #device: OpenWebgpu;
  readonly #source: RowSource;
  readonly #rows: ResidentRows;
  readonly #pipelines: FitPipelines;

  private constructor(device: OpenWebgpu, source: RowSource, rows: ResidentRows, pipelines: FitPipelines) {
    this.#device = device;
    this.#source = source;
    this.#rows = rows;
    this.#pipelines = pipelines;
  }

  /** Takes the device over: `close` closes it. Rejects with BackendUnusable when it refuses the rows or a shader. */
  static async open(device: OpenWebgpu, source: RowSource, tileBytes?: number): Promise<FusedSoftmax> {
    try {
      const rows = new ResidentRows(device.backend, source, tileBytes);
      const shaders = [passShader(rows.shape, 'softmax'), softmaxStepShader(rows.shape)] as const;
      const pipelines = await device.pipelines.get(...shaders, device.answerOf);
      const fault = await device.fault();
      if (fault !== null) throw new BackendUnusable('fault', fault);
      return new FusedSoftmax(device, source, rows, pipelines);
    } catch (error) {
      device.close();
      throw error;
    }
  }

  async fit(liked: readonly number[], request = standardSoftmaxRequest): Promise<FittedSoftmax> {
    const { shape, partials } = this.#rows;
    const likedMean = meanOf(this.#source, liked);
    const inputs = { state: softmaxState(shape), extra: [softmaxGoal(shape, likedMean, request, partials)] };
    const pairs = request.steps + (request.withLossAfter || request.steps === 0 ? 1 : 0);
    const fit = runFit('SoftmaxFit', this.#pipelines, this.#rows, inputs, pairs);
    const numbers = await this.#device.answerOf(fit);
    const fault = await this.#device.fault();
    if (fault !== null) throw new BackendUnusable('fault', fault);
    if (!numbers.every(Number.isFinite)) throw new BackendUnusable('wrong', 'numbers that are not finite');
    return softmaxResult(numbers, shape, request.withLossAfter);
  }

  close(): void {
    this.#rows.dispose();
    this.#device.close();
  }
}
