import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { defaultLearner } from '../../server/config.ts';
import { readSettings, startHelp, UsageError } from './config.ts';

const folder = mkdtempSync(join(tmpdir(), 'tacit-config-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const file = (content: string) => {
  const path = join(folder, 'config.json');
  writeFileSync(path, content);
  return path;
};

const settings = (argv: string[], environment: NodeJS.ProcessEnv = {}) => {
  const request = readSettings(argv, environment);
  if (request.kind !== 'start') throw new Error(request.kind);
  return request.settings;
};

test('[CF1] defaults: loopback, 36 simulated participants, the films', () => {
  expect(settings([])).toEqual({
    crowd: 0,
    cohort: 0,
    epsilon: 0,
    participations: 1,
    delta: 1e-6,
    itemsK: 0,
    dim: 0,
    rounds: 'on',
    despiteAdvice: false,
    port: 8080,
    portIsExplicit: false,
    host: '127.0.0.1',
    mode: 'masked',
    learner: defaultLearner,
    localSteps: 1,
    proxMu: 0,
    weights: 'none',
    serverOptimizer: 'preconditioned',
    itemBlocks: 0,
    offsetItems: 0,
    rank: 0,
    dataDir: '.tacit',
    fleet: 36,
    catalogue: 'films',
    population: 2000,
    cooldown: 30,
    seed: 1,
    logLevel: 'warn',
  });
});

test('[CF2] a flag goes before a variable, a variable before the file, the file before the default', () => {
  const path = file('{"port": 7001, "fleet": 1, "host": "::1", "dataDir": "from-file"}');
  const found = settings(['--port', '7003', `--config=${path}`], { TACIT_PORT: '7002', TACIT_FLEET: '2' });
  expect(found).toMatchObject({ port: 7003, fleet: 2, host: '::1', dataDir: 'from-file', portIsExplicit: true });
  expect(settings([], { TACIT_CONFIG: path }).fleet).toBe(1);
});

test('[CF3] a number 0 from a flag is a value, not an absence', () => {
  expect(settings(['--fleet', '0', '--port=0'])).toMatchObject({ fleet: 0, port: 0, portIsExplicit: true });
  expect(settings([], { TACIT_FLEET: '0' }).fleet).toBe(0);
});

test.each([
  [['--prot', '80'], /unknown flag "--prot".*--port/],
  [['serve'], /unexpected argument "serve"/],
  [['--port', 'eighty'], /--port: expected a whole number from 0 to 65535, but got "eighty"/],
  [['--port', '65536'], /--port: expected .*65536/],
  [['--port', '80.5'], /--port: expected .*80\.5/],
  [['--port', '1e3'], /--port: expected/],
  [['--port', 'NaN'], /--port: expected/],
  [['--port', ''], /--port: expected/],
  [['--port'], /--port: .*no value/],
  [['--fleet', '--port', '80'], /--fleet: .*no value/],
  [['--fleet', '-1'], /--fleet: expected .*-1/],
  [['--log-level', 'loud'], /--log-level: expected one of silent/],
  [['--config', join(folder, 'absent.json')], /--config: expected a JSON file/],
])('[CF4] %j stops with the reason', (argv, reason) => {
  expect(() => readSettings(argv, {})).toThrow(UsageError);
  expect(() => readSettings(argv, {})).toThrow(reason);
});

test('[CF5] a bad variable is named', () => {
  expect(() => readSettings([], { TACIT_PORT: '-5' })).toThrow(/TACIT_PORT: expected a whole number/);
});

test.each([
  ['{"prot": 80}', /unknown key "prot".*Known keys: port/],
  ['{"port": "80"}', /key "port": expected a whole number/],
  ['[1]', /expected a JSON object/],
  ['{', /cannot be read/],
])('[CF6] a config file %s stops with the reason', (content, reason) => {
  expect(() => readSettings(['--config', file(content)], {})).toThrow(reason);
});

test('[CF7] an unknown TACIT_ variable is reported, not obeyed', () => {
  const request = readSettings([], {
    TACIT_FLEETS: '3',
    TACIT_BROWSER: '/chromium',
    TACIT_FIREFOX: '/firefox',
    PATH: '/bin',
  });
  expect(request).toMatchObject({ warnings: [expect.stringContaining('TACIT_FLEETS')] });
});

test('[CF8] the help names every flag and variable', () => {
  expect(readSettings(['--port', '1', '--help'], {})).toEqual({ kind: 'help' });
  for (const flag of [
    '--port',
    '--mode masked|local',
    '--data-dir',
    '--fleet',
    '--catalogue',
    '--cooldown',
    '--log-level',
    '--config',
  ]) {
    expect(startHelp()).toContain(flag);
  }
  expect(startHelp()).toContain('TACIT_DATA_DIR');
});

test('[CF12] what the adviser prints is understood: switches take no value, sizes belong to a learner, a small delta is a number', () => {
  const advised = [
    '--learner',
    'co-occurrence',
    '--crowd',
    '754',
    '--cohort',
    '500',
    '--epsilon',
    '2',
    '--delta',
    '1e-7',
  ];
  expect(settings([...advised, '--items-k', '136', '--despite-advice', '--port', '0'])).toMatchObject({
    crowd: 754,
    cohort: 500,
    epsilon: 2,
    delta: 1e-7,
    itemsK: 136,
    despiteAdvice: true,
    port: 0,
  });
  expect(settings([], { TACIT_DESPITE_ADVICE: 'true' }).despiteAdvice).toBe(true);
  expect(settings(['--rounds', 'off'])).toMatchObject({ rounds: 'off', despiteAdvice: false });
  for (const [argv, reason] of [
    [['--cohort', '19'], /--cohort: expected 0, or a whole number from 20/],
    [['--epsilon', '9'], /--epsilon: expected a number from 0 to 8/],
    [
      ['--dim', '16', '--learner', 'co-occurrence'],
      /--dim: expected the learner reconstruction, but got "co-occurrence"/,
    ],
    [['--items-k', '9', '--learner', 'communities'], /--items-k: expected the learner co-occurrence/],
    [['--despite-advice=perhaps'], /--despite-advice: expected true or false/],
  ] as const) {
    expect(() => readSettings(argv, {})).toThrow(reason);
  }
});

test('[CF9] mode: masked unless the operator says local; any other value stops the start', () => {
  expect(settings(['--mode', 'local']).mode).toBe('local');
  expect(settings(['--mode=masked'], { TACIT_MODE: 'local' }).mode).toBe('masked');
  expect(settings([], { TACIT_MODE: 'local' }).mode).toBe('local');
  expect(settings([], { TACIT_MODE: '' }).mode).toBe('masked');
  expect(settings(['--config', file('{"mode": "local"}')]).mode).toBe('local');
  for (const value of ['none', 'LOCAL', '4', '1', 'mask', 'local ']) {
    expect(() => readSettings(['--mode', value], {})).toThrow(UsageError);
    expect(() => readSettings(['--mode', value], {})).toThrow(/--mode: expected masked or local, but got /);
    expect(() => readSettings([], { TACIT_MODE: value })).toThrow(/TACIT_MODE: expected masked or local/);
  }
  expect(() => readSettings(['--config', file('{"mode": 4}')], {})).toThrow(/key "mode": expected masked or local/);
  expect(() => readSettings(['--mode'], {})).toThrow(/--mode: expected masked or local, but no value/);
});

test('[CF10] learner: one of the known ones; what belongs to reconstruction alone is refused with another', () => {
  const training = { localSteps: 3, proxMu: 0.5, weights: 'size', serverOptimizer: 'adam', itemBlocks: 4 };
  const flags = [
    '--local-steps',
    '3',
    '--prox-mu',
    '0.5',
    '--weights',
    'size',
    '--server-optimizer',
    'adam',
    '--item-blocks',
    '4',
  ];
  expect(settings(['--learner', 'reconstruction', ...flags])).toMatchObject({ learner: 'reconstruction', ...training });
  expect(settings([], { TACIT_LEARNER: 'communities' }).learner).toBe('communities');
  expect(() => readSettings(['--learner', 'ease'], {})).toThrow(/--learner: expected one of reconstruction, /);
  for (let at = 0; at < flags.length; at += 2) {
    const pair = flags.slice(at, at + 2);
    expect(() => readSettings(['--learner', 'communities', ...pair], {})).toThrow(UsageError);
    expect(() => readSettings(['--learner', 'communities', ...pair], {})).toThrow(`${pair[0]}: expected the learner`);
  }
  expect(() => readSettings(['--learner', 'co-occurrence', '--config', file('{"proxMu": 1}')], {})).toThrow(
    /--prox-mu: expected the learner reconstruction, but got "co-occurrence"/,
  );
});
