// The federation's policy, whole, as the rules built into this page accept it.
import { useMemo } from 'preact/hooks';
import { ProtocolError } from '#shared/protocol/errors.ts';
import { type Policy, parsePolicy } from '#shared/protocol/policy.ts';
import { useSession } from '../session.ts';

/** null until it is there, and where this page would refuse it. */
export function usePolicy(): Policy | null {
  const document = useSession().policyFigures.value?.document;
  return useMemo(() => {
    if (document === undefined) {
      return null;
    }
    try {
      return parsePolicy(document);
    } catch (error) {
      if (error instanceof ProtocolError) {
        return null;
      }
      throw error;
    }
  }, [document]);
}
