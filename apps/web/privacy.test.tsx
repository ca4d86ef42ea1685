// The Privacy page: the meter, what was sent and who could see it, the ledger and its export, the adversaries, the rules.
import { act } from 'preact/test-utils';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { policyForCrowd } from '#shared/model/crowd.ts';
import { epsilonOfRho } from '#shared/privacy/accountant.ts';
import { policyHash, roundPolicyOf } from '#shared/protocol/policy.ts';
import type { LedgerRow } from '../engine/api.ts';
import type { FetchJson } from './published.ts';
import { exampleRoundId, exampleUpload } from './testing/example-upload.ts';
import {
  alonePolicy,
  answeringWith,
  films,
  type MountedPage,
  type MountOptions,
  maskedPolicy,
  mountPage,
} from './testing/mount.tsx';

const maskedRules = roundPolicyOf(maskedPolicy, 0);
const D = maskedRules.layout.length;
const uploadBytes = Math.ceil((D * maskedRules.bits) / 8);

let page: MountedPage;

async function open(options: Omit<MountOptions, 'at'> = {}): Promise<string> {
  page = await mountPage({ at: { page: 'privacy' }, ...options });
  return shown();
}

beforeEach(() => localStorage.clear());
afterEach(async () => {
  await page.unmount();
  vi.restoreAllMocks();
});

const shown = (): string => document.querySelector('main')!.textContent!;
const sentences = (): string[] =>
  page.all('update-sentence').map((sentence) => `${sentence.dataset.sent}: ${sentence.textContent}`);
const row = (change: Partial<LedgerRow> = {}): LedgerRow => ({
  roundId: exampleRoundId,
  policyHash: 'c'.repeat(64),
  mode: 1,
  rho: 0.125,
  at: Date.UTC(2026, 2, 4, 12),
  status: 'published',
  uploadBytes: 208,
  cohort: 27,
  modelVersion: 8,
  place: null,
  ...change,
});

const waitingSentence = 'waiting: Waiting for more people; no part of your update has left this browser.';
const amongOthers =
  'among-others: Your update was added to at least 19 others before the server could read it. Guarantee if the server follows the protocol: epsilon = 2.40 of your 8 used in this browser.';

