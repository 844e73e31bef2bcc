import type { ReadContext, Storage } from '../storage/storage.ts';
import type { ParameterNames, Parameters } from './parameters/parameters.ts';

/** A request after Express and before the endpoint: its path's ids decoded, its parameters known and not doubled. */
export interface RouteInput {
  readonly path: Readonly<Record<string, string>>;
  readonly parameters: Parameters;
  /** What `now` means, Unix nanoseconds. */
  readonly nowNanos: bigint;
  /** The caller has the read key, or none is needed. Only the health is answered without. */
  readonly isTrusted: boolean;
}

/** What endpoints read from. */
export interface Reader {
  readonly storage: Storage;
  readonly context: ReadContext;
}

/** One endpoint: reads its request once into something frozen, then answers it. `path` is Express's, `/api/v1/logs/:id`. */
export interface ApiRoute {
  readonly path: string;
  readonly names: ParameterNames;
  /** Shows no records: it does not wait for what was acknowledged a moment ago. */
  readonly isImmediate: boolean;
  /** Its answer may have `AnswerNotes`. */
  readonly hasNotes: boolean;
  /** Where its answer says what is not in it; absent: in `AnswerNotes`. */
  readonly withWarnings?: (answer: object, warnings: readonly string[]) => object;
  /** How long it waits for what was acknowledged a moment ago; absent: as long as a person notices little of. */
  readonly deliveryWaitMillis?: number;
  prepare(input: RouteInput, storage: Storage): (reader: Reader) => Promise<object>;
  /** Absent: 200. */
  readonly statusOf?: (answer: object) => number;
}

export interface RouteDefinition<Request extends object> {
  readonly path: string;
  readonly names: ParameterNames;
  readonly isImmediate?: boolean;
  /** Absent: it has. */
  readonly hasNotes?: boolean;
  /** Throws `ThreadlineError` for what is wrong, with the field and the place, before anything is read. */
  readonly parse: (input: RouteInput, storage: Storage) => Request;
  readonly answer: (request: Readonly<Request>, reader: Reader) => Promise<object>;
}

export function defineRoute<Request extends object>(definition: RouteDefinition<Request>): ApiRoute {
  return {
    path: definition.path,
    names: definition.names,
    isImmediate: definition.isImmediate ?? false,
    hasNotes: definition.hasNotes ?? true,
    prepare(input, storage) {
      const request = Object.freeze(definition.parse(input, storage));
      return (reader) => definition.answer(request, reader);
    },
  };
}
