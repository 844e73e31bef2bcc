import { isObject } from './wrap-method.ts';

/** The prototype of a class that a library exports under this name; undefined when it exports none. */
export function exportedPrototype(moduleExports: unknown, name: string): object | undefined {
  const exported: unknown = isObject(moduleExports) ? Reflect.get(moduleExports, name) : undefined;
  const prototype: unknown = isObject(exported) ? Reflect.get(exported, 'prototype') : undefined;
  return isObject(prototype) ? prototype : undefined;
}