describe('the sentence of an update', () => {
  test('waiting for people: before there is anything to show', async () => {
    await open({ state: { participation: 'waiting', reason: { code: 'people', joined: 3, needed: 24 } } });
    expect(sentences()).toEqual([waitingSentence]);
    expect(page.all('stage')).toHaveLength(0);
  });

  test('waiting: it is noised, and nothing of it has left', async () => {
    const text = await open({
      prepare: (engine) => {
        engine.inspection = exampleUpload(maskedPolicy, { sent: 'waiting', masked: null, messages: [] });
      },
    });
    expect(sentences()).toEqual([waitingSentence]);
    expect(page.all('stage').map((stage) => stage.dataset.place)).toEqual(['stays', 'stays', 'stays', 'underMask']);
    expect(text).toContain('Nothing was said in this round yet');
  });

  test('sent among others', async () => {
    await open({
      state: { epsilonSpent: 2.4, roundsTakenPart: 1 },
      prepare: (engine) => {
        engine.ledgerRows = [row()];
        engine.inspection = exampleUpload(maskedPolicy);
      },
    });
    expect(sentences()).toEqual([amongOthers]);
  });

  test('the next one waits while the last one is shown', async () => {
    await open({
      state: {
        epsilonSpent: 2.4,
        participation: 'waiting',
        reason: { code: 'people', joined: 3, needed: 24 },
      },
      prepare: (engine) => {
        engine.inspection = exampleUpload(maskedPolicy);
      },
    });
    expect(sentences()).toEqual([waitingSentence, amongOthers]);
  });

  const became = {
    'on-its-way':
      'Your masked update left; the round goes on. If the server follows the protocol, it can read it only as part of a sum of at least 20.',
    'round-stopped':
      'Your masked update left, and then the round stopped: no model came of it. What it cost stays charged.',
    'left-out':
      'Your masked update left, but the round went on without it. If the server follows the protocol, it stays hidden. What it cost stays charged.',
    unknown:
      'Your masked update left, and this browser does not know how the round ended. If the server follows the protocol, it can read it only as part of a sum of at least 20. What it cost stays charged.',
  } as const;

  test.each(Object.keys(became) as (keyof typeof became)[])('what became of a masked update: %s', async (sent) => {
    const options: MountOptions = {
      state: { epsilonSpent: 2.4 },
      prepare: (engine) => {
        // Whatever the ledger says of it.
        engine.ledgerRows = [row({ status: 'published' })];
        engine.inspection = exampleUpload(maskedPolicy, { sent });
      },
    };
    await open(options);
    expect(sentences()).toEqual([`${sent}: ${became[sent]}`]);
    expect(shown()).not.toContain('was added');
    expect(page.all('stage').at(-1)!.dataset.place).toBe('left');
    await page.unmount();
    await open({ ...options, language: 'zh' });
    const [sentence] = sentences();
    expect(sentence).toContain({ 'round-stopped': '中止', 'left-out': '遵守协议' }[sent as string] ?? '至少 20 份之和');
    expect(sentence).not.toContain('相加');
  });

  test('follows the round: on its way, then among others', async () => {
    await open({
      state: { epsilonSpent: 2.4, participation: 'pending', reason: { code: 'others', received: 3, expected: 24 } },
      prepare: (engine) => {
        engine.inspection = exampleUpload(maskedPolicy, { sent: 'on-its-way' });
      },
    });
    expect(sentences()[0]).toContain('the round goes on');
    page.engine.inspection = exampleUpload(maskedPolicy);
    await act(() => page.engine.change({ steps: [{ name: 'published', at: 5, detail: '8' }] }));
    await page.settle();
    expect(sentences()).toEqual([amongOthers]);
  });

  test('sent alone, with the epsilon of this one participation', async () => {
    const upload = exampleUpload(alonePolicy);
    await open({
      policy: alonePolicy,
      state: { epsilonSpent: 5 },
      prepare: (engine) => {
        engine.inspection = upload;
      },
    });
    const epsilon = epsilonOfRho(upload.rho, 1e-6).toFixed(2);
    expect(sentences()).toEqual([`alone: Sent alone, protected only by noise added here (epsilon = ${epsilon}).`]);
    const details = page.get('update-details').textContent!;
    expect(details).toContain('fakes all the other people: the same');
    expect(details).toContain('that you took part, when, and your network address');
  });

  test('always says what it does not give, also before anything was sent', async () => {
    const expectDetails = (): void => {
      const details = page.get('update-details').textContent!;
      // z = 2 over the root of 18 shares: epsilon far above 10.
      expect(details).toContain('z = 0.471, no meaningful guarantee');
      expect(details).toContain('that you took part, when, and your network address');
      expect(details).toContain('this browser profile alone');
    };
    await open();
    expect(sentences()).toEqual([]);
    expect(shown()).toContain('never stored');
    expectDetails();
    await page.unmount();
    await open({
      prepare: (engine) => {
        engine.inspection = exampleUpload(maskedPolicy);
      },
    });
    expectDetails();
  });

  test('noise that promises something by itself is given with its epsilon', async () => {
    await open({
      prepare: (engine) => {
        engine.inspection = exampleUpload(maskedPolicy, { noiseMultiplierAlone: 4 });
      },
    });
    // zCDP: one participation at z = 4 and delta 1e-6.
    expect(page.get('update-details').textContent).toContain('z = 4, ε = 1.14 for one round');
  });
});

