"""Supervised fine-tuning: prompts and answers, the loss on the answers."""

from lexpro.models import compute, loading, lora
from lexpro.training import checks, data, tracking
from lexpro.training.trainer import configuration, fit
from lexpro.workflow.files import json_line, write_text
from lexpro.workflow.stage import stage


def main(argv: list[str] | None = None) -> None:
    with stage("sft", __doc__, argv) as run:
        settings = run.settings
        tracking.check(run)
        compute.limit_threads()
        base = run.inputs["base_model"] / "model"
        tokenizer = loading.tokenizer(base)
        rows, skipped = data.answers(
            run.inputs["tasks"] / "sft.jsonl",
            tokenizer,
            settings["tasks"],
            settings["max_length"],
            settings["weights"],
        )
        run.log.info("%d examples, %d longer than %d tokens", len(rows), len(skipped), settings["max_length"])
        examples, probe = len(rows), rows[0]["input_ids"]
        if settings["packing"]:
            rows = data.packed(rows, settings["max_length"])
            run.log.info("packed into %d rows", len(rows))
        config = configuration(run, settings)
        model = loading.model(
            base,
            dtype=compute.weights_dtype(settings),
            attention=settings["attention"],
            quantization=lora.quantization(settings),
        )
        trainer = fit(run, config, model, tokenizer, rows, settings, lora.config(settings))
        checks.after_training(run, trainer, base, base, probe)
        if compute.is_main():
            write_text(
                run.out / "skipped.jsonl",
                "".join(map(json_line, skipped)),
            )
            run.counts.update(examples=examples, rows=len(rows), skipped=len(skipped))


if __name__ == "__main__":
    main()
