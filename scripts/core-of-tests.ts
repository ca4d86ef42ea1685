// Before any test: the WASM core is that of the sources, also for whoever calls vitest by itself.
import { buildCore } from './build-core.mjs';

export default buildCore;