describe('the pictures', () => {
  const upload = exampleUpload(maskedPolicy);
  const withUpload = (inspection = upload): MountOptions => ({
    state: { epsilonSpent: 2.4 },
    prepare: (engine) => {
      engine.inspection = inspection;
    },
  });
  const places = (): string[] => page.all('stage').map((stage) => `${stage.dataset.stage}:${stage.dataset.place}`);
  const stage = (name: string): HTMLElement => page.all('stage').find((found) => found.dataset.stage === name)!;
  const seenBy = (name: string): string[] =>
    [...stage(name).querySelectorAll<HTMLElement>('[data-testid=sight]')].map(
      ({ dataset }) => `${dataset.watcher}:${dataset.sees}`,
    );

  test('are five, each with its numbers and bytes; three are marked as staying, one as having left', async () => {
    await open(withUpload());
    expect(places()).toEqual(['raw:stays', 'clipped:stays', 'rotated:stays', 'noised:underMask', 'masked:left']);
    for (const name of ['raw', 'clipped', 'rotated']) {
      expect(stage(name).textContent).toContain('stays in this browser');
      expect(stage(name).textContent).toContain(`${D} numbers, ${8 * D} bytes`);
    }
    expect(stage('noised').textContent).toContain(`${D} numbers, ${4 * D} bytes`);
    expect(stage('noised').textContent).toContain('leaves only under the mask');
    expect(stage('masked').textContent).toContain(`${D} numbers, ${uploadBytes} bytes sent`);
    expect(stage('masked').textContent).toContain('left this browser');
    for (const picture of document.querySelectorAll('.stage svg')) {
      expect(picture.getAttribute('role')).toBe('img');
      expect(picture.getAttribute('aria-label')).toMatch(new RegExp(`: ${D} numbers from \\S+ to \\S+`));
      expect(picture.querySelector('.vector-bars')!.getAttribute('d')!.match(/M/g)).toHaveLength(D);
    }
  });

  test('lengths compare across units: clipped to the bound, the same after the rotation, longer by the noise', async () => {
    await open(withUpload());
    const lengthOf = (name: string): number =>
      Number(stage(name).querySelector('.stage-length')!.textContent!.replace('length ', ''));
    expect(lengthOf('raw')).toBeGreaterThan(2 * lengthOf('clipped'));
    expect(lengthOf('clipped')).toBeCloseTo(maskedRules.clippingBoundL2, 2);
    expect(lengthOf('rotated')).toBe(lengthOf('clipped'));
    expect(lengthOf('noised')).toBeGreaterThan(2 * lengthOf('clipped'));
  });

  test('say who could see each of them', async () => {
    await open(withUpload());
    for (const name of ['raw', 'clipped', 'rotated']) expect(seenBy(name)).toEqual(['code:whole']);
    expect(seenBy('noised')).toEqual(['honest:sum', 'active:whole', 'readers:models', 'code:whole']);
    expect(seenBy('masked')).toEqual(['honest:whole', 'active:whole', 'network:size', 'code:whole']);
    expect(stage('noised').textContent).toContain('server that follows the protocol · in a sum of 20 or more');
    expect(stage('masked').textContent).toContain('the network · its size');
  });

  test('and what each of them would get out of it', async () => {
    await open(withUpload());
    const gets = Object.fromEntries(
      page.all('could').map(({ dataset, textContent }) => [dataset.watcher, textContent]),
    );
    expect(Object.keys(gets)).toEqual(['honest', 'active', 'readers', 'network', 'code']);
    expect(gets.honest).toContain('The sum of at least 20 noised updates');
    expect(gets.active).toContain('z = 0.471, no meaningful guarantee');
    expect(gets.readers).toContain('ε = 2.40 of 8');
    expect(gets.network).toContain('Sizes are the same for everyone');
    expect(gets.code).toContain('Everything');
  });

  test('list every message of the round with its size', async () => {
    const text = await open(withUpload());
    expect(page.all('message').map(({ dataset }) => dataset.kind)).toEqual([
      'advertise',
      'shares',
      'masked',
      'confirm',
      'unmask',
    ]);
    expect(page.all('message')[1]!.textContent).toContain('2,246 bytes');
    // 80 + 2,246 + (2 D + 35) + 918 + 952.
    expect(text).toContain(`Together${(4231 + uploadBytes).toLocaleString('en')} bytes`);
    expect(text).toContain('The sizes are the same for everyone');
  });

  test('alone: four, and the noised one has left', async () => {
    await open({ ...withUpload(exampleUpload(alonePolicy)), policy: alonePolicy });
    expect(places()).toEqual(['raw:stays', 'clipped:stays', 'rotated:stays', 'noised:left']);
    expect(shown()).toContain('Its noise multiplier: z = 2.');
    expect(shown()).not.toContain('sum of all');
    expect(seenBy('noised')).toContain('honest:whole');
    expect(page.all('message').map(({ dataset }) => dataset.kind)).toEqual(['local']);
  });

  test('the first five numbers as they are: whole ones with all their digits', async () => {
    await open(withUpload());
    const first = (name: string): string => stage(name).querySelector('code')!.textContent!;
    const signed = (value: number): string => value.toLocaleString('en').replace('-', '−');
    expect(first('noised')).toBe(`${[...upload.noised.subarray(0, 5)].map(signed).join(', ')}, …`);
    expect(first('masked')).toBe(`${[...upload.masked!.subarray(0, 5)].map(signed).join(', ')}, …`);
    expect(first('raw')).toMatch(/^(−?0\.\d{1,5}, ){5}…$/);
  });

  test('of an update of one number', async () => {
    await open(
      withUpload({
        ...upload,
        raw: Float64Array.of(0.25),
        clipped: Float64Array.of(0.25),
        rotated: Float64Array.of(64),
        rounded: Int32Array.of(64),
        noised: Int32Array.of(-1234),
        masked: Uint32Array.of(7),
      }),
    );
    expect(stage('raw').textContent).toContain('1 number, 8 bytes');
    expect(stage('noised').querySelector('code')!.textContent).toBe('−1,234');
  });

  test('of an update with nothing in it, and of a very long one', async () => {
    const length = 50_000;
    await open(
      withUpload({
        ...upload,
        raw: new Float64Array(length),
        clipped: new Float64Array(length),
        rotated: new Float64Array(length),
        rounded: new Int32Array(length),
        noised: new Int32Array(length).fill(-3),
        masked: new Uint32Array(length).fill(65_535),
      }),
    );
    expect(stage('raw').textContent).toContain('50,000 numbers, 400 KB');
    expect(stage('raw').textContent).toContain('from 0 to 0');
    for (const bars of document.querySelectorAll('.vector-bars')) {
      expect(bars.getAttribute('d')).not.toContain('NaN');
      expect(bars.getAttribute('d')!.match(/M/g)).toHaveLength(160);
    }
  });
});

