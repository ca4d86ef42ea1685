// The words of the Privacy page in English, loaded with it. `PrivacyDictionary` is their type, as in en.ts.
import type { Verdict } from '#shared/adviser/gain.ts';
import type { LayoutPart, LearnerName } from '#shared/model/model.ts';
import type { ModelChoice } from '#shared/ranking/choice.ts';
import type { LedgerRow, UploadInspection } from '../../engine/api.ts';
import type { Panel, Watcher } from '../privacy/watchers.ts';
import { backendEn } from './backend-en.ts';

const count = new Intl.NumberFormat('en');
const s = (n: number): string => (n === 1 ? '' : 's');

/** Participations; where an epoch has several phases, sessions of a round in each. */
const unit = (n: number, phases: number): string =>
  phases === 1 ? `participation${s(n)}` : `session${s(n)} of ${phases} rounds`;

const lastMasked = 'Your last update, step by step. Only the last picture is what the server was given.';

export const privacyEn = {
  meter: 'Your privacy budget',
  meterText: (spent: string, cap: string): string => `ε ${spent} of ${cap} spent`,
  meterNone: 'Nothing is charged to this account, so all of the budget is left.',
  meterWords: (rounds: number, left: number, phases: number): string =>
    `${count.format(rounds)} round${s(rounds)} paid for. The limit leaves room for ${left === 0 ? 'none' : `${count.format(left)} more${phases === 1 ? '' : ` ${unit(left, phases)}`}`}, and then this browser refuses, whatever the server asks.`,
  meterWordsUnknown: (rounds: number): string =>
    `${count.format(rounds)} round${s(rounds)} paid for. How many more the limit leaves room for is not known yet.`,
  meterMeaning: (factor: string, delta: string): string =>
    `In plain words: whatever somebody concludes from the sums and the published models is at most ${factor} times as likely as if you had never taken part, except with a chance of ${delta}. Nearer to 1 is better. It holds if the server follows the protocol.`,
  exact: 'The exact figures',
  exactText: (delta: string): string =>
    `Epsilon at delta ${delta}, over the life of this browser’s storage, composed in zero-concentrated differential privacy over every participation in full. No discount for the crowd is claimed.`,

  /** What became of an update that has left; the sentence of one that waits is among the page's words. */
  updateOnItsWay: (least: number): string =>
    `Your masked update left; the round goes on. If the server follows the protocol, it can read it only as part of a sum of at least ${count.format(least)}.`,
  updateAmongOthers: (others: number, spent: string, cap: string): string =>
    `Your update was added to at least ${count.format(others)} others before the server could read it. Guarantee if the server follows the protocol: epsilon = ${spent} of your ${cap} used in this browser.`,
  updateAlone: (epsilon: string): string => `Sent alone, protected only by noise added here (epsilon = ${epsilon}).`,
  updateStopped:
    'Your masked update left, and then the round stopped: no model came of it. What it cost stays charged.',
  updateLeftOut:
    'Your masked update left, but the round went on without it. If the server follows the protocol, it stays hidden. What it cost stays charged.',
  updateUnknown: (least: number): string =>
    `Your masked update left, and this browser does not know how the round ended. If the server follows the protocol, it can read it only as part of a sum of at least ${count.format(least)}. What it cost stays charged.`,
  simulatedNote: (n: number, z: string, epsilon: string, promises: boolean): string =>
    `But here ${count.format(n)} of the people ${n === 1 ? 'is' : 'are'} simulated by this server itself, which knows what they add. So against whoever runs it only the noise of this browser counts: z = ${z}, ε = ${epsilon} for one round${promises ? '' : ', no meaningful guarantee'}. What this page says of sums of many people holds where they are real people.`,
  details: 'What this does not give',
  detailActive: (z: string, guarantee: string): string =>
    `Against a server that fakes all the other people: only the noise of this browser, z = ${z}, ${guarantee}.`,
  detailAloneActive: 'Against a server that fakes all the other people: the same. Nobody else’s noise counts here.',
  detailHidden: 'Not hidden: that you took part, when, and your network address.',
  detailProfile: 'The budget is for this browser profile alone.',
  guarantee: (epsilon: string): string => `ε = ${epsilon} for one round`,
  noGuarantee: 'no meaningful guarantee',

  sent: 'What was sent',
  sentNone:
    'Nothing was worked out for a round since this page was opened. The pictures appear then, and are never stored.',
  sentLead: {
    waiting: 'Your next update, step by step. Nothing of it has left.',
    'on-its-way': lastMasked,
    'among-others': lastMasked,
    'round-stopped': lastMasked,
    'left-out': lastMasked,
    unknown: lastMasked,
    alone: 'Your last update, step by step. The last picture is what the server was given; there was no mask.',
  } satisfies Record<UploadInspection['sent'], string> as Record<UploadInspection['sent'], string>,
  panels: {
    raw: ['Raw', 'What training found.'],
    clipped: ['Clipped', 'No longer than a fixed length, so that nobody counts too much.'],
    rotated: ['Rotated', 'Every number is now a mixture of all.'],
    noised: ['Noised', 'Rounded to whole numbers, then random noise on each.'],
    masked: ['Masked', 'Covered by masks that come off only in the sum.'],
  } satisfies Record<Panel, readonly [string, string]> as Record<Panel, readonly [string, string]>,
  place: {
    stays: 'stays in this browser',
    underMask: 'leaves only under the mask',
    notYet: 'has not left',
    left: 'left this browser',
  },
  panelNumbers: (n: number, bytes: string): string => `${count.format(n)} number${s(n)}, ${bytes}`,
  panelToSend: (n: number, bytes: string): string => `${count.format(n)} number${s(n)}, ${bytes} to send`,
  panelSent: (n: number, bytes: string): string => `${count.format(n)} number${s(n)}, ${bytes} sent`,
  panelLength: (length: string): string => `length ${length}`,
  panelRange: (least: string, most: string): string => `from ${least} to ${most}`,
  panelFirst: (numbers: readonly string[], more: boolean): string => `${numbers.join(', ')}${more ? ', …' : ''}`,
  panelPicture: (name: string, n: number, least: string, most: string): string =>
    `${name}: ${count.format(n)} number${s(n)} from ${least} to ${most}`,
  panelBefore: 'In front: the same before the noise.',
  panelSeenBy: 'Could be seen by',
  noise: (std: string, scale: string): string =>
    `From the noise on, numbers are whole units: ${scale} of them are 1. Noise of this browser: standard deviation ${std} units.`,
  noiseOfSum: (z: string): string => `Noise multiplier of the sum of all: z = ${z}.`,
  noiseByItself: (z: string): string => `Its noise multiplier: z = ${z}.`,

  watchers: {
    honest: 'server that follows the protocol',
    active: 'server that fakes the others',
    readers: 'readers of the models',
    network: 'the network',
    code: 'server that ships other code',
  } satisfies Record<Watcher, string> as Record<Watcher, string>,
  tagInSum: (least: number): string => `in a sum of ${least} or more`,
  tagInModels: 'in sums',
  tagSize: 'its size',

  messages: 'Every message of this round',
  messagesLead:
    'What this browser said once it had a seat. The sizes are the same for everyone: they follow from the rules and the number of people, never from what you liked.',
  messageKinds: {
    advertise: 'Two public keys',
    shares: 'Encrypted shares of the masks’ secrets',
    masked: 'The masked update',
    local: 'The noised update',
    confirm: 'Who is in the sum, for the neighbours',
    unmask: 'Shares that open the sum',
  } satisfies Record<UploadInspection['messages'][number]['kind'], string> as Record<
    UploadInspection['messages'][number]['kind'],
    string
  >,
  messageKind: 'Message',
  messageSize: 'Size',
  messagesTotal: 'Together',
  messagesNone: 'Nothing was said in this round yet.',
  exactBytes: (n: number): string => `${count.format(n)} bytes`,

  could: 'Who could see what of it',
  couldText: {
    honest: (least: number, spent: string, cap: string): string =>
      `The sum of at least ${count.format(least)} noised updates. Of yours by itself, the masked form alone, which looks random. That you took part, when, and your address. Your ledger: ε = ${spent} of ${cap}.`,
    honestAlone: (guarantee: string): string =>
      `Your noised update by itself: ${guarantee}. That you took part, when, and your address.`,
    active: (z: string, guarantee: string): string =>
      `Your noised update by itself, protected by this browser’s noise alone: z = ${z}, ${guarantee}.`,
    activeAlone: 'Nothing more: your noised update needs no other people to be read.',
    readers: (spent: string, cap: string): string =>
      `What the sums of all rounds did to the models. Your ledger: ε = ${spent} of ${cap}, if the server follows the protocol.`,
    network: 'That you took part, and when. Sizes are the same for everyone.',
    code: 'Everything: each of these pictures, and your history. The code that a server ships is the root of trust on the web.',
  },
  couldNames: {
    honest: 'A server that follows the protocol',
    active: 'A server that fakes all the other people',
    readers: 'Somebody who reads every published model',
    network: 'The network between you and the server',
    code: 'A server that ships other code to this browser',
  } satisfies Record<Watcher, string> as Record<Watcher, string>,

  ledger: 'Ledger',
  ledgerLead:
    'One row for each round that this browser entered. Rows where nothing was charged are forgotten after two days. No titles in it.',
  ledgerEmpty: 'No rows: nothing was charged, and no round was entered lately.',
  ledgerSince: (date: string): string => `This account began on ${date} in this browser.`,
  ledgerSinceUnknown: 'The ledger could not be read, so nothing is sent.',
  ledgerResets:
    'Clearing site data, a private window, another browser or a browser that deletes storage starts a new account; what was spent before still happened.',
  ledgerExport: 'Export the ledger',
  ledgerRound: 'Round',
  ledgerWhen: 'When',
  ledgerPlace: (epoch: number, phase: number): string => `epoch ${count.format(epoch)}, phase ${phase}`,
  ledgerMode: 'How',
  ledgerModes: { 1: 'masked', 4: 'alone' } as Record<LedgerRow['mode'], string>,
  ledgerCost: 'Cost (ρ)',
  ledgerFree: 'nothing',
  ledgerSize: 'Sent',
  ledgerCohort: 'People',
  ledgerResult: 'Result',
  ledgerStatus: {
    entered: 'a seat only: nothing charged, nothing sent',
    charged: 'charged; whether it left is not known',
    sent: 'sent',
    published: 'in the model',
    aborted: 'charged; in no model as far as this browser knows',
  } satisfies Record<LedgerRow['status'], string> as Record<LedgerRow['status'], string>,
  ledgerAbortedFree: 'over before any of the update left',

  who: 'Against whom this holds',
  whoLead:
    'The claim is for a server that follows the protocol and looks at all that it gets. Against one that breaks it, only the noise of your own device is left.',
  whoLeadAlone:
    'Updates are sent alone here. The server reads each of them, and the noise of your own device is all that protects it.',
  whoColumns: ['Who', 'Can see', 'What protects you'] as readonly [string, string, string],
  whoRows: (least: number, z: string, guarantee: string): readonly (readonly [string, string, string])[] => [
    [
      'This server, following the protocol',
      `Sums of at least ${count.format(least)} noised updates. That you took part, when, and your address`,
      'Masks, and the noise of everybody in the sum: the epsilon of your ledger',
    ],
    [
      'The same, together with up to one in ten of the people',
      'The sums, less what those people added',
      'Their noise is not counted on, so the epsilon is the same',
    ],
    [
      'This server, showing people different lists of who is in the sum',
      'Nothing more, unless many of the people around you are its own',
      'Devices compare the lists with each other, and give no share before enough of them saw the same',
    ],
    [
      'This server, faking all the other people',
      'Your noised update by itself',
      `Only the noise of your own device: z = ${z}, ${guarantee}`,
    ],
    [
      'Somebody who reads every published model',
      'What sums of noised updates did to it',
      'The epsilon of your ledger, if the server follows the protocol',
    ],
    ...others('How many take part, keys made for one round, and the published models'),
  ],
  whoRowsAlone: (guarantee: string): readonly (readonly [string, string, string])[] => [
    [
      'This server',
      'Your noised update by itself. That you took part, when, and your address',
      `The noise of your own device: ${guarantee}`,
    ],
    [
      'Somebody who reads every published model',
      'What averages of noised updates did to it',
      'The epsilon of your ledger, or better',
    ],
    ...others('The published models'),
  ],

  policy: 'The rules of this federation',
  policyLead: 'Published by the server. This browser checked them, and holds each round to what stands here.',
  policyRows: {
    trainable: 'Trainable numbers (D)',
    cohort: 'People in a round',
    cohortText: (least: number, most: number): string => `${count.format(least)} to ${count.format(most)}`,
    noise: 'Noise multiplier (z)',
    noiseAlone: 'z of one device alone',
    clipping: 'Clipping bound (L2)',
    delta: 'Delta',
    cap: 'Epsilon limit',
    capText: (cap: string, n: number, phases: number): string =>
      `${cap}, which is ${count.format(n)} ${unit(n, phases)}`,
    learner: 'Learner',
    place: 'Where it stands',
    placeText: (epoch: number, phase: number, phases: number): string =>
      `epoch ${count.format(epoch)}, phase ${phase} of ${phases}`,
    cooldown: 'Rest between rounds',
    mode: 'Mode',
    modeText: (mode: 1 | 4): string =>
      mode === 1 ? '1: secure aggregation, the server reads sums' : '4: alone, without masks',
    hash: 'Policy hash',
  },
  crowd: (once: string, n: number, all: string, phases: number): string =>
    `With this crowd one ${unit(1, phases)} costs ε ${once}, and the limit allows ${count.format(n)}: ε ${all} together.`,
  crowdNeeded: (epsilon: string, people: number, now: number): string =>
    `The same quality at ε ${epsilon} would need about ${count.format(people)} people in a round instead of ${count.format(now)}.`,
  crowdEnough: (epsilon: string): string => `That is within ε ${epsilon} already.`,
  trainable: (numbers: number, cohort: number, useful: number, parts: readonly string[]): string =>
    `With at most ${count.format(cohort)} people in a round, the noise leaves room for about ${count.format(useful)} useful numbers. So this federation learns ${count.format(numbers)}: ${parts.join('; ')}. All else stays as the public facts say. A larger crowd could carry more.`,
  parts: {
    projection: (rows: number): string =>
      `how ${count.format(rows)} mixtures of public facts (genres, years, directors) go with taste`,
    popularity: (rows: number): string => `how popular ${count.format(rows)} such mixtures are`,
    gram: (): string => 'which directions of taste go together',
    offsets: (rows: number, turns: number): string =>
      `what is special about the ${count.format(rows)} most popular titles${turns === 1 ? '' : `, in ${count.format(turns)} turns`}`,
    weight: (): string => 'how much the average person’s update weighs',
    histogram: (rows: number): string => `how popular each of ${count.format(rows)} titles is`,
    triangle: (rows: number): string => `which of the ${count.format(rows)} most popular titles are liked together`,
    centroids: (rows: number): string => `what sets ${count.format(rows)} communities of taste apart`,
    likes: (rows: number): string => `what each of ${count.format(rows)} communities likes`,
  } satisfies Record<LayoutPart['name'], (rows: number, turns: number) => string> as Record<
    LayoutPart['name'],
    (rows: number, turns: number) => string
  >,
  learners: {
    reconstruction:
      'Reconstruction. This device keeps its description of your taste and sends how the shared description of the titles should change.',
    'co-occurrence': 'Co-occurrence. How popular the titles are, and which of them are liked together.',
    communities:
      'Communities. What people with tastes like yours like. No neighbour exists anywhere: this device alone works out which community is near.',
  } satisfies Record<LearnerName, string> as Record<LearnerName, string>,
  /** By what the adviser says of this policy and a crowd. */
  advice: {
    helps: (crowd: number): string =>
      `The adviser’s word, from simulation and not from people here: with ${count.format(crowd)} people the shared model can be expected to serve people better than public content that knows how popular every title is.`,
    unclear: (crowd: number): string =>
      `The adviser’s word, from simulation and not from people here: with ${count.format(crowd)} people nobody can tell yet whether the shared model serves people better than public content that knows how popular every title is. This browser finds out for you, and uses the better one.`,
    harmful: (crowd: number): string =>
      `The adviser’s word, from simulation and not from people here: with ${count.format(crowd)} people the shared model can be expected to serve people worse than public content that knows how popular every title is. This browser compares the two on your own likes, and uses the better one.`,
  } satisfies Record<Verdict, (crowd: number) => string> as Record<Verdict, (crowd: number) => string>,
  phasesLead: (phases: number): string =>
    `An epoch has ${phases} phases. In each of them this browser takes part once at most, and a participation in each is one session.`,
  phase: (what: string, rounds: number, numbers: number, z: string, epsilon: string): string =>
    `${what}: ${count.format(rounds)} round${s(rounds)}, ${count.format(numbers)} number${s(numbers)}, z = ${z}, ε = ${epsilon}`,
  simulated: (n: number): string =>
    `${count.format(n)} simulated participants take part here. They run the real code and add real noise; the people do not exist.`,
  backend: backendEn,
  better: 'Is it better for you?',
  betterLead:
    'Each of your likes is hidden in turn, and three rankings try to find it again. Worked out on this device, sent to nobody.',
  betterFew: (likes: number): string => `This needs 5 likes or more; you have ${likes}.`,
  /** Which model ranks the list, and why. `likes` were hidden to find out. */
  betterChoice: ({ used, why, likes }: ModelChoice, isTaught: boolean): string => {
    const model = isTaught ? 'the shared model' : 'the still untaught shared model';
    switch (why) {
      case 'few':
        return `Your list is ranked by ${model}. From two likes on, this device compares it with public content.`;
      case 'unusable':
        return 'Your list is ranked by public content, on this device alone: the shared model gives no usable scores.';
      case 'close':
        return `Your list is ranked by ${model}: over ${likes} hidden likes, public content was about as good.`;
      case 'better':
        return used === 'shared'
          ? `Your list is ranked by ${model}: it put ${likes} hidden likes nearer to the top than public content did.`
          : `Your list is ranked by public content, on this device alone: it put ${likes} hidden likes nearer to the top than ${model} did.`;
    }
  },
  betterChoiceWhen:
    'Looked at anew when the model changes and at 2, 3, 5, 8, 12 likes and so on, so that your list does not turn with each click.',
  betterRankings: { shared: 'With the shared model', alone: 'This device alone', popular: 'Popular' } as Record<
    'shared' | 'alone' | 'popular',
    string
  >,
  betterScore: (value: string, half: string): string => `${value} ± ${half}`,
  betterN: (n: number): string =>
    `NDCG@10 over ${n} hidden like${s(n)}: 1 means found at the top each time, 0 never in the first ten. ± is a 95 % interval.`,
  betterVerdict: {
    better: 'For you the shared model is better than this device alone.',
    worse: 'For you the shared model is worse than this device alone. That can happen, and we show it.',
    unclear: 'Too close to call: the intervals overlap.',
  } as Record<'better' | 'worse' | 'unclear', string>,
  betterAgain: 'Compare again',
  betterRunning: 'Comparing…',
  betterFailed: 'The comparison did not work this time.',
};

export type PrivacyDictionary = typeof privacyEn;

/** Rows that are the same in every mode. */
function others(participants: string): readonly (readonly [string, string, string])[] {
  return [
    ['Other people taking part', participants, 'As for any reader of the models'],
    ['The network', 'That you take part, and when', 'Sizes are the same for everyone; https hides the content'],
    [
      'A server that ships other code',
      'Everything, your history too',
      'Nothing in this page: code delivery is the root of trust. Anybody can build the page again and compare it with what is served',
    ],
    [
      'Extensions, other programs on this computer',
      'What this browser stores',
      'Nothing in this page. It loads nothing from other sites',
    ],
  ];
}
