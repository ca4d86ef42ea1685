// `npm start`: settings, catalogue, server, fleet. Standard output has the page's and the status's address; all else goes to standard error.
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import closeWithGrace from 'close-with-grace';
import { type CrowdOverrides, peopleForOnePresent } from '#shared/model/crowd.ts';
import { noiseMultiplierFor } from '#shared/privacy/accountant.ts';
import { defaultPresence, isLoopbackHost } from '../../server/config.ts';
import { productVersion, type RunningServer, ServerStartError, StoreError, startServer } from '../../server/start.ts';
import { type Fleet, startFleet } from '../fleet/fleet.ts';
import { importedCount } from '../fleet/people.ts';
import { CatalogueFileError, chooseCatalogue } from './catalogue.ts';
import { readSettings, type Settings, startHelp, UsageError } from './config.ts';
import { projectFolder } from './project-folder.ts';

/** A stop by SIGTERM or SIGINT is over within 5 s, whatever hangs. */
const closeTimeoutMs = 4_500;
/** How many ports from the default one on are tried. */
const portAttempts = 100;

const say = (text: string) => process.stderr.write(`tacit: ${text}\n`);

/**
 * Of the fleet's people, how many may be counted on to take part in each phase of an epoch: everybody does once at most, some vanish, and some
 * have spent their budget.
 */
const partOfPeople = 0.6;

function peopleOfAnEpoch(settings: Settings, present: number, interactionsPath: string | null): number {
  const known = interactionsPath === null ? settings.population : importedCount(interactionsPath, settings.population);
  return Math.max(1, Math.min(peopleForOnePresent * present, Math.floor(partOfPeople * known)));
}

/** Whose rounds are planned and judged for: the operator's word, or else the simulated participants. */
function peopleFor(settings: Settings, present: number, interactionsPath: string | null) {
  if (settings.crowd > 0) return { expectedPeople: settings.crowd, expectedCrowd: settings.crowd };
  return settings.fleet === 0 ? {} : { expectedPeople: peopleOfAnEpoch(settings, present, interactionsPath) };
}

/** On this machine alone, with simulated participants or for a crowd that nobody named: no list of a stranger gets worse by what is taught. */
function isDemonstration({ fleet, crowd, host }: Settings): boolean {
  return isLoopbackHost(host) && (fleet > 0 || crowd === 0);
}

/** What the operator said of privacy; the rest follows from the crowd. */
function privacyOf({ cohort, epsilon, participations, delta }: Settings): CrowdOverrides {
  return {
    delta,
    ...(cohort === 0 ? {} : { maxCohort: cohort }),
    ...(epsilon === 0
      ? {}
      : { epsilonCap: epsilon, noiseMultiplier: noiseMultiplierFor(participations, epsilon, delta) }),
  };
}

async function start(settings: Settings): Promise<void> {
  const dataDir = resolve(settings.dataDir);
  const { catalogue, interactionsPath } = await chooseCatalogue(settings.catalogue, dataDir);
  const page = join(projectFolder(), 'dist');
  const expectedPresence = Math.max(defaultPresence, settings.fleet);
  let fleet: Fleet | null = null;
  let server: RunningServer | null = null;
  let isClosing = false;

  // From here on a signal closes what has been opened so far.
  closeWithGrace(
    { delay: closeTimeoutMs, logger: { error: (text: unknown) => say(String(text)) } },
    async ({ err, signal }) => {
      isClosing = true;
      if (err) say(err.stack ?? err.message);
      else if (signal) say(`${signal}: stopping`);
      await fleet?.close();
      await server?.close();
    },
  );

  server = await startServer({
    catalogue,
    host: settings.host,
    port: settings.port,
    portAttempts: settings.portIsExplicit ? 1 : portAttempts,
    dataDir,
    learner: settings.learner,
    expectedPresence,
    ...peopleFor(settings, expectedPresence, interactionsPath),
    harmful: settings.despiteAdvice ? 'warn' : isDemonstration(settings) ? 'note' : 'refuse',
    rounds: settings.rounds === 'on',
    ...(settings.dim === 0 ? {} : { dimension: settings.dim }),
    ...(settings.itemsK === 0 ? {} : { chosenItems: settings.itemsK }),
    policy: {
      ...privacyOf(settings),
      cooldownMs: Math.round(settings.cooldown * 1000),
      mode: settings.mode === 'local' ? 4 : 1,
      training: {
        localSteps: settings.localSteps,
        proxMu: settings.proxMu,
        weights: settings.weights,
        serverOptimizer: settings.serverOptimizer,
      },
      offsets: {
        itemBlocks: settings.itemBlocks || null,
        items: settings.offsetItems || null,
        rank: settings.rank || null,
      },
    },
    staticDir: existsSync(page) ? page : null,
    logLevel: settings.logLevel,
    simulatedParticipants: () => fleet?.present() ?? 0,
  });
  process.stdout.write(`page: ${server.url}/\nstatus: ${server.url}/v1/status\n`);
  if (settings.fleet === 0 || isClosing) return;

  const running = server;
  const started = await startFleet({
    url: server.url,
    catalogue,
    interactionsPath,
    present: settings.fleet,
    population: settings.population,
    seed: settings.seed,
    cooldownMs: Math.round(settings.cooldown * 1000),
    dataDir,
    onFailure: (error) => say(`the simulated participants have stopped: ${error.stack ?? error.message}`),
  }).catch(async (error: unknown) => {
    await running.close();
    throw error;
  });
  fleet = started;
  // A signal that came while the fleet was starting found nothing to close.
  if (isClosing) await started.close();
  else {
    const imported = started.imported > 0 ? `, ${started.imported} of them imported` : '';
    say(`simulated participants: ${settings.fleet} present at a time, of ${started.population} people${imported}`);
  }
}

async function main(): Promise<void> {
  try {
    const request = readSettings(process.argv.slice(2), process.env);
    if (request.kind === 'help') {
      process.stdout.write(startHelp());
      return;
    }
    if (request.kind === 'version') {
      process.stdout.write(`${productVersion()}\n`);
      return;
    }
    for (const warning of request.warnings) say(warning);
    await start(request.settings);
  } catch (error) {
    const expected = [UsageError, CatalogueFileError, ServerStartError, StoreError];
    const isExpected = expected.some((kind) => error instanceof kind);
    const text = error instanceof Error ? (isExpected ? error.message : (error.stack ?? error.message)) : String(error);
    process.stderr.write(`tacit: ${text}\n`);
    process.exit(error instanceof UsageError ? 2 : 1);
  }
}

await main();
