import { capacityContract, RESERVATIONS } from "../adapters/aws/capacity_contract.ts";
import { fakeCapacity } from "./capacity.ts";

capacityContract("the fake", () => fakeCapacity(RESERVATIONS));
