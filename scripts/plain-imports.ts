// A dynamic import of the page is a dynamic import. Vite wraps each in a helper that adds preload links for what the module imports, which this page
// does without: nothing is fetched before it is wanted, and the helper is weight on the first screen.
import type { Plugin } from 'vite';

const helper = '\0vite/preload-helper.js';

export function plainImports(): Plugin {
  return {
    name: 'tacit:plain-imports',
    apply: 'build',
    enforce: 'pre',
    load(id) {
      return id === helper ? 'export const __vitePreload = (load) => load();' : null;
    },
  };
}
