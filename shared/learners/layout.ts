// The layouts of the learners that sum one vector of each person: what it has to be is said by the model. Checked on both sides.
import type { CommunitiesModel, CoOccurrenceModel, Layout, LayoutPart } from '../model/model.ts';

/**
 * The one part of a layout, if it fits the model.
 * @throws RangeError naming what does not fit.
 */
export function onlyPart(layout: Layout, model: CoOccurrenceModel | CommunitiesModel): LayoutPart {
  const part = layout.parts[0];
  if (part === undefined || layout.parts.length !== 1) {
    throw new RangeError(`layout of ${layout.parts.length} parts: a phase of ${model.learner} has one`);
  }
  const expected = expectedShape(part.name, model);
  if (expected === null) throw new RangeError(`layout part ${part.name}: ${model.learner} has none`);
  const [rows, length] = expected;
  if (part.rows !== rows || part.length !== length || layout.length !== length) {
    throw new RangeError(
      `layout part ${part.name} of ${part.rows} rows and ${part.length} numbers: the model makes it ${rows} and ${length}`,
    );
  }
  return part;
}

function expectedShape(
  name: LayoutPart['name'],
  model: CoOccurrenceModel | CommunitiesModel,
): readonly [rows: number, length: number] | null {
  const { items, chosenItems } = model.header;
  if (name === 'histogram') return [items, items];
  if (chosenItems === 0) return null;
  if (model.learner === 'co-occurrence') {
    return name === 'triangle' ? [chosenItems, (chosenItems * (chosenItems + 1)) / 2] : null;
  }
  const { communities } = model.header;
  return name === 'centroids' || name === 'likes' ? [communities, communities * (chosenItems + 1)] : null;
}