const paidOnce: NonNullable<MountOptions['prepare']> = (engine) => {
  engine.ledgerRows = [row()];
};

describe('the meter', () => {
  test('counts rounds that were charged, not seats that were taken', async () => {
    const text = await open({
      state: { epsilonSpent: 2.4, roundsTakenPart: 1 },
      prepare: (engine) => {
        engine.ledgerRows = [row(), row({ roundId: 'f'.repeat(32), rho: 0, status: 'entered', uploadBytes: 0 })];
      },
    });
    const meter = document.querySelector('[role=meter]')!;
    expect(meter.getAttribute('aria-valuenow')).toBe('2.4');
    expect(meter.getAttribute('aria-valuetext')).toBe('ε 2.40 of 8 spent');
    // 1.0523 less 0.125, at 0.125 a round.
    expect(text).toContain('1 round paid for. The limit leaves room for 7 more');
    // e^2.4.
    expect(text).toContain('at most 11 times as likely');
    expect(text).toContain('10⁻⁶');
  });

  test('counts the rounds left as the device does: within its lifetime cap, and all that is spent', async () => {
    const policy = { ...maskedPolicy, delta: 1e-5 };
    // Epsilon 8 at delta 1e-5 would pay for 9 rounds; the device refuses after 8.
    let text = await open({ policy, state: { delta: 1e-5, epsilonSpent: 2 }, prepare: paidOnce });
    expect(text).toContain('The limit leaves room for 7 more');
    expect(page.get('rules').textContent).toContain('8, which is 8 participations');
    expect(page.get('crowd').textContent).toContain('the limit allows 8');
    await page.unmount();
    // More was spent than the rows that are left say.
    text = await open({ state: { epsilonSpent: 7.9 }, prepare: paidOnce });
    expect(text).toContain('The limit leaves room for none');
  });

  test('says that a new account has all of its budget', async () => {
    expect(await open()).toContain('Nothing is charged to this account');
  });
});

