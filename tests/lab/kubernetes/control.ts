/** etcd, kube-apiserver, kube-controller-manager, kube-scheduler and kube-proxy. */
import { kubeletClient } from "../install/pki.ts";
import { apiServer, bridge, cache, data, pki, ports, run as paths, services } from "../layout.ts";
import { exists, readIfThere, waitFor, writeWhole } from "../shell.ts";
import { type Api, connect, kubeconfig } from "./api.ts";
import { ensure, type Service } from "./process.ts";

const program = (name: string) => `${paths.libexec}/${name}`;
const tokensFile = `${paths.config}/tokens.csv`;
const proxyConfig = `${paths.config}/kube-proxy.json`;

/** Writes what the control plane reads at its start. */
export async function writeControlConfig(): Promise<void> {
  const tokenFile = `${cache.pki}/admin.token`;
  if (!(await exists(tokenFile))) await writeWhole(tokenFile, crypto.randomUUID(), 0o600);
  const token = (await Deno.readTextFile(tokenFile)).trim();
  await writeWhole(tokensFile, `${token},lab-admin,lab-admin,"system:masters"\n`, 0o600);
  await writeWhole(paths.adminToken, token, 0o600);
  const ca = `${paths.config}/ca.crt`;
  await Deno.copyFile(pki.ca.cert, ca);
  await writeWhole(paths.adminKubeconfig, kubeconfig(apiServer, ca, { token }), 0o600);
  const webhook = `http://127.0.0.1:${ports.tokenWebhook}/token`;
  await writeWhole(paths.tokenWebhookConfig, kubeconfig(webhook, "", {}), 0o600);
  await writeWhole(
    proxyConfig,
    JSON.stringify({
      apiVersion: "kubeproxy.config.k8s.io/v1alpha1",
      kind: "KubeProxyConfiguration",
      mode: "iptables",
      clientConnection: { kubeconfig: paths.adminKubeconfig },
      clusterCIDR: bridge.cidr,
      hostnameOverride: "system-a",
      bindAddress: bridge.address,
      metricsBindAddress: `127.0.0.1:${ports.proxyMetrics}`,
      healthzBindAddress: `127.0.0.1:${ports.proxyHealth}`,
      oomScoreAdj: 0,
      // pods of all nodes share one bridge: without this an answer would go past the address translation
      iptables: { masqueradeAll: true, localhostNodePorts: false, syncPeriod: "30s", minSyncPeriod: "0.2s" },
      conntrack: { maxPerCore: 0, min: 0, tcpEstablishedTimeout: "0s", tcpCloseWaitTimeout: "0s" },
    }),
  );
}

const answers = (url: string) => async () => (await fetch(url, { signal: AbortSignal.timeout(2000) })).ok;

async function ready(path: string): Promise<boolean> {
  const api = await connect();
  try {
    return (await api.get(path)) !== undefined;
  } catch (error) {
    // /readyz answers "ok", which is no JSON
    return error instanceof SyntaxError;
  } finally {
    api.close();
  }
}

const etcd: Service = {
  name: "etcd",
  command: [
    ...[program("etcd"), "--name=lab", `--data-dir=${data.etcd}`, "--unsafe-no-fsync", "--log-level=warn"],
    ...["--listen-client-urls", "--advertise-client-urls"].map((flag) => `${flag}=http://127.0.0.1:${ports.etcd}`),
    ...["--listen-peer-urls", "--initial-advertise-peer-urls"].map((flag) =>
      `${flag}=http://127.0.0.1:${ports.etcdPeer}`
    ),
    `--initial-cluster=lab=http://127.0.0.1:${ports.etcdPeer}`,
  ],
  healthy: answers(`http://127.0.0.1:${ports.etcd}/health`),
};

