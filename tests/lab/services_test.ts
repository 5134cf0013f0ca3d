/** The gateway in its place: between the real API server, real pods, BuildKit, the store, and an emulator of this file. */
import assert from "node:assert/strict";
import { CreateRepositoryCommand, DescribeImagesCommand, ECRClient } from "@aws-sdk/client-ecr";
import * as eks from "@aws-sdk/client-eks";
import { CreateRoleCommand, IAMClient, PutRolePolicyCommand } from "@aws-sdk/client-iam";
import { cpusOf } from "./services/pod_identity.ts";
import { clusterToken } from "../../lib/adapters/aws/token.ts";
import { PINS } from "../../lib/core/pins.ts";
import type { Emulator } from "./aws/emulator.ts";
import { kubectl, labReady, readFileFromImage, startEmulator } from "./lab.ts";
import { apiServer, pki, region } from "./layout.ts";

const account = "210000000005";
const namespace = "lab-services";
const registry = `${account}.dkr.ecr.${region}.amazonaws.com`;
let emulator: Emulator;
let client: { endpoint: string; region: string; credentials: { accessKeyId: string; secretAccessKey: string } };

Deno.test.beforeAll(async () => {
  await labReady();
  emulator = await startEmulator({ account, port: 4635 });
  client = { endpoint: emulator.url, region, credentials: { accessKeyId: "test", secretAccessKey: "test" } };
  await new eks.EKSClient(client).send(
    new eks.CreateClusterCommand({
      name: namespace,
      roleArn: `arn:aws:iam::${account}:role/cluster`,
      resourcesVpcConfig: {},
      accessConfig: { bootstrapClusterCreatorAdminPermissions: false },
    }),
  );
});

Deno.test.afterAll(async () => {
  await kubectl(["delete", "namespace", namespace, "--ignore-not-found"]);
  await emulator?.stop();
});

/** Who the API server says this token is: status and groups. */
async function groupsOf(token: string): Promise<[number, readonly string[]]> {
  const http = Deno.createHttpClient({ caCerts: [await Deno.readTextFile(pki.ca.cert)] });
  try {
    const response = await fetch(`${apiServer}/apis/authentication.k8s.io/v1/selfsubjectreviews`, {
      method: "POST",
      client: http,
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      body: JSON.stringify({ apiVersion: "authentication.k8s.io/v1", kind: "SelfSubjectReview" }),
    });
    const body = await response.json() as { status?: { userInfo?: { groups?: string[] } } };
    return [response.status, body.status?.userInfo?.groups ?? []];
  } finally {
    http.close();
  }
}

Deno.test("the API server takes an EKS token of a principal with an access entry, as system:masters, and no other", async () => {
  const credentials = () => Promise.resolve(client.credentials);
  const token = async (cluster: string) => (await clusterToken(cluster, { region, credentials, now: Date.now })).token;
  assert.equal((await groupsOf(await token(namespace)))[0], 401);
  const api = new eks.EKSClient(client);
  const entry = { clusterName: namespace, principalArn: `arn:aws:iam::${account}:root` };
  const policyArn = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy";
  await api.send(new eks.CreateAccessEntryCommand(entry));
  await api.send(new eks.AssociateAccessPolicyCommand({ ...entry, policyArn, accessScope: { type: "cluster" } }));
  // Made a second later, or the API server answers from its memory that the same token was refused.
  await new Promise((resolve) => setTimeout(resolve, 1100));
  const [status, groups] = await groupsOf(await token(namespace));
  assert.equal(status, 201);
  assert.ok(groups.includes("system:masters"), groups.join());
  assert.equal((await groupsOf(await token("another")))[0], 401);
});

/** Asks for a token with the pod's own role and writes the login that BuildKit reads. */
const login = `
const { readFile, writeFile } = require("node:fs/promises");
(async () => {
  const authorization = await readFile(process.env.AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE, "utf8");
  const given = await (await fetch(process.env.AWS_CONTAINER_CREDENTIALS_FULL_URI, { headers: { authorization } })).json();
  const scope = given.AccessKeyId + "/20260101/" + process.env.AWS_REGION + "/ecr/aws4_request";
  const response = await fetch(process.env.AWS_ENDPOINT_URL, {
    method: "POST",
    headers: {
      "content-type": "application/x-amz-json-1.1",
      "x-amz-target": "AmazonEC2ContainerRegistry_V20150921.GetAuthorizationToken",
      authorization: "AWS4-HMAC-SHA256 Credential=" + scope + ", SignedHeaders=host, Signature=0",
    },
    body: "{}",
  });
  const { authorizationData: [{ authorizationToken: auth }] } = await response.json();
  await writeFile("/docker/config.json", JSON.stringify({ auths: { [process.argv[1]]: { auth } } }));
})();`;

