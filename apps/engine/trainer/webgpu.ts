// tfjs on WebGPU, with no kernels but our own. We ask for the device ourselves: tfjs neither watches uncaptured errors (a wrong shader gives zeros
// and says nothing) nor the loss of the device. No limit is asked for beyond the least that every WebGPU device has, so no device is different.

import { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu/dist/backend_webgpu.js';
import { env } from '@tensorflow/tfjs-core';
import { activate, deactivate } from './activate.ts';
import { checkHardware, findAdapter } from './adapter.ts';
import { answerOf, BackendUnusable, Loss, type OpenBackend, type OpenOptions } from './backend.ts';
import { FusedFit } from './fused-fit.ts';
import { FitPipelineCache, fusedFits } from './fused-fits.ts';

/** An open device with what the fits on it share. */
export interface OpenWebgpu extends OpenBackend {
  readonly backend: WebGPUBackend;
  readonly pipelines: FitPipelineCache;
  /** As `answerOf`, for this device. */
  answerOf<T>(answer: Promise<T>): Promise<T>;
}

/** Opens WebGPU. Rejects with BackendUnusable: no WebGPU, no adapter, a software adapter that was not asked for, or no device. */
export async function openWebgpu(options: OpenOptions): Promise<OpenWebgpu> {
  const found = await findAdapter(options.after);
  checkHardware(found, options.allowSoftware);
  const { adapter, device: name } = found;
  const device = await answerOf(
    adapter.requestDevice().catch((error: unknown) => {
      throw new BackendUnusable('missing', `no device: ${error instanceof Error ? error.message : String(error)}`);
    }),
    options.after,
  );

  let firstFault: string | null = null;
  const loss = new Loss();
  let closed = false;
  device.addEventListener('uncapturederror', (event) => {
    event.preventDefault();
    firstFault ??= (event as GPUUncapturedErrorEvent).error.message;
  });
  void device.lost.then((info) => {
    if (!closed) loss.tell(`the graphics device was lost (${info.reason || 'unknown'})`);
  });

  // Small tensors would silently be computed on the processor otherwise, also in the self-test.
  env().set('WEBGPU_CPU_FORWARD', false);
  const backend = new WebGPUBackend(device, adapter.info);
  try {
    await activate('webgpu', backend, fusedFits);
  } catch (error) {
    closed = true;
    device.destroy();
    throw error;
  }

  const open: OpenWebgpu = {
    name: 'webgpu',
    device: name,
    onLoss: loss.onLoss,
    backend,
    pipelines: new FitPipelineCache(device),
    isLost: () => loss.reason !== null,
    async fault() {
      if (loss.reason !== null) return loss.reason;
      await answerOf(
        device.queue.onSubmittedWorkDone().catch(() => {}),
        options.after,
        loss.onLoss,
      );
      return firstFault ?? loss.reason;
    },
    answerOf: (answer) => answerOf(answer, options.after, loss.onLoss),
    makeFit: () => new FusedFit(open),
    close() {
      if (closed) return;
      closed = true;
      deactivate('webgpu');
      device.destroy();
    },
  };
  return open;
}
