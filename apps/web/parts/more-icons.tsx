// Icons that are not on the first screen.
import arrowLeft from 'lucide-static/icons/arrow-left.svg?raw';
import check from 'lucide-static/icons/check.svg?raw';
import download from 'lucide-static/icons/download.svg?raw';
import minus from 'lucide-static/icons/minus.svg?raw';
import plus from 'lucide-static/icons/plus.svg?raw';
import trash from 'lucide-static/icons/trash-2.svg?raw';
import upload from 'lucide-static/icons/upload.svg?raw';
import { Drawing } from './icon.tsx';

const ICONS = { arrowLeft, check, download, minus, plus, trash, upload };

export type LaterIconName = keyof typeof ICONS;

export function LaterIcon({ name }: { readonly name: LaterIconName }) {
  return <Drawing svg={ICONS[name]} />;
}
