// Where the end-to-end tests get their browsers: named by the person, on the PATH, or in Playwright's cache. Depends on Node alone.
import { existsSync, readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';

const chromiumCommands = [
  'chromium',
  'chromium-browser',
  'google-chrome',
  'google-chrome-stable',
  'msedge',
  'microsoft-edge',
];

const firefoxCommands = ['firefox-esr', 'firefox'];
const firefoxFolders = [
  '/Applications/Firefox.app/Contents/MacOS/firefox',
  'C:\\Program Files\\Mozilla Firefox\\firefox.exe',
];

function onPath(commands, environment) {
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

/** The file that one of the variables names, or null. */
function named(names, kind, environment) {
  for (const name of names) {
    const path = environment[name];
    if (!path) continue;
    if (existsSync(path)) return path;
    throw new Error(`${name} names ${path}, which does not exist. Give the path of a ${kind} or unset ${name}.`);
  }
  return null;
}

/**
 * The path of a Chromium, Chrome or Edge, or null.
 * @param {NodeJS.ProcessEnv} environment
 * @throws {Error} when TACIT_BROWSER or CHROME_PATH names a file that is not there.
 */
export function findBrowser(environment = process.env) {
  return (
    named(['TACIT_BROWSER', 'CHROME_PATH'], 'Chromium', environment) ??
    onPath(chromiumCommands, environment) ??
    inPlaywrightCache(environment)
  );
}

/**
 * The path of a Firefox as its makers ship it, or null; Playwright's own build is another program.
 * @param {NodeJS.ProcessEnv} environment
 * @throws {Error} when TACIT_FIREFOX names a file that is not there.
 */
export function findFirefox(environment = process.env) {
  return (
    named(['TACIT_FIREFOX'], 'Firefox', environment) ??
    onPath(firefoxCommands, environment) ??
    firefoxFolders.find((path) => existsSync(path)) ??
    null
  );
}
