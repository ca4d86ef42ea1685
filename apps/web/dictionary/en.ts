// The words of the first screen, in English, which come with the page's entry. `Dictionary` is their type: every other language must have the same
// keys, or it does not compile.
import type { Action, ParticipationState, Source } from '../../engine/api.ts';
import type { FaultKind } from '../published.ts';

const count = new Intl.NumberFormat('en');
const s = (n: number): string => (n === 1 ? '' : 's');

export const en = {
  name: 'English',
  skip: 'Skip to content',
  navigation: 'Pages',
  nav: { browse: 'Browse', part: 'Taking part', data: 'My data', privacy: 'Privacy' },
  title: {
    browse: 'Browse · Tacit',
    item: (title: string): string => `${title} · Tacit`,
    part: 'Taking part · Tacit',
    data: 'My data · Tacit',
    privacy: 'Privacy · Tacit',
  },
  language: 'Language: English. Switch to 中文',
  languageOther: '中文',
  languageFailed: '中文 could not be loaded.',
  theme: { label: 'Colours', auto: 'Auto', light: 'Light', dark: 'Dark' } as {
    readonly label: string;
    readonly auto: string;
    readonly light: string;
    readonly dark: string;
  },
  simulated: (n: number): string =>
    n === 0
      ? 'No simulated participants.'
      : `${count.format(n)} of the participants here ${n === 1 ? 'is' : 'are'} simulated: real code, invented people.`,
  simulatedTag: 'simulated',
  states: {
    off: 'Not taking part',
    waiting: 'Waiting',
    training: 'Training',
    sending: 'Sending',
    pending: 'Waiting for others’ updates',
    paused: 'Paused',
  } satisfies Record<ParticipationState, string> as Record<ParticipationState, string>,
  waitingForPeople: 'Waiting for people',
  notOptedIn: 'Nothing leaves this device',
  /** Short texts as sentences: with a full stop where they have none. */
  sentences: (...texts: readonly string[]): string => texts.map((text) => text.replace(/[^.]$/, '$&.')).join(' '),
  /** Between the names of a list. */
  comma: ', ',
  withdraw: 'Stop taking part',
  withdrawn: 'You stopped taking part. Nothing more is trained or sent.',
  withdrawalUnsaved:
    'Your withdrawal holds in this page, but this browser could not store it: reloading would turn sending on again. Free some storage or clear this site’s data.',
  choiceUnsaved: 'This browser could not store that choice.',
  actions: { like: 'Like', dislike: 'Not for me', seen: 'Seen' } satisfies Record<Action, string> as Record<
    Action,
    string
  >,
  actionOn: (action: Action, title: string): string =>
    ({ like: `Like ${title}`, dislike: `${title} is not for me`, seen: `Seen ${title}` })[action],
  did: (action: Action | null, title: string): string =>
    action === null
      ? `Removed what you said about ${title}`
      : { like: `Liked ${title}`, dislike: `Not for you: ${title}`, seen: `Seen: ${title}` }[action],
  undo: 'Undo',
  undone: 'Undone.',
  undoHint: 'Press Control and Z to undo',
  dismiss: 'Close',
  recordFailed: 'That could not be stored. Nothing has changed.',
  browse: {
    heading: 'For you',
    leadPopular: 'Popular to begin with. Like a few, and this row follows at once.',
    leadOwn: 'From your likes, worked out on this device.',
    all: 'All films',
    allOther: 'Everything',
    search: 'Search titles and directors',
    genre: 'Genre',
    decade: 'Decade',
    anyGenre: 'All genres',
    anyDecade: 'All years',
    decadeOf: (start: number): string => `${start}s`,
    found: (n: number): string => `${count.format(n)} title${s(n)}`,
    nothing: 'Nothing matches.',
    nothingHint: 'Try fewer words, or another genre or decade.',
    clear: 'Clear search and filters',
    previous: 'Scroll back',
    next: 'Scroll on',
    forYouEmpty: 'You have been through everything that we could suggest.',
    forYouFailed: 'Suggestions are not available just now. You can still browse and like.',
  },
  why: {
    'because-liked': (title: string): string => `Because you liked ${title}`,
    'because-seen': (title: string): string => `Because you saw ${title}`,
    'because-disliked': (title: string): string => `Unlike ${title}`,
    genre: (genre: string): string => `Because you like ${genre}`,
    community: 'People with tastes like yours like it',
    tuned: 'As you set your list',
    popular: 'Popular with many people',
    ask: 'Where would it be without that?',
    asking: 'Working it out…',
    placeWithout: (place: number | null): string =>
      place === null ? 'Without it: not in the first 100' : `Without it: place ${place}`,
  },
  tuning: {
    heading: 'Tune this list',
    tuned: 'tuned',
  },
  sources: { popular: 'Popular', 'on-device': 'On this device', shared: 'Shared model' } satisfies Record<
    Source,
    string
  > as Record<Source, string>,
  sourceHint: {
    popular: 'The same for everybody.',
    'on-device': 'Ranked from your likes on this device, by public facts and how well known each title is.',
    shared: 'Ranked from your likes on this device, with the model that people trained together.',
  } satisfies Record<Source, string> as Record<Source, string>,
  poster: (title: string): string => `Poster of ${title}`,
  privacy: {
    heading: 'Privacy',
    lead: 'What was spent, what was sent, and who could see it.',
    loading: 'Loading…',
    failed: 'This part of the page could not be loaded.',
    failedHint: 'The server may have a newer version of the page. Reload it.',
  },
  faults: {
    unreachable: ['The server does not answer.', 'Is it still running? This page tries again by itself.'],
    malformed: ['The server’s answer makes no sense.', 'It may be another version. Reload the page.'],
    engine: [
      'This browser could not start the engine.',
      'Reload the page. If it stays so, your browser may be too old.',
    ],
  } satisfies Record<FaultKind, readonly [string, string]> as Record<FaultKind, readonly [string, string]>,
  retry: 'Try again',
  offline: 'You are offline. Browsing and your list still work; taking part waits.',
  update: 'A new version of this page is ready.',
  reload: 'Reload',
  foot: {
    model: 'Model',
    rounds: 'Rounds',
    spent: 'ε spent',
    backend: 'Training on',
    backendNone: 'not loaded',
    catalogue: (name: string, licence: string): string => `Catalogue: ${name}. ${licence}`,
    films:
      'Facts about films (titles, years, genres, directors, countries) and an estimate of how widely known each is, compiled by the project. MIT licence.',
    promise: 'No cookies, no trackers, no other origin.',
  },
  genres: {} as { readonly [genre: string]: string },
};

export type Dictionary = typeof en;
