import { capacityContract, RESERVATIONS } from "../adapters/capacity_contract.ts";
import { fakeCapacity } from "./capacity.ts";

capacityContract("the fake", () => fakeCapacity(RESERVATIONS));
