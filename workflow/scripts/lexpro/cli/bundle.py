"""Pack LexPro for a machine without a network: checkout, wheels, data, models, hashes.

lexpro bundle /media/disk/lexpro
lexpro bundle /media/disk/lexpro --lock envs/gpu.txt --mirror "$LEXPRO_MIRROR" --model models/Qwen

There, on Linux x86_64 with the same Python: sh /media/disk/lexpro/install.sh (docs/cluster.md).
"""

from __future__ import annotations

import argparse
from pathlib import Path


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Define the arguments."""
    parser.add_argument("out", type=Path, help="folder to write, new or empty")
    parser.add_argument(
        "--lock", type=Path, default=Path("envs/cpu.txt"), help="envs/cpu.txt (default) or envs/gpu.txt"
    )
    parser.add_argument("--mirror", type=Path, help="folder of data sets, as LEXPRO_MIRROR names it")
    parser.add_argument(
        "--model", type=Path, action="append", default=[], help="folder of a pretrained model; repeatable"
    )


def run(args: argparse.Namespace) -> None:
    """Write the bundle.

    Raises:
        UserError: a part is not to be had, or the disk is full.
    """
    from lexpro import bundle
    from lexpro.workflow import disk

    with disk.checked(args.out.parent):
        size = bundle.make(args.out, args.lock, args.mirror, args.model)
    print(f"{args.out}: {size / 1e9:.1f} GB. On the other machine: sh {args.out.name}/install.sh FOLDER")
