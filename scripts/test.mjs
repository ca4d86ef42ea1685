// `npm test`: types, lint, and all tests (unit, integration, end-to-end in a real browser). Arguments are handed to vitest as filters.
// The last line of standard output is `N passed, N failed, N skipped`; types and lint count as one each.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findBrowser, findFirefox } from './browser.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const isCi = process.env.CI === 'true';
const mayInstall = isCi || process.env.TACIT_INSTALL === '1';
const say = (text) => process.stdout.write(`${text}\n`);

/** Runs a program with its output shown; true when it exits with 0. */
function run(program, args, environment = {}) {
  const result = spawnSync(program, args, {
    cwd: root,
    stdio: ['ignore', 1, 2],
    env: { ...process.env, ...environment },
  });
  if (result.error) say(`${program}: ${result.error.message}`);
  return result.status === 0;
}

const packageFile = (...path) => join(root, 'node_modules', ...path);

/** Installs a package of the distribution, where there is an apt-get; whether it worked shows when the program is looked for again. */
function installFromDistribution(name) {
  const aptGet = '/usr/bin/apt-get';
  if (process.platform !== 'linux' || !existsSync(aptGet)) return;
  const isRoot = process.getuid?.() === 0;
  const apt = (...args) =>
    isRoot
      ? run(aptGet, args, { DEBIAN_FRONTEND: 'noninteractive' })
      : run('sudo', ['-n', 'DEBIAN_FRONTEND=noninteractive', aptGet, ...args]);
  say(`installing ${name} (apt-get) ...`);
  apt('-qq', '-o', 'Acquire::Retries=3', 'update');
  apt('-qq', '-o', 'Acquire::Retries=3', 'install', '-y', '--no-install-recommends', name);
}

/** Installs a Chromium when this is allowed (CI=true or TACIT_INSTALL=1): from the distribution, else by Playwright. */
function installBrowser() {
  installFromDistribution('chromium');
  const found = findBrowser();
  if (found) return found;
  say('installing chromium (playwright-core) ...');
  run(process.execPath, [packageFile('playwright-core', 'cli.js'), 'install', 'chromium']);
  return findBrowser();
}

/** Installs a Firefox when this is allowed: from the distribution alone, because Playwright's build is not what people use. */
function installFirefox() {
  installFromDistribution('firefox-esr');
  return findFirefox();
}

/** Counts of a vitest JSON report; a file that could not be loaded is one failure. */
function countsOf(reportFile) {
  if (!existsSync(reportFile)) return { passed: 0, failed: 1, skipped: 0 };
  const report = JSON.parse(readFileSync(reportFile, 'utf8'));
  const counts = {
    passed: report.numPassedTests,
    failed: report.numFailedTests,
    skipped: report.numPendingTests + report.numTodoTests,
  };
  for (const file of report.testResults) {
    const hasFailedTest = file.assertionResults.some((test) => test.status === 'failed');
    if (file.status === 'failed' && !hasFailedTest) counts.failed += 1;
  }
  return counts;
}

const total = { passed: 0, failed: 0, skipped: 0 };
const check = (name, isGood) => {
  total[isGood ? 'passed' : 'failed'] += 1;
  say(`${isGood ? 'ok' : 'FAILED'}: ${name}`);
};

const tsc = packageFile('typescript', 'bin', 'tsc');
const biome = packageFile('@biomejs', 'biome', 'bin', 'biome');
check('types', run(process.execPath, [tsc, '-b']));
check('lint', run(process.execPath, [biome, 'check', '.']));

/** A browser's path or null; a wrong path in a variable is a failure. */
function browserFrom(find, install) {
  try {
    return find() ?? (mayInstall ? install() : null);
  } catch (error) {
    say(error.message);
    check('browser', false);
    return null;
  }
}
const browser = browserFrom(findBrowser, installBrowser);
const firefox = browserFrom(findFirefox, installFirefox);
say(browser ? `browser: ${browser}` : 'browser: none found, the tests that need one are skipped');
say(firefox ? `firefox: ${firefox}` : 'firefox: none found, its smoke test is skipped');

const dataFolder = process.env.TACIT_TEST_DATA ?? join(root, '..', 'shared', 'data');
if (!existsSync(dataFolder)) {
  say(
    'not registered: tests on MovieLens 100K and latest-small, which are not shipped; TACIT_TEST_DATA=FOLDER names a folder that has them',
  );
}

const folder = mkdtempSync(join(tmpdir(), 'tacit-test-'));
const reportFile = join(folder, 'report.json');
const filters = process.argv.slice(2);
const isGreen = run(
  process.execPath,
  [
    packageFile('vitest', 'vitest.mjs'),
    'run',
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${reportFile}`,
    ...filters,
  ],
  { ...(browser && { TACIT_BROWSER: browser }), ...(firefox && { TACIT_FIREFOX: firefox }) },
);
const counts = countsOf(reportFile);
rmSync(folder, { recursive: true, force: true });
// An error outside every test (an unhandled rejection) makes vitest fail with no failed test.
if (!isGreen && counts.failed === 0) counts.failed = 1;
if (!(browser && firefox) && filters.length === 0) counts.skipped = Math.max(1, counts.skipped);
for (const name of Object.keys(total)) total[name] += counts[name];

if (!browser) {
  say('skipped: end-to-end tests. To run them: TACIT_INSTALL=1 npm test, or TACIT_BROWSER=/path/to/chromium npm test');
}
if (!firefox) {
  say(
    'skipped: the smoke test in Firefox. To run it: TACIT_INSTALL=1 npm test, or TACIT_FIREFOX=/path/to/firefox npm test',
  );
}
const skipIsFailure = isCi && total.skipped > 0;
if (skipIsFailure) say(`CI=true: ${total.skipped} skipped, which counts as a failure here`);
say(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
process.exit(total.failed > 0 || skipIsFailure ? 1 : 0);
