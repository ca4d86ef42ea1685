// The words of what is loaded after the first screen, in English: the pages other than Browse, and the body of the tuning panel.
// `PagesDictionary` is its type: every other language must have the same keys, or it does not compile.
import type { PhaseName } from '#shared/protocol/policy.ts';
import type { Action, EngineState, Reason, RoundStep } from '../../engine/api.ts';
import { en } from './en.ts';

const count = new Intl.NumberFormat('en');
const s = (n: number): string => (n === 1 ? '' : 's');
/** A participation, or what it is where an epoch has several phases. */
const session = (phases: number): string => (phases === 1 ? 'participation' : `session of ${phases} rounds`);

export const pagesEn = {
  reason: (reason: Reason, now: number): string => {
    switch (reason.code) {
      case 'not-opted-in':
        return en.notOptedIn;
      case 'training-only':
        return 'Trained here, nothing is sent';
      case 'people':
        return reason.joined < reason.needed
          ? `${reason.joined} of ${reason.needed} people here`
          : `${reason.joined} people here, about to begin`;
      case 'connecting':
        return 'Connecting to the server';
      case 'progress':
        return `${Math.round(reason.fraction * 100)} % done`;
      case 'others':
        return reason.expected === 0 ? 'Yours is sent' : `${reason.received} of ${reason.expected} updates are in`;
      case 'cooldown':
        return `Resting for ${duration(reason.untilMs - now)} after the last round`;
      case 'phase-done':
        return 'You took part in this phase already. Waiting for the next one';
      case 'budget-spent':
        return 'Your privacy budget is used up, so nothing more is sent';
      case 'not-secure':
        return 'This page did not come over https, so nothing is sent';
      case 'alone-not-allowed':
        return 'Updates are sent alone here, and you have not allowed that';
      case 'terms-changed':
        return 'The rules changed since you agreed, so nothing is sent until you agree again';
      case 'policy-refused':
        return `This device refused the server’s terms: ${reason.detail}`;
      case 'no-history':
        return 'Like a few films first: there is nothing to learn from yet';
      case 'other-tab':
        return 'Another tab is doing this';
      case 'offline':
        return 'You are offline';
      case 'stopped-by-operator':
        return 'The operator stopped all rounds';
      case 'hidden':
        return 'This tab is in the background';
      case 'battery':
        return 'Saving battery';
      case 'save-data':
        return 'Your browser saves data';
      case 'metered':
        return 'This connection is metered';
      case 'pressure':
        return 'This device is busy';
      case 'storage':
        return 'The privacy ledger is not writable, so nothing is sent';
    }
  },
  /** While fewer than the least cohort are there. */
  updateWaiting: 'Waiting for more people; no part of your update has left this browser.',
  /** While the engine holds no policy. */
  policyUnknown: 'Not known yet: this browser has not fetched and checked the rules.',
  /** What was said about a title, beside its name. */
  said: { like: 'liked', dislike: 'not for you', seen: 'seen' } satisfies Record<Action, string> as Record<
    Action,
    string
  >,
  whyHere: {
    heading: 'Why is this here?',
    place: (place: number): string => `Place ${place} of your list`,
    beyond: 'Not among the first 100 of your list',
    nothingSaid: (newest: number | null): string =>
      `Nothing ${newest === null ? 'that you said' : `of the newest ${count.format(newest)} things that you said`} speaks for it or against it.`,
    lead: (newest: number | null): string =>
      newest === null
        ? 'What each thing you said adds or takes away, worked out exactly on this device. What you said long ago counts less.'
        : `How far this moves when each of the newest ${count.format(newest)} things that you said is left out, worked out on this device. Older ones count too, but are not listed.`,
    tunedToo: 'How you tuned your list moves it too.',
    share: (share: number): string => `${share < 0 ? '−' : '+'}${Math.round(Math.abs(share) * 100)} %`,
    ask: 'Without it?',
    askOf: (title: string): string => `Where would it be without ${title}?`,
    asking: 'Working it out…',
    without: (before: number | null, place: number | null): string => {
      if (place === null) {
        return before === null ? 'Without it just as far down.' : 'Without it this would not be in the first 100.';
      }
      const move = before === null || place < before ? 'rise to' : place > before ? 'fall to' : 'stay at';
      return `Without it this would ${move} place ${place}.`;
    },
    more: (n: number): string => `Show ${count.format(n)} more`,
    rest: (n: number): string => `${count.format(n)} more matter${n === 1 ? 's' : ''} less than 1 % each.`,
  },
  tuning: {
    lead: 'Holds at once. Kept on this device like your history, and never sent.',
    sliders: {
      popularity: ['How well known', 'well known', 'little known'],
      novelty: ['How familiar', 'like what I know', 'new to me'],
      diversity: ['How varied', 'best first', 'varied'],
    } as { readonly [slider in 'popularity' | 'novelty' | 'diversity']: readonly [string, string, string] },
    /** Where a slider stands, for screen readers. */
    at: (percent: number, end: string): string => (percent === 0 ? 'neutral' : `${percent} % towards ${end}`),
    genres: 'Genres',
    less: (genre: string): string => `Less ${genre}`,
    more: (genre: string): string => `More ${genre}`,
    reset: 'Back to the standard list',
  },
  rowChange: {
    what: {
      deleted: (title: string): string => `Deleted: ${title}.`,
      restored: (title: string): string => `${title} is back.`,
      changed: (title: string): string => `Changed: ${title}.`,
    },
    howMany: (changed: number, listed: number): string =>
      changed === 0
        ? `None of the ${listed} recommendations changed.`
        : `${changed} of ${listed} recommendations changed.`,
    left: (titles: string): string => `Gone: ${titles}`,
    came: (titles: string): string => `New: ${titles}`,
    proof: (isDeleted: boolean, rows: number): string =>
      `The list was computed again from ${isDeleted ? 'the remaining ' : ''}${count.format(rows)} row${s(rows)}${isDeleted ? '; nothing of the deleted one is left in it' : ''}.`,
  },
  ask: {
    heading: 'Would you like to help everybody’s list get better?',
    body: 'Your device would train on your likes and send small, blurred updates. Your likes themselves never leave.',
    yes: 'Show me how',
    no: 'Not now',
  },
  item: {
    back: 'Back to browsing',
    directors: 'Directed by',
    countries: 'Made in',
    genres: 'Genres',
    year: 'Year',
    externalId: 'Elsewhere',
    similar: 'Similar',
    similarLead: 'Near this one in the model. The same for everybody.',
    noSimilar: 'Nothing near it yet.',
    missing: 'There is no such title here.',
    missingHint: 'The catalogue may have changed since the link was made.',
    drawn: 'This picture was drawn by a program. It is not the film’s own poster.',
  },
  part: {
    heading: 'Taking part',
    lead: 'Each switch has its own effect and works at once, and turning it off is the same click.',
    keep: 'Keep my history on this device',
    keepWhat: 'Likes, ‘not for me’ and seen stay in this browser, so that your list is here next time.',
    keepOff: 'With this off, new clicks are forgotten when you close the tab. What is stored stays until you erase it.',
    train: 'Train here',
    trainWhat: 'This device works out how the shared model could fit your likes better. The result stays here.',
    trainNeeds: 'Needs ‘Keep my history on this device’.',
    send: 'Send protected updates',
    sendWhat:
      'The result is clipped, blurred with noise and masked on this device. The masks come off only in the sum with other people’s.',
    sendWhatAlone: 'The result is clipped, blurred with noise on this device, and sent by itself, without a mask.',
    sendWhatUnknown:
      'The result is clipped and blurred with noise on this device. How it is then sent is not known yet.',
    sendNeeds: 'Needs ‘Train here’.',
    alone: 'Send even alone',
    aloneWhat:
      'Too few people take part here for masks. The server reads your noised update by itself, and the noise that this device adds is all that protects it.',
    aloneCost: (epsilon: string, phases: number): string => `One ${session(phases)} costs ε ${epsilon}.`,
    aloneNoGuarantee: (epsilon: string, phases: number): string =>
      `One ${session(phases)} costs ε ${epsilon}: no meaningful guarantee.`,
    aloneUnused: 'Updates are masked here, so this switch does nothing at present.',
    aloneNeeds: 'Needs ‘Send protected updates’.',
    termsChanged: (isAlone: boolean, epsilon: string, promises: boolean, phases: number): string =>
      `The rules changed since you agreed: ${isAlone ? 'updates are now sent alone, and ' : ''}one ${session(phases)} now costs ε ${epsilon}${promises ? '' : ', no meaningful guarantee'}. Nothing is sent until you agree again.`,
    termsAlone:
      'Sending alone is a choice of its own: after this, ‘Send even alone’ is off until you turn it on again.',
    agreeAgain: 'Agree to the new rules',
    on: 'On',
    off: 'Off',
    facts: 'What it means',
    what: 'What is sent',
    whatText: (numbers: number): string =>
      `One list of ${count.format(numbers)} number${s(numbers)}: how the shared model should change. Its length is the same for everybody, whatever you liked.`,
    whatPhases: (phases: readonly (readonly [string, number])[]): string =>
      `One list in each phase: ${phases.map(([name, numbers]) => `${name}, ${count.format(numbers)} number${s(numbers)}`).join('; ')}. Its length is the same for everybody, whatever you liked.`,
    phases: {
      train: 'training',
      popularity: 'how popular each title is',
      'co-occurrence': 'which titles are liked together',
      centroids: 'what sets communities of taste apart',
      likes: 'what each community likes',
    } satisfies Record<PhaseName, string> as Record<PhaseName, string>,
    why: 'Why',
    whyText:
      'The average of many such lists makes everybody’s suggestions better, without anybody’s history in one place.',
    howMuch: 'How much',
    howMuchText: (upload: string, sessions: number, phases: number): string =>
      phases === 1
        ? `At most ${upload} up for each round. The privacy limit allows ${sessions} rounds in all.`
        : `At most ${upload} up for each round, and one session is a round in each of ${phases} phases. The privacy limit allows ${sessions} sessions in all.`,
    who: 'Who runs it',
    whoText: (host: string): string => `The server at ${host}.`,
    whoMasked: (least: number): string =>
      `If it follows the protocol, it reads only sums of ${least} updates or more. If it fakes the other people, only this device’s own noise protects yours.`,
    whoAlone: 'It reads each noised update by itself.',
    whoMore: 'Who can see what',
    round: 'This round, step by step',
    roundIdle: 'The steps of a round appear here when your device takes part in one.',
    roundFirst: 'Turn on the third switch to see one.',
    steps: {
      trained: ['Train on this device', 'The update is worked out before anybody is told.'],
      joined: ['Join', 'The server knows that a device is here.'],
      config: ['Check the terms', 'Group size, noise and limits, against the rules built into this page.'],
      noised: ['Clip and blur', 'The noise is added on this device, before anything else is told.'],
      keys: ['Tell two keys', 'Made for this round alone.'],
      shares: ['Deal the shares', 'Parts of the masks’ secrets, encrypted for others in the round.'],
      charged: ['Charge the privacy budget', 'Written down before the first byte of the update leaves.'],
      sent: ['Send', 'The same number of bytes for everybody.'],
      confirmed: ['Compare the lists', 'Do all devices see the same people in the sum?'],
      unmasked: ['Open the sum', 'Once enough of them do, this device gives its shares.'],
      aggregating: ['Add up with the others', 'The server works out the new model.'],
      published: ['New model', 'Your list now uses it.'],
      aborted: ['Round stopped', 'No new model came of it.'],
    } satisfies Record<RoundStep['name'], readonly [string, string]> as Record<
      RoundStep['name'],
      readonly [string, string]
    >,
    /** In place of 'aborted', where the server did not say that the round stopped. */
    stepOut: ['Out of the round', 'This browser does not know whether a model came of it.'] as readonly [
      string,
      string,
    ],
    stepModel: (version: number): string => `model ${version}`,
    aborts: {
      'too-few': 'Too few people were left.',
      'too-few-shares': 'Too few people stayed to open the sum.',
      'bad-shares': 'Somebody’s shares did not fit.',
      stopped: 'The operator stopped it.',
      'server-error': 'The server could not finish it.',
      left: 'This device left it.',
      late: 'The round went on without this device.',
      'connection-lost': 'The connection was lost.',
    } as { readonly [code: string]: string },
    stepDone: 'done',
    stepNow: 'now',
    stepNext: 'to come',
    numbers: 'So far',
    modelVersion: 'Model version',
    rounds: 'Rounds taken part',
    spent: 'Privacy budget spent',
    spentOf: (spent: string, cap: string): string => `ε ${spent} of ${cap}`,
    more: 'Everything about the budget is on the Privacy page.',
    gpc: 'Your browser asks sites not to share data (Global Privacy Control). We will never ask you to take part; the switches are here if you want them.',
  },
  data: {
    heading: 'My data',
    lead: 'Everything that Tacit knows about you is in this browser, and on this page.',
    storage: {
      durable: 'Stored in this browser, and the browser promised to keep it.',
      'best-effort':
        'Stored in this browser. The browser may clear it when space runs out: export it if it matters to you.',
      memory:
        'This window keeps nothing: it is private, or has no storage. What you do here is gone when you close it.',
    } satisfies Record<EngineState['storage'], string> as Record<EngineState['storage'], string>,
    faults: {
      quota: 'The browser has no space left. The last change was not stored.',
      blocked: 'Another tab holds an older version of the storage. Close the other tabs of this site.',
      terminated: 'The browser closed the storage. Reload this page.',
    } satisfies Record<NonNullable<EngineState['storageFault']>, string> as Record<
      NonNullable<EngineState['storageFault']>,
      string
    >,
    history: 'History',
    rows: (n: number): string => `${count.format(n)} title${s(n)}`,
    title: 'Title',
    action: 'What you said',
    when: 'When',
    remove: 'Delete',
    removeOf: (title: string): string => `Delete ${title} from the history`,
    changeOf: (title: string): string => `What you said about ${title}`,
    empty: 'Nothing here yet.',
    emptyHint: 'What you like, refuse or mark as seen is listed here.',
    unknownItem: 'no longer in the catalogue',
    take: 'Take it with you',
    takeText:
      'A JSON file with your history, your switches, how you tuned your list, and the privacy ledger. Bringing one in adds to what is here; the newer entry wins.',
    export: 'Export',
    import: 'Import',
    exported: 'Exported.',
    exportFailed: 'It could not be exported.',
    imported: (added: number, updated: number, unchanged: number, rejected: number): string =>
      `Imported: ${added} new, ${updated} changed, ${unchanged} as before${rejected > 0 ? `, ${rejected} refused` : ''}.`,
    importFailed: 'That file could not be imported.',
    eraseHeading: 'Erase everything',
    eraseText:
      'Deletes your history, what was learnt from it, your switches, how you tuned your list and what is waiting to be sent, at once. You can undo it for 10 seconds.',
    ledgerStays:
      'One thing stays: how much of the privacy budget was spent. If that were forgotten, a server could ask you again and again, and the limit would limit nothing. It holds no titles.',
    erase: 'Erase everything…',
    eraseAsk: 'Erase everything?',
    eraseAskText: (n: number): string =>
      `${n === 0 ? 'Your settings go' : `${count.format(n)} title${s(n)} and your settings go`} at once. The spent privacy budget stays.`,
    eraseYes: 'Erase',
    eraseNo: 'Keep it',
    erased: 'Erased. Only the privacy ledger is left.',
    eraseFailed: 'Not everything could be erased. Try again.',
  },
  bytes: (n: number): string =>
    n < 1000
      ? `${n} bytes`
      : n < 1_000_000
        ? `${(n / 1000).toFixed(n < 10_000 ? 1 : 0)} KB`
        : `${(n / 1_000_000).toFixed(1)} MB`,
  seconds: (n: number): string => `${n} second${s(n)}`,
  formerCountries: {
    SU: 'Soviet Union',
    YU: 'Yugoslavia',
    CS: 'Czechoslovakia',
    DD: 'East Germany',
  } as { readonly [code: string]: string },
};

export type PagesDictionary = typeof pagesEn;

function duration(ms: number): string {
  const seconds = Math.max(1, Math.ceil(ms / 1000));
  return seconds < 90 ? `${seconds} s` : `${Math.ceil(seconds / 60)} min`;
}
