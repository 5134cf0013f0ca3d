/** What users' pods may do in AWS: a role for each ServiceAccount that the config names, through Pod Identity. */
import { CfnPodIdentityAssociation } from "aws-cdk-lib/aws-eks-v2";
import { Construct } from "constructs";
import type { Rights } from "../lib/plan/types.ts";
import type { ControlPlane } from "./cluster.ts";
import { rightsRole } from "./rights.ts";

interface AccessProps {
  readonly name: string;
  readonly region: string;
  readonly cluster: ControlPlane;
  readonly access: readonly Rights[];
}

export class Access extends Construct {
  constructor(scope: Construct, id: string, { name, region, cluster, access }: AccessProps) {
    super(scope, id);
    for (const rights of access) {
      const { namespace, serviceAccount } = rights;
      // Names of namespaces contain no dots, so the two parts stay distinct.
      const account = new Construct(this, `${namespace}.${serviceAccount}`);
      const role = rightsRole(account, "Role", rights, {
        clusterName: name,
        region,
        description: `Pods of ${namespace}/${serviceAccount} in EKS cluster ${name}`,
      });
      new CfnPodIdentityAssociation(account, "Association", {
        clusterName: cluster.ref,
        namespace,
        serviceAccount,
        roleArn: role.attrArn,
      });
    }
  }
}
