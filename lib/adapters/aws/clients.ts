/** The SDK clients: one region, one credential chain, over `fetch`. The only place that creates them. */
import type { CloudFormationClient } from "@aws-sdk/client-cloudformation";
import type { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import type { EC2Client } from "@aws-sdk/client-ec2";
import type { ECRClient } from "@aws-sdk/client-ecr";
import type { EKSClient } from "@aws-sdk/client-eks";
import type { ElasticLoadBalancingClient } from "@aws-sdk/client-elastic-load-balancing";
import type { ElasticLoadBalancingV2Client } from "@aws-sdk/client-elastic-load-balancing-v2";
import type { IAMClient } from "@aws-sdk/client-iam";
import type { KMSClient } from "@aws-sdk/client-kms";
import type { S3Client } from "@aws-sdk/client-s3";
import type { ServiceQuotasClient } from "@aws-sdk/client-service-quotas";
import type { SSMClient } from "@aws-sdk/client-ssm";
import type { STSClient } from "@aws-sdk/client-sts";
import type { FetchHttpHandler } from "@smithy/fetch-http-handler";
import { ConfiguredRetryStrategy } from "@smithy/util-retry";
import { VERSION } from "../../core/version.ts";
import { RequestWatch } from "../request_watch.ts";
import { ServerClock } from "./server_clock.ts";
import { type Credentials, signIn } from "./sign_in.ts";
import { transport } from "./transport.ts";

interface ClientOptions {
  readonly region: string;
  readonly profile?: string | undefined;
  /** Ends every request of the clients. */
  readonly signal?: AbortSignal | undefined;
  readonly watch?: RequestWatch | undefined;
  /** Receives what the user should know of the sign-in and the clock. */
  readonly warn?: ((message: string) => void) | undefined;
}

export interface Clients {
  readonly region: string;
  /** Profile of the AWS config files; `undefined` for the default or the environment's. */
  readonly profile: string | undefined;
  readonly credentials: Credentials;
  readonly watch: RequestWatch;
  /** For the CDK toolkit and for cleaning up: an interrupt does not end its requests. */
  readonly lastingHandler: FetchHttpHandler;
  /** The time by AWS's clock, in milliseconds. */
  now(): number;
  cloudFormation(): Promise<CloudFormationClient>;
  ec2(): Promise<EC2Client>;
  ecr(): Promise<ECRClient>;
  eks(): Promise<EKSClient>;
  /** For classic load balancers. */
  elb(): Promise<ElasticLoadBalancingClient>;
  elbV2(): Promise<ElasticLoadBalancingV2Client>;
  iam(): Promise<IAMClient>;
  kms(): Promise<KMSClient>;
  logs(): Promise<CloudWatchLogsClient>;
  s3(): Promise<S3Client>;
  serviceQuotas(): Promise<ServiceQuotasClient>;
  ssm(): Promise<SSMClient>;
  sts(): Promise<STSClient>;
  /** Closes the connections of all opened clients. */
  close(): Promise<void>;
}

/** AWS answers with an error for minutes when a part of it is out of service, or when others use up the rate. */
const ATTEMPTS = 14;
const LONGEST_WAIT = 10_000;

/** About two minutes in all. The SDK's own default gives up after less than a second. */
export function patientRetries(): ConfiguredRetryStrategy {
  return new ConfiguredRetryStrategy(ATTEMPTS, (attempt) => Math.min(100 * 2 ** attempt, LONGEST_WAIT));
}

/** Each client is loaded and created on first use. */
export function clients(
  { region, profile, signal, watch = new RequestWatch(), warn = () => undefined }: ClientOptions,
): Clients {
  const clock = new ServerClock(warn);
  const calls = transport("calls", { watch, signal, clock }), lastingHandler = transport("uploads", { watch, clock });
  const credentials = signIn({ region, profile, requestHandler: lastingHandler, warn });
  const options = {
    region,
    credentials,
    requestHandler: calls,
    retryStrategy: patientRetries(),
    customUserAgent: `unitune/${VERSION}`,
  };
  const { once, close } = opener();
  return {
    region,
    profile,
    credentials,
    watch,
    lastingHandler,
    now: () => Date.now() + clock.aheadMs,
    close,
    cloudFormation: once(async () =>
      new (await import("@aws-sdk/client-cloudformation")).CloudFormationClient(options)
    ),
    ec2: once(async () => new (await import("@aws-sdk/client-ec2")).EC2Client(options)),
    ecr: once(async () => new (await import("@aws-sdk/client-ecr")).ECRClient(options)),
    eks: once(async () => new (await import("@aws-sdk/client-eks")).EKSClient(options)),
    elb: once(async () =>
      new (await import("@aws-sdk/client-elastic-load-balancing")).ElasticLoadBalancingClient(options)
    ),
    elbV2: once(async () =>
      new (await import("@aws-sdk/client-elastic-load-balancing-v2")).ElasticLoadBalancingV2Client(options)
    ),
    iam: once(async () => new (await import("@aws-sdk/client-iam")).IAMClient(options)),
    kms: once(async () => new (await import("@aws-sdk/client-kms")).KMSClient(options)),
    logs: once(async () => new (await import("@aws-sdk/client-cloudwatch-logs")).CloudWatchLogsClient(options)),
    s3: once(async () =>
      new (await import("@aws-sdk/client-s3")).S3Client({
        ...options,
        requestHandler: transport("uploads", { watch, signal }),
      })
    ),
    serviceQuotas: once(async () => new (await import("@aws-sdk/client-service-quotas")).ServiceQuotasClient(options)),
    ssm: once(async () => new (await import("@aws-sdk/client-ssm")).SSMClient(options)),
    sts: once(async () => new (await import("@aws-sdk/client-sts")).STSClient(options)),
  };
}

interface Closable {
  destroy(): void;
}

/** Opens each client once, and closes those that were opened. */
function opener() {
  const opened: Promise<Closable>[] = [];
  return {
    once: <T extends Closable>(open: () => Promise<T>): () => Promise<T> => {
      let client: Promise<T> | undefined;
      return () => {
        if (client === undefined) opened.push(client = open());
        return client;
      };
    },
    close: async () => {
      for (const one of await Promise.allSettled(opened)) if (one.status === "fulfilled") one.value.destroy();
    },
  };
}
