/** Can this machine reach the endpoint that the config asks for? Judges addresses and ranges. Pure. */
import type { Judged } from "../core/findings.ts";
import { includesAddress, isDocumentation } from "../core/ranges.ts";
import type { Config } from "./types.ts";

/** What is known about the place that unitune runs in. */
export interface Vantage {
  /** This machine's address as AWS sees it; `null`: nobody answered; `undefined`: nobody was asked. */
  readonly address: string | null | undefined;
  /** The addresses of its own interfaces. */
  readonly local: readonly string[];
  /** The ranges of an existing VPC; none for one that unitune creates: this machine is not in it. */
  readonly vpc: readonly string[];
  /** Did the API server answer it? `null`: there is none yet. */
  readonly answered: boolean | null;
}

const PATH = "cluster.endpoint";

/** Ranges in which no machine has an address: RFC 5737 reserves them for documentation. */
export function documentationFindings({ cluster: { endpoint } }: Pick<Config, "cluster">): Judged[] {
  if (endpoint.kind === "private") return [];
  return endpoint.publicFrom.flatMap((range, at): Judged[] => {
    if (!isDocumentation(range)) return [];
    const message = `${range} stands for any network in documentation (RFC 5737): no machine has an address in it`;
    const hint = "write the range of your own network";
    return [{ severity: "warning", path: `${PATH}.publicFrom[${at}]`, message, hint }];
  });
}

export function endpointFindings({ cluster: { endpoint } }: Pick<Config, "cluster">, vantage: Vantage): Judged[] {
  const { address, local, vpc, answered } = vantage;
  const inside = local.some((one) => vpc.some((range) => includesAddress(range, one)));
  if (inside) return [];
  if (endpoint.kind === "private") return answered ? [] : [fromOutside(vantage)];
  if (address === undefined) return [];
  if (address === null) {
    const message = "not checked whether it includes this machine: checkip.amazonaws.com, which tells its address, " +
      "did not answer";
    return answered ? [] : [{ severity: "note", path: `${PATH}.publicFrom`, message, hint: "" }];
  }
  if (endpoint.publicFrom.some((range) => includesAddress(range, address))) return [];
  return [{
    // It may reach the API server through the VPC: then only those without such a way are shut out.
    severity: answered ? "note" : "warning",
    path: `${PATH}.publicFrom`,
    message: `does not include ${address}, this machine's address as AWS sees it: it will not reach the API server` +
      (answered ? " from the Internet" : ""),
    hint: `add "${address}/32", or run unitune in the VPC`,
  }];
}

function fromOutside({ vpc, answered }: Vantage): Judged {
  const outside = vpc.length > 0
    ? `none of this machine's addresses is in ${vpc.join(" or ")}`
    : "this machine is not in the VPC, which unitune creates";
  return {
    severity: "warning",
    path: PATH,
    message: answered === null
      ? `a private API server can be reached only from the VPC and from networks connected to it: ${outside}; apply ` +
        "would stop when the stacks exist, before Karpenter"
      : `the private API server does not answer this machine: ${outside}`,
    hint: 'run unitune in the VPC or through a VPN; endpoint: { publicFrom: ["<your address>/32"] } opens it to you',
  };
}
