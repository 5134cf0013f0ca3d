"""Measures all-reduce over all nodes: what a training run needs from the network, before it is trusted with one."""
import os
import time

import torch
import torch.distributed as dist

dist.init_process_group("nccl")
rank, world = dist.get_rank(), dist.get_world_size()
torch.cuda.set_device(int(os.environ["LOCAL_RANK"]))
for mib in (64, 256, 1024):
    data = torch.ones(mib * 2**20 // 2, dtype=torch.bfloat16, device="cuda")
    for _ in range(5):
        dist.all_reduce(data)
    torch.cuda.synchronize()
    started = time.perf_counter()
    for _ in range(20):
        dist.all_reduce(data)
    torch.cuda.synchronize()
    seconds = (time.perf_counter() - started) / 20
    # What each card sends and receives in a ring.
    rate = 2 * (world - 1) / world * mib / 1024 / seconds
    if rank == 0:
        print(f"{world} GPUs, {mib} MiB: {seconds * 1000:.1f} ms, {rate:.1f} GiB/s", flush=True)
dist.destroy_process_group()
