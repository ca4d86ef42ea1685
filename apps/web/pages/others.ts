// What is loaded together after the first screen.
export { TuningBody } from '../parts/tuning-body.tsx';
export { Data } from './data.tsx';
export { Item } from './item.tsx';
export { Part } from './part.tsx';
