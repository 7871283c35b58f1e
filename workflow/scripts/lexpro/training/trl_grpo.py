"""TRL's classes of GRPO; without a GPU, where vLLM cannot sample for them, vLLM is not imported.

TRL imports vLLM wherever it is installed, used or not: seven seconds of each training, on a
processor a third of the time until it begins.
"""

import torch
from trl import import_utils

if not torch.cuda.is_available():
    import_utils.is_vllm_available = lambda min_version=None: False

from trl import GRPOConfig as GRPOConfig
from trl import GRPOTrainer as GRPOTrainer
from trl.generation.vllm_generation import VLLMGeneration as VLLMGeneration
