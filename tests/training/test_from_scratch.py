"""The model that is trained here from nothing."""

import corpora
from training_cases import tiny

from lexpro.config import base_model as base_model_settings
from lexpro.corpus.synthetic import generate
from lexpro.training import from_scratch, tokenizer


def test_the_demo_s_model_has_one_to_five_million_parameters():
    settings = base_model_settings.FromScratch.model_validate(tiny("base_model"))
    corpus = corpora.synthetic()
    documents = [
        generate.clean(corpus, province, number)[0] for province in corpus.provinces for number in range(10)
    ]
    model = from_scratch.make_model(settings, tokenizer.train(documents, settings.vocab_size))
    assert 1_000_000 <= sum(parameter.numel() for parameter in model.parameters()) <= 5_000_000
