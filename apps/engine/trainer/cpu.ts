// tfjs on the processor, with only the kernels that the fit needs.

import { MathBackendCPU } from '@tensorflow/tfjs-backend-cpu/dist/backend_cpu.js';
import { addConfig } from '@tensorflow/tfjs-backend-cpu/dist/kernels/Add.js';
import { batchMatMulConfig } from '@tensorflow/tfjs-backend-cpu/dist/kernels/BatchMatMul.js';
import { castConfig } from '@tensorflow/tfjs-backend-cpu/dist/kernels/Cast.js';
import { concatConfig } from '@tensorflow/tfjs-backend-cpu/dist/kernels/Concat.js';
import { gatherV2Config } from '@tensorflow/tfjs-backend-cpu/dist/kernels/GatherV2.js';
import { identityConfig } from '@tensorflow/tfjs-backend-cpu/dist/kernels/Identity.js';
import { multiplyConfig } from '@tensorflow/tfjs-backend-cpu/dist/kernels/Multiply.js';
import { reshapeConfig } from '@tensorflow/tfjs-backend-cpu/dist/kernels/Reshape.js';
import { subConfig } from '@tensorflow/tfjs-backend-cpu/dist/kernels/Sub.js';
import type { KernelConfig } from '@tensorflow/tfjs-core';
import { activate, deactivate } from './activate.ts';
import { neverLost, type OpenBackend } from './backend.ts';
import { TfjsFit } from './tfjs.ts';

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
/** Opens the processor backend; it has no device that could be lost. */
export async function openCpu(): Promise<OpenBackend> {
  await activate('cpu', new MathBackendCPU(), kernels);
  const open: OpenBackend = {
    name: 'cpu',
    device: 'processor',
    onLoss: neverLost,
    isLost: () => false,
    fault: async () => null,
    makeFit: () => new TfjsFit(open),
    close: () => deactivate('cpu'),
  };
  return open;
}
