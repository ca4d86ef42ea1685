// What is loaded together after the first screen.
export { Ask } from '../parts/ask.tsx';
export { TuningBody } from '../parts/tuning-body.tsx';
export { UpdateNotice } from '../parts/update-notice.tsx';
export { Data } from './data.tsx';
export { Item } from './item.tsx';
export { Part } from './part.tsx';
