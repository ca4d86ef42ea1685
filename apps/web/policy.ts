// The policy that this device holds rounds to, as the engine checked it. The page shows no other: the server could tell the page one and the
// worker another.
import { useMemo } from 'preact/hooks';
import { type Policy, type RoundPolicy, roundPolicyOf } from '#shared/protocol/policy.ts';
import type { EngineState } from '../engine/api.ts';
import { useSession } from './session.ts';

export type HeldPolicy = NonNullable<EngineState['policy']>;

/** null until the engine has one. The same object for the same hash. */
export function useHeldPolicy(): HeldPolicy | null {
  const held = useSession().state.value.policy;
  // A hash has one policy
  return useMemo(() => held, [held?.hash]);
}

/** The phase whose rounds have the least noise: what is said of one round has to hold for each. */
export function weakestPhase(policy: Policy): RoundPolicy {
  const rules = policy.phases.map((_, phase) => roundPolicyOf(policy, phase));
  return rules.reduce((weakest, other) => (other.noiseMultiplier < weakest.noiseMultiplier ? other : weakest));
}
