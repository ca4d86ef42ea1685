// What was sent: the last update at each of its steps on this device, what was said with it, and who could see which step.
import { useEffect, useState } from 'preact/hooks';
import { epsilonOfRho } from '#shared/privacy/accountant.ts';
import type { EngineState, UploadInspection } from '../../engine/api.ts';
import { privacyWords } from '../dictionary/privacy.ts';
import { pagesWords, words } from '../language.ts';
import { Notice } from '../parts/notice.tsx';
import { useHeldPolicy, weakestPhase } from '../policy.ts';
import { useSession } from '../session.ts';
import { epsilonText, figure, guaranteeText, limitText, wholeText } from './figures.ts';
import { SimulatedNote } from './simulated-note.tsx';
import { normOf, rangeOf, VectorPicture } from './vector-picture.tsx';
import { type Panel, panels, type Sight, sightsOf, watchers } from './watchers.ts';

const firstNumbers = 5;

export function Inspector() {
  const session = useSession();
  const text = privacyWords.value;
  const state = session.state.value;
  const inspection = useInspection();
  const waits = state.participation === 'waiting' && state.reason.code === 'people';
  return (
    <section class="panel inspector" aria-labelledby="sent-heading" data-testid="inspector">
      <h2 id="sent-heading">{text.sent}</h2>
      {waits && inspection?.sent !== 'waiting' && <Sentence sent="waiting" text={pagesWords.value.updateWaiting} />}
      {inspection === null ? (
        <>
          {!waits && <Notice icon="shield" text={text.sentNone} />}
          <Details inspection={null} />
        </>
      ) : (
        <>
          <Sentence sent={inspection.sent} text={sentenceOf(inspection, state)} />
          {inspection.sent !== 'waiting' && (
            <SimulatedNote
              mode={inspection.mode}
              noiseMultiplierAlone={inspection.noiseMultiplierAlone}
              delta={state.delta}
            />
          )}
          <Details inspection={inspection} />
          <p class="muted">{text.sentLead[inspection.sent]}</p>
          <Panels inspection={inspection} />
          <p class="small muted">
            {words.value.sentences(
              text.noise(figure(inspection.noiseStd), figure(inspection.scale)),
              (inspection.mode === 1 ? text.noiseOfSum : text.noiseByItself)(figure(inspection.noiseMultiplier)),
            )}
          </p>
          <div class="inspector-tables">
            <Messages inspection={inspection} />
            <Watching inspection={inspection} />
          </div>
        </>
      )}
    </section>
  );
}

/** null until there is one. */
function useInspection(): UploadInspection | null {
  const session = useSession();
  const [inspection, setInspection] = useState<UploadInspection | null>(null);
  const { roundsTakenPart, participation, steps } = session.state.value;
  // Asked again when a participation has gone on
  useEffect(() => {
    let current = true;
    session.engine.inspectLastUpload().then(
      (answer) => current && setInspection(answer),
      () => undefined,
    );
    return () => {
      current = false;
    };
  }, [session, roundsTakenPart, participation, steps.at(-1)?.name, steps.at(-1)?.at]);
  return inspection;
}

function Sentence({ sent, text }: { readonly sent: UploadInspection['sent']; readonly text: string }) {
  return (
    <p class="callout" data-testid="update-sentence" data-sent={sent}>
      {text}
    </p>
  );
}

/** What became of the update, no more than is known: that it was added is said of a published round alone. */
function sentenceOf(inspection: UploadInspection, state: EngineState): string {
  const text = privacyWords.value;
  switch (inspection.sent) {
    case 'waiting':
      return pagesWords.value.updateWaiting;
    case 'on-its-way':
      return text.updateOnItsWay(inspection.minCohort);
    case 'among-others':
      return text.updateAmongOthers(
        inspection.minCohort - 1,
        epsilonText(state.epsilonSpent),
        limitText(state.epsilonCap),
      );
    case 'round-stopped':
      return text.updateStopped;
    case 'left-out':
      return text.updateLeftOut;
    case 'unknown':
      return text.updateUnknown(inspection.minCohort);
    case 'alone':
      return text.updateAlone(epsilonText(epsilonOfRho(inspection.rho, state.delta)));
  }
}

