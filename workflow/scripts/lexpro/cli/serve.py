"""Open the workbench of an experiment in a browser: 办案工作台, on this machine.

lexpro serve --experiment demo
lexpro serve --experiment demo --port 0 --variant sft
lexpro serve --experiment demo --host 0.0.0.0 --name 192.0.2.7     others too, with a token

It reads results and never writes into them; what is pasted stays in memory. Ctrl-C stops it.
"""

from __future__ import annotations

import argparse
import logging
from pathlib import Path


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Define the arguments."""
    parser.add_argument("--experiment", default="demo", help="an experiment that was run (default: demo)")
    parser.add_argument(
        "--variant", choices=("base", "sft", "grpo"), default="grpo", help="the model (default: grpo)"
    )
    parser.add_argument(
        "--knowledge", type=Path, help="a folder below results/knowledge (default: that of the experiment)"
    )
    parser.add_argument(
        "--host", default="127.0.0.1", help="address to listen on (default: this machine only)"
    )
    parser.add_argument("--port", type=int, default=8765, help="its port; 0: a free one (default: 8765)")
    parser.add_argument(
        "--name", action="append", default=[], help="a name by which others call this machine; repeatable"
    )


def run(args: argparse.Namespace) -> None:
    """Serve until Ctrl-C.

    Raises:
        UserError: the experiment has not run, or the address cannot be had.
    """
    from lexpro.serve import app, experts, run, workbench
    from lexpro.serve.experiment import Workbench

    logging.basicConfig(
        level=logging.WARNING, format="%(asctime)s %(levelname)s %(message)s", datefmt="%H:%M:%S"
    )
    logging.getLogger("lexpro.serve").setLevel(logging.INFO)
    bench = Workbench(args.experiment, args.variant, args.knowledge)
    policy = run.policy(args.host, args.name)
    with run.listen(args.host, args.port) as listening:
        part = workbench.Pages(bench)
        rated = experts.of_experiment(bench.summary)
        sections = [part.section(), *([rated] if rated else [])]
        made = app.build(sections, policy, args.experiment, [bench.start], [part.close, bench.close])
        address = run.address(args.host, listening.getsockname()[1], policy)
        if policy.token:
            print("其他机器也能连到这个地址：只有知道口令的人能打开，别的主机名一律拒绝。口令只打印这一次。")
        print(f"办案工作台（实验 {args.experiment}）：{address}\n按 Ctrl-C 停止。", flush=True)
        run.serve(made, listening)
    print("已停止。")