describe('the ledger', () => {
  test('has a row for each round, also where nothing was charged', async () => {
    await open({
      prepare: (engine) => {
        engine.ledgerRows = [
          row({ at: 4000 }),
          row({ roundId: 'e'.repeat(32), mode: 4, at: 3000, status: 'sent', cohort: null, modelVersion: null }),
          row({
            roundId: 'd'.repeat(32),
            rho: 0,
            at: 2000,
            status: 'entered',
            uploadBytes: 0,
            cohort: null,
            modelVersion: null,
          }),
          row({
            roundId: 'c'.repeat(32),
            rho: 0,
            at: 1000,
            status: 'aborted',
            uploadBytes: 0,
            cohort: null,
            modelVersion: null,
          }),
          // Stopped, or gone on without this one: the ledger does not know.
          row({ roundId: '9'.repeat(32), at: 400, status: 'aborted', cohort: null, modelVersion: null }),
          row({
            roundId: 'b'.repeat(32),
            at: 500,
            status: 'charged',
            uploadBytes: 0,
            cohort: null,
            modelVersion: null,
          }),
        ];
      },
    });
    const rows = page.all('ledger-row');
    expect(rows.map(({ dataset }) => `${dataset.status}:${dataset.mode}`)).toEqual([
      'published:1',
      'sent:4',
      'entered:1',
      'aborted:1',
      'charged:1',
      'aborted:1',
    ]);
    expect(rows[0]!.textContent).toMatch(/masked0\.1250208 bytes27in the model · model 8/);
    expect(rows[1]!.textContent).toContain('alone');
    expect(rows[2]!.textContent).toContain('nothing–');
    expect(rows[2]!.textContent).toContain('a seat only: nothing charged, nothing sent');
    expect(rows[3]!.textContent).toContain('over before any of the update left');
    expect(rows[5]!.textContent).toContain('in no model as far as this browser knows');
    expect(shown()).not.toContain('round stopped');
    expect(shown()).toContain('Rows where nothing was charged are forgotten after two days');
    expect(rows[4]!.textContent).toContain('whether it left is not known');
  });

  test('says when the account began and what starts a new one', async () => {
    await open({ state: { accountSince: Date.UTC(2026, 0, 2, 12) } });
    expect(page.get('account').textContent).toBe(
      'This account began on January 2, 2026 in this browser. Clearing site data, a private window, another browser or a browser that deletes storage starts a new account; what was spent before still happened.',
    );
    await act(() => page.engine.change({ accountSince: null }));
    expect(page.get('account').textContent).toContain('could not be read');
  });

  test('is exported by itself as JSON', async () => {
    const saved: { name: string; blob: Blob }[] = [];
    vi.spyOn(URL, 'createObjectURL').mockImplementation((blob) => {
      saved.push({ name: '', blob: blob as Blob });
      return 'blob:ledger';
    });
    vi.spyOn(HTMLAnchorElement.prototype, 'click').mockImplementation(function (this: HTMLAnchorElement) {
      saved.at(-1)!.name = this.download;
    });
    await open({
      prepare: (engine) => {
        engine.ledgerRows = [row()];
      },
    });
    await page.click(page.get('export-ledger'));
    expect(saved).toHaveLength(1);
    expect(saved[0]!.name).toMatch(/^tacit-ledger-\d{4}-\d\d-\d\d\.json$/);
    expect(JSON.parse(await saved[0]!.blob.text())).toEqual({
      since: page.engine.state().accountSince,
      ledger: [row()],
    });
    expect(page.session.toast.value?.text).toBe('Exported.');
  });

  test('says so when it could not be exported', async () => {
    await open({
      prepare: (engine) => {
        engine.exportFault = new Error('blocked');
      },
    });
    await page.click(page.get('export-ledger'));
    expect(page.session.toast.value?.text).toBe('It could not be exported.');
  });
});

