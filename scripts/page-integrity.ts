// What lets others check the built page, at no cost to the page itself:
// - index.html names the SHA-384 of each script, preloaded module and stylesheet; an import map names those of modules that are imported later;
// - the service worker names the SHA-384 of what it fetches for offline use, and of the training code;
// - SHA256SUMS lists all files.
// SECURITY.md says what that gives and what it does not.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Plugin } from 'vite';
import { sha256Of, sumsFile, sumsOf } from '../apps/cli/page-sums.ts';

/** The value of an `integrity` attribute. */
export const integrityOf = (bytes: Uint8Array): string =>
  `sha384-${createHash('sha384').update(bytes).digest('base64')}`;

const tags = /<script\b[^>]*>|<link\b[^>]*>/g;
const attribute = (tag: string, name: string) => new RegExp(`\\s${name}="([^"]*)"`).exec(tag)?.[1];

/**
 * index.html with an `integrity` attribute on every script, preloaded module and stylesheet, and with the import map.
 * @param read the bytes of a file, by its path from the root without the first slash
 * @param modules paths of the modules that the page's entry imports, now or later
 * @param stylesheets paths of the page's stylesheets
 * @throws {Error} for an inline script, for a script or stylesheet from elsewhere, and for a stylesheet that would come later and so unchecked
 */
export function withIntegrity(
  html: string,
  read: (path: string) => Uint8Array,
  modules: readonly string[],
  stylesheets: readonly string[] = [],
): string {
  const later = stylesheets.find((path) => !html.includes(`href="/${path}"`));
  if (later !== undefined) {
    throw new Error(`index.html: expected a link to ${later}; no hash covers a stylesheet that a module brings`);
  }
  const marked = html.replaceAll(tags, (tag) => {
    const isScript = tag.startsWith('<script');
    if (!isScript && !/^(stylesheet|modulepreload)$/.test(attribute(tag, 'rel') ?? '')) return tag;
    const address = attribute(tag, isScript ? 'src' : 'href');
    if (!address?.startsWith('/') || address.startsWith('//')) {
      throw new Error(`index.html: expected a file of this build in ${tag}`);
    }
    return `${tag.slice(0, -1)} integrity="${integrityOf(read(address.slice(1)))}">`;
  });
  if (modules.length === 0) return marked;
  const integrity = Object.fromEntries([...modules].sort().map((path) => [`/${path}`, integrityOf(read(path))]));
  const map = `<script type="importmap">${JSON.stringify({ integrity })}</script>`;
  // Before the first module: a browser that has begun to load modules takes no import map any more, or only for later ones.
  const first = /<(script\b[^>]*type="module"|link\b[^>]*rel="modulepreload")/.exec(marked);
  if (first === null) throw new Error('index.html: expected a module script');
  return `${marked.slice(0, first.index)}${map}\n    ${marked.slice(first.index)}`;
}

/** Marks index.html when all files are written, and writes SHA256SUMS when the service worker is written too. */
export function pageIntegrity(): Plugin {
  let folder = '';
  let say = (_text: string) => {};
  return {
    name: 'tacit:page-integrity',
    apply: 'build',
    enforce: 'post',
    configResolved(config) {
      folder = join(config.root, config.build.outDir);
      say = (text) => config.logger.info(text);
    },
    writeBundle: {
      order: 'post',
      handler(_options, bundle) {
        const files = Object.values(bundle);
        const modules = files.flatMap((file) => (file.type === 'chunk' && !file.isEntry ? [file.fileName] : []));
        const stylesheets = files.flatMap(({ fileName }) => (fileName.endsWith('.css') ? [fileName] : []));
        const index = join(folder, 'index.html');
        const html = readFileSync(index, 'utf8');
        writeFileSync(
          index,
          withIntegrity(html, (path) => readFileSync(join(folder, path)), modules, stylesheets),
        );
      },
    },
    closeBundle: {
      order: 'post',
      sequential: true,
      handler(error) {
        if (error) return;
        readFileSync(join(folder, 'sw.js'));
        const sums = sumsOf(folder);
        writeFileSync(join(folder, sumsFile), sums);
        say(`this page: SHA-256 of its ${sumsFile} ${sha256Of(Buffer.from(sums))}`);
      },
    },
  };
}

interface PrecacheEntry {
  readonly url: string;
  integrity?: string | undefined;
}

/** For workbox's `manifestTransforms`: what is fetched for offline use is checked, and the list's order does not depend on the file system. */
export function checkedPrecache(folder: string) {
  return <Entry extends PrecacheEntry>(entries: Entry[]) => ({
    manifest: entries
      .map((entry) => ({ ...entry, integrity: integrityOf(readFileSync(join(folder, entry.url))) }))
      .sort((a, b) => (a.url < b.url ? -1 : 1)),
    warnings: [],
  });
}

/** For workbox's `runtimeCaching`: one cache-first route for each built file `assets/PREFIX*`, with its integrity. */
export function checkedRoutes(folder: string, prefix: string, cacheName: string) {
  return readdirSync(join(folder, 'assets'))
    .filter((name) => name.startsWith(prefix))
    .sort()
    .map((name) => ({
      urlPattern: new RegExp(`/assets/${name.replaceAll('.', '\\.')}$`),
      handler: 'CacheFirst' as const,
      options: {
        cacheName,
        cacheableResponse: { statuses: [200] },
        fetchOptions: { integrity: integrityOf(readFileSync(join(folder, 'assets', name))) },
      },
    }));
}
