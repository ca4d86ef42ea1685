// Where the end-to-end tests get their browser: named by the person, on the PATH, or in Playwright's cache. Depends on Node alone.
import { existsSync, readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';

const commands = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'msedge', 'microsoft-edge'];

function onPath(environment) {
  const folders = (environment.PATH ?? '').split(delimiter).filter(Boolean);
  const endings = process.platform === 'win32' ? ['.exe'] : [''];
  for (const command of commands) {
    for (const folder of folders) {
      for (const ending of endings) {
        const path = join(folder, command + ending);
        if (existsSync(path)) return path;
      }
    }
  }
  return null;
}

function inPlaywrightCache(environment) {
  const caches = [
    environment.PLAYWRIGHT_BROWSERS_PATH,
    join(homedir(), '.cache', 'ms-playwright'),
    join(homedir(), 'Library', 'Caches', 'ms-playwright'),
    join(homedir(), 'AppData', 'Local', 'ms-playwright'),
  ];
  const programs = [
    ['chrome-linux64', 'chrome'],
    ['chrome-linux', 'chrome'],
    ['chrome-mac', 'Chromium.app', 'Contents', 'MacOS', 'Chromium'],
    ['chrome-mac-arm64', 'Google Chrome for Testing.app', 'Contents', 'MacOS', 'Google Chrome for Testing'],
    ['chrome-win', 'chrome.exe'],
    ['chrome-win64', 'chrome.exe'],
  ];
  for (const cache of caches) {
    if (!cache || !existsSync(cache)) continue;
    const versions = readdirSync(cache).filter((name) => /^chromium-\d+$/.test(name));
    versions.sort((a, b) => Number(b.slice(9)) - Number(a.slice(9)));
    for (const version of versions) {
      for (const program of programs) {
        const path = join(cache, version, ...program);
        if (existsSync(path)) return path;
      }
    }
  }
  return null;
}

/**
 * The path of a Chromium, Chrome or Edge, or null.
 * @param {NodeJS.ProcessEnv} environment
 * @throws {Error} when TACIT_BROWSER or CHROME_PATH names a file that is not there.
 */
export function findBrowser(environment = process.env) {
  for (const name of ['TACIT_BROWSER', 'CHROME_PATH']) {
    const path = environment[name];
    if (!path) continue;
    if (existsSync(path)) return path;
    throw new Error(`${name} names ${path}, which does not exist. Give the path of a Chromium or unset ${name}.`);
  }
  return onPath(environment) ?? inPlaywrightCache(environment);
}
