import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { parse, parseAllDocuments } from 'yaml';

/** Anything that YAML can say. */
export type Node = string | number | boolean | null | readonly Node[] | Fields;
export interface Fields {
  readonly [name: string]: Node;
}

/** An object of Kubernetes, as far as all kinds are alike. */
export interface Manifest extends Fields {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string; readonly labels?: Readonly<Record<string, string>> };
}

export interface Rendered {
  readonly manifests: readonly Manifest[];
  /** Every file that was read. */
  readonly files: readonly string[];
}

interface Kustomization {
  readonly resources: readonly string[];
  readonly namespace?: string;
  readonly images?: readonly { readonly name: string; readonly newName?: string; readonly newTag?: string }[];
  readonly patches?: readonly { readonly path: string }[];
  readonly replacements?: readonly Replacement[];
}

interface Replacement {
  readonly source: Target & { readonly fieldPath: string; readonly options: { readonly delimiter: string; readonly index: number } };
  readonly targets: readonly { readonly select: Target; readonly fieldPaths: readonly string[] }[];
}

interface Target {
  readonly kind: string;
  readonly name: string;
}

/** What of kustomize is known here, in its own order; a word beside these throws. */
const KNOWN_WORDS = ['apiVersion', 'kind', 'resources', 'namespace', 'images', 'patches', 'replacements'];
const CLUSTER_WIDE = ['Namespace'];

/**
 * What `kubectl kustomize DIRECTORY` gives, for the words that our files have, so that tests need no kubectl. Where a list's elements have names,
 * a patch's are merged into those of the same name (kustomize has it so for containers, their environment, their volumes), else it replaces the list.
 */
export function renderKustomization(directory: string): Rendered {
  const file = path.join(directory, 'kustomization.yaml');
  const words: Kustomization = parse(readFileSync(file, 'utf8'));
  const unknown = Object.keys(words).filter((word) => !KNOWN_WORDS.includes(word));
  if (unknown.length > 0) throw new Error(`${file}: ${unknown.join(', ')} is not known to renderKustomization`);
  const parts = words.resources.map((resource) => readResource(path.join(directory, resource)));
  const patchFiles = (words.patches ?? []).map((patch) => path.join(directory, patch.path));
  let manifests = parts.flatMap((part) => part.manifests);
  for (const patch of patchFiles.flatMap(readManifests)) manifests = applyPatch(manifests, patch);
  manifests = manifests.map((manifest) => withImages(withNamespace(manifest, words.namespace), words.images ?? []));
  for (const replacement of words.replacements ?? []) manifests = applyReplacement(manifests, replacement);
  return { manifests, files: [file, ...parts.flatMap((part) => part.files), ...patchFiles] };
}

/** The objects of one file. */
export function readManifests(file: string): Manifest[] {
  return parseAllDocuments(readFileSync(file, 'utf8')).map((document): Manifest => document.toJS());
}

function readResource(resource: string): Rendered {
  return statSync(resource).isDirectory() ? renderKustomization(resource) : { manifests: readManifests(resource), files: [resource] };
}

function applyPatch(manifests: readonly Manifest[], patch: Manifest): Manifest[] {
  requireOne(manifests, { kind: patch.kind, name: patch.metadata.name });
  return manifests.map((manifest) =>
    isTarget(manifest, { kind: patch.kind, name: patch.metadata.name }) ? merge(manifest, patch) : manifest,
  );
}

function merge<T extends Fields>(base: T, patch: Fields): T {
  const merged: Record<string, Node> = { ...base };
  for (const [name, value] of Object.entries(patch)) {
    const before = base[name];
    if (isFields(before) && isFields(value)) merged[name] = merge(before, value);
    else if (isNamed(before) && isNamed(value)) merged[name] = mergeNamed(before, value);
    else merged[name] = value;
  }
  return Object.assign({ ...base }, merged);
}

