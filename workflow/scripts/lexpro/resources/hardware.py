"""GPUs and assumptions of `config/hardware.yaml`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from lexpro.workflow.errors import UserError
from lexpro.workflow.files import read_yaml

FILE = Path("config/hardware.yaml")


@dataclass(frozen=True)
class Gpu:
    """One kind of GPU; bandwidths in units of its data sheet."""

    name: str
    memory_gib: float
    peak_tflops: float
    memory_tb_s: float
    link_gb_s: float
    source: str


@dataclass(frozen=True, eq=False)
class Hardware:
    gpus: dict[str, Gpu]
    default: str
    node_gpus: int
    assumed: dict[str, float]

    def gpu(self, name: str | None) -> Gpu:
        """Raises `UserError` naming the GPUs there are."""
        name = name or self.default
        if name not in self.gpus:
            raise UserError(
                f"GPU {name!r} is not in config/hardware.yaml ({', '.join(self.gpus)}). Add it there."
            )
        return self.gpus[name]


def read(file: Path = FILE) -> Hardware:
    values = read_yaml(file)
    gpus = {name: Gpu(name, **facts) for name, facts in values["gpus"].items()}
    return Hardware(gpus, values["default"], values["node_gpus"], values["assumed"])
