import { kubeContract } from "../adapters/kubernetes/contract.ts";
import { FakeKube } from "./kube.ts";

const kube = new FakeKube();

kubeContract("the fake", "contract", () => Promise.resolve({ kube, close: () => undefined }));
