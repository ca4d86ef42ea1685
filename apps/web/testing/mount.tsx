// The whole page on an engine in memory and a server that answers from memory, for the page's tests.
import { render } from 'preact';
import { act } from 'preact/test-utils';
import type { Catalogue, CatalogueItem } from '#shared/catalogue/schema.ts';
import type { EngineState } from '../../engine/api.ts';
import { App } from '../app.tsx';
import { language } from '../language.ts';
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

export const statusAnswer = {
  product: 'tacit',
  version: '0.1.0',
  model: { version: 7, hash: 'a'.repeat(64), items: 10, dimension: 16, publishedAt: '2026-01-01T00:00:00Z' },
  round: null,
  rounds: { completed: 6, failed: 0 },
  policy: {
    hash: 'c'.repeat(64),
    mode: 0,
    noiseMultiplier: 2,
    clippingBoundL2: 1,
    delta: 1e-6,
    epsilonCap: 8,
    minCohort: 20,
    maxCohort: 28,
    cooldownMs: 30_000,
    trainable: 104,
  },
  simulatedParticipants: 36,
  catalogue: { name: 'films', hash: catalogueHash, items: 10, licence: 'Made up for tests.' },
};

/** A server without a network. `answers.fault` makes every answer fail with it. */
export function answeringWith(catalogue: Catalogue, answers: { fault: Error | null } = { fault: null }): FetchJson {
  return async (path) => {
    if (answers.fault !== null) throw answers.fault;
    switch (path) {
      case '/v1/status':
        return structuredClone(statusAnswer);
      case '/v1/policy':
        return { bits: 16, honestNoiseShares: 18, layout: { parts: [{ name: 'projection', rows: 9, length: 72 }] } };
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
  readonly state?: Partial<EngineState>;
  readonly catalogue?: Catalogue;
  readonly get?: FetchJson;
  readonly prepare?: (engine: MemoryEngine) => void;
}

export async function mountPage(options: MountOptions = {}): Promise<MountedPage> {
  const catalogue = options.catalogue ?? films;
  const engine = new MemoryEngine(catalogue, options.state);
  options.prepare?.(engine);
  const target: Route = options.at ?? { page: 'browse', search: '', genre: '', decade: null };
  language.value = 'en';
  history.replaceState(null, '', addressOf(target));
  route.value = target;
  const session = new Session(engine, options.get ?? answeringWith(catalogue));
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
