// The machine and the versions that a run was measured on. No name of it and no path.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { availableParallelism, cpus, release, totalmem, type } from 'node:os';
import { productVersion } from '../../server/start.ts';
import type { Machine } from './result.ts';
import type { BrowserVenue } from './venue.ts';

/** @param browser null: none took part */
export function machineOf(browser: Pick<BrowserVenue, 'version' | 'adapter'> | null): Machine {
  return {
    processor: cpus()[0]?.model.trim() ?? 'unknown processor',
    cores: availableParallelism(),
    memoryBytes: totalmem(),
    system: `${type()} ${release()}`,
    node: process.versions.node,
    chromium: browser?.version ?? null,
    tfjs: versionOf('@tensorflow/tfjs'),
    tacit: productVersion(),
    adapter: browser?.adapter?.name ?? null,
    isSoftwareAdapter: browser?.adapter?.isSoftware ?? false,
  };
}

function versionOf(name: string): string {
  const path = createRequire(import.meta.url).resolve(`${name}/package.json`);
  return String((JSON.parse(readFileSync(path, 'utf8')) as { version: unknown }).version);
}
