import { bomb } from '../header-reader.ts';

/** Elements that are drawn, each as often as it is referred to. The renderer gives up there as well. */
const maxDrawnElements = 500_000;
/** References that refer to references; the renderer's own bound is 255 layers. */
const maxReferenceDepth = 200;

interface Part {
  /** Elements of this part alone. */
  elements: number;
  readonly drawn: string[];
}

const documentId = '';

/**
 * How much is drawn when everything that is used is drawn each time: ten lines that each use the one before ten times are
 * ten thousand million elements.
 */
export class References {
  private readonly parts = new Map<string, Part>([[documentId, { elements: 0, drawn: [] }]]);
  /** The element with an id around each open one, the document around all. */
  private readonly owners: string[] = [documentId];

  /** `isDrawn`: false for what only describes a colour or an effect, which costs nothing more each time. */
  open(id: string | undefined, targets: readonly string[], isDrawn: boolean): void {
    const around = this.owners.at(-1) ?? documentId;
    const owner = id || around;
    if (owner !== around) this.part(around).drawn.push(owner);
    const part = this.part(owner);
    if (isDrawn) part.elements += 1;
    part.drawn.push(...targets);
    this.owners.push(owner);
  }

  close(): void {
    this.owners.pop();
  }

  /** @throws ImageRefused where it is too much, or refers to itself */
  refuseTooMuch(): void {
    const known = new Map<string, number>();
    const within = new Set<string>();
    const drawn = (id: string): number => {
      const counted = known.get(id);
      if (counted !== undefined) return counted;
      const part = this.parts.get(id);
      if (!part) return 0;
      if (within.has(id)) throw bomb('an SVG that refers to itself');
      if (within.size > maxReferenceDepth)
        throw bomb('an SVG whose references refer to references without end');
      within.add(id);
      const count = part.drawn.reduce((sum, target) => sum + drawn(target), part.elements);
      within.delete(id);
      if (count > maxDrawnElements) throw bomb(`an SVG that draws more than ${maxDrawnElements} elements`);
      known.set(id, count);
      return count;
    };
    drawn(documentId);
  }

  private part(id: string): Part {
    const known = this.parts.get(id);
    if (known) return known;
    const made = { elements: 0, drawn: [] };
    this.parts.set(id, made);
    return made;
  }
}
