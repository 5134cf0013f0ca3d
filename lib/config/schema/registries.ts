/** The schema of registries and proxies, of what builds pull, and of where secrets come from. */
import * as z from "zod";
import { flag, hidden, leaf, text } from "../fields.ts";
import { registryHost } from "../resolve/sources.ts";

export const secretId = text(
  /^[A-Za-z0-9_][\w.-]{0,63}$/,
  "an id of letters, digits and _.-, at most 64 characters, not starting with . or -",
);

/** A user may write the secret itself here by mistake: messages do not repeat it. */
export const secretSource = hidden(
  z.strictObject({
    env: hidden(z.string().regex(/^[A-Za-z_]\w*$/), "the name of an environment variable, like HF_TOKEN").optional(),
    file: leaf(z.string().min(1), 'a file, relative to the config file, like "./secrets/netrc"').optional(),
  }),
  '{ env: "NAME" } or { file: "./path" }, never the value itself',
);

export const registries = z.record(
  registryHost,
  z.strictObject({
    mirror: text(
      /^[a-z0-9]+(?:[.-][a-z0-9]+)*(?::[0-9]{1,5})?(?:\/[a-z0-9]+(?:[._-][a-z0-9]+)*)*$/i,
      "a host, or a host and a path, like mirror.example.com/hub",
      (found) =>
        String(found).startsWith("http://")
          ? "write it without http:// and set plainHttp: true"
          : String(found).startsWith("https://")
          ? "write it without https://"
          : undefined,
    ).optional(),
    plainHttp: flag().optional(),
    ca: leaf(z.string().min(1), 'a PEM file, relative to the config file, like "./ca.pem"').optional(),
    auth: z.strictObject({
      username: text(
        // HTTP's Basic scheme ends the name at the first colon.
        /^[^\p{C}:]{1,256}$/u,
        "the name of a user, 1 to 256 characters without a colon",
      ),
      password: secretSource,
    }).optional(),
  }),
);

const ARN_RULE =
  "the ARN of an ECR repository, like arn:aws:ecr:us-west-2:123456789012:repository/bases/python, or of " +
  "all below a prefix, like …:repository/docker-hub/*";
const insteadOfAddress = (found: unknown) => {
  return /^[0-9]{12}\.dkr\.ecr\./.test(String(found))
    ? "write arn:aws:ecr:<region>:<account>:repository/<name> instead of its address"
    : undefined;
};
const repositoryArn = text(
  /^arn:aws[a-z-]*:ecr:[a-z]{2}(?:-[a-z]+)+-[0-9]:[0-9]{12}:repository\/(?=.{2,256}$)[a-z0-9]+(?:(?:[._-]|__|\/)[a-z0-9]+)*(?:\/\*)?$/,
  ARN_RULE,
  insteadOfAddress,
);

export const pull = z.array(leaf(
  z.union([repositoryArn, z.strictObject({ repository: repositoryArn, cache: flag().optional() })]),
  `${ARN_RULE}, or { repository, cache }`,
  insteadOfAddress,
)).max(12);

/** What a URL holds before an @ may be a password: messages do not repeat it. */
const proxyUrl = hidden(
  z.string().regex(/^https?:\/\/[a-z0-9]+(?:[.-][a-z0-9]+)*(?::[0-9]{1,5})?\/?$/i),
  "the URL of a proxy, like http://proxy.example.com:3128, without a user and a password",
);

export const proxy = z.strictObject({
  http: proxyUrl.optional(),
  https: proxyUrl.optional(),
  no: z.array(text(/^[^\s,]{1,256}$/, "a host, a domain that begins with a dot, an address or a range")).max(64)
    .optional(),
});
