/** What the user writes about the registries of base images, field by field. */
import type { SecretInput } from "./secret.ts";

/** How to reach a registry. */
export interface RegistryInput {
  /** Host, or host and path, to try first. If it requires a login, it gets an entry of its own with `auth`. Default: none. Example: `"mirror.example.com/hub"`. */
  readonly mirror?: string;
  /** Whether to use plain HTTP to reach the mirror, or the registry itself if it has no mirror. Default: `false`. Example: `true`. */
  readonly plainHttp?: boolean;
  /** PEM file with additional certificate authorities to trust, at most 128 KiB, relative to the config file. Default: none. Example: `"./ca.pem"`. */
  readonly ca?: string;
  /** The login to the registry itself, for every build. RUN steps cannot see it. Registries of ECR need none: see `pull`. Default: none. Example: `{ username: "robot", password: { env: "REGISTRY_TOKEN" } }`. */
  readonly auth?: RegistryAuthInput;
}

/** A login to a registry. */
export interface RegistryAuthInput {
  /** Name of the user, 1 to 256 characters without a colon. It is not a secret. Example: `"$oauthtoken"`. */
  readonly username: string;
  /** Where to find the password or token, at most 16 KiB; line breaks at its end are left out. Example: `{ env: "REGISTRY_TOKEN" }`. */
  readonly password: SecretInput;
}

/** A proxy that builds use. */
export interface ProxyInput {
  /** For HTTP. A proxy with a private address must be in `network.allow`. Default: none. Example: `"http://proxy.example.com:3128"`. */
  readonly http?: string;
  /** For HTTPS. Default: none. Example: `"http://proxy.example.com:3128"`. */
  readonly https?: string;
  /** What is reached without the proxy: hosts, domains (`.example.com`), addresses and ranges, at most 64. The agent of Pod Identity always is. In a VPC with endpoints, name the domain of AWS. Default: none. Example: `[".amazonaws.com"]`. */
  readonly no?: readonly string[];
}

/** ARN of an ECR repository, or of all below a prefix (`…:repository/docker-hub/*`). */
export type RepositoryArn = `arn:${string}:ecr:${string}:repository/${string}`;

/** A repository that builds pull from, and more about it. */
export interface PullInput {
  /** ARN of the repository, or of all below a prefix. Example: `"arn:aws:ecr:us-west-2:123456789012:repository/docker-hub/*"`. */
  readonly repository: RepositoryArn;
  /** Whether it belongs to a pull-through cache that builds may fill: on its first pull, ECR creates the repository and fetches the image. Default: `false`. */
  readonly cache?: boolean;
}
