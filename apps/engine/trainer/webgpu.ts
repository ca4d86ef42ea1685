// tfjs on WebGPU, with only the kernels that the fit needs (60 kB instead of 117, compressed). We ask for the device ourselves:
// tfjs neither watches uncaptured errors (a wrong shader gives zeros and says nothing) nor the loss of the device.

import { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu/dist/backend_webgpu.js';
import { addConfig } from '@tensorflow/tfjs-backend-webgpu/dist/kernels/Add.js';
import { batchMatMulConfig } from '@tensorflow/tfjs-backend-webgpu/dist/kernels/BatchMatMul.js';
import { castConfig } from '@tensorflow/tfjs-backend-webgpu/dist/kernels/Cast.js';
import { concatConfig } from '@tensorflow/tfjs-backend-webgpu/dist/kernels/Concat.js';
import { gatherV2Config } from '@tensorflow/tfjs-backend-webgpu/dist/kernels/GatherV2.js';
import { identityConfig } from '@tensorflow/tfjs-backend-webgpu/dist/kernels/Identity.js';
import { multiplyConfig } from '@tensorflow/tfjs-backend-webgpu/dist/kernels/Multiply.js';
import { reshapeConfig } from '@tensorflow/tfjs-backend-webgpu/dist/kernels/Reshape.js';
import { subConfig } from '@tensorflow/tfjs-backend-webgpu/dist/kernels/Sub.js';
import { env, type KernelConfig } from '@tensorflow/tfjs-core';
import { activate, deactivate } from './activate.ts';
import { BackendUnusable, type OpenBackend, type OpenOptions } from './backend.ts';

const kernels: readonly KernelConfig[] = [
  addConfig,
  batchMatMulConfig,
  castConfig,
  concatConfig,
  gatherV2Config,
  identityConfig,
  multiplyConfig,
  reshapeConfig,
  subConfig,
];
/** Opens WebGPU. Throws BackendUnusable: no WebGPU, no adapter, a software adapter that was not asked for, or no device. */
export async function openWebgpu(options: OpenOptions): Promise<OpenBackend> {
  const gpu = (globalThis.navigator as Navigator | undefined)?.gpu;
  if (gpu === undefined) throw new BackendUnusable('this browser has no WebGPU');
  const adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' }).catch(() => null);
  if (adapter === null) throw new BackendUnusable('WebGPU found no graphics adapter');
  // Newer browsers tell it in `info`; older ones had it on the adapter.
  const isSoftware =
    adapter.info?.isFallbackAdapter ?? (adapter as { isFallbackAdapter?: boolean }).isFallbackAdapter ?? false;
  if (isSoftware && !options.allowSoftware) {
    throw new BackendUnusable('WebGPU here is computed in software, which is slower than the processor itself');
  }
  const device = await adapter
    .requestDevice({ requiredLimits: wantedLimits(adapter.limits) })
    .catch((error: unknown) => {
      throw new BackendUnusable(`WebGPU gave no device: ${messageOf(error)}`);
    });

  let firstFault: string | null = null;
  let goneBecause: string | null = null;
  let closed = false;
  device.addEventListener('uncapturederror', (event) => {
    event.preventDefault();
    firstFault ??= (event as GPUUncapturedErrorEvent).error.message;
  });
  const lost = device.lost.then((info) => {
    goneBecause = `the graphics device was lost (${info.reason || 'unknown'})`;
    return closed ? new Promise<string>(() => {}) : goneBecause;
  });

  // Small tensors would silently be computed on the processor otherwise, also in the self-test.
  env().set('WEBGPU_CPU_FORWARD', false);
  try {
    await activate('webgpu', new WebGPUBackend(device, adapter.info), kernels);
  } catch (error) {
    closed = true;
    device.destroy();
    throw error;
  }

  return {
    name: 'webgpu',
    device: `${adapter.info?.vendor || 'unknown'} ${adapter.info?.architecture || 'adapter'}${isSoftware ? ', software' : ''}`,
    lost,
    isLost: () => goneBecause !== null,
    async fault() {
      if (goneBecause !== null) return goneBecause;
      await device.queue.onSubmittedWorkDone().catch(() => {});
      return firstFault ?? goneBecause;
    },
    close() {
      if (closed) return;
      closed = true;
      deactivate('webgpu');
      device.destroy();
    },
  };
}

/** The adapter's own limits where a large item table would exceed the defaults. */
function wantedLimits(limits: GPUSupportedLimits): Record<string, number> {
  return {
    maxBufferSize: limits.maxBufferSize,
    maxStorageBufferBindingSize: limits.maxStorageBufferBindingSize,
    maxComputeWorkgroupsPerDimension: limits.maxComputeWorkgroupsPerDimension,
    maxComputeWorkgroupStorageSize: limits.maxComputeWorkgroupStorageSize,
    maxComputeWorkgroupSizeX: limits.maxComputeWorkgroupSizeX,
    maxComputeInvocationsPerWorkgroup: limits.maxComputeInvocationsPerWorkgroup,
  };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
