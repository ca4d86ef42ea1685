// What in a client's state has to be gone when it is left: for tests of wiping.
import type { ClientState } from '../client.ts';

/** Every secret buffer of a state, by reference, and the bytes of an upload that was not sent yet. */
export function secretsOf(state: ClientState): (Uint8Array | Uint32Array)[] {
  switch (state.kind) {
    case 'advertised':
      return [state.values, state.secrets.channel, state.secrets.r, state.secrets.b];
    case 'shared':
      return [
        state.values,
        state.b,
        state.ownPair,
        ...state.agreements.channels.values(),
        ...state.agreements.pairMasks.values(),
      ];
    case 'charging':
      return [
        ...state.channels.values(),
        ...state.pairs.values(),
        ...(state.upload.kind === 'masked' ? state.upload.frames : []),
      ];
    case 'masked':
      return [...state.channels.values(), ...state.pairs.values()];
    case 'confirming':
      return [...state.expected.values(), ...state.shares.values()];
    case 'unmasking':
    case 'done':
    case 'aborted':
      return [];
  }
}

/** Whether every buffer is all zeros. */
export function areWiped(buffers: readonly (Uint8Array | Uint32Array)[]): boolean {
  return buffers.every((buffer) => buffer.every((value) => value === 0));
}
