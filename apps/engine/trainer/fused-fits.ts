// The fits of two kernels, registered with tfjs's WebGPU backend: `SoftmaxFit` and `ImplicitFit`. Each is one kernel to tfjs, which owns device,
// tensors and queue, and a chain of dispatches to the device: pass, step, pass, step, ... They are recorded into the backend's own command encoder, so
// that the read of the result submits all of it, once, together with the copy that it reads. u, the moments and the step's number stay on the device;
// between the dispatches nothing is written or read by the processor.
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu/dist/backend_webgpu.js';
import {
  engine,
  type KernelConfig,
  type NamedAttrMap,
  type NamedTensorMap,
  type Tensor,
  type TensorInfo,
  tensor1d,
} from '@tensorflow/tfjs-core';
import { BackendUnusable } from './backend.ts';
import { partialVectors } from './pass-shader.ts';
import type { ResidentRows } from './resident-rows.ts';

/** The pipelines of one fit, compiled. */
export interface FitPipelines {
  readonly pass: GPUComputePipeline;
  readonly step: GPUComputePipeline;
}

/** What a fit brings to the device besides the resident rows. */
export interface FitInputs {
  /** As it is before the first step; the pass's query comes first. */
  readonly state: Float32Array;
  /** Bindings 2 and so on of the step. */
  readonly extra: readonly Float32Array[];
}

/** How the kernels are dispatched; tfjs hands it on as the kernel's attributes. */
interface FitPlan {
  readonly pipelines: FitPipelines;
  readonly workgroups: readonly number[];
  readonly slices: number;
  /** Pairs of pass and step. */
  readonly pairs: number;
  readonly partialFloats: number;
}

export type FusedFitName = 'SoftmaxFit' | 'ImplicitFit';

export const fusedFits: readonly KernelConfig[] = (['SoftmaxFit', 'ImplicitFit'] as const).map((kernelName) => ({
  kernelName,
  backendName: 'webgpu',
  kernelFunc: ({ inputs, backend, attrs }) =>
    recordFit(inputs as Record<string, TensorInfo>, backend as WebGPUBackend, attrs as unknown as FitPlan),
}));

/** The pipelines of a device, compiled once for each pair of shaders. They go with the device. */
export class FitPipelineCache {
  readonly #device: GPUDevice;
  readonly #compiled = new Map<string, FitPipelines>();

  constructor(device: GPUDevice) {
    this.#device = device;
  }

  /** @param answerOf what bounds the wait. Rejects with BackendUnusable. */
  async get(
    pass: string,
    step: string,
    answerOf: (answer: Promise<FitPipelines>) => Promise<FitPipelines>,
  ): Promise<FitPipelines> {
    const key = pass + step;
    const pipelines = this.#compiled.get(key) ?? (await answerOf(compileFit(this.#device, pass, step)));
    this.#compiled.set(key, pipelines);
    return pipelines;
  }
}

/** Compiles both kernels. Rejects with BackendUnusable when the device refuses one, with what it says of it. */
async function compileFit(device: GPUDevice, pass: string, step: string): Promise<FitPipelines> {
  const compile = async (name: string, code: string) => {
    const module = device.createShaderModule({ label: name, code });
    try {
      return await device.createComputePipelineAsync({ label: name, layout: 'auto', compute: { module } });
    } catch (error) {
      const { messages } = await module.getCompilationInfo().catch(() => ({ messages: [] }));
      const said = messages.find(({ type }) => type === 'error')?.message ?? String(error);
      throw new BackendUnusable('wrong', `its ${name} shader was refused: ${said}`);
    }
  };
  const [passing, stepping] = await Promise.all([compile('pass', pass), compile('step', step)]);
  return { pass: passing, step: stepping };
}

/**
 * Runs one fit: everything is recorded and submitted before this returns its promise.
 * @param pairs how often pass and step follow each other. @returns the state afterwards. Rejects when the device cannot be read.
 */
