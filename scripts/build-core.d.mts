/** Whether build/core.wasm is made from the sources as they are. */
export function coreIsBuilt(): boolean;
/** Builds build/core.wasm unless it is built. Rejects with the compiler's words. */
export function buildCore(): Promise<void>;
