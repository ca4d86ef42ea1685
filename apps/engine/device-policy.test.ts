// The device policy as a table: what is observed, and what follows.
import { describe, expect, test } from 'vitest';
import { devicePolicy, type PolicyFacts } from './device-policy.ts';
import { favourableFacts } from './memory.ts';

const now = 1_750_000_000_000;
const favourable: PolicyFacts = {
  ...favourableFacts,
  train: true,
  send: true,
  historyCount: 5,
  alone: false,
  secure: true,
  mode: 1,
  agreesToTerms: true,
  ledgerReadable: true,
  budgetLeft: true,
  phaseDone: false,
  cooldownUntil: null,
  engaged: false,
  pressureWaitedMs: 0,
  holdsLock: true,
  now,
};

const rows: readonly (readonly [string, Partial<PolicyFacts>, string])[] = [
  ['everything favourable', {}, 'train'],
  ['not opted in', { train: false, send: false }, 'not-opted-in'],
  ['training only', { send: false }, 'train'],
  ['training only, over a network in clear', { send: false, secure: false }, 'train'],
  ['training only, where updates are sent alone', { send: false, mode: 4 }, 'train'],
  ['training only, budget spent', { send: false, budgetLeft: false }, 'train'],
  ['training only, offline', { send: false, online: false }, 'train'],
  ['over a network in clear', { secure: false }, 'not-secure'],
  ['over a network in clear, mode not known yet', { secure: false, mode: null }, 'not-secure'],
  ['over a network in clear, sent alone', { secure: false, mode: 4, alone: true }, 'not-secure'],
  ['sent alone, and not allowed', { mode: 4 }, 'alone-not-allowed'],
  ['sent alone, and allowed', { mode: 4, alone: true }, 'train'],
  ['among others, and sending alone allowed', { mode: 1, alone: true }, 'train'],
  ['terms changed', { agreesToTerms: false, ledgerReadable: false }, 'terms-changed'],
  ['terms changed, and sent alone without leave', { agreesToTerms: false, mode: 4 }, 'alone-not-allowed'],
  ['training only, terms changed', { send: false, agreesToTerms: false }, 'train'],
  ['ledger unreadable', { ledgerReadable: false }, 'storage'],
  ['budget spent', { budgetLeft: false }, 'budget-spent'],
  ['policy not known yet', { budgetLeft: null, mode: null }, 'train'],
  ['no history', { historyCount: 0 }, 'no-history'],
  ['data saver', { saveData: true }, 'save-data'],
  ['metered', { metered: true }, 'metered'],
  ['battery at half', { charging: false, batteryLevel: 0.5 }, 'battery'],
  ['battery above half', { charging: false, batteryLevel: 0.51 }, 'train'],
  ['battery low but charging', { charging: true, batteryLevel: 0.05 }, 'train'],
  ['discharging at an unknown level', { charging: false, batteryLevel: null }, 'battery'],
  ['low, charging unknown', { charging: null, batteryLevel: 0.2 }, 'battery'],
  ['nothing known of a battery', { charging: null, batteryLevel: null }, 'train'],
  ['serious pressure', { pressure: 'serious' }, 'pressure'],
  ['critical pressure', { pressure: 'critical' }, 'pressure'],
  ['serious pressure, put off long enough', { pressure: 'serious', pressureWaitedMs: 10_000 }, 'train'],
  ['serious pressure, from its own training', { pressure: 'serious', engaged: true }, 'train'],
  ['fair pressure', { pressure: 'fair' }, 'train'],
  ['hidden', { visible: false }, 'hidden'],
  ['hidden and idle', { visible: false, idle: true }, 'hidden'],
  ['offline', { online: false }, 'offline'],
  ['cooling down', { cooldownUntil: now + 1 }, 'cooldown'],
  ['cooled down', { cooldownUntil: now }, 'train'],
  ['another tab takes part', { holdsLock: false }, 'other-tab'],
  ['another tab takes part and keeps the processor busy', { holdsLock: false, pressure: 'critical' }, 'other-tab'],
  ['lock not asked for yet', { holdsLock: null }, 'train'],
  [
    'a browser that tells nothing',
    { idle: null, charging: null, batteryLevel: null, saveData: null, metered: null, pressure: null, persisted: null },
    'train',
  ],
  ['what only the person can change comes first', { budgetLeft: false, visible: false, online: false }, 'budget-spent'],
];

describe('device policy', () => {
  test.each(rows)('%s -> %3$s', (_what, facts, expected) => {
    const decision = devicePolicy({ ...favourable, ...facts });
    expect(decision.decision === 'train' ? 'train' : decision.reason.code).toBe(expected);
  });

  test('a cooldown says until when', () => {
    expect(devicePolicy({ ...favourable, cooldownUntil: now + 5 })).toEqual({
      decision: 'wait',
      reason: { code: 'cooldown', untilMs: now + 5 },
    });
  });
});
