/** What the replacement of a resource means for what it holds. */
const MEANINGS: Readonly<Record<string, string>> = {
  "AWS::EC2::EIP": "outgoing traffic comes from another address",
  "AWS::EC2::NatGateway": "outgoing connections through it end",
  "AWS::EC2::Subnet": "network interfaces in it have to go first: nodes, load balancers",
  "AWS::EC2::VPC": "everything in the VPC goes with it: cluster, nodes, addresses",
  "AWS::ECR::Repository": "the new one is empty: its images are built again",
  "AWS::EKS::Addon": "the cluster is without it in between",
  "AWS::EKS::Cluster": "a new, empty cluster; the old one goes with everything in it",
  "AWS::EKS::Nodegroup": "new nodes join before the old ones are drained",
  "AWS::KMS::Key": "what the old key encrypted can be read only as long as that key exists",
  "AWS::S3::Bucket": "the new one is empty: build contexts are sent again",
  "AWS::SQS::Queue": "notices of spot interruptions that it holds are lost",
};

/** `null`: it holds nothing that would be missed. */
export function meaningOf(resourceType: string): string | null {
  return MEANINGS[resourceType] ?? null;
}