/** Always listed: what holds when the server does not follow the protocol, what is not hidden, and whose budget it is. */
function Details({ inspection }: { readonly inspection: UploadInspection | null }) {
  const session = useSession();
  const text = privacyWords.value;
  const policy = useHeldPolicy()?.policy ?? null;
  const { delta } = session.state.value;
  const mode = inspection?.mode ?? policy?.mode;
  const alone =
    inspection?.noiseMultiplierAlone ??
    (policy === null ? null : weakestPhase(policy).noiseMultiplier / Math.sqrt(policy.honestNoiseShares));
  return (
    <div data-testid="update-details">
      <h3>{text.details}</h3>
      <ul class="plain-list muted">
        {mode === 4 && <li>{text.detailAloneActive}</li>}
        {mode === 1 && alone !== null && <li>{text.detailActive(figure(alone), guaranteeText(alone, delta))}</li>}
        <li>{text.detailHidden}</li>
        <li>{text.detailProfile}</li>
      </ul>
    </div>
  );
}

type Vector = Float64Array | Int32Array | Uint32Array;

interface PanelFigures {
  readonly name: Panel;
  readonly values: Vector;
  readonly place: 'stays' | 'underMask' | 'notYet' | 'left';
  readonly bytes: number;
  /** L2 norm in real units, so that those of all steps compare; null of what has none. */
  readonly length: number | null;
  /** The value at the picture's edge. */
  readonly extent: number;
  readonly over?: Vector;
}

function figuresOf(inspection: UploadInspection): readonly PanelFigures[] {
  const { raw, clipped, rounded, noised, masked, scale, mode, sent, uploadBytes } = inspection;
  const rotated = inspection.rotated.map((value) => value / scale);
  const stays = (name: Panel, values: Float64Array, sameScaleAs: Float64Array): PanelFigures => ({
    name,
    values,
    place: 'stays',
    bytes: values.byteLength,
    length: normOf(values),
    extent: extentOf(sameScaleAs),
  });
  const figures: PanelFigures[] = [
    stays('raw', raw, raw),
    stays('clipped', clipped, raw),
    stays('rotated', rotated, rotated),
    {
      name: 'noised',
      values: noised,
      place: mode === 1 ? 'underMask' : sent === 'waiting' ? 'notYet' : 'left',
      bytes: mode === 1 ? noised.byteLength : uploadBytes,
      length: normOf(noised) / scale,
      extent: extentOf(noised),
      over: rounded,
    },
  ];
  if (masked !== null) {
    figures.push({
      name: 'masked',
      values: masked,
      place: sent === 'waiting' ? 'notYet' : 'left',
      bytes: uploadBytes,
      length: null,
      extent: 2 ** inspection.bits,
    });
  }
  return figures;
}

function extentOf(values: Vector): number {
  const { least, most } = rangeOf(values);
  return Math.max(-least, most);
}

function Panels({ inspection }: { readonly inspection: UploadInspection }) {
  const figures = figuresOf(inspection);
  return (
    <ol class={`stages stages-${figures.length}`}>
      {panels.map((name) => {
        const panel = figures.find((known) => known.name === name);
        return panel === undefined ? null : <PanelPicture key={name} panel={panel} inspection={inspection} />;
      })}
    </ol>
  );
}

interface PanelPictureProps {
  readonly panel: PanelFigures;
  readonly inspection: UploadInspection;
}

