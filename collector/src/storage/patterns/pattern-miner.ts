import type { OtherPatterns } from '../storage.ts';
import { MessageShape } from './message-shape.ts';
import { type MinedShape, otherShape, ServiceTemplates } from './service-templates.ts';
import { MAX_BATCH_SHAPES, type ShapeText } from './shape-text.ts';
import { describeTemplate, NO_TEMPLATE, type TemplateText } from './template-text.ts';

/** Services whose templates are learned at once; the one that was quiet for longest makes room for another. */
const MAX_SERVICES = 1_000;
/** Of all services together: some 40 MB at the worst. */
const MAX_TEMPLATES = 100_000;
/** Messages that found no room are shown as so many examples a service, each cut to so many characters. */
const MAX_EXAMPLES = 3;
const MAX_EXAMPLE_LENGTH = 200;

/** Who has messages without a template of their own, and how many. */
interface Others {
  readonly tenant: string;
  readonly service: string;
  count: number;
  readonly examples: string[];
}

interface Service {
  readonly templates: ServiceTemplates;
  readonly tenant: string;
  readonly service: string;
  others: Others | undefined;
}

/**
 * Folds messages into templates, service by service, in bounded memory and in time that does not depend on what is in them. What it has learned is
 * not kept: after a restart, and in another collector, the same messages come to the same templates or to such as `TemplateForest` folds together.
 */
export class PatternMiner {
  readonly #shape = new MessageShape();
  readonly #budget = { used: 0, max: MAX_TEMPLATES, shapes: 0 };
  readonly #services = new Map<string, Service>();
  readonly #others = new Map<string, Others>();
  readonly #now: () => number;
  readonly #other = otherShape();
  #batch = 0;

  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  /** Begins a batch: its shapes are numbered from 0 in the order of their first message. */
  startBatch(): TemplateBatch {
    this.#batch += 1;
    const stamp = this.#batch;
    const nowMillis = this.#now();
    const entries: ShapeText[] = [];
    const templates: TemplateText[] = [];
    // Services that say the same have the same entries.
    const numbers = new Map<ShapeText, number>();
    const push = (text: ShapeText, template: TemplateText): number => {
      const known = numbers.get(text);
      if (known !== undefined) return known;
      numbers.set(text, entries.length);
      templates.push(template);
      return entries.push(text) - 1;
    };
    const numberOf = (found: MinedShape): number => {
      // Those beyond are numbered by their templates alone.
      const shape = found.batch !== stamp && entries.length >= MAX_BATCH_SHAPES ? found.template.plain : found;
      if (shape.batch !== stamp) {
        shape.batch = stamp;
        shape.number = push(shape.text, shape.template.text);
        shape.template.usedAtMillis = nowMillis;
      }
      return shape.number;
    };
    let none = -1;
    return {
      entries,
      templates,
      service: (tenant, name) => {
        const service = this.#service(tenant, name);
        return (bytes, start, end) => {
          if (!this.#shape.read(bytes, start, end)) {
            if (none === -1) none = push(NO_TEMPLATE, NO_TEMPLATE);
            return none;
          }
          const found = service.templates.find(this.#shape, nowMillis);
          if (!found) this.#noteOther(service);
          return numberOf(found ?? this.#other);
        };
      },
    };
  }

  /** What found no room, since the start. Most first. */
  others(): OtherPatterns[] {
    return [...this.#others.values()]
      .sort((left, right) => right.count - left.count)
      .map(({ tenant, service, count, examples }) => ({ tenant, service, count, examples: [...examples] }));
  }

  #service(tenant: string, name: string): Service {
    const key = `${tenant}\n${name}`;
    let service = this.#services.get(key);
    if (service) this.#services.delete(key);
    else {
      const [oldest] = this.#services;
      if (oldest && this.#services.size >= MAX_SERVICES) {
        oldest[1].templates.close();
        this.#services.delete(oldest[0]);
      }
      service = { templates: new ServiceTemplates(this.#budget), tenant, service: name, others: this.#others.get(key) };
    }
    this.#services.set(key, service);
    return service;
  }

  #noteOther(service: Service): void {
    const { tenant, service: name } = service;
    let { others } = service;
    if (!others) {
      if (this.#others.size >= MAX_SERVICES) return;
      others = { tenant, service: name, count: 0, examples: [] };
      this.#others.set(`${tenant}\n${name}`, others);
      service.others = others;
    }
    others.count += 1;
    if (others.examples.length < MAX_EXAMPLES)
      others.examples.push(describeTemplate(this.#shape.templateText()).slice(0, MAX_EXAMPLE_LENGTH));
  }
}

/** Messages that are folded together. */
export interface TemplateBatch {
  /** The shapes of the messages so far, by their numbers. */
  readonly entries: readonly ShapeText[];
  /** The template of each. */
  readonly templates: readonly TemplateText[];
  /** What gives the number of the shape of a service's message. It is UTF-8 in these bytes; an empty one has none. */
  service(tenant: string, service: string): (bytes: Uint8Array, start: number, end: number) => number;
}
