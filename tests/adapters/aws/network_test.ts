/** What the port makes of EC2's answers: pages, main tables, targets of routes, services of other partitions. */
import assert from "node:assert/strict";
import { EC2Client } from "@aws-sdk/client-ec2";
import { HttpResponse } from "@smithy/protocol-http";
import { type Clients, network } from "../../../lib/adapters/aws/mod.ts";

/** Clients whose EC2 answers each request by the function, which is given its parameters. */
function answering(answer: (parameters: URLSearchParams) => string): Clients {
  const ec2 = new EC2Client({
    region: "us-west-2",
    credentials: { accessKeyId: "test", secretAccessKey: "test" },
    requestHandler: {
      handle: ({ body }: { body: string }) => {
        const parameters = new URLSearchParams(body), action = parameters.get("Action");
        const text = `<${action}Response>${answer(parameters)}</${action}Response>`;
        const headers = { "content-type": "text/xml" };
        const stream = new Blob([text]).stream();
        return Promise.resolve({ response: new HttpResponse({ statusCode: 200, headers, body: stream }) });
      },
      metadata: { handlerProtocol: "http/1.1" },
      updateHttpClientConfig: () => {},
      httpHandlerConfigs: () => ({}),
    } as never,
  });
  return { region: "us-west-2", ec2: () => Promise.resolve(ec2) } as unknown as Clients;
}

const item = (text: string) => `<item>${text}</item>`;

Deno.test("every page of route tables, subnets and endpoints is read", async () => {
  const asked: string[] = [];
  const port = network(answering((parameters) => {
    const token = parameters.get("NextToken"), action = parameters.get("Action")!;
    asked.push(`${action} ${parameters.get("Filter.1.Name")}=${parameters.get("Filter.1.Value.1")} ${token}`);
    const [set, id] = {
      DescribeRouteTables: ["routeTableSet", "routeTableId"],
      DescribeSubnets: ["subnetSet", "subnetId"],
      DescribeVpcEndpoints: ["vpcEndpointSet", "vpcEndpointId"],
    }[action]!;
    const more = "<serviceName>com.amazonaws.us-west-2.sts</serviceName><vpcEndpointType>Interface</vpcEndpointType>";
    const listed = `<${set}>${item(`<${id}>${token ?? "first"}</${id}>${more}`)}</${set}>`;
    return token === null ? `${listed}<nextToken>second</nextToken>` : listed;
  }));
  assert.deepEqual((await port.routeTables("vpc-1")).map(({ id }) => id), ["first", "second"]);
  assert.deepEqual((await port.subnets(["subnet-1"])).map(({ id }) => id), ["first", "second"]);
  assert.equal((await port.endpoints("vpc-1")).length, 2);
  assert.deepEqual(asked, [
    "DescribeRouteTables vpc-id=vpc-1 null",
    "DescribeRouteTables vpc-id=vpc-1 second",
    "DescribeSubnets subnet-id=subnet-1 null",
    "DescribeSubnets subnet-id=subnet-1 second",
    "DescribeVpcEndpoints vpc-id=vpc-1 null",
    "DescribeVpcEndpoints vpc-id=vpc-1 second",
  ]);
});

for (
  const [field, target] of [
    ["natGatewayId", "nat-1"],
    ["gatewayId", "igw-1"],
    ["transitGatewayId", "tgw-1"],
    ["networkInterfaceId", "eni-1"],
    ["vpcPeeringConnectionId", "pcx-1"],
    ["coreNetworkArn", "arn:aws:networkmanager::1:core-network/1"],
  ] as const
) {
  Deno.test(`a default route to ${target} is told by its target, beside the local one`, async () => {
    const routes = item("<destinationCidrBlock>10.0.0.0/16</destinationCidrBlock><gatewayId>local</gatewayId>") +
      item(`<destinationCidrBlock>0.0.0.0/0</destinationCidrBlock><${field}>${target}</${field}><state>active</state>`);
    const associations = item("<main>true</main>") + item("<main>false</main><subnetId>subnet-1</subnetId>");
    const port = network(answering(() => {
      return `<routeTableSet>${
        item(
          `<routeTableId>rtb-1</routeTableId><routeSet>${routes}</routeSet><associationSet>${associations}</associationSet>`,
        )
      }</routeTableSet>`;
    }));
    assert.deepEqual(await port.routeTables("vpc-1"), [
      { id: "rtb-1", main: true, subnetIds: ["subnet-1"], defaultRoute: { target, active: true } },
    ]);
  });
}

Deno.test("endpoints have AWS's short names in every partition; those of other services are left out", async () => {
  const endpoint = (name: string, kind: string, state: string) =>
    item(
      `<serviceName>${name}</serviceName><vpcEndpointType>${kind}</vpcEndpointType><state>${state}</state>` +
        "<privateDnsEnabled>true</privateDnsEnabled><routeTableIdSet><item>rtb-1</item></routeTableIdSet>",
    );
  const port = network(
    answering(() =>
      `<vpcEndpointSet>${endpoint("com.amazonaws.us-west-2.ecr.api", "Interface", "available")}${
        endpoint("cn.com.amazonaws.cn-north-1.s3", "Gateway", "pending")
      }${endpoint("com.amazonaws.vpce.us-west-2.vpce-svc-1", "Interface", "available")}${
        endpoint("com.example.proxy", "GatewayLoadBalancer", "available")
      }</vpcEndpointSet>`
    ),
  );
  const found = (await port.endpoints("vpc-1")).map(({ service, kind, available }) => [service, kind, available]);
  assert.deepEqual(found, [["ecr.api", "interface", true], ["s3", "gateway", false]]);
});
