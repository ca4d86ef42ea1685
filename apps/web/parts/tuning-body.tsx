// The inside of the tuning panel: three sliders, and less or more of each genre. Comes when the panel is opened, or before that where there is time.
import { defaultTuning, isSameTuning, type Tuning, tuningStep } from '#shared/ranking/tuning.ts';
import { genreName, pagesWords } from '../language.ts';
import { useSession } from '../session.ts';
import { LaterIcon, type LaterIconName } from './more-icons.tsx';

/** The most frequent ones, beside those that a wish is about: a catalogue may have thousands. */
const GENRES_SHOWN = 40;

const SLIDERS = [
  { name: 'popularity', least: -1 },
  { name: 'novelty', least: -1 },
  { name: 'diversity', least: 0 },
] as const;

export function TuningBody() {
  const session = useSession();
  const { tuning: text } = pagesWords.value;
  const tuning = session.tuning.value;
  const wished = [...tuning.more, ...tuning.less];
  const genres = (session.shelf.value?.genres ?? []).filter(
    (genre, index) => index < GENRES_SHOWN || wished.includes(genre),
  );
  return (
    <div class="tuning-body">
      <p class="muted small">{text.lead}</p>
      <div class="sliders">
        {SLIDERS.map(({ name, least }) => (
          <Slider key={name} name={name} least={least} tuning={tuning} />
        ))}
      </div>
      {genres.length > 0 && (
        <fieldset class="genre-wishes">
          <legend>{text.genres}</legend>
          <ul>
            {genres.map((genre) => (
              <GenreWish key={genre} genre={genre} tuning={tuning} />
            ))}
          </ul>
        </fieldset>
      )}
      <button
        type="button"
        class="button"
        data-testid="tuning-reset"
        disabled={isSameTuning(tuning, defaultTuning)}
        onClick={() => session.setTuning(defaultTuning)}
      >
        {text.reset}
      </button>
    </div>
  );
}

interface SliderProps {
  readonly name: (typeof SLIDERS)[number]['name'];
  readonly least: number;
  readonly tuning: Tuning;
}

function Slider({ name, least, tuning }: SliderProps) {
  const session = useSession();
  const { tuning: text } = pagesWords.value;
  const [label, low, high] = text.sliders[name];
  const steps = Math.round(tuning[name] / tuningStep);
  return (
    <label class={least < 0 ? 'slider slider-centred' : 'slider'}>
      <span class="slider-label">{label}</span>
      <input
        type="range"
        data-testid={`tuning-${name}`}
        min={least / tuningStep}
        max={1 / tuningStep}
        step={1}
        value={steps}
        aria-valuetext={text.at(Math.round(Math.abs(tuning[name]) * 100), tuning[name] < 0 ? low : high)}
        onInput={(event) => session.setTuning({ ...tuning, [name]: Number(event.currentTarget.value) * tuningStep })}
      />
      <span class="slider-ends" aria-hidden="true">
        <span>{low}</span>
        <span>{high}</span>
      </span>
    </label>
  );
}

function GenreWish({ genre, tuning }: { readonly genre: string; readonly tuning: Tuning }) {
  const session = useSession();
  const { tuning: text } = pagesWords.value;
  const name = genreName(genre);
  const wish = (kind: 'less' | 'more'): void => {
    const without = {
      more: tuning.more.filter((other) => other !== genre),
      less: tuning.less.filter((other) => other !== genre),
    };
    const isSet = tuning[kind].includes(genre);
    session.setTuning({ ...tuning, ...without, ...(isSet ? {} : { [kind]: [...without[kind], genre] }) });
  };
  const button = (kind: 'less' | 'more', icon: LaterIconName) => (
    <button
      type="button"
      data-testid={`genre-${kind}`}
      aria-pressed={tuning[kind].includes(genre)}
      aria-label={text[kind](name)}
      title={text[kind](name)}
      onClick={() => wish(kind)}
    >
      <LaterIcon name={icon} />
    </button>
  );
  return (
    <li class="genre-wish" data-genre={genre}>
      {button('less', 'minus')}
      <span>{name}</span>
      {button('more', 'plus')}
    </li>
  );
}