export async function runFit(
  name: FusedFitName,
  pipelines: FitPipelines,
  rows: ResidentRows,
  inputs: FitInputs,
  pairs: number,
): Promise<Float32Array> {
  const own = [inputs.state, ...inputs.extra].map((values) => tensor1d(values, 'float32'));
  const tensors: Record<string, Tensor> = {};
  own.forEach((tensor, index) => {
    tensors[index === 0 ? 'state' : `extra${index}`] = tensor;
  });
  rows.tiles.forEach((tile, index) => {
    tensors[`rows${index}`] = tile.rows;
    tensors[`extent${index}`] = tile.extent;
  });
  const plan: FitPlan = {
    pipelines,
    workgroups: rows.tiles.map(({ workgroups }) => workgroups),
    slices: rows.shape.slices,
    pairs,
    partialFloats: 4 * partialVectors(rows.shape) * rows.partials,
  };
  let outputs: Tensor[] = [];
  try {
    outputs = engine().runKernel(name, tensors as NamedTensorMap, plan as unknown as NamedAttrMap) as Tensor[];
    return (await outputs[0]!.data()) as Float32Array;
  } finally {
    for (const tensor of [...own, ...outputs]) tensor.dispose();
  }
}

/** Records the dispatches. @returns the state and the partials, both to be disposed when the state has been read. */
function recordFit(inputs: Record<string, TensorInfo>, backend: WebGPUBackend, plan: FitPlan): TensorInfo[] {
  const { pipelines, workgroups, slices, pairs, partialFloats } = plan;
  const { device } = backend;
  const bufferOf = (tensor: TensorInfo): GPUBuffer => {
    backend.uploadToGPU(tensor.dataId);
    const { resource } = backend.tensorMap.get(tensor.dataId);
    if (!(resource instanceof GPUBuffer))
      throw new BackendUnusable('fault', 'tfjs keeps a tensor elsewhere than in a buffer');
    return resource;
  };
  const { state: before } = inputs;
  const outputs = [
    backend.makeTensorInfo(before!.shape, 'float32'),
    backend.makeTensorInfo([partialFloats], 'float32'),
  ] as const;
  const [state, partials] = [bufferOf(outputs[0]), bufferOf(outputs[1])];
  const bind = (pipeline: GPUComputePipeline, buffers: readonly GPUBuffer[]) =>
    device.createBindGroup({
      layout: pipeline.getBindGroupLayout(0),
      entries: buffers.map((buffer, binding) => ({ binding, resource: { buffer } })),
    });
  const tiles = workgroups.map((count, index) => ({
    count,
    group: bind(pipelines.pass, [
      bufferOf(inputs[`rows${index}`]!),
      bufferOf(inputs[`extent${index}`]!),
      state,
      partials,
    ]),
  }));
  const extra = Object.keys(inputs)
    .filter((name) => name.startsWith('extra'))
    .map((name) => bufferOf(inputs[name]!));
  const step = bind(pipelines.step, [partials, state, ...extra]);

  backend.ensureCommandEncoderReady();
  backend.endComputePassEncoder();
  const encoder = encoderOf(backend);
  encoder.copyBufferToBuffer(bufferOf(before!), 0, state, 0, state.size);
  const pass = encoder.beginComputePass();
  for (let pair = 0; pair < pairs; pair++) {
    pass.setPipeline(pipelines.pass);
    for (const { count, group } of tiles) {
      pass.setBindGroup(0, group);
      pass.dispatchWorkgroups(count, slices);
    }
    pass.setPipeline(pipelines.step);
    pass.setBindGroup(0, step);
    pass.dispatchWorkgroups(1);
  }
  pass.end();
  return [...outputs];
}

/** The encoder that the backend records into and submits with its next read: private to its class, so it is looked at before it is used. */
function encoderOf(backend: WebGPUBackend): GPUCommandEncoder {
  const { commandEncoder } = backend as unknown as { commandEncoder: unknown };
  if (!(commandEncoder instanceof GPUCommandEncoder))
    throw new BackendUnusable('fault', 'tfjs keeps its command encoder elsewhere');
  return commandEncoder;
}
