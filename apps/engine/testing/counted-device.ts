// Counts what a page asks of WebGPU devices, by standing between the page and the browser's classes. Imported before anything opens a device.

export interface DeviceCounts {
  readonly dispatches: number;
  readonly submits: number;
  readonly readbacks: number;
  /** Compiled. */
  readonly pipelines: number;
  /** Created less destroyed; those that go with their device are not seen to go. */
  readonly buffers: number;
  /** Of the same, bytes. */
  readonly bufferBytes: number;
  readonly devices: number;
}

/** What a device was asked for when it was opened, and what it then grants. */
export interface OpenedDevice {
  readonly requiredLimits: readonly string[];
  readonly requiredFeatures: readonly string[];
  readonly limits: Readonly<Record<string, number>>;
}

const counts = { dispatches: 0, submits: 0, readbacks: 0, pipelines: 0, buffers: 0, bufferBytes: 0, devices: 0 };
let opened: OpenedDevice = { requiredLimits: [], requiredFeatures: [], limits: {} };
const alive = new Set<GPUBuffer>();

export function deviceCounts(): DeviceCounts {
  return { ...counts };
}

/** The device that was opened last. */
export function lastDevice(): OpenedDevice {
  return opened;
}

/** What came on top since `before`. */
export function countedSince(before: DeviceCounts): DeviceCounts {
  const difference = { ...counts };
  for (const name of Object.keys(difference) as (keyof DeviceCounts)[]) difference[name] -= before[name];
  return difference;
}

/** Calls `note` before each call of a method. */
// biome-ignore lint/suspicious/noExplicitAny: of any class
function watch<Name extends string>(type: { prototype: Record<Name, any> }, name: Name, note: (self: never) => void) {
  const real = type.prototype[name] as (...parameters: unknown[]) => unknown;
  type.prototype[name] = function (this: never, ...parameters: unknown[]) {
    note(this);
    return real.apply(this, parameters);
  };
}

if (typeof GPUDevice !== 'undefined') {
  watch(GPUComputePassEncoder, 'dispatchWorkgroups', () => counts.dispatches++);
  watch(GPUQueue, 'submit', () => counts.submits++);
  watch(GPUBuffer, 'mapAsync', () => counts.readbacks++);
  watch(GPUDevice, 'createComputePipeline', () => counts.pipelines++);
  watch(GPUDevice, 'createComputePipelineAsync', () => counts.pipelines++);
  const { createBuffer } = GPUDevice.prototype;
  GPUDevice.prototype.createBuffer = function (descriptor) {
    const buffer = createBuffer.call(this, descriptor);
    alive.add(buffer);
    counts.buffers++;
    counts.bufferBytes += descriptor.size;
    return buffer;
  };
  const { requestDevice } = GPUAdapter.prototype;
  GPUAdapter.prototype.requestDevice = async function (descriptor) {
    counts.devices++;
    const device = await requestDevice.call(this, descriptor);
    const limits: Record<string, number> = {};
    // Getters of the prototype.
    for (const name in device.limits) limits[name] = Number(device.limits[name as keyof GPUSupportedLimits]);
    opened = {
      requiredLimits: Object.keys(descriptor?.requiredLimits ?? {}),
      requiredFeatures: [...(descriptor?.requiredFeatures ?? [])],
      limits,
    };
    return device;
  };
  watch(GPUBuffer, 'destroy', (buffer: GPUBuffer) => {
    if (!alive.delete(buffer)) return;
    counts.buffers--;
    counts.bufferBytes -= buffer.size;
  });
}
