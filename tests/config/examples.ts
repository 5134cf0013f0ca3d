/** The examples of the doc comments, each in a config that is otherwise right. */
import ts from "typescript";
import type { Resolved } from "../../lib/config/resolve/config.ts";
import { dsl, LEAST, resolve } from "./resolved.ts";

const INPUT = new URL("../../lib/config/input/", import.meta.url);

export interface Field {
  /** Name of the type, and of the fields inside it: `ClusterInput.logs.types`. */
  readonly path: string;
  readonly optional: boolean;
  readonly text: string;
}

/** The fields of the types that users write against; those that may never be there have nothing to say. */
function fieldsOf(file: string): Field[] {
  const text = Deno.readTextFileSync(new URL(file, INPUT));
  const found: Field[] = [];
  const visit = (node: ts.Node, path: string): void => {
    const named = ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node) || ts.isPropertySignature(node);
    const inside = named ? [path, node.name.getText()].filter(Boolean).join(".") : path;
    if (ts.isPropertySignature(node) && node.type?.getText() !== "never") {
      const [comment] = ts.getLeadingCommentRanges(text, node.pos)?.slice(-1) ?? [];
      const said = comment ? text.slice(comment.pos, comment.end).replace(/\s*\n\s*\*\s?/g, " ") : "";
      found.push({ path: inside, optional: node.questionToken !== undefined, text: said });
    }
    ts.forEachChild(node, (child) => visit(child, inside));
  };
  visit(ts.createSourceFile(file, text, ts.ScriptTarget.ESNext, true), "");
  return found;
}

/** All fields that users write. */
export const fields: readonly Field[] = [...Deno.readDirSync(INPUT)].map(({ name }) => name).sort()
  .flatMap(fieldsOf)
  .filter(({ path }) => !path.startsWith("ConfigArguments."));

