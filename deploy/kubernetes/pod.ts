import type { Fields, Manifest } from './render-kustomization.ts';

export interface Variable {
  readonly name: string;
  readonly value?: string;
  readonly valueFrom?: {
    readonly secretKeyRef?: { readonly name: string; readonly key: string };
    readonly fieldRef?: { readonly fieldPath: string };
  };
}

export interface Probe {
  readonly httpGet: { readonly path: string; readonly port: string };
  readonly periodSeconds: number;
  readonly failureThreshold?: number;
}

/** The fields of a container that the tests look at; its form is checked against Kubernetes' schemas by a test of its own. */
export interface Container {
  readonly name: string;
  readonly image: string;
  readonly command?: readonly string[];
  readonly env: readonly Variable[];
  readonly ports: readonly { readonly name: string; readonly containerPort: number }[];
  readonly startupProbe?: Probe;
  readonly readinessProbe: Probe;
  readonly livenessProbe?: Probe;
  readonly lifecycle?: { readonly preStop: { readonly exec: { readonly command: readonly string[] } } };
  readonly resources: { readonly requests: Readonly<Record<string, string>>; readonly limits: Readonly<Record<string, string>> };
  readonly securityContext: Fields;
  readonly volumeMounts: readonly { readonly name: string; readonly mountPath: string; readonly readOnly?: boolean }[];
}

/** What makes pods, and what they are made of. */
export interface Workload {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace: string };
  readonly spec: {
    readonly replicas: number;
    readonly serviceName?: string;
    readonly selector: { readonly matchLabels: Readonly<Record<string, string>> };
    readonly template: {
      readonly metadata: { readonly labels: Readonly<Record<string, string>> };
      readonly spec: {
        readonly automountServiceAccountToken: boolean;
        readonly enableServiceLinks: boolean;
        readonly terminationGracePeriodSeconds: number;
        readonly securityContext: Fields;
        readonly containers: readonly Container[];
        readonly volumes?: readonly { readonly name: string; readonly secret?: Fields; readonly emptyDir?: Fields }[];
      };
    };
    readonly volumeClaimTemplates?: readonly {
      readonly metadata: { readonly name: string };
      readonly spec: { readonly accessModes: readonly string[]; readonly resources: { readonly requests: { readonly storage: string } } };
    }[];
  };
}

export interface Service {
  readonly metadata: { readonly name: string; readonly namespace: string };
  readonly spec: {
    readonly clusterIP?: string;
    readonly selector: Readonly<Record<string, string>>;
    readonly ports: readonly { readonly name: string; readonly port: number; readonly targetPort: string }[];
  };
}

export interface NetworkPolicy {
  readonly spec: {
    readonly podSelector: { readonly matchLabels: Readonly<Record<string, string>> };
    readonly ingress: readonly {
      readonly from: readonly { readonly namespaceSelector?: Fields; readonly podSelector?: Fields }[];
      readonly ports: readonly { readonly port: string }[];
    }[];
    readonly egress?: readonly { readonly ports: readonly { readonly port: number }[] }[];
  };
}

/** The one StatefulSet or Deployment among them, and its one container. */
export function workloadOf(manifests: readonly Manifest[]): { readonly workload: Workload; readonly container: Container } {
  const [workload, ...others] = ofKind<Workload>(manifests, 'StatefulSet', 'Deployment');
  const [container, ...sidecars] = workload?.spec.template.spec.containers ?? [];
  if (workload === undefined || container === undefined || others.length + sidecars.length > 0)
    throw new Error('there is not one workload of one container');
  return { workload, container };
}

/** The manifests of these kinds, whose form `problemsOf` has checked. */
export function ofKind<T>(manifests: readonly Manifest[], ...kinds: readonly string[]): readonly (Manifest & T)[] {
  return manifests.filter((manifest): manifest is Manifest & T => kinds.includes(manifest.kind));
}

/** What the kubelet knows when it starts a container. */
interface Cluster {
  /** By `secret/key`. */
  readonly secrets: Readonly<Record<string, string>>;
  /** By their path: `spec.nodeName`. */
  readonly fields: Readonly<Record<string, string>>;
}

/** The environment that the kubelet would make of it. `$(NAME)` is replaced where NAME stands above, else stays as it is written. */
export function environmentOf({ env }: Container, { secrets, fields }: Cluster): Record<string, string> {
  const environment: Record<string, string> = {};
  for (const { name, value, valueFrom } of env) {
    const secret = valueFrom?.secretKeyRef && secrets[`${valueFrom.secretKeyRef.name}/${valueFrom.secretKeyRef.key}`];
    const field = valueFrom?.fieldRef && fields[valueFrom.fieldRef.fieldPath];
    const text = value?.replace(/\$\((\w+)\)/g, (written, other: string) => environment[other] ?? written) ?? secret ?? field;
    if (text === undefined) throw new Error(`${name} has no value in this cluster`);
    environment[name] = text;
  }
  return environment;
}

/** How long a container is given between the signal to end and the end: what `preStop` leaves of the pod's time. */
export function graceMillis({ workload, container }: { readonly workload: Workload; readonly container: Container }): number {
  const [program, seconds = '0'] = container.lifecycle?.preStop.exec.command ?? ['sleep'];
  if (program !== 'sleep') throw new Error(`how long ${program} takes is not known`);
  return (workload.spec.template.spec.terminationGracePeriodSeconds - Number(seconds)) * 1_000;
}
