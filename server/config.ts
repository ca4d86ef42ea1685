// What a server is started with. One place for defaults; the command line's own settings map onto this.
import type { Catalogue } from '#shared/catalogue/schema.ts';
import type { CrowdOverrides } from '#shared/model/crowd.ts';
import type { LearnerName } from '#shared/model/model.ts';
import { dropoutGraceMs } from '#shared/secagg/parameters.ts';
import { maxSockets, maxSocketsPerAddress } from './limits.ts';

export const logLevels = ['silent', 'fatal', 'error', 'warn', 'info', 'debug'] as const;
export type LogLevel = (typeof logLevels)[number];

/** Times of a round, ms, beside the deadlines of its answers: those are the protocol's (`stageDeadlines`) and in every config. */
export interface Timings {
  /** Gathering ends when nobody new came for this long. */
  readonly quietMs: number;
  /** A closed socket is a dropout after this. */
  readonly graceMs: number;
  readonly configMs: number;
  /** For the step from the sum to the next model; as long may unmasking go on after its deadline. */
  readonly aggregateMs: number;
  readonly publishMs: number;
  /** A phase that has had a round ends after this time without another one: everybody who comes may have had their turn. */
  readonly phasePatienceMs: number;
}

export const defaultTimings: Timings = {
  quietMs: 1_000,
  graceMs: dropoutGraceMs,
  configMs: 10_000,
  aggregateMs: 60_000,
  publishMs: 60_000,
  phasePatienceMs: 3_600_000,
};

export interface SocketLimits {
  readonly maxSocketsPerAddress: number;
  readonly maxSockets: number;
}

/** A fleet shares one address with the visitors: there is room for all who are expected, and as many again who come back. */
export function socketLimitsFor(expectedPresence: number): SocketLimits {
  return { maxSocketsPerAddress: Math.max(maxSocketsPerAddress, 2 * expectedPresence), maxSockets };
}

export interface ServerOptions {
  /** Already parsed; its hash decides whether the stored model goes on. */
  readonly catalogue: Catalogue;
  /** Default 127.0.0.1. Devices take part over https or on a loopback address alone. */
  readonly host?: string;
  /** Default 0: any free port. */
  readonly port?: number;
  /** How many ports from `port` upwards are tried while they are taken. Default 1. */
  readonly portAttempts?: number;
  /** Where the database and the operator's token are. Default null: nothing outlives the process, and there is no stop switch over HTTP. */
  readonly dataDir?: string | null;
  /** People present at a time, simulated ones included, from which the policy is derived. Default 36. */
  readonly expectedPresence?: number;
  /** Parts of the policy that are given instead of derived. Without a `mode`, rounds are masked. */
  readonly policy?: CrowdOverrides;
  /** Default `defaultLearner`. The stored model of another learner does not go on; a new one begins, and the log says so. */
  readonly learner?: LearnerName;
  /** Different people of an epoch, for learners that have phases: rounds of a phase follow from it. Default: from those present. */
  readonly expectedPeople?: number;
  /** d of a new model of `reconstruction`. Default: the model's own. */
  readonly dimension?: number;
  /** K of `co-occurrence`. Default: by its rule. */
  readonly chosenItems?: number;
  /** Different people who are expected to take part, by which the policy is judged. Default: those of an epoch. */
  readonly expectedCrowd?: number;
  /** What to do about a policy that is judged harmful: not start, warn in the log, or note it there. Default `note`. /v1/status has it always. */
  readonly harmful?: 'refuse' | 'warn' | 'note';
  /** False: no rounds until the operator's switch allows them; content alone is served. Default true. */
  readonly rounds?: boolean;
  /** The built page. Default null: the service without a page. */
  readonly staticDir?: string | null;
  readonly timings?: Partial<Timings>;
  readonly socketLimits?: Partial<SocketLimits>;
  /** Default warn. Logs go to standard error. */
  readonly logLevel?: LogLevel;
  /** For /v1/status: how many of those present are simulated. Default none. */
  readonly simulatedParticipants?: () => number;
}

export const defaultHost = '127.0.0.1';
export const defaultPresence = 36;
/** The one that trains on the device; see DECISIONS.md. */
export const defaultLearner: LearnerName = 'reconstruction';

/** Whether a Host header, with or without its port, names this machine. Without one it does not. */
export function isLoopbackAuthority(host: string | undefined): boolean {
  return isLoopbackHost((host ?? '').replace(/:\d*$/, ''));
}

/** localhost, 127.0.0.0/8 and ::1, as a URL or as a socket writes them. */
export function isLoopbackHost(host: string): boolean {
  const bare = host.replace(/^\[(.*)\]$/, '$1').toLowerCase();
  return bare === 'localhost' || bare === '::1' || /^(::ffff:)?127(\.\d{1,3}){3}$/.test(bare);
}
