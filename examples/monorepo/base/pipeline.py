"""What every step does: reads a table, changes it, writes it."""
import sys
from typing import Callable

import pyarrow as pa
import pyarrow.parquet as pq


def run(change: Callable[[pa.Table], pa.Table]) -> None:
    source, target = sys.argv[1:3]
    pq.write_table(change(pq.read_table(source)), target)
