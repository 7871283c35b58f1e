"""Invented cases and answers for the experts' page in a browser: nobody in them is real."""

from lexpro.experts.systems import Answer, Question

FACTS = (
    "经审理查明：2023年3月4日21时许，被告人陈某甲在某市某区某小区地下车库，趁无人之机，采用技术开锁的手段，"
    "盗走被害人李某乙停放于该处的电动自行车一辆。经鉴定，该车价值人民币{sum}元。\n\n"
    "2023年3月{day}日，被告人陈某甲经公安机关电话通知后到案，如实供述了上述事实，并退赔被害人损失，取得谅解。\n\n"
    "上述事实，被告人陈某甲在开庭审理过程中无异议，且有被害人陈述、证人证言、价格认定结论书、监控录像等证据证实，"
    "足以认定。"
)
GOOD = "罪名：盗窃罪\n法条：264、67、72\n刑种：拘役\n刑期：{months}\n情节：自首、退赔、谅解"
POOR = "罪名：抢劫罪\n法条：263\n刑种：有期徒刑\n刑期：36\n情节：无"
THOUGHT = "被告人以秘密手段窃取他人财物，数额较大，构成盗窃罪。经电话通知到案并如实供述，系自首。"


def questions(count: int = 6) -> dict[str, Question]:
    """Items that three systems answered: one well, one badly, one not at all."""
    return {
        f"c{n}:charge": Question(
            f"c{n}:charge",
            "charge",
            FACTS.format(sum=2100 + 150 * n, day=5 + n),
            GOOD.format(months=3 + n),
            "盗窃罪",
            "湖南",
            {
                "grpo.rag": Answer(GOOD.format(months=4 + n), THOUGHT, {"score": 0.9}),
                "sft.none": Answer(POOR + f"\n金额：{2100 + 150 * n}", "", {"score": 0.2}),
                "base.none": Answer(
                    "" if n % 2 else f"{n}<script>document.title='挨了'</script>", "", {"score": 0.0}
                ),
            },
        )
        for n in range(count)
    }
