// What a round needs and nothing before it: encoding and masks, the mask machine and its primitives. Imported when a round is entered, so that
// who has not opted in does not download it; participation.ts and worker.ts load it here, for there to be one file of it.
import {
  type ClientEvent,
  type ClientStart,
  type ClientStep,
  type ClientTools,
  startClient,
  stepClient,
} from '#shared/secagg/client.ts';
import { Machine } from '#shared/secagg/machine.ts';

export { roundCore } from '#shared/core/rounds-wasm.ts';
export { maskCrypto } from '#shared/secagg/crypto.ts';
export { resumeBytes } from '#shared/secagg/wire.ts';

/** A step of the mask machine as far as whoever drives it looks at it: not into what is secret. */
export interface MaskStep extends Pick<ClientStep, 'send' | 'abort'> {
  readonly state: Pick<ClientStep['state'], 'kind'>;
}

/** This device's masks in one round. */
export interface Masks {
  /** The keys are drawn, and nothing is said yet. */
  readonly first: MaskStep;
  /** One event; each waits for those before it. Never rejects. */
  handle(event: ClientEvent): Promise<MaskStep>;
}

/** Draws the keys of a round. Rejects with RangeError for values that the config does not ask for. */
export async function startMasks(start: ClientStart, tools: ClientTools): Promise<Masks> {
  const first = await startClient(start, tools);
  const machine = new Machine(first.state, (state, event: ClientEvent) => stepClient(state, event, tools));
  return { first, handle: (event) => machine.handle(event) };
}

/** What a participation takes from here. */
export type Masking = Pick<typeof import('./masking.ts'), 'roundCore' | 'startMasks' | 'resumeBytes'>;
