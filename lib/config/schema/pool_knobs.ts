/** The schema of how a pool's nodes are set up. */
import * as z from "zod";
import { choice, integer, leaf, text } from "../fields.ts";

/** EC2 accepts 16 KB of user data; Karpenter adds the cluster's address and certificate, labels and taints. */
const MOST_USER_DATA = 12_000;

export const nodeKnobs = {
  imagePull: choice(["parallel", "standard"]).optional(),
  userData: leaf(
    z.string().min(1).refine((text) => new TextEncoder().encode(text).length <= MOST_USER_DATA),
    `text of 1 to ${MOST_USER_DATA} bytes, as EC2 accepts 16 KB and Karpenter needs some of it`,
  ).optional(),
};

export const gpuKnobs = {
  sharing: z.strictObject({
    timeSlicing: integer(2, 48, "pods").optional(),
    mig: text(/^[1-7]g\.[0-9]{1,3}gb$/, "a part of a GPU as NVIDIA names it, like 1g.10gb").optional(),
  }).optional(),
};
