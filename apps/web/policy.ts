// The policy that this device holds rounds to, as the engine checked it. The page shows no other: the server could tell the page one and the
// worker another.
import { useMemo } from 'preact/hooks';
import type { EngineState } from '../engine/api.ts';
import { useSession } from './session.ts';

export type HeldPolicy = NonNullable<EngineState['policy']>;

/** null until the engine has one. The same object for the same hash. */
export function useHeldPolicy(): HeldPolicy | null {
  const held = useSession().state.value.policy;
  // A hash has one policy
  return useMemo(() => held, [held?.hash]);
}