const kubeApiserver: Service = {
  name: "kube-apiserver",
  command: [
    program("kube-apiserver"),
    `--etcd-servers=http://127.0.0.1:${ports.etcd}`,
    ...[`--bind-address=${bridge.address}`, `--advertise-address=${bridge.address}`, `--secure-port=${ports.api}`],
    ...[`--tls-cert-file=${pki.apiServer.cert}`, `--tls-private-key-file=${pki.apiServer.key}`],
    ...[`--client-ca-file=${pki.ca.cert}`, `--token-auth-file=${tokensFile}`],
    `--authentication-token-webhook-config-file=${paths.tokenWebhookConfig}`,
    ...["--authentication-token-webhook-version=v1", "--authentication-token-webhook-cache-ttl=5s"],
    ...["--authorization-mode=Node,RBAC", "--enable-admission-plugins=NodeRestriction", "--allow-privileged=true"],
    ...[`--service-cluster-ip-range=${services.cidr}`, "--endpoint-reconciler-type=lease"],
    "--service-account-issuer=https://kubernetes.default.svc",
    ...["key-file", "signing-key-file"].map((flag) => `--service-account-${flag}=${pki.serviceAccountKey}`),
    "--kubelet-preferred-address-types=InternalIP",
    ...[`--kubelet-client-certificate=${kubeletClient.cert}`, `--kubelet-client-key=${kubeletClient.key}`],
    "--profiling=false",
  ],
  healthy: () => ready("/readyz"),
  seconds: 120,
};

const alone = [`--kubeconfig=${paths.adminKubeconfig}`, "--leader-elect=false", "--bind-address=127.0.0.1"];
/** Their health ports speak TLS with a certificate of their own making; alive is what can be asked simply. */
const listens = (port: number) => async () => {
  (await Deno.connect({ hostname: "127.0.0.1", port })).close();
  return true;
};

const controllerManager: Service = {
  name: "kube-controller-manager",
  command: [
    ...[program("kube-controller-manager"), ...alone, `--secure-port=${ports.controllerManager}`],
    ...[`--service-account-private-key-file=${pki.serviceAccountKey}`, `--root-ca-file=${pki.ca.cert}`],
    "--use-service-account-credentials=true",
  ],
  healthy: listens(ports.controllerManager),
};
const scheduler: Service = {
  name: "kube-scheduler",
  command: [program("kube-scheduler"), ...alone, `--secure-port=${ports.scheduler}`],
  healthy: listens(ports.scheduler),
};

export async function controlPlaneUp(): Promise<void> {
  const certificates = await Promise.all(
    [pki.apiServer.cert, pki.ca.cert, kubeletClient.cert, tokensFile].map((file) => Deno.readTextFile(file)),
  );
  await ensure(etcd);
  await ensure({ ...kubeApiserver, config: certificates });
  await Promise.all([ensure({ ...controllerManager, config: certificates }), ensure(scheduler)]);
  await waitFor("the default service account and its certificate", 60, async () => {
    return await ready("/api/v1/namespaces/default/serviceaccounts/default") &&
      await ready("/api/v1/namespaces/default/configmaps/kube-root-ca.crt");
  });
}

export async function proxyUp(): Promise<void> {
  await ensure({
    name: "kube-proxy",
    command: [program("kube-proxy"), `--config=${proxyConfig}`],
    config: [await readIfThere(proxyConfig) ?? ""],
    // healthz also wants this node's object, which the kubelets make later
    healthy: answers(`http://127.0.0.1:${ports.proxyHealth}/livez`),
  });
}

/** Every new pod passes the gateway, which adds what EKS's webhook would: the credentials of Pod Identity. */
export async function registerPodIdentity(api: Api): Promise<void> {
  const name = "pod-identity-webhook";
  const path = `/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations/${name}`;
  await api.send("PATCH", `${path}?fieldManager=unitune-lab&force=true`, {
    apiVersion: "admissionregistration.k8s.io/v1",
    kind: "MutatingWebhookConfiguration",
    metadata: { name },
    webhooks: [{
      name: "pod-identity-webhook.amazonaws.com",
      clientConfig: {
        url: `https://${bridge.address}:${ports.podIdentityWebhook}/mutate`,
        caBundle: btoa(await Deno.readTextFile(pki.ca.cert)),
      },
      rules: [{
        apiGroups: [""],
        apiVersions: ["v1"],
        operations: ["CREATE"],
        resources: ["pods"],
        scope: "Namespaced",
      }],
      admissionReviewVersions: ["v1"],
      sideEffects: "None",
      failurePolicy: "Fail",
      reinvocationPolicy: "IfNeeded",
      timeoutSeconds: 10,
    }],
  }, "apply");
}