describe('against whom it holds', () => {
  test('claims a server that follows the protocol, and says what is left against one that does not', async () => {
    await open();
    const text = page.get('adversaries').textContent!;
    for (const words of [
      'The claim is for a server that follows the protocol',
      'Sums of at least 20 noised updates',
      'up to one in ten',
      'Devices compare the lists with each other',
      'Only the noise of your own device: z = 0.471, no meaningful guarantee',
      'code delivery is the root of trust',
    ])
      expect(text).toContain(words);
  });

  test('alone: the server reads each update', async () => {
    await open({ policy: alonePolicy });
    const text = page.get('adversaries').textContent!;
    expect(text).toContain('The server reads each of them');
    expect(text).not.toContain('Sums of at least');
    expect(text).not.toContain('Masks');
  });

  test.each(['en', 'zh'] as const)('never promises more: %s', async (language) => {
    for (const policy of [maskedPolicy, alonePolicy]) {
      const text = await open({
        language,
        policy,
        state: { epsilonSpent: 2.4, backend: 'cpu' },
        prepare: (engine) => {
          engine.ledgerRows = [row()];
          engine.inspection = exampleUpload(policy);
        },
      });
      expect(text).not.toMatch(/anonym|cannot|匿名|undefined|NaN|null|\[object/i);
      await page.unmount();
    }
    await open();
  });
});

describe('where training runs', () => {
  test('before anything was trained: nowhere, and no code for it is loaded', async () => {
    await open();
    expect(page.get('training').textContent).toContain('not used yet');
    expect(page.get('training').textContent).toContain('no training code was loaded');
    expect(page.all('backend-reasons')).toEqual([]);
  });

  test.each([
    ['en', 'WebAssembly', /the model is small: 47,040 numbers.*below 500,000.*passed its self-test: .*to 2e-16/i],
    ['zh', 'WebAssembly', /模型很小.*47,040.*500,000.*通过了自检.*2e-16/],
  ] as const)('the backend, and why it is that one: %s', async (language, name, why) => {
    await open({
      language,
      state: {
        backend: 'wasm',
        backendReasons: [
          { code: 'small', work: 47_040, crossover: 500_000 },
          { code: 'passed', backend: 'wasm', device: '', relativeError: 2.2e-16 },
        ],
      },
    });
    expect(page.get('training').textContent).toContain(name);
    expect(page.get('backend-reasons').textContent).toMatch(why);
    expect(page.get('backend-reasons').querySelectorAll('li')).toHaveLength(2);
  });
});

describe('the rules', () => {
  test('say the mode, the cohort, the noise, and what the crowd means for epsilon', async () => {
    await open();
    const text = page.get('rules').textContent!;
    expect(text).toContain('1: secure aggregation');
    expect(text).toContain('20 to 28');
    expect(text).toContain('z of one device alone0.471');
    expect(text).toContain('8, which is 8 participations');
    // 8 participations at epsilon 2 need z = 6.74 instead of 2, so 24 people times 3.37.
    expect(page.get('crowd').textContent).toContain('the limit allows 8');
    expect(page.get('crowd').textContent).toContain(
      'The same quality at ε 2 would need about 81 people in a round instead of 24.',
    );
    // 28 people times 18 honest shares over z² = 4.
    expect(text).toContain('about 126 useful numbers');
    expect(text).toContain('36 simulated participants');
  });

  test('alone, the crowd would have to grow with the square', async () => {
    await open({ policy: alonePolicy });
    expect(page.get('rules').textContent).toContain('4: alone, without masks');
    // The factor 3.37 of above, squared: 11.3.
    expect(page.get('crowd').textContent).toMatch(/about 273 people in a round instead of 24/);
  });

  test('are those that the engine holds rounds to, whatever the server tells the page', async () => {
    const weak = policyForCrowd({
      learner: 'reconstruction',
      present: 36,
      items: 2000,
      featureColumns: 104,
      overrides: { noiseMultiplier: 0.7, honestNoiseShares: 1 },
    });
    const strong = {
      ...maskedPolicy,
      minCohort: 28,
      phases: maskedPolicy.phases.map((phase) => ({ ...phase, noiseMultiplier: 8 })),
    };
    const text = await open({ policy: weak, get: answeringWith(films, { policy: strong }) });
    expect(page.get('rules').textContent).toContain('Noise multiplier (z)0.7');
    expect(page.get('rules').textContent).toContain('20 to 28');
    expect(page.get('rules').textContent).toContain(policyHash(weak).slice(0, 16));
    expect(text).not.toContain(policyHash(strong).slice(0, 16));
    expect(text).not.toContain('28 to 28');
    expect(page.get('update-details').textContent).toContain('z = 0.7, ε = 7.86 for one round');
    expect(page.get('adversaries').textContent).toContain('z = 0.7, ε = 7.86 for one round');
  });

  test.each([
    ['en', 'Not known yet', 'How many more the limit leaves room for is not known yet'],
    ['zh', '尚不清楚', '上限还允许多少轮，尚不清楚'],
  ] as const)('are not known while the engine has none: %s', async (language, unknown, left) => {
    const text = await open({ language, policy: null, state: { epsilonSpent: 2.4 }, prepare: paidOnce });
    expect(page.get('rules').textContent).toContain(unknown);
    expect(page.get('adversaries').textContent).toContain(unknown);
    expect(text).toContain(left);
    expect(page.all('crowd')).toHaveLength(0);
    expect(document.querySelectorAll('.rules')).toHaveLength(0);
    await act(() => page.engine.change({ policy: { hash: policyHash(maskedPolicy), policy: maskedPolicy } }));
    expect(page.all('crowd')).toHaveLength(1);
    expect(shown()).not.toContain(unknown);
  });
});

describe('people whom the server simulates', () => {
  const notes = (): string[] => page.all('simulated-note').map(({ textContent }) => textContent!);
  const withUpload: MountOptions = {
    state: { epsilonSpent: 2.4 },
    prepare: (engine) => {
      engine.inspection = exampleUpload(maskedPolicy);
    },
  };

  test('beside the guarantee and in the table: against whoever runs the server, only this browser’s noise counts', async () => {
    await open(withUpload);
    // z = 2 over the root of 18 shares, at delta 1e-6.
    const epsilon = epsilonOfRho(18 / 8, 1e-6).toFixed(2);
    const note = `z = 0.471, ε = ${epsilon} for one round, no meaningful guarantee`;
    expect(notes()).toHaveLength(2);
    for (const text of notes()) {
      expect(text).toContain('36 of the people are simulated by this server itself');
      expect(text).toContain(note);
      expect(text).toContain('holds where they are real people');
    }
    expect(page.get('inspector').contains(page.all('simulated-note')[0]!)).toBe(true);
    expect(page.get('adversaries').contains(page.all('simulated-note')[1]!)).toBe(true);
    await page.unmount();
    await open({ ...withUpload, language: 'zh' });
    for (const text of notes())
      expect(text).toMatch(/36 位参与者是由这台服务器自己模拟的.*z = 0\.471.*没有实际意义的保证/);
  });

  test('nothing of it where there are none, and where nobody else’s noise is counted', async () => {
    const get: FetchJson = async (path) => {
      const answer = await answeringWith(films)(path);
      return path === '/v1/status' ? { ...(answer as object), simulatedParticipants: 0 } : answer;
    };
    await open({ ...withUpload, get });
    expect(notes()).toEqual([]);
    await page.unmount();
    await open({
      policy: alonePolicy,
      prepare: (engine) => {
        engine.inspection = exampleUpload(alonePolicy);
      },
    });
    expect(notes()).toEqual([]);
  });
});

test('[AV6] quotes what the adviser says of the crowd, in both languages, and nothing where the server says nothing', async () => {
  const saying =
    (advice: unknown): FetchJson =>
    async (path) => {
      const answer = await answeringWith(films)(path);
      return path === '/v1/status' ? { ...(answer as object), advice } : answer;
    };
  await open({ get: saying({ verdict: 'harmful', crowd: 1288 }) });
  expect(page.get('advice').textContent).toMatch(
    /with 1,288 people the shared model can be expected to serve people worse/,
  );
  await page.unmount();
  await open({ get: saying({ verdict: 'helps', crowd: 1288 }), language: 'zh' });
  expect(page.get('advice').textContent).toMatch(/有 1,288 人时.*更好/);
  await page.unmount();
  await open({ get: saying(undefined) });
  expect(page.all('advice')).toHaveLength(0);
});

test('compares, also when the shared model is worse', async () => {
  const text = await open({
    prepare: (engine) => {
      engine.evaluation = {
        likes: 9,
        choice: { used: 'content', why: 'better', likes: 8 },
        results: [
          { ranking: 'shared', ndcg10: 0.1, halfWidth95: 0.05 },
          { ranking: 'alone', ndcg10: 0.5, halfWidth95: 0.05 },
          { ranking: 'popular', ndcg10: 0.2, halfWidth95: 0.05 },
        ],
      };
    },
  });
  expect(text).toContain('worse than this device alone');
  expect(page.get('choice').dataset).toMatchObject({ used: 'content', why: 'better' });
  expect(text).toContain('ranked by public content, on this device alone: it put 8 hidden likes nearer to the top');
});

test('a shared model that gives no scores is not compared, and the page says so', async () => {
  const text = await open({
    prepare: (engine) => {
      engine.evaluation = {
        likes: 9,
        choice: { used: 'content', why: 'unusable', likes: 0 },
        results: [
          { ranking: 'alone', ndcg10: 0.5, halfWidth95: 0.05 },
          { ranking: 'popular', ndcg10: 0.2, halfWidth95: 0.05 },
        ],
      };
    },
  });
  expect(text).toContain('no usable scores');
  expect(text).not.toContain('Too close');
});
