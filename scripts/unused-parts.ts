// A plugin for the build: parts of libraries that this page never uses, and that a bundler has to keep, because their modules do something when they
// are loaded. Of socket.io's client only the WebSocket is used (PROTOCOL.md [T1]); tfjs here stores no model and has no optimiser of its own.
import type { Plugin } from 'vite';

const store = (name: string) =>
  `export class ${name} {}\n${name}.URL_SCHEME = ${JSON.stringify(`${name}://`)};\nexport class ${name}Manager {}\n`;

/** By the end of a module's path: what stands in for it. */
const standIns: readonly (readonly [path: string, code: string])[] = [
  ['engine.io-client/build/esm/transports/polling-xhr.js', 'export class XHR {}\n'],
  ['engine.io-client/build/esm/transports/polling-fetch.js', 'export class Fetch {}\n'],
  ['engine.io-client/build/esm/transports/webtransport.js', 'export class WT {}\n'],
  ['@tensorflow/tfjs-core/dist/io/local_storage.js', store('BrowserLocalStorage')],
  ['@tensorflow/tfjs-core/dist/io/indexed_db.js', store('BrowserIndexedDB')],
  ['@tensorflow/tfjs-core/dist/optimizers/register_optimizers.js', 'export function registerOptimizers() {}\n'],
];

export function unusedParts(): Plugin {
  const left = new Set(standIns.map(([path]) => path));
  return {
    name: 'tacit:unused-parts',
    apply: 'build',
    enforce: 'pre',
    load(id) {
      const found = standIns.find(([path]) => id.replaceAll('\\', '/').endsWith(`node_modules/${path}`));
      if (found === undefined) return null;
      left.delete(found[0]);
      return { code: found[1], moduleSideEffects: false };
    },
    buildEnd(error) {
      // A library that moved its files would be in the page as a whole again.
      if (error === undefined && left.size > 0) this.error(`not in the build: ${[...left].join(', ')}`);
    },
  };
}
