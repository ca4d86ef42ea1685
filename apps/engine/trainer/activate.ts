// Makes a backend instance tfjs's current one, and checks that it really is: getBackend() keeps saying a name after setBackend failed.
import {
  backend,
  findBackendFactory,
  getKernel,
  type KernelBackend,
  type KernelConfig,
  registerBackend,
  registerKernel,
  removeBackend,
  setBackend,
} from '@tensorflow/tfjs-core';
import { BackendUnusable, type DeviceBackendName } from './backend.ts';

/** Registers `instance` in place of an earlier one of that name, and its kernels once. Throws BackendUnusable when tfjs does not take it. */
export async function activate(
  name: DeviceBackendName,
  instance: KernelBackend,
  kernels: readonly KernelConfig[],
): Promise<void> {
  for (const kernel of kernels) if (!getKernel(kernel.kernelName, name)) registerKernel(kernel);
  deactivate(name);
  registerBackend(name, () => instance);
  const accepted = await setBackend(name);
  if (!accepted || backend() !== instance) {
    deactivate(name);
    throw new BackendUnusable('fault', `tfjs did not accept its ${name} backend`);
  }
}

/** Removes the backend and disposes its instance. Does nothing when the name is not registered. */
export function deactivate(name: DeviceBackendName): void {
  if (findBackendFactory(name) !== null) removeBackend(name);
}
