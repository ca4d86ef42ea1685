// What the guarantee is worth here and now, where the other people are simulated by the server itself: it knows what they add.
import { epsilonOfRho, rhoOfParticipation } from '#shared/privacy/accountant.ts';
import { privacyWords } from '../dictionary/privacy.ts';
import { useSession } from '../session.ts';
import { epsilonText, figure, isMeaningful } from './figures.ts';

interface SimulatedNoteProps {
  readonly mode: 1 | 4;
  /** z of this device's noise by itself. */
  readonly noiseMultiplierAlone: number;
  readonly delta: number;
}

/** Nothing where updates are sent alone: nobody else's noise is counted there. */
export function SimulatedNote({ mode, noiseMultiplierAlone, delta }: SimulatedNoteProps) {
  const simulated = useSession().status.value?.simulatedParticipants ?? 0;
  if (simulated === 0 || mode !== 1) {
    return null;
  }
  const text = privacyWords.value;
  const epsilon = epsilonOfRho(rhoOfParticipation(noiseMultiplierAlone), delta);
  return (
    <p class="measure" data-testid="simulated-note">
      {text.simulatedNote(simulated, figure(noiseMultiplierAlone), epsilonText(epsilon), isMeaningful(epsilon))}
    </p>
  );
}
