// The WebGPU adapter of this browser: what it is, and whether software plays it. Needs no tfjs, so it is looked at before tfjs is downloaded.
import type { Clock } from '../environment.ts';
import { answerOf, BackendUnusable } from './backend.ts';

export interface FoundAdapter {
  readonly adapter: GPUAdapter;
  readonly isSoftware: boolean;
  /** Vendor and architecture, in words. */
  readonly device: string;
  /** What tells this adapter, its driver and this browser from others, as far as the browser says. For this device's own notes: never sent. */
  readonly identity: string;
}

/** Finds the adapter. Rejects with BackendUnusable: no WebGPU, no adapter. */
export async function findAdapter(after: Clock['after']): Promise<FoundAdapter> {
  const gpu = (globalThis.navigator as Navigator | undefined)?.gpu;
  if (gpu === undefined) throw new BackendUnusable('missing', '');
  const adapter = await answerOf(
    gpu.requestAdapter({ powerPreference: 'high-performance' }).catch(() => null),
    after,
  );
  if (adapter === null) throw new BackendUnusable('missing', 'no adapter');
  // Newer browsers tell it in `info`; older ones had it on the adapter, and some have no `info` at all.
  const info = adapter.info as GPUAdapterInfo | undefined;
  const isSoftware = info?.isFallbackAdapter ?? (adapter as { isFallbackAdapter?: boolean }).isFallbackAdapter ?? false;
  return {
    adapter,
    isSoftware,
    device: [info?.vendor || 'unknown', info?.architecture || 'adapter', ...(isSoftware ? ['software'] : [])].join(' '),
    identity: [info?.vendor, info?.architecture, info?.device, info?.description, navigator.userAgent].join('|'),
  };
}

/** A software adapter is taken only where it was asked for by name. Throws BackendUnusable. */
export function checkHardware({ isSoftware, device }: FoundAdapter, allowSoftware: boolean): void {
  if (isSoftware && !allowSoftware) throw new BackendUnusable('software', device);
}