function buildPod(repository: string) {
  const docker = { name: "docker", mountPath: "/docker" };
  const build = [
    "mkdir /tmp/context && cd /tmp/context",
    "printf 'FROM docker.io/library/busybox:1.35\\nRUN echo built > /proof\\n' > Dockerfile",
    `buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=. --local dockerfile=. --progress plain \
       --output type=image,name=${registry}/${repository}:v1,push=true`,
  ].join(" && ");
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: {
      name: repository.replace("/", "-"),
      namespace,
      annotations: { "eks.amazonaws.com/skip-containers": "buildkit" },
    },
    spec: {
      restartPolicy: "Never",
      tolerations: [{ key: "CriticalAddonsOnly", operator: "Exists" }],
      serviceAccountName: "builder",
      automountServiceAccountToken: false,
      initContainers: [{
        name: "login",
        image: PINS.fetcherImage,
        command: ["node", "-e", login, registry],
        volumeMounts: [docker],
      }],
      containers: [{
        name: "buildkit",
        image: "docker.io/moby/buildkit:v0.34.2-rootless",
        command: ["/bin/sh", "-c", build],
        env: [
          { name: "DOCKER_CONFIG", value: "/docker" },
          { name: "BUILDKITD_FLAGS", value: "--oci-worker-no-process-sandbox" },
        ],
        securityContext: {
          runAsUser: 1000,
          runAsGroup: 1000,
          seccompProfile: { type: "Unconfined" },
          appArmorProfile: { type: "Unconfined" },
        },
        volumeMounts: [docker, { name: "state", mountPath: "/home/user/.local/share/buildkit" }],
      }],
      volumes: [{ name: "docker", emptyDir: {} }, { name: "state", emptyDir: {} }],
    },
  };
}

async function phaseOf(pod: string): Promise<string> {
  for (;;) {
    const phase = await kubectl(["get", "pod", pod, "-n", namespace, "-o", "jsonpath={.status.phase}"]);
    if (phase === "Succeeded" || phase === "Failed") return phase;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}

Deno.test("a pod's BuildKit pushes with the pod's own role, where that role may, and nowhere else", async () => {
  const iam = new IAMClient(client);
  const allow = (action: string | string[], resource: string) => ({
    Effect: "Allow",
    Action: action,
    Resource: resource,
  });
  const trust = {
    Effect: "Allow",
    Principal: { Service: "pods.eks.amazonaws.com" },
    Action: ["sts:AssumeRole", "sts:TagSession"],
    Condition: { StringEquals: { "aws:RequestTag/kubernetes-namespace": namespace } },
  };
  const RoleName = "builder";
  const AssumeRolePolicyDocument = JSON.stringify({ Statement: [trust] });
  const { Role } = await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument }));
  const mine = `arn:aws:ecr:${region}:${account}:repository/lab/mine`;
  const PolicyDocument = JSON.stringify({
    Version: "2012-10-17",
    Statement: [allow("ecr:GetAuthorizationToken", "*"), allow("ecr:*", mine)],
  });
  await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: "push", PolicyDocument }));
  const ecr = new ECRClient(client);
  for (const repositoryName of ["lab/mine", "lab/other"]) {
    await ecr.send(new CreateRepositoryCommand({ repositoryName }));
  }
  const association = { clusterName: namespace, namespace, serviceAccount: "builder", roleArn: Role!.Arn! };
  await new eks.EKSClient(client).send(new eks.CreatePodIdentityAssociationCommand(association));

  await kubectl(["create", "namespace", namespace]);
  await kubectl(["create", "serviceaccount", "builder", "-n", namespace]);
  for (const repository of ["lab/mine", "lab/other"]) {
    await kubectl(["create", "-f", "-"], JSON.stringify(buildPod(repository)));
  }
  const logOf = (pod: string) => kubectl(["logs", pod, "-n", namespace, "--all-containers"]);
  assert.equal(await phaseOf("lab-mine"), "Succeeded", await logOf("lab-mine"));
  const { imageDetails } = await ecr.send(
    new DescribeImagesCommand({ repositoryName: "lab/mine", imageIds: [{ imageTag: "v1" }] }),
  );
  assert.match(imageDetails![0]!.imageDigest!, /^sha256:/);
  assert.equal(await readFileFromImage(`${registry}/lab/mine`, "v1", "proof"), "built\n");
  const env = await kubectl([
    "get",
    "pod",
    "lab-mine",
    "-n",
    namespace,
    "-o",
    "jsonpath={.spec.containers[0].env[*].name}",
  ]);
  assert.equal(env, "DOCKER_CONFIG BUILDKITD_FLAGS", "BuildKit has no AWS credentials of its own");

  assert.equal(await phaseOf("lab-other"), "Failed");
  assert.match(await logOf("lab-other"), /not authorized to perform: ecr:\w+ on resource: .*repository\/lab\/other/);
});

Deno.test("a build with default resources fits a node of the lab, and any other pod stays as it is", () => {
  const pod = (cpu: string) => ({ spec: { containers: [{ name: "build", resources: { requests: { cpu } } }] } });
  const path = "/spec/containers/0/resources/requests/cpu";
  assert.deepEqual(cpusOf(pod("4"), "unitune-build"), [{ op: "replace", path, value: "1" }]);
  assert.deepEqual([cpusOf(pod("3"), "unitune-build"), cpusOf(pod("4"), "default")], [[], []]);
});
