// What a round needs and nothing before it: the pipeline, the mask machine and its primitives. Imported when a round is entered, so that who
// has not opted in does not download it; participation.ts and worker.ts load it here, for there to be one file of it.
export { encodeUpdate } from '#shared/privacy/pipeline.ts';
export { startClient, stepClient } from '#shared/secagg/client.ts';
export { maskCrypto } from '#shared/secagg/crypto.ts';
export { resumeBytes } from '#shared/secagg/wire.ts';
