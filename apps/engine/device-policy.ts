// The device policy: whether this device takes part now, and why not. A pure function of observed facts.
// An unknown fact (null) means conservative but usable: a browser that tells nothing about its battery still takes part while visible.

import type { Mode } from '#shared/protocol/policy.ts';
import type { Reason } from './api.ts';
import type { DeviceFacts } from './environment.ts';

export interface PolicyFacts extends DeviceFacts {
  /** Consent to train here. */
  readonly train: boolean;
  /** Consent to send protected updates. */
  readonly send: boolean;
  /** Interactions that training can use. */
  readonly historyCount: number;
  /** Consent to send them alone where the federation does (mode 4). */
  readonly alone: boolean;
  /** The connection is https, or stays on this computer. */
  readonly secure: boolean;
  /** The policy's mode; null while unknown. */
  readonly mode: Mode | null;
  /** The person has agreed to the policy's terms; true while the policy is unknown. */
  readonly agreesToTerms: boolean;
  /** The ledger can be read and adds up. */
  readonly ledgerReadable: boolean;
  /** One more participation fits under every cap; null while the policy is unknown. */
  readonly budgetLeft: boolean | null;
  /** Took part in the model's phase of its epoch already. */
  readonly phaseDone: boolean;
  /** Unix ms; null when there was no participation. */
  readonly cooldownUntil: number | null;
  /** Training or waiting in the queue already: what made the processor busy may be this very training. */
  readonly engaged: boolean;
  /** How long this participation was already put off for pressure, ms. */
  readonly pressureWaitedMs: number;
  /** false once another tab is known to hold the round's Web Lock; null while not asked. */
  readonly holdsLock: boolean | null;
  /** Unix ms. */
  readonly now: number;
}

export type Decision = { readonly decision: 'train' } | { readonly decision: 'wait'; readonly reason: Reason };

/** Battery below which a device that is not charging waits. */
const minBatteryLevel = 0.5;
/**
 * Pressure puts off the start, to keep out of the way of a burst of work; it does not keep out for ever a computer that is always busy:
 * training takes a second or two, and waiting in the queue takes nothing.
 */
export const maxPressureWaitMs = 10_000;

/** Reasons in the order in which a person would want to hear them: what only they can change first, what passes by itself last. */
export function devicePolicy(facts: PolicyFacts): Decision {
  if (!facts.train) return wait('not-opted-in');
  if (facts.send) {
    if (!facts.secure) return wait('not-secure');
    if (facts.mode === 4 && !facts.alone) return wait('alone-not-allowed');
    if (!facts.agreesToTerms) return wait('terms-changed');
    if (!facts.ledgerReadable) return wait('storage');
    if (facts.budgetLeft === false) return wait('budget-spent');
  }
  if (facts.historyCount < 1) return wait('no-history');
  if (facts.saveData === true) return wait('save-data');
  if (facts.metered === true) return wait('metered');
  if (!batteryAllows(facts)) return wait('battery');
  // A hidden tab may be frozen in the middle of a round, so it joins none, however idle the device is.
  if (!facts.visible) return wait('hidden');
  if (facts.send) {
    if (!facts.online) return wait('offline');
    if (facts.phaseDone) return wait('phase-done');
    if (facts.cooldownUntil !== null && facts.now < facts.cooldownUntil)
      return { decision: 'wait', reason: { code: 'cooldown', untilMs: facts.cooldownUntil } };
  }
  if (facts.holdsLock === false) return wait('other-tab');
  const busy = facts.pressure === 'serious' || facts.pressure === 'critical';
  if (busy && !facts.engaged && facts.pressureWaitedMs < maxPressureWaitMs) return wait('pressure');
  return { decision: 'train' };
}

function batteryAllows({ charging, batteryLevel }: DeviceFacts): boolean {
  if (charging === true) return true;
  // Neither known: a computer without a battery, or a browser that does not tell. One round costs seconds.
  if (batteryLevel === null) return charging === null;
  return batteryLevel > minBatteryLevel;
}

type PlainCode = Exclude<Reason['code'], 'people' | 'progress' | 'others' | 'cooldown' | 'policy-refused'>;

function wait(code: PlainCode): Decision {
  return { decision: 'wait', reason: { code } as Reason };
}