function PanelPicture({ panel, inspection }: PanelPictureProps) {
  const text = privacyWords.value;
  const { bytes } = pagesWords.value;
  const { name, values, place, over } = panel;
  const [label, about] = text.panels[name];
  const { least, most } = rangeOf(values);
  const number = values instanceof Float64Array ? figure : wholeText;
  const leaves = place === 'left' || place === 'notYet';
  const numbersText = {
    stays: text.panelNumbers,
    underMask: text.panelNumbers,
    notYet: text.panelToSend,
    left: text.panelSent,
  }[place];
  return (
    <li class={leaves ? 'stage stage-leaves' : 'stage'} data-testid="stage" data-stage={name} data-place={place}>
      <div class="stage-head">
        <h3>{label}</h3>
        <p class={`place place-${place}`}>{text.place[place]}</p>
      </div>
      <p class="small muted stage-about">
        {over === undefined ? about : words.value.sentences(about, text.panelBefore)}
      </p>
      <VectorPicture
        values={values}
        {...(over === undefined ? {} : { over })}
        extent={panel.extent}
        from={name === 'masked' ? 'bottom' : 'middle'}
        label={text.panelPicture(label, values.length, number(least), number(most))}
        leaves={leaves}
      />
      <ul class="small stage-numbers">
        <li>{numbersText(values.length, bytes(panel.bytes))}</li>
        <li>
          {text.panelRange(number(least), number(most))}
          {panel.length !== null && <span class="stage-length">{text.panelLength(figure(panel.length))}</span>}
        </li>
        <li>
          <code>
            {text.panelFirst([...values.subarray(0, firstNumbers)].map(number), values.length > firstNumbers)}
          </code>
        </li>
      </ul>
      <div class="small stage-seen">
        <p class="muted">{text.panelSeenBy}</p>
        <ul class="tags">
          {sightsOf(name, inspection.mode).map((sight) => (
            <Tag key={sight.watcher} sight={sight} least={inspection.minCohort} />
          ))}
        </ul>
      </div>
    </li>
  );
}

function Tag({ sight, least }: { readonly sight: Sight; readonly least: number }) {
  const text = privacyWords.value;
  const how = {
    whole: null,
    sum: text.tagInSum(least),
    models: text.tagInModels,
    size: text.tagSize,
  }[sight.sees];
  return (
    <li
      class={how === null ? 'tag' : 'tag tag-part'}
      data-testid="sight"
      data-watcher={sight.watcher}
      data-sees={sight.sees}
    >
      {text.watchers[sight.watcher]}
      {how !== null && <span class="tag-how"> · {how}</span>}
    </li>
  );
}

function Messages({ inspection }: { readonly inspection: UploadInspection }) {
  const text = privacyWords.value;
  const { messages } = inspection;
  const total = messages.reduce((sum, message) => sum + message.bytes, 0);
  return (
    <section aria-labelledby="messages-heading">
      <h3 id="messages-heading">{text.messages}</h3>
      <p class="small muted">{text.messagesLead}</p>
      {messages.length === 0 ? (
        <p class="small">{text.messagesNone}</p>
      ) : (
        <table class="table messages">
          <thead class="visually-hidden">
            <tr>
              <th scope="col">{text.messageKind}</th>
              <th scope="col">{text.messageSize}</th>
            </tr>
          </thead>
          <tbody>
            {messages.map(({ kind, bytes }) => (
              <tr key={kind} data-testid="message" data-kind={kind}>
                <th scope="row">{text.messageKinds[kind]}</th>
                <td>{text.exactBytes(bytes)}</td>
              </tr>
            ))}
          </tbody>
          <tfoot>
            <tr>
              <th scope="row">{text.messagesTotal}</th>
              <td>{text.exactBytes(total)}</td>
            </tr>
          </tfoot>
        </table>
      )}
    </section>
  );
}

function Watching({ inspection }: { readonly inspection: UploadInspection }) {
  const session = useSession();
  const text = privacyWords.value;
  const { epsilonSpent, epsilonCap, delta } = session.state.value;
  const { mode, minCohort, noiseMultiplierAlone } = inspection;
  const spent = epsilonText(epsilonSpent);
  const cap = limitText(epsilonCap);
  const guarantee = guaranteeText(noiseMultiplierAlone, delta);
  const { couldText } = text;
  const sees = {
    honest: mode === 1 ? couldText.honest(minCohort, spent, cap) : couldText.honestAlone(guarantee),
    active: mode === 1 ? couldText.active(figure(noiseMultiplierAlone), guarantee) : couldText.activeAlone,
    readers: couldText.readers(spent, cap),
    network: couldText.network,
    code: couldText.code,
  };
  return (
    <section aria-labelledby="could-heading">
      <h3 id="could-heading">{text.could}</h3>
      <dl class="could">
        {watchers.map((watcher) => (
          <div key={watcher} data-testid="could" data-watcher={watcher}>
            <dt>{text.couldNames[watcher]}</dt>
            <dd class="small">{sees[watcher]}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
