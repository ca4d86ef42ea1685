// What a person asks of the list beside their history. Closed until it is wanted, and its inside comes then.
import { useState } from 'preact/hooks';
import { defaultTuning, isSameTuning } from '#shared/ranking/tuning.ts';
import { words } from '../language.ts';
import { tuningBody } from '../later.ts';
import { useSession } from '../session.ts';
import { Icon } from './icon.tsx';

export function TuningPanel() {
  const session = useSession();
  const [isOpened, setOpened] = useState(false);
  const { tuning: text } = words.value;
  const isStandard = isSameTuning(session.tuning.value, defaultTuning);
  return (
    <details class="tuning" data-testid="tuning" onToggle={() => setOpened(true)}>
      <summary>
        <Icon name="sliders" />
        {text.heading}
        {!isStandard && <span class="tag">{text.tuned}</span>}
        <Icon name="chevronRight" />
      </summary>
      {(isOpened || tuningBody.isLoaded()) && <tuningBody.Part />}
    </details>
  );
}
