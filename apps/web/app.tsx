// The frame of every page: header with the status, the page, and the foot with the figures.
import { useEffect } from 'preact/hooks';
import { LANGUAGE_TAGS, language, titleOf, words } from './language.ts';
import { dataPage, itemPage, partPage, updateNotice } from './later.ts';
import { Browse } from './pages/browse.tsx';
import { Privacy } from './pages/privacy.tsx';
import { Icon, type IconName } from './parts/icon.tsx';
import { StatusAnnouncer, StatusPill } from './parts/status-pill.tsx';
import { ToastRegion } from './parts/toast.tsx';
import { addressOf, BROWSE, type Route, route } from './router.ts';
import { type Session, SessionContext, useSession } from './session.ts';
import { chooseTheme, THEMES, theme } from './theme.ts';

export function App({ session }: { readonly session: Session }) {
  return (
    <SessionContext.Provider value={session}>
      <Frame />
    </SessionContext.Provider>
  );
}

function Frame() {
  const session = useSession();
  useDocument();
  return (
    <>
      <a class="skip" href="#content">
        {words.value.skip}
      </a>
      <SimulatedStrip />
      <header class="top">
        <div class="top-inner">
          <a class="wordmark" href={addressOf(BROWSE)}>
            <svg viewBox="0 0 32 32" aria-hidden="true">
              <circle cx="12" cy="16" r="9" class="mark-a" />
              <circle cx="21" cy="16" r="9" class="mark-b" />
            </svg>
            Tacit
          </a>
          <Navigation />
          <StatusPill />
          <Choices />
        </div>
      </header>
      <ToastRegion />
      {(!session.state.value.online || !navigator.onLine) && (
        <aside class="strip strip-offline" aria-label={words.value.offline}>
          <Icon name="wifiOff" />
          {words.value.offline}
        </aside>
      )}
      {session.state.value.withdrawalUnsaved && (
        <div class="strip strip-alert" role="alert" data-testid="withdrawal-unsaved">
          <Icon name="circleAlert" />
          {words.value.withdrawalUnsaved}
        </div>
      )}
      {updateNotice.isLoaded() && <updateNotice.Part />}
      <main id="content" tabIndex={-1}>
        <Page current={route.value} />
      </main>
      <Foot />
      <div class="visually-hidden" role="status" aria-live="polite" data-testid="announcer">
        {session.announcement.value}
      </div>
      <StatusAnnouncer />
    </>
  );
}

function Page({ current }: { readonly current: Route }) {
  switch (current.page) {
    case 'browse':
      return <Browse route={current} />;
    case 'item':
      return <itemPage.Part itemId={current.itemId} />;
    case 'part':
      return <partPage.Part />;
    case 'data':
      return <dataPage.Part />;
    case 'privacy':
      return <Privacy />;
  }
}

const PAGES = [
  { page: 'browse', icon: 'film', target: BROWSE },
  { page: 'part', icon: 'users', target: { page: 'part' } },
  { page: 'data', icon: 'database', target: { page: 'data' } },
  { page: 'privacy', icon: 'shield', target: { page: 'privacy' } },
] as const satisfies readonly { readonly page: string; readonly icon: IconName; readonly target: Route }[];

function Navigation() {
  const current = route.value.page;
  return (
    <nav class="nav" aria-label={words.value.navigation}>
      {PAGES.map(({ page, icon, target }) => (
        <a
          key={page}
          href={addressOf(target)}
          data-testid={`nav-${page}`}
          aria-current={current === page ? 'page' : undefined}
        >
          <Icon name={icon} />
          <span>{words.value.nav[page]}</span>
        </a>
      ))}
    </nav>
  );
}

const THEME_ICONS: { readonly [chosen in (typeof THEMES)[number]]: IconName } = {
  auto: 'sunMoon',
  light: 'sun',
  dark: 'moon',
};

function Choices() {
  const session = useSession();
  const { theme: themeWords, language: languageWords, languageOther } = words.value;
  return (
    <div class="choices">
      <button
        type="button"
        class="choice"
        data-testid="language"
        aria-label={languageWords}
        lang={LANGUAGE_TAGS[language.value]}
        onClick={() => void session.switchLanguage()}
      >
        <Icon name="languages" />
        <span class="choice-word">{languageOther}</span>
      </button>
      <label class="choice choice-select" title={themeWords.label}>
        <span class="visually-hidden">{themeWords.label}</span>
        <Icon name={THEME_ICONS[theme.value]} />
        <select
          data-testid="theme"
          value={theme.value}
          onChange={(event) => {
            const chosen = THEMES.find((known) => known === event.currentTarget.value);
            if (chosen !== undefined) {
              chooseTheme(chosen);
            }
          }}
        >
          {THEMES.map((known) => (
            <option key={known} value={known}>
              {themeWords[known]}
            </option>
          ))}
        </select>
      </label>
    </div>
  );
}

/** On every screen, in the first line: who here is not a person. */
function SimulatedStrip() {
  const session = useSession();
  const simulated = session.status.value?.simulatedParticipants;
  if (simulated === undefined || simulated === 0) {
    return null;
  }
  return (
    <aside class="strip" data-testid="simulated" data-count={simulated} aria-label={words.value.simulatedTag}>
      {words.value.simulated(simulated)}
    </aside>
  );
}

function Foot() {
  const session = useSession();
  const { foot } = words.value;
  const state = session.state.value;
  const catalogue = session.shelf.value?.catalogue;
  return (
    <footer class="foot">
      <dl class="foot-figures">
        <div>
          <dt>{foot.model}</dt>
          <dd data-testid="model-version">{state.model?.version ?? 0}</dd>
        </div>
        <div>
          <dt>{foot.rounds}</dt>
          <dd data-testid="rounds-taken-part">{state.roundsTakenPart}</dd>
        </div>
        <div>
          <dt>{foot.spent}</dt>
          <dd data-testid="epsilon-spent">{state.epsilonSpent.toFixed(2)}</dd>
        </div>
        <div>
          <dt>{foot.backend}</dt>
          <dd data-testid="backend" data-backend={state.backend ?? 'none'}>
            {state.backend ?? foot.backendNone}
          </dd>
        </div>
      </dl>
      {catalogue !== undefined && (
        <p class="small muted">
          {foot.catalogue(catalogue.name, catalogue.name === 'films' ? foot.films : catalogue.licence)}
        </p>
      )}
      <p class="small muted">{foot.promise}</p>
    </footer>
  );
}

/** Keeps the document's language and title in step. */
function useDocument(): void {
  const session = useSession();
  const current = route.value;
  const { title } = words.value;
  const item = current.page === 'item' ? session.shelf.value?.item(current.itemId) : undefined;
  const text =
    current.page === 'item' ? (item === undefined ? title.browse : title.item(titleOf(item))) : title[current.page];
  const tag = LANGUAGE_TAGS[language.value];
  useEffect(() => {
    document.title = text;
    document.documentElement.lang = tag;
  }, [text, tag]);
}
