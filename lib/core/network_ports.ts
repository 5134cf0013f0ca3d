/** What unitune reads about an account's network: its zones, and a VPC with its subnets, routes and endpoints. */

/** An instance type in a zone. */
export interface Offering {
  readonly type: string;
  readonly zoneId: string;
}

/** An availability zone of the region, as the account sees it; not a local zone or a Wavelength zone. */
export interface Zone {
  readonly id: string;
  readonly name: string;
  readonly available: boolean;
}

export interface Vpc {
  readonly id: string;
  readonly state: string;
  readonly dnsSupport: boolean;
  readonly dnsHostnames: boolean;
  /** Its ranges: the primary one, then those that were added. */
  readonly cidrs: readonly string[];
}

export interface Subnet {
  readonly id: string;
  readonly vpcId: string;
  readonly state: string;
  readonly zoneId: string;
  readonly zone: string;
  readonly freeAddresses: number;
  /** Is it on an AWS Outpost? */
  readonly outpost: boolean;
  readonly tags: Readonly<Record<string, string>>;
}

export interface RouteTable {
  readonly id: string;
  /** Is it the main table, for subnets that are not associated with another? */
  readonly main: boolean;
  readonly subnetIds: readonly string[];
  /** The target of the default route; `null`: it has none. */
  readonly defaultRoute: { readonly target: string; readonly active: boolean } | null;
}

export interface VpcEndpoint {
  /** AWS's short name: `s3`, `ecr.api`. */
  readonly service: string;
  readonly kind: "gateway" | "interface";
  readonly available: boolean;
  /** For an interface endpoint: do the service's DNS names resolve to it? */
  readonly privateDns: boolean;
  /** For a gateway endpoint. */
  readonly routeTableIds: readonly string[];
}

/** Something in a VPC that its stack did not create: the stack cannot delete the VPC while it exists. */
export interface Occupant {
  readonly kind: "VPC endpoint" | "security group" | "network interface";
  readonly id: string;
  /** Its name, its description, or the service that manages it. */
  readonly about: string;
}

/** The account's zones, and what decides whether nodes can run in an existing VPC. Reads only. */
export interface NetworkPort {
  zones(): Promise<readonly Zone[]>;
  vpc(id: string): Promise<Vpc | null>;
  /** Those of the ids that exist. */
  subnets(ids: readonly string[]): Promise<readonly Subnet[]>;
  routeTables(vpcId: string): Promise<readonly RouteTable[]>;
  endpoints(vpcId: string): Promise<readonly VpcEndpoint[]>;
  /** What others have in the VPC that unitune created for the cluster; nothing if there is none. */
  occupants(cluster: string): Promise<readonly Occupant[]>;
  /** The instance types that each zone of the region offers: one entry for each type in each zone. */
  offerings(types: readonly string[]): Promise<readonly Offering[]>;
}
