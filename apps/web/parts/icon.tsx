// Icons of the lucide set, as the build inlines them. Decoration only: whoever uses one gives the words. Here are those of the first screen;
// more-icons.ts adds the others.
import chevronLeft from 'lucide-static/icons/chevron-left.svg?raw';
import chevronRight from 'lucide-static/icons/chevron-right.svg?raw';
import circleAlert from 'lucide-static/icons/circle-alert.svg?raw';
import database from 'lucide-static/icons/database.svg?raw';
import eye from 'lucide-static/icons/eye.svg?raw';
import film from 'lucide-static/icons/film.svg?raw';
import heart from 'lucide-static/icons/heart.svg?raw';
import languages from 'lucide-static/icons/languages.svg?raw';
import moon from 'lucide-static/icons/moon.svg?raw';
import power from 'lucide-static/icons/power.svg?raw';
import search from 'lucide-static/icons/search.svg?raw';
import shield from 'lucide-static/icons/shield.svg?raw';
import sliders from 'lucide-static/icons/sliders-horizontal.svg?raw';
import sun from 'lucide-static/icons/sun.svg?raw';
import sunMoon from 'lucide-static/icons/sun-moon.svg?raw';
import thumbsDown from 'lucide-static/icons/thumbs-down.svg?raw';
import users from 'lucide-static/icons/users.svg?raw';
import wifiOff from 'lucide-static/icons/wifi-off.svg?raw';
import x from 'lucide-static/icons/x.svg?raw';

const ICONS = {
  chevronLeft,
  chevronRight,
  circleAlert,
  database,
  eye,
  film,
  heart,
  languages,
  moon,
  power,
  search,
  shield,
  sliders,
  sun,
  sunMoon,
  thumbsDown,
  users,
  wifiOff,
  x,
};

export type IconName = keyof typeof ICONS;

export function Icon({ name }: { readonly name: IconName }) {
  return <Drawing svg={ICONS[name]} />;
}

/** @param svg a file of the icon set. */
export function Drawing({ svg }: { readonly svg: string }) {
  // The markup is a file of the icon set, fixed at build time
  return <span class="icon" aria-hidden="true" dangerouslySetInnerHTML={{ __html: trimmed(svg) }} />;
}

/** Without the licence comment and the white space between tags, which would count as text of a button. */
function trimmed(svg: string): string {
  return svg.slice(svg.indexOf('<svg')).replace(/>\s+</g, '><').trim();
}
