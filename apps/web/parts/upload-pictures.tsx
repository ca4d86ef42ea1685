// What was sent: the last update at each of its four steps on this device.
import { useEffect, useState } from 'preact/hooks';
import type { UploadInspection } from '../../engine/api.ts';
import { LANGUAGE_TAGS, language, words } from '../language.ts';
import { useSession } from '../session.ts';
import { Notice } from './notice.tsx';
import { largestOf, normOf, VectorPicture } from './vector-picture.tsx';

export function UploadPictures() {
  const session = useSession();
  const { privacy } = words.value;
  const [inspection, setInspection] = useState<UploadInspection | null>(null);
  const { roundsTakenPart, participation } = session.state.value;
  // Asked again when a participation has gone on
  useEffect(() => {
    let current = true;
    session.engine.inspectLastUpload().then(
      (answer) => {
        if (current) {
          setInspection(answer);
        }
      },
      () => undefined,
    );
    return () => {
      current = false;
    };
  }, [session, roundsTakenPart, participation]);
  return (
    <section class="panel" aria-labelledby="sent-heading">
      <h2 id="sent-heading">{privacy.sent}</h2>
      {inspection === null ? (
        <Notice icon="shield" text={privacy.sentNone} />
      ) : (
        <>
          <p class="muted">{privacy.sentLead}</p>
          <Stages inspection={inspection} />
          <p class="small muted">{privacy.noiseStd(figure(inspection.noiseStd))}</p>
        </>
      )}
    </section>
  );
}

function Stages({ inspection }: { readonly inspection: UploadInspection }) {
  const { privacy, bytes } = words.value;
  const { raw, clipped, rounded, noised } = inspection;
  const real = largestOf(raw, clipped);
  const whole = largestOf(rounded, noised);
  const stages = [
    { name: 'raw', values: raw, extent: real },
    { name: 'clipped', values: clipped, extent: real },
    { name: 'rounded', values: rounded, extent: whole },
    { name: 'noised', values: noised, extent: whole },
  ] as const;
  return (
    <ol class="stages">
      {stages.map(({ name, values, extent }) => {
        const [label, about] = privacy.stages[name];
        const largest = largestOf(values);
        return (
          <li
            key={name}
            class={name === 'noised' ? 'stage stage-leaves' : 'stage'}
            data-testid="stage"
            data-stage={name}
          >
            <h3>{label}</h3>
            <p class="small muted">{about}</p>
            <VectorPicture
              values={values}
              extent={extent}
              label={privacy.stagePicture(label, values.length, figure(-largest), figure(largest))}
              leaves={name === 'noised'}
            />
            <p class="small stage-numbers">
              {privacy.stageNumbers(values.length, figure(normOf(values)))}
              {name === 'noised' && <strong> {privacy.stageBytes(bytes(inspection.uploadBytes))}</strong>}
            </p>
          </li>
        );
      })}
    </ol>
  );
}

/** Three significant digits. */
function figure(value: number): string {
  return new Intl.NumberFormat(LANGUAGE_TAGS[language.value], { maximumSignificantDigits: 3 }).format(value);
}
