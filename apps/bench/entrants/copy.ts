// The bandwidth of the graphics processor's memory, by copying: what no fit can be faster than.
import type { Enter } from '../task.ts';

/** Copies a run, so that starting them is nothing beside them. */
export const copiesARun = 8;

export const copyOnDevice: Enter<'copy'> = async ({ bytes }) => {
  const adapter = await navigator.gpu?.requestAdapter({ powerPreference: 'high-performance' });
  if (!adapter) throw new Error('expected a graphics adapter, found none');
  const device = await adapter.requestDevice();
  const usage = GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST;
  const [from, to] = [device.createBuffer({ size: bytes, usage }), device.createBuffer({ size: bytes, usage })];
  const run = async () => {
    const encoder = device.createCommandEncoder();
    for (let copy = 0; copy < copiesARun; copy++) encoder.copyBufferToBuffer(from, 0, to, 0, bytes);
    device.queue.submit([encoder.finish()]);
    await device.queue.onSubmittedWorkDone();
  };
  return { run };
};
