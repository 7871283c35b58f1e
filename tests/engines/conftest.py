"""What engines talk to: a server that answers as it is told, and a tiny random model."""

import http.server
import threading

import pytest
import torch
from api_server import Reply
from transformers import Qwen2Config, Qwen2ForCausalLM

from lexpro.engines import api
from lexpro.training import tokenizer as tokenizers


@pytest.fixture
def server(monkeypatch):
    monkeypatch.setattr(api.time, "sleep", lambda _: None)
    Reply.replies, Reply.seen, Reply.keys = [], [], []
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Reply)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/v1"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def base(tmp_path_factory):
    folder = tmp_path_factory.mktemp("model") / "model"
    tokenizer = tokenizers.train(["被告人张某甲犯盗窃罪，判处有期徒刑三年。<think>理由</think>{}"] * 3, 600)
    torch.manual_seed(0)
    model = Qwen2ForCausalLM(
        Qwen2Config(
            vocab_size=len(tokenizer),
            hidden_size=64,
            num_hidden_layers=2,
            num_attention_heads=2,
            num_key_value_heads=2,
            intermediate_size=32,
            max_position_embeddings=120,
            initializer_range=0.5,
            eos_token_id=tokenizer.eos_token_id,
            pad_token_id=tokenizer.pad_token_id,
        )
    )
    # A model's own file on sampling, as those on the hub have: it must not count.
    model.generation_config.update(do_sample=True, temperature=2.0, max_new_tokens=3)
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder
