import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Deployment } from 'kubernetes-models/apps/v1/Deployment';
import { StatefulSet } from 'kubernetes-models/apps/v1/StatefulSet';
import { Ingress } from 'kubernetes-models/networking.k8s.io/v1/Ingress';
import { NetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1/NetworkPolicy';
import { PodDisruptionBudget } from 'kubernetes-models/policy/v1/PodDisruptionBudget';
import { Namespace } from 'kubernetes-models/v1/Namespace';
import { Service } from 'kubernetes-models/v1/Service';
import type { Manifest } from './render-kustomization.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
/** In the checkout, since the compiler looks for packages above a file. */
const WORK_FOLDER = path.join(ROOT, '.cache', 'kubernetes-types');
const COMPILER = path.join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc');
const COMPILER_OPTIONS = [
  '--noEmit',
  '--ignoreConfig',
  '--strict',
  '--skipLibCheck',
  '--types',
  '',
  '--target',
  'esnext',
  '--module',
  'nodenext',
];
const run = promisify(execFile);

/** The kinds that our files have, made of Kubernetes' own OpenAPI. */
const KINDS: Readonly<Record<string, new (manifest: never) => { validate(): void }>> = {
  'apps/v1/Deployment': Deployment,
  'apps/v1/StatefulSet': StatefulSet,
  'networking.k8s.io/v1/Ingress': Ingress,
  'networking.k8s.io/v1/NetworkPolicy': NetworkPolicy,
  'policy/v1/PodDisruptionBudget': PodDisruptionBudget,
  'v1/Namespace': Namespace,
  'v1/Service': Service,
};

/**
 * Everything that Kubernetes would refuse in the manifests, or in the strict reading that `kubectl apply` asks for. Values are checked against its
 * schemas; those let fields pass that they do not know, so that names are checked by the compiler, which refuses these in a literal.
 */
export async function problemsOf(manifests: readonly Manifest[]): Promise<string[]> {
  return [...manifests.flatMap(wrongValues), ...(await unknownFields(manifests))];
}

function wrongValues(manifest: Manifest): string[] {
  const name = kindOf(manifest);
  const Kind = KINDS[name];
  if (Kind === undefined) throw new Error(`${name} is not among the kinds of validate-manifests.ts`);
  try {
    Reflect.construct(Kind, [manifest]).validate();
    return [];
  } catch (error) {
    return [`${manifest.kind} ${manifest.metadata.name}: ${error instanceof Error ? error.message : error}`];
  }
}

async function unknownFields(manifests: readonly Manifest[]): Promise<string[]> {
  const lines = manifests.map(
    (manifest, index) =>
      `export const m${index}: import('kubernetes-models/${kindOf(manifest)}').I${manifest.kind} = ${JSON.stringify(manifest, undefined, 1)};`,
  );
  mkdirSync(WORK_FOLDER, { recursive: true });
  const folder = mkdtempSync(path.join(WORK_FOLDER, 'manifests-'));
  try {
    const file = path.join(folder, 'manifests.mts');
    writeFileSync(file, lines.join('\n'));
    await run(process.execPath, [COMPILER, ...COMPILER_OPTIONS, file], { cwd: folder });
    return [];
  } catch (error) {
    return String(Object(error).stdout)
      .split('\n')
      .filter((line) => line.includes('error TS'));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function kindOf({ apiVersion, kind }: Manifest): string {
  return `${apiVersion}/${kind}`;
}
