"""Start a training: a process for each GPU, on one node or on several.

python workflow/scripts/launch.py --runtime FILE --threads 64 -- workflow/scripts/sft.py --plan PLAN
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from lexpro.training import launch
from lexpro.workflow.errors import UserError
from lexpro.workflow.files import read_yaml


def main(argv: list[str] | None = None) -> None:
    """Become the launcher, or `srun` where there are several nodes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runtime", type=Path, required=True, help="YAML with gpus (of a node) and nodes")
    parser.add_argument("--threads", type=int, default=1, help="of a node, for all its processes")
    parser.add_argument("--here", action="store_true", help="this is one of the nodes: start its processes")
    parser.add_argument("script", nargs="+", help="the stage's script and its arguments, after --")
    args = parser.parse_args(argv)
    asked = launch.Launch.from_runtime((read_yaml(args.runtime) or {}) | {"threads": args.threads})
    options = ["--runtime", str(args.runtime), "--threads", str(args.threads)]
    if asked.nodes > 1 and not args.here:
        command = launch.across(asked, ["python", __file__, *options, "--here", "--", *args.script])
    else:
        try:
            command = launch.processes(asked, args.script, os.environ)
        except UserError as error:
            print(error, file=sys.stderr)
            sys.exit(2)
    os.execvpe(command[0], command, {**os.environ, **launch.environment(asked)})


if __name__ == "__main__":
    main()
