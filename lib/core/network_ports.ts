/** What is read of an account's network: zones, and a VPC with what lies around its subnets. */
/** An instance type in a zone. */
export interface Offering {
  readonly type: string;
  readonly zoneId: string;
}

/** An availability zone of the region, as the account has it: no local zone, no Wavelength. */
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
  /** Its ranges, the first one and those that were added. */
  readonly cidrs: readonly string[];
}

export interface Subnet {
  readonly id: string;
  readonly vpcId: string;
  readonly state: string;
  readonly zoneId: string;
  readonly zone: string;
  readonly freeAddresses: number;
  /** On a machine of the customer's own. */
  readonly outpost: boolean;
  readonly tags: Readonly<Record<string, string>>;
}

export interface RouteTable {
  readonly id: string;
  /** The table of all subnets that are associated with no other. */
  readonly main: boolean;
  readonly subnetIds: readonly string[];
  /** Where what is sent to no other place goes; `null`: nowhere. */
  readonly defaultRoute: { readonly target: string; readonly active: boolean } | null;
}

export interface VpcEndpoint {
  /** AWS's short name: `s3`, `ecr.api`. */
  readonly service: string;
  readonly kind: "gateway" | "interface";
  readonly available: boolean;
  /** Of an interface: do the service's own names lead to it? */
  readonly privateDns: boolean;
  /** Of a gateway. */
  readonly routeTableIds: readonly string[];
}

/** The account's zones, and what decides whether nodes can live in a VPC that is there. Reads only. */
export interface NetworkPort {
  zones(): Promise<readonly Zone[]>;
  vpc(id: string): Promise<Vpc | null>;
  /** Those that are there. */
  subnets(ids: readonly string[]): Promise<readonly Subnet[]>;
  routeTables(vpcId: string): Promise<readonly RouteTable[]>;
  endpoints(vpcId: string): Promise<readonly VpcEndpoint[]>;
  /** Which of the instance types the region's zones have: one entry for each type in each zone. */
  offerings(types: readonly string[]): Promise<readonly Offering[]>;
}