/** The code behind `Example:`, or the default that is given as code. */
export function exampleOf({ text }: Field): string | undefined {
  return /Example: `([^`]+)`/.exec(text)?.[1] ?? /Default: `([^`]+)`/.exec(text)?.[1];
}

const base = dsl.image({ context: "./images/base" });

// deno-lint-ignore no-explicit-any
type Any = any;
const cpu = (fields: Any): Any => ({ pools: { cpu: dsl.cpuPool({ maxCpus: 64, ...fields }) } });
const gpu = (fields: Any): Any => ({ pools: { tune: dsl.gpuPool({ gpu: "l40s", maxGpus: 8, ...fields }) } });
/** A pool that builds may run on. */
const forBuilds = cpu({ ami: "al2023" });
const image = (fields: Any): Any => ({ images: { base, app: dsl.image({ context: ".", ...fields }) }, ...forBuilds });
const cluster = (fields: Any): Any => ({ cluster: { endpoint: "private", ...fields } });
const access = (rights: Any): Any => ({ access: { "default/trainer": { buckets: ["acme-data"], ...rights } } });
const volume = (section: string, fields: Any): Any => ({ storage: { [section]: { data: fields } } });
const reserved = (reservation: Any): Any => gpu({ capacity: ["reserved"], reservation });

/** What surrounds a field of each type in a config that is otherwise right. */
const AROUND: Readonly<Record<string, (fields: Any) => Any>> = {
  "ConfigInput": (fields) => fields,
  "ZonesInput": (network) => ({ network }),
  "OwnNetworkFields": (network) => ({ network }),
  "OwnNetworkFields.flowLogs": (flowLogs) => ({ network: { flowLogs } }),
  "ExistingNetworkInput": (fields) => ({
    network: {
      vpcId: "vpc-0123456789abcdef0",
      privateSubnets: ["subnet-0aaaaaaaaaaaaaaa1", "subnet-0aaaaaaaaaaaaaaa2"],
      ...fields,
    },
  }),
  "IamInput": (iam) => ({ iam }),
  "SystemNodesInput": (systemNodes) => cluster({ systemNodes }),
  "AddOnInput": (addOn) => {
    return "serviceAccount" in addOn
      ? cluster({ addOns: { "external-dns": { policies: ["arn:aws:iam::123456789012:policy/zone"], ...addOn } } })
      : cluster({ addOns: { "aws-ebs-csi-driver": addOn } });
  },
  "BucketAccessInput": (bucket) => access({ buckets: [{ name: "acme-data", ...bucket }] }),
  "AccessInput": access,
  "StorageInput": (storage) => ({ storage }),
  "VolumeFields": (fields) => volume("efs", { id: "fs-0123456789abcdef0", ...fields }),
  "BucketVolumeInput": (fields) => volume("buckets", { bucket: "acme-data", ...fields }),
  "EfsVolumeInput": (fields) => volume("efs", fields),
  "FsxVolumeInput": (fields) => volume("fsx", { id: "fs-0123456789abcdef0", mountName: "abcdef01", ...fields }),
  "ClusterInput": cluster,
  "ClusterInput.endpoint": (endpoint) => cluster({ endpoint }),
  "ClusterInput.logs": (logs) => cluster({ logs }),
  "KarpenterInput": (karpenter) => ({ karpenter }),
  "KarpenterInput.resources": (resources) => ({ karpenter: { resources } }),
  "DevicePluginsInput": (devicePlugins) => ({ devicePlugins }),
  "TaintInput": (taint) => cpu({ taints: [{ key: "example.com/team", ...taint }] }),
  "BudgetInput": (fields) => cpu({ budgets: [{ nodes: 1, ...BUDGET_PAIR(fields), ...fields }] }),
  "ConsolidationInput": (consolidation) => cpu({ consolidation }),
  "PoolFields": cpu,
  "NodeKnobs": cpu,
  "GpuKnobs": (fields) => gpu({ gpusPerNode: 1, ...fields }),
  "SharingInput": (sharing) => ({
    pools: { tune: dsl.gpuPool({ gpu: "h100", gpusPerNode: 8, maxGpus: 8, sharing }) },
  }),
  "Scale": (fields) => ({
    ...cpu({ ...fields, ..."replicas" in fields ? { maxCpus: undefined } : {} }),
    karpenter: { gates: { staticCapacity: true } },
  }),
  "CpuPoolFields": cpu,
  "GpuPoolFields": gpu,
  "UnreservedGpuCapacity": gpu,
  "ReservedGpuCapacity": (fields) => {
    return gpu({ capacity: ["reserved"], reservation: { ids: ["cr-0123456789abcdef0"] }, ...fields });
  },
  "ReservationInput": (fields) => reserved("owner" in fields ? { tags: { team: "research" }, ...fields } : fields),
  "PlainNetworkInput": gpu,
  "EfaInput": (fields) => gpu({ efa: true, zones: ["us-west-2a"], ...fields }),
  "PlacementGroupInput": (placementGroup) => gpu({ placementGroup }),
  "ImageInput": image,
  "ImageInput.resources": (resources) => image({ resources }),
  "PythonInput": (fields) => image({ dockerfile: dsl.python({ version: "3.12", ...fields }) }),
  "SecretInput": (secret) => image({ secrets: { id: secret } }),
  "ImageTagInput": (tag) => image({ tags: [{ name: "latest", ...tag }] }),
  "BuilderInput": (builder) => ({ builder, ...forBuilds }),
  "BuilderInput.cache": (cache) => ({ builder: { cache } }),
  "BuilderInput.network": (network) => ({ builder: { network } }),
  "ReachInput": (reach) => ({ builder: { network: { allow: [{ range: "10.30.0.5/32", ...reach }] } } }),
  "RegistryInput": (registry) => ({ builder: { registries: { "docker.io": registry } } }),
  "ProxyInput": (proxy) => ({ builder: { proxy: { http: "http://proxy.example.com:3128", ...proxy } } }),
  "RegistryAuthInput": (auth) => {
    const whole = { username: "robot", password: { env: "REGISTRY_TOKEN" }, ...auth };
    return { builder: { registries: { "ghcr.io": { auth: whole } } } };
  },
  "PullInput": (entry) => {
    return { builder: { pull: [{ repository: "arn:aws:ecr:us-west-2:123456789012:repository/bases/*", ...entry }] } };
  },
};

/** A schedule and its duration go together. */
function BUDGET_PAIR(fields: Any): Any {
  return "schedule" in fields ? { duration: "8h" } : "duration" in fields ? { schedule: "@daily" } : {};
}

/** The example of a field as a config; `undefined` without an example, or without what surrounds it. */
export function resolvedExample(field: Field): Resolved | undefined {
  const { path } = field, at = path.lastIndexOf("."), example = exampleOf(field), around = AROUND[path.slice(0, at)];
  if (!example || !around) return undefined;
  const value = new Function("base", "cpuPool", "gpuPool", "image", `return (${example})`);
  const fields = around({ [path.slice(at + 1)]: value(base, dsl.cpuPool, dsl.gpuPool, dsl.image) });
  return resolve({ ...LEAST, name: "acme-ml", ...fields });
}
