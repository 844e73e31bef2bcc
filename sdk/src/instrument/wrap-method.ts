/** A function of a library that has no types here. */
export type Method = (this: unknown, ...args: unknown[]) => unknown;

/** Objects and functions: what can have properties. */
export function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}

/**
 * Puts a wrapper in a method's place; the wrapper calls the original. Returns false, changing nothing, when the object
 * has no such method. The wrapper keeps the original's name and length, by which some libraries tell handlers apart.
 */
export function wrapMethod(target: object, name: string | symbol, wrap: (original: Method) => Method): boolean {
  const original: unknown = Reflect.get(target, name);
  if (!isMethod(original)) return false;
  const wrapper = wrap(original);
  Object.defineProperty(wrapper, 'name', { value: original.name, configurable: true });
  Object.defineProperty(wrapper, 'length', { value: original.length, configurable: true });
  const enumerable = Object.getOwnPropertyDescriptor(target, name)?.enumerable ?? false;
  return Reflect.defineProperty(target, name, { value: wrapper, writable: true, configurable: true, enumerable });
}

/** As `wrapMethod`. Returns what puts the original back, unless somebody has wrapped the method since, who keeps what they wrapped. */
export function wrapMethodUntil(target: object, name: string | symbol, wrap: (original: Method) => Method): () => void {
  let original: Method | undefined;
  wrapMethod(target, name, (method) => {
    original = method;
    return wrap(method);
  });
  const wrapper: unknown = Reflect.get(target, name);
  return () => {
    if (original !== undefined && Reflect.get(target, name) === wrapper) Reflect.set(target, name, original);
  };
}

/** Whether a value can be called. */
export function isMethod(value: unknown): value is Method {
  return typeof value === 'function';
}
