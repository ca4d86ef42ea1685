// The product's fit on WebGPU: F stays on the device from model to model, and a fit is one submit and one readback.
import type { Interactions, ItemTable, LocalResult } from '#shared/model/model.ts';
import { trainingSteps } from '#shared/model/objective.ts';
import { type BackendFit, BackendUnusable } from './backend.ts';
import { type FitPipelines, runFit } from './fused-fits.ts';
import {
  type ImplicitShape,
  implicitInputs,
  implicitResult,
  implicitShape,
  implicitStepShader,
} from './implicit-step.ts';
import { passShader } from './pass-shader.ts';
import { ResidentRows } from './resident-rows.ts';
import type { OpenWebgpu } from './webgpu.ts';

interface Loaded {
  readonly table: ItemTable;
  readonly shape: ImplicitShape;
  readonly pipelines: FitPipelines;
}

export class FusedFit implements BackendFit {
  readonly #device: OpenWebgpu;
  /** F, and the numbers that it was made from. */
  #features: { readonly values: Float32Array; readonly rows: ResidentRows } | null = null;
  #loaded: Loaded | null = null;

  /** The device must stay tfjs's current backend; it is not closed here. */
  constructor(device: OpenWebgpu) {
    this.#device = device;
  }

  async load(table: ItemTable): Promise<void> {
    this.#loaded = null;
    const { values, columns } = table.features;
    if (this.#features?.values !== values) {
      this.#features?.rows.dispose();
      this.#features = null;
      this.#features = { values, rows: new ResidentRows(this.#device.backend, { kind: 'float', values, columns }) };
    }
    const shape = implicitShape(this.#features.rows.shape, table.model.header.dimension);
    const pipelines = await this.#device.pipelines.get(
      passShader(shape.features, 'implicit'),
      implicitStepShader(shape),
      this.#device.answerOf,
    );
    const fault = await this.#device.fault();
    if (fault !== null) throw new BackendUnusable('fault', fault);
    this.#loaded = { table, shape, pipelines };
  }

  async train(interactions: Interactions, onProgress?: (fraction: number) => void): Promise<LocalResult> {
    const features = this.#features;
    const loaded = this.#loaded;
    if (features === null || loaded === null) {
      throw new RangeError('train: expected a loaded item table, got none; call load first');
    }
    const { table, shape, pipelines } = loaded;
    onProgress?.(0);
    const { state, rows, matrices } = implicitInputs(shape, table, interactions, features.rows.partials);
    const inputs = { state, extra: [rows, matrices] };
    // After the last step one more pass: it gives Fᵀe and the loss.
    const fit = runFit('ImplicitFit', pipelines, features.rows, inputs, trainingSteps + 1);
    onProgress?.(0.5);
    const numbers = await this.#device.answerOf(fit);
    const fault = await this.#device.fault();
    if (fault !== null) throw new BackendUnusable('fault', fault);
    if (!numbers.every(Number.isFinite)) throw new BackendUnusable('wrong', 'numbers that are not finite');
    const result = implicitResult(numbers, shape, table, interactions);
    onProgress?.(1);
    return result;
  }

  dispose(): void {
    this.#features?.rows.dispose();
    this.#features = null;
    this.#loaded = null;
  }
}
