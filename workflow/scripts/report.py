"""Report: everything of one experiment → summary, figures, tables and one page."""

from lexpro.report import catalog, figures, gather, page, summary, tables
from lexpro.workflow.files import read_json, write_json, write_text
from lexpro.workflow.stage import stage


def main(argv: list[str] | None = None) -> None:
    """Run the stage."""
    with stage("report", __doc__, argv) as run:
        settings = run.settings
        write_json(
            run.out / "summary.json",
            summary.build(settings.experiment, run.inputs, run.config["provinces"]),
        )
        # All else is made from the file as it will be read.
        numbers = read_json(run.out / "summary.json")
        figures.draw(
            numbers,
            run.inputs,
            run.out / "figures",
            charges=settings.charges,
            window=settings.window,
            dpi=settings.dpi,
        )
        made = tables.write(numbers, run.out / "tables")
        examples = gather.examples(run.inputs, settings.examples)
        html = page.render(numbers, made, examples, run.out / "figures", settings.note)
        write_text(run.out / "report.html", html)
        run.counts.update(
            figures=len(catalog.FIGURES), tables=len(made), examples=len(examples), page_bytes=len(html)
        )


if __name__ == "__main__":
    main()