/** The patch's elements come first, as kustomize has it. */
function mergeNamed(base: readonly Fields[], patch: readonly Fields[]): Fields[] {
  const changed = patch.map((element) => {
    const before = base.find(({ name }) => name === element.name);
    return before === undefined ? element : merge(before, element);
  });
  return [...changed, ...base.filter(({ name }) => patch.every((element) => element.name !== name))];
}

function withNamespace(manifest: Manifest, namespace: string | undefined): Manifest {
  if (namespace === undefined || CLUSTER_WIDE.includes(manifest.kind)) return manifest;
  return { ...manifest, metadata: { ...manifest.metadata, namespace } };
}

function withImages<T extends Node>(node: T, images: NonNullable<Kustomization['images']>): T {
  return mapFields(node, (name, value) => {
    const image = name === 'image' ? images.find((candidate) => candidate.name === value) : undefined;
    if (image === undefined) return value;
    return `${image.newName ?? image.name}${image.newTag === undefined ? '' : `:${image.newTag}`}`;
  });
}

function mapFields<T extends Node>(node: T, change: (name: string, value: Node) => Node): T;
function mapFields(node: Node, change: (name: string, value: Node) => Node): Node {
  if (Array.isArray(node)) return node.map((element: Node) => mapFields(element, change));
  if (!isFields(node)) return node;
  return Object.fromEntries(Object.entries(node).map(([name, value]) => [name, change(name, mapFields(value, change))]));
}

function applyReplacement(manifests: readonly Manifest[], { source, targets }: Replacement): Manifest[] {
  const whole = String(readField(requireOne(manifests, source), fieldNames(source.fieldPath)));
  const part = whole.split(source.options.delimiter)[source.options.index];
  if (part === undefined) throw new Error(`${source.fieldPath} is ${whole}, which has no part ${source.options.index}`);
  for (const { select } of targets) requireOne(manifests, select);
  return manifests.map((manifest) =>
    targets
      .filter(({ select }) => isTarget(manifest, select))
      .flatMap(({ fieldPaths }) => fieldPaths)
      .reduce((changed, fieldPath) => writeField(changed, fieldNames(fieldPath), part), manifest),
  );
}

/** `spec.containers.[name=orders].image` as its steps; a step in brackets is a name with dots in it, or an element by its name. */
function fieldNames(fieldPath: string): string[] {
  return [...fieldPath.matchAll(/\[([^\]]+)\]|([^.[\]]+)/g)].map(([, bracketed, plain]) => bracketed ?? plain ?? '');
}

function readField(node: Node | undefined, names: readonly string[]): Node {
  const [name, ...rest] = names;
  if (node === undefined) throw new Error(`there is no field before ${names.join('.')}`);
  if (name === undefined) return node;
  if (isNamed(node))
    return readField(
      node.find((element) => `name=${element.name}` === name),
      rest,
    );
  return readField(isFields(node) ? node[name] : undefined, rest);
}

/** Only below maps, which is all that our files ask for. As kustomize does, it throws where there is no such field. */
function writeField<T extends Fields>(node: T, [name = '', ...rest]: readonly string[], value: string): T {
  const before = node[name];
  if (before === undefined) throw new Error(`there is no field ${name} to write ${value} to`);
  return { ...node, [name]: rest.length > 0 && isFields(before) ? writeField(before, rest, value) : value };
}

function requireOne(manifests: readonly Manifest[], target: Target): Manifest {
  const [found, ...others] = manifests.filter((manifest) => isTarget(manifest, target));
  if (found === undefined || others.length > 0) throw new Error(`there is not one ${target.kind} ${target.name}`);
  return found;
}

function isTarget({ kind, metadata }: Manifest, target: Target): boolean {
  return kind === target.kind && metadata.name === target.name;
}

function isFields(node: Node | undefined): node is Fields {
  return typeof node === 'object' && node !== null && !Array.isArray(node);
}

function isNamed(node: Node | undefined): node is readonly Fields[] {
  return Array.isArray(node) && node.length > 0 && node.every((element: Node) => isFields(element) && 'name' in element);
}
