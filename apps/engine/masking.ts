// What a round needs and nothing before it: encoding and masks, the mask machine and its primitives. Imported when a round is entered, so that
// who has not opted in does not download it; participation.ts and worker.ts load it here, for there to be one file of it.
export { roundCore } from '#shared/core/rounds-wasm.ts';
export { startClient, stepClient } from '#shared/secagg/client.ts';
export { maskCrypto } from '#shared/secagg/crypto.ts';
export { resumeBytes } from '#shared/secagg/wire.ts';
