// The whole page on an engine in memory and a server that answers from memory, for the page's tests.
import { render } from 'preact';
import { act } from 'preact/test-utils';
import type { Catalogue, CatalogueItem } from '#shared/catalogue/schema.ts';
import { policyForCrowd } from '#shared/model/crowd.ts';
import { type Policy, policyHash } from '#shared/protocol/policy.ts';
import type { EngineState } from '../../engine/api.ts';
import { App } from '../app.tsx';
import { type Language, language, loadWords } from '../language.ts';
import { drawPosters, loadOthers, privacyBody } from '../later.ts';
import { type FetchJson, UnreachableError } from '../published.ts';
import { addressOf, type Route, route } from '../router.ts';
import { Session } from '../session.ts';
import { MemoryEngine } from './memory-engine.ts';

export const catalogueHash = 'd'.repeat(64);

export const films: Catalogue = {
  name: 'films',
  licence: 'Made up for tests.',
  items: [
    film('alien-1979', 'Alien', '异形', 1979, ['Science Fiction', 'Horror'], 'Ridley Scott', 5),
    film('blade-runner-1982', 'Blade Runner', '银翼杀手', 1982, ['Science Fiction'], 'Ridley Scott', 5),
    film('solaris-1972', 'Solaris', '索拉里斯', 1972, ['Science Fiction', 'Drama'], 'Andrei Tarkovsky', 4),
    film('stalker-1979', 'Stalker', '潜行者', 1979, ['Science Fiction', 'Drama'], 'Andrei Tarkovsky', 4),
    film('moon-2009', 'Moon', '月球', 2009, ['Science Fiction'], 'Duncan Jones', 3),
    film('primer-2004', 'Primer', '初始者', 2004, ['Science Fiction'], 'Shane Carruth', 2),
    film('amelie-2001', 'Amélie', '天使爱美丽', 2001, ['Romance', 'Comedy'], 'Jean-Pierre Jeunet', 5),
    film('the-thing-1982', 'The Thing', '怪形', 1982, ['Horror'], 'John Carpenter', 4),
    { id: 'odd "id" / 50%', title: '<script>alert(1)</script>', genres: ['Comedy'], prominence: 1 },
    { id: 'without-year', title: 'Untitled', genres: [], prominence: 1 },
  ],
};

function film(
  id: string,
  title: string,
  titleZh: string,
  year: number,
  genres: readonly string[],
  director: string,
  prominence: number,
): CatalogueItem {
  return { id, title, titleZh, year, genres, directors: [director], countries: ['US'], prominence };
}

/** The demo's policy, and one of the same crowd whose updates are sent alone. */
export const maskedPolicy = policyForCrowd({
  learner: 'reconstruction',
  present: 36,
  items: 2000,
  featureColumns: 104,
});
export const alonePolicy = policyForCrowd({
  learner: 'reconstruction',
  present: 36,
  items: 2000,
  featureColumns: 104,
  overrides: { mode: 4, minCohort: 20 },
});

/** The answer of `GET /v1/status` under a policy. */
export function statusAnswer(policy: Policy) {
  const [rules] = policy.phases;
  if (rules === undefined) throw new RangeError('expected a policy with a phase');
  return {
    product: 'tacit',
    version: '0.1.0',
    model: {
      version: 7,
      hash: 'a'.repeat(64),
      items: 10,
      learner: policy.learner,
      epoch: 1,
      phase: 0,
      phaseName: rules.name,
      phases: policy.phases.length,
      roundsLeft: null,
      publishedAt: '2026-01-01T00:00:00Z',
    },
    round: null,
    rounds: { completed: 6, failed: 0 },
    policy: {
      hash: policyHash(policy),
      mode: policy.mode,
      noiseMultiplier: rules.noiseMultiplier,
      clippingBoundL2: rules.clippingBoundL2,
      delta: policy.delta,
      epsilonCap: policy.epsilonCap,
      minCohort: policy.minCohort,
      maxCohort: policy.maxCohort,
      cooldownMs: policy.cooldownMs,
      trainable: rules.layout.length,
    },
    advice: { verdict: 'unclear', crowd: 288 },
    simulatedParticipants: 36,
    catalogue: { name: 'films', hash: catalogueHash, items: 10, licence: 'Made up for tests.' },
  };
}

interface Answers {
  /** Every answer fails with it. */
  fault?: Error | null;
  policy?: Policy;
}

/** A server without a network. */
export function answeringWith(catalogue: Catalogue, answers: Answers = {}): FetchJson {
  return async (path) => {
    if (answers.fault) throw answers.fault;
    const policy = answers.policy ?? maskedPolicy;
    switch (path) {
      case '/v1/status':
        return statusAnswer(policy);
      case '/v1/policy':
        return structuredClone(policy);
      case `/v1/catalogues/${catalogueHash}`:
        return structuredClone(catalogue);
      default:
        throw new UnreachableError(`no answer for ${path}`);
    }
  };
}

export interface MountedPage {
  readonly engine: MemoryEngine;
  readonly session: Session;
  /** The one element with the test id. Throws when there is none. */
  get(testId: string): HTMLElement;
  all(testId: string): HTMLElement[];
  /** Clicks, and waits until all that follows from it has settled. */
  click(element: HTMLElement): Promise<void>;
  /** Waits until pending promises, effects and drawing have settled. */
  settle(): Promise<void>;
  unmount(): Promise<void>;
}

export interface MountOptions {
  readonly at?: Route;
  readonly language?: Language;
  /** That the engine holds rounds to; null: none yet. The server tells of the same one, or of one all the same. */
  readonly policy?: Policy | null;
  readonly state?: Partial<EngineState>;
  readonly catalogue?: Catalogue;
  readonly get?: FetchJson;
  readonly prepare?: (engine: MemoryEngine) => void;
}

export async function mountPage(options: MountOptions = {}): Promise<MountedPage> {
  const catalogue = options.catalogue ?? films;
  const policy = options.policy === undefined ? maskedPolicy : options.policy;
  const held = policy === null ? null : { hash: policyHash(policy), policy };
  const engine = new MemoryEngine(catalogue, { policy: held, ...options.state });
  options.prepare?.(engine);
  const target: Route = options.at ?? { page: 'browse', search: '', genre: '', decade: null };
  language.value = options.language ?? 'en';
  // All code and words are there, as from the offline copy: `settle` waits for promises alone.
  await Promise.all([loadOthers(), drawPosters(), privacyBody.load()]);
  await Promise.all((['en', 'zh'] as const).map(loadWords));
  history.replaceState(null, '', addressOf(target));
  route.value = target;
  const session = new Session(engine, options.get ?? answeringWith(catalogue, { policy: policy ?? maskedPolicy }));
  const place = document.createElement('div');
  document.body.replaceChildren(place);
  const settle = async (): Promise<void> => {
    for (let turn = 0; turn < 12; turn++) {
      await act(async () => {
        await Promise.resolve();
      });
    }
  };
  await act(() => {
    session.start();
    render(<App session={session} />, place);
  });
  await settle();
  const all = (testId: string): HTMLElement[] => [...place.querySelectorAll<HTMLElement>(`[data-testid="${testId}"]`)];
  return {
    engine,
    session,
    all,
    settle,
    get(testId) {
      const found = all(testId)[0];
      if (found === undefined) throw new Error(`no element with data-testid ${testId}`);
      return found;
    },
    async click(element) {
      await act(() => element.click());
      await settle();
    },
    async unmount() {
      await act(() => render(null, place));
      await session.close();
    },
  };
}
