// The state of an engine of which nothing is known yet: what the page shows until the worker has spoken.
import { defaultTuning } from '#shared/ranking/tuning.ts';
import type { Consent, EngineState } from './api.ts';

/** Keep on, all else off: nothing leaves before a person says so. */
export const defaultConsent: Consent = { keep: true, train: false, send: false, alone: false };
/** Shown while no policy is known: what the device refuses to pass whatever a policy says. */
export const defaultDelta = 1e-6;
export const defaultEpsilonCap = 8;

export const initialEngineState: EngineState = {
  consent: defaultConsent,
  participation: 'off',
  reason: { code: 'not-opted-in' },
  model: null,
  backend: null,
  backendReasons: [],
  roundsTakenPart: 0,
  epsilonSpent: 0,
  epsilonCap: defaultEpsilonCap,
  delta: defaultDelta,
  policy: null,
  withdrawalUnsaved: false,
  accountSince: null,
  storage: 'best-effort',
  historyCount: 0,
  storageFault: null,
  eraseUndoUntil: null,
  steps: [],
  online: true,
  tuning: defaultTuning,
};
