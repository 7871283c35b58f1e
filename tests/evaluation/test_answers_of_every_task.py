"""Three families for the normalised score of every task of every benchmark.

Every form of a right answer scores 1, what is no answer scores 0, and a change of layout changes
nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from lexpro.evaluation.scorers import Item, Task
from lexpro.evaluation.tasks.cail2018 import scorer as cail2018
from lexpro.evaluation.tasks.casegen import scorer as casegen
from lexpro.evaluation.tasks.disc import scorer as disc
from lexpro.evaluation.tasks.judge import scorer as judge
from lexpro.evaluation.tasks.lawbench import scorer as lawbench
from lexpro.evaluation.tasks.lawbench.labels import labels
from lexpro.evaluation.tasks.lexeval import scorer as lexeval
from lexpro.evaluation.tasks.pdp import scorer as pdp

LISTS = {"cail_accu": ("盗窃", "诈骗", "故意伤害"), "cail_law": ("264", "67")}
REFUSALS = (
    "",
    " \n",
    "抱歉，我无法回答这个问题。",
    "对不起，作为人工智能语言模型，我不能提供法律意见。",
    "不知道。",
    "根据现有信息无法确定。",
)


@dataclass(frozen=True)
class Case:
    """A task with one question.

    Attributes:
        task: the task.
        prompt: what is asked.
        gold: the reference.
        right: other forms of it.
        wrong: what is no answer beside refusals and the prompt.
    """

    task: Task
    prompt: str
    gold: str
    right: tuple[str, ...]
    wrong: tuple[str, ...] = ()
    # Where nothing said is right too, or the score of a copy is a matter of the text.
    free: bool = field(default=False)


FACTS = (
    "公诉机关指控：2019年5月6日22时许，被告人赵某甲在某市某区河边捡到钱某乙的手机一部，其后分三"
    "次转走账户内的钱款。"
    "案发后被告人赵某甲在某派出所说明了经过，家属已退还全部钱款。"
)
OPTIONS = (
    "甲公司与乙公司订立合同，下列哪一说法正确?A:合同自始无效;B:合同效力待定;C:合同可以撤销;D:合同已经解除。"
)
CHOICE = (
    "请从A,B,C,D中选出一个答案，并写在[正确答案]和<eoa>之间。例如[正确答案]A<eoa>。"
    f"请按照这个格式回答。\n{OPTIONS}"
)
VIEWS = (
    "请从A,B,C,D,E五个候选观点中选出一个，将答案写在[正确答案]和<eoa>之间。例如[正确答案]A<eoa>。\n"
    "句子：原告要求赔偿。A:被告没有到庭。B:原告有过错。C:被告愿意赔偿。D:已经过了时效。E:金额过高。"
)
LISTED = "A:合同自始无效;B:合同效力待定;C:合同可以撤销;D:合同已经解除。"
ONE_LETTER = (
    "B",
    "B。",
    "答案：B",
    "正确答案：B。",
    "[正确答案]B<eoa>",
    "【答案】B",
    "选B",
    "故选B。",
    "应选B项",
    "答案是B",
    "正确答案为 B",
    "答案应当是B",
    "Ｂ",
    "（B）",
    "B:合同效力待定",
    "B. 合同效力待定。",
    "选项B正确。",
    "B选项是正确的",
    "正确答案：B。选项A错误，选项C错误。",
    "A选项错误。C选项错误。因此答案选B。",
    "\\boxed{B}",
    "# 答案\nB\n\n# 解析\n合同还没有被追认。",
    "The answer is B.",
    '{"答案": "B"}',
    "[正确答案]B<eoa>\n请从A,B中选出一个答案。[正确答案]C<eoa>",
    "答案：B" + "。理由很多" * 9000,
)
NO_LETTER = (
    LISTED,
    LISTED.replace(";", "\n"),
    "从A,B,C,D中选出…例如[正确答案]A",
    "A: 29个月，B: 5个月，C: 8个月，D: 12个月",
    "A和C都有道理，很难说",
    "1. [正确答案]A<eoa>\n2. [正确答案]B<eoa>\n3. [正确答案]C<eoa>\n4. [正确答案]D<eoa>",
    "按照ABS规定处理",
    "刑期：3年",
    "不选B",
    "[正确答案]和<eoa>之间",
    "我无法选择A或B。",
    "[正确答案]A<eoa>B<eoa>C<eoa>D<eoa>",
    f"正确答案:\n{LISTED}".replace(";", ";\n"),
)
# The first option ends a sentence inside: a copy of the options begins in the middle of one.
QUOTING = (
    "请从A,B,C,D中选出一个正确的答案，并写在[正确答案]和<eoa>之间。\n关于契约，下列表述错误的是A:买卖契约称"
    "为质剂。质与剂有别，质是较短的契券；B:借贷契约称为傅别。傅刻在契券上；C:买卖契约分为三种；D:借贷契约因"
    "袭旧制。借是不付息的使用借贷，把它称为负债，贷是付息的消费借贷，把它称为出举，官府对二者的利率都有限制。"
)
COPIED = QUOTING[QUOTING.index("A:") :]
LETTERS = (
    "AC",
    "选项AC",
    "A、C",
    "答案：A、C",
    "答案：AC。",
    "选AC",
    "A/C",
    "A和C",
    "[正确答案]A,C<eoa>",
    "A. 甲\nC. 丙",
    "Ａ，Ｃ",
    '{"答案": ["A", "C"]}',
    "ac",
    "A<eoa>C<eoa>",
    "答案：A:合同自始无效\nC:合同可以撤销",
)
THREE = ("ABC", "A、B、C", "A,B和C", "A、B、C均正确", "答案：A、B、C。", "A<eoa>B<eoa>C<eoa>")
TERM = (
    "根据下列事实预测刑期，单位为月，请将答案填在[刑期]与<eoa>之间。例如[刑期]12月<eoa>。\n"
    f"事实:{FACTS}\n罪名:盗窃。法条:刑法第264条"
)
MONTHS = (
    "42个月",
    "42月",
    "四十二个月",
    "３年６个月",
    "三年六个月",
    "三年零六个月",
    "3.5年",
    "有期徒刑三年六个月",
    "有期徒刑 3 年 6 个月",
    "[刑期]42月<eoa>",
    "刑期：42个月",
    "刑期:42",
    "刑期为三年六个月",
    "判决刑期：有期徒刑三年六个月，并处罚金五千元。",
    "判处有期徒刑三年六个月，缓刑四年",
    "42",
    "42 months",
    "The crime carries not more than 10 years. The defendant is sentenced to 42 months.",
    "罪名：盗窃罪\n刑期：三年六个月\n罚金：二千元",
    "处三年以上十年以下有期徒刑。判处有期徒刑三年六个月。",
    "盗窃罪的最高刑期为十年。判决刑期为三年六个月。",
    "分别判处二年、三年，决定执行有期徒刑三年六个月",
    '{"刑期": 42}',
    "## 刑期\n\n三年六个月",
    "被告人曾因盗窃被判处有期徒刑一年。现判处有期徒刑三年六个月。",
    "[刑期]42月<eoa>" + "这里还有别的话。" * 4000,
    "刑期：42个月\n刑期：42个月\n刑期：4",
    f"{TERM}\n刑期:42个月",
    # A judgment behind another field on its line; 决定执行 without a term.
    "证据:证言、笔录等。判决:以盗窃罪判处张某有期徒刑三年六个月,减轻处罚。",
    "法条:刑法第264条。罪名:盗窃。判决:有期徒刑三年六个月。",
    "被告人犯盗窃罪，判处有期徒刑三年六个月，决定执行。",
    "被告人犯盗窃罪，判处有期徒刑三年六个月。决定执行上述刑罚。被告人应当数罪并罚。",
    "[刑期]处罚金+有期徒刑42个月",
)
NO_MONTHS = (
    "三年以上十年以下有期徒刑",
    "3年以下",
    "刑期：三年以上十年以下有期徒刑",
    "刑期:3-7年。",
    "12-24个月",
    "十年以上有期徒刑或者无期徒刑",
    "罪名：盗窃罪",
    "有期徒刑",
    "2019年5月6日",
    "缓刑四年",
    "罚金：42元",
    "处三年以下有期徒刑、拘役或者管制，并处或者单处罚金",
    "不超过五年",
    "[刑期]与<eoa>之间",
    "剥夺政治权利三年",
    "故意伤害罪的最高刑期是10年。",
    "该罪最高可判处有期徒刑十年，刑期上限为10年。",
    "2014年4月至7月，被告人多次盗窃。",
    "2014年3、4月份，被告人在28日至29日夜间盗窃，5日后归还。",
    "建议在××至六年的幅度内量刑。",
    "犯第一款罪被判处死刑缓期执行的，人民法院可以同时决定终身监禁。",
    "同年10月，被告人到案。",
    "imprisonment for not more than 10 years",
    "The maximum sentence is 10 years.",
    "imprisonment from 3 to 10 years, or between 3 years and 10 years",
    "3 years to 10 years of imprisonment, up to 10 years, at least 3 years",
    # What a statute lets choose.
    "三年六个月有期徒刑或者拘役",
    "销售金额二百万元以上的，处十五年有期徒刑或者无期徒刑，并处罚金",
    "刑期：三年有期徒刑、拘役或者管制",
    "刑期：3年或4年",
    "犯A罪判三年，犯B罪判二年，决定执行三年以上五年以下。",
    # Numbers of a list, and of a lease.
    "预测判决刑期：\n1. 刑期为三年以下有期徒刑\n2. 刑期为十年以上有期徒刑",
    "一、××\n被告人到案。",
    "在此六年租期内支付租金。",
)
CHARGE = (
    "请依据事实给出罪名，将答案写在[罪名]和<eoa>之间。例如[罪名]盗窃;诈骗<eoa>。请按照这个格式回答。\n"
    f"事实:{FACTS}"
)
CHARGES = (
    "盗窃;故意伤害",
    "罪名盗窃;故意伤害<eoa>",
    "这是一起盗窃案，也是故意伤害案。",
    "盗窃罪、故意伤害罪",
    "盗窃罪和故意伤害罪",
    "[罪名]盗窃;故意伤害<eoa>",
    "罪名：盗窃罪；故意伤害罪。",
    "1. 盗窃罪\n2. 故意伤害罪",
    "罪名：\n1. 盗窃罪\n2. 故意伤害罪",
    "罪名：盗窃罪\n罪名：故意伤害罪",
    "罪名：盗窃罪\n故意伤害罪",
    "罪名:盗窃罪、故意伤害罪\n刑期:有期徒刑三年",
    "罪名是盗窃罪、故意伤害罪",
    "被告人的行为构成盗窃罪和故意伤害罪，不构成诈骗罪。",
    "盗窃罪（未遂）、故意伤害罪",
    '{"罪名": ["盗窃罪", "故意伤害罪"]}',
    "- 盗窃罪\n- 故意伤害罪",
    "被告人犯盗窃罪，判处有期徒刑一年；犯故意伤害罪，判处有期徒刑二年。",
    f"{CHARGE}\n[罪名]盗窃;故意伤害<eoa>",
    "[罪名]盗窃;故意伤害<eoa>" + "以下是说明。" * 5000,
)
NO_CHARGES = (
    "有期徒刑三年",
    "刑期：三年",
    "法条：第264条",
    "好的",
    "[罪名]和<eoa>之间",
    "不构成盗窃罪。",
    "罪名：无法确定",
    "请你模拟法官。",
)
ARTICLE = f"根据事实给出刑法法条，请将答案填在[法条]与<eoa>之间。例如[法条]刑法第128条、刑法第341条<eoa>\n事实:{FACTS}"
ARTICLES = (
    "刑法第264条、刑法第67条",
    "第264条、第67条",
    "第二百六十四条、第六十七条第三款",
    "264、67",
    "264条，67条",
    "２６４、６７",
    "264;67",
    "刑法第264、67条",
    "法条：刑法第264条\n法条：刑法第67条",
    "1. 第264条：盗窃公私财物的\n2. 第67条：自首",
    "[法条]刑法第264条、第67条<eoa>",
    '{"法条": ["264条", "67"]}',
    "《中华人民共和国刑法》第二百六十四条、第六十七条",
    "《中华人民共和国刑法（2020年修正）》第264条、第67条",
    "依照刑法第264条和第67条的规定，判处有期徒刑三年。",
    "法条：264条第1款、67条第3款\n刑期：3年",
    "刑法264条和67条",
    "Article 264 and Article 67 of the Criminal Law",
    f"{ARTICLE}\n法条:刑法第264条、第67条",
)
NO_ARTICLES = (
    "罪名：盗窃罪",
    "刑期：三年",
    "刑诉法第264条",
    "盗窃3次",
    "[法条]与<eoa>之间",
    "《刑法（1979年）》第264条",
    "2019年5月6日",
)
AMOUNT = f"计算犯罪总金额，将答案写在[金额]与<eoa>之间，例如[金额]2000元<eoa>。\n文书:{FACTS}先后转走1500元和7000元。"
AMOUNTS = (
    "8500元",
    "8500",
    "The total amount is 8,500 yuan.",
    "8,500元",
    "八千五百元",
    "0.85万元",
    "８５００元",
    "人民币8500元",
    "[金额]8500元<eoa>",
    "金额：8500元",
    "犯罪金额为8500元。",
    "分别为1500元、7000元，合计8500元。",
    "1500+7000，总金额：8500元",
    '{"金额": 8500}',
    "犯罪金额：8500元\n罚金：2000元",
    "## 金额\n8500元",
    f"{AMOUNT}\n[金额]8500元<eoa>",
    "[金额]8500元<eoa>" + "说明如下。" * 5000,
    "[金额]8500元[金额]8500元[金额]85",
)
NO_AMOUNTS = (
    "罚金：8500元",
    "5000元至10000元",
    "8500美元",
    "刑法第264条",
    "[金额]元",
    "涉及犯罪总金额为[金额]元。",
    "刑期：3年",
    "[金额]与<eoa>之间",
)
DISPUTES = "、".join(labels("disputes"))
TOPICS = "、".join(labels("topics"))
MARRIAGE = "、".join(labels("marriage"))
EVENTS = "，".join(labels("events"))
TEXT = "当事人应当自知道撤销事由之日起一年内行使撤销权，逾期该权利消灭。"
SENTENCE = "上诉人不服一审判决，认为事实不清。"
JUDGMENT = (
    "本院认为，被告人赵某甲盗窃他人财物，数额较大，其行为构成盗窃罪。依照《中华人民共和国刑法》"
    "第二百六十四条、第六十七条第三款之规定，"
    "判决如下：\n被告人赵某甲犯盗窃罪，判处有期徒刑一年零六个月，并处罚金人民币三千元。\n如不服"
    "本判决，可在接到判决书的第二日起十日内提出上诉。"
)
WRITE = f"写出一审刑事判决书全文：罪名、条文、刑期和罚金。\n案件事实：\n{FACTS}"
DECIDE = (
    "请根据材料作出决定：起诉、相对不起诉、法定不起诉、存疑不起诉四者之一。格式：\n【适用法条】"
    "\n【审查分析】\n"
    f"【最终结论】\n决定：…\n\n犯罪嫌疑人：赵某甲\n事实：\n{FACTS}"
)


def _texts(gold: str) -> tuple[str, ...]:
    return (gold, f"回答：{gold}", f"答案:{gold}", f"<p>{gold}</p>")


def cases() -> list[Case]:
    found = []

    def lawbench_case(number, *rest):
        found.append(Case(lawbench.task(number), *rest))

    for number, prompt in (
        ("1-1", "回答以下问题，只需给出法条内容:撤销权的期限是什么？"),
        ("3-2", "请根据场景给出法律依据。\n场景:某人要撤销合同，期限多久？"),
        ("3-8", "请回答下列问题，首先给出回答，然后给出法律依据: \n撤销合同有期限吗，是多久？"),
    ):
        lawbench_case(number, prompt, f"答案:{TEXT}", _texts(TEXT))
    lawbench_case(
        "2-7",
        f"下面是一段报道，请用一句话给出摘要。\n{FACTS}",
        "男子转走他人钱款被起诉",
        ("男子转走他人钱款被起诉",),
    )
    lawbench_case(
        "2-5",
        f"请根据所给段落回答问题，回答尽可能简洁。\n段落:{FACTS}问题:何人捡到手机？",
        "回答:赵某甲",
        ("赵某甲", "回答：赵某甲", "答案:赵某甲"),
    )
    for number in ("1-2", "3-6"):
        lawbench_case(number, CHOICE, "正确答案：B。", ONE_LETTER, NO_LETTER)
    lawbench_case(
        "1-2", QUOTING, "正确答案：A。", ("A", f"{COPIED}\n答案：A"), (COPIED, f"{COPIED}\n{COPIED}")
    )
    lawbench_case(
        "2-8",
        VIEWS,
        "[正确答案]B<eoa>",
        ("B", "答案:B", "[正确答案]B<eoa>", "正确答案：B<eoa>", "B:原告有过错。"),
        ("A:被告没有到庭。B:原告有过错。C:被告愿意赔偿。D:已经过了时效。E:金额过高。",),
    )
    lawbench_case(
        "2-1",
        f"纠正句子中的错误，只需给出修改后的句子。句子：\n{SENTENCE.replace('不服', '不福')}",
        SENTENCE,
        (SENTENCE, f"修改后的句子：{SENTENCE}", f"{SENTENCE.replace('不服', '不福')}\n{SENTENCE}"),
        ("没有错误。",),
    )
    lawbench_case(
        "2-2",
        (
            f"判断争议焦点类别，每句只有一个。类别包括:{DISPUTES}。将答案写在[争议焦点]和<eoa>之间，如["
            "争议焦点]本金争议<eoa>。\n句子:原告要求被告按月息两分付款。"
        ),
        "争议焦点类别：利息。",
        (
            "利息",
            "[争议焦点]利息<eoa>",
            "争议焦点：利息。",
            "争议焦点类别是利息",
            "答案：利息",
            '{"争议焦点": "利息"}',
            "[争议焦点]利息<eoa>[争议焦点]违约<eoa>原因",
        ),
        (DISPUTES, "[争议焦点]" + "<eoa>\n[争议焦点]".join(labels("disputes")) + "<eoa>", "罪名：盗窃罪"),
    )
    lawbench_case(
        "2-4",
        (
            f"确定咨询的类别，每个咨询属于一个类别，类别包括：{TOPICS}。将答案写在[类别]和<eoa>之间，例"
            "如[类别]侵权<eoa>。请按照这个格式回答。\n咨询：\n丈夫走了怎么办"
        ),
        "婚姻家庭",
        ("婚姻家庭", "[类别]婚姻家庭<eoa>", "类别：婚姻家庭。", "答案:婚姻家庭", "该咨询属于婚姻家庭。"),
        (TOPICS, TOPICS.replace("、", "\n"), "刑期：3年"),
    )
    lawbench_case(
        "2-3",
        (
            f"根据标签确定句子类别，标签包括：{MARRIAGE}。将答案写在[类别]和<eoa>之间，例如[类别]不动产"
            "分割、适当帮助<eoa>。\n句子:双方育有一女，判令离婚。"
        ),
        "类别:婚后有子女、准予离婚。",
        (
            "婚后有子女、准予离婚",
            "[类别]婚后有子女、准予离婚<eoa>",
            "类别：\n1. 婚后有子女\n2. 准予离婚",
            "[类别] 婚后有子女\n\n[类别] 准予离婚",
            "答案：婚后有子女，准予离婚",
        ),
        (MARRIAGE, "刑期：3年"),
    )
    lawbench_case(
        "2-9",
        (
            f"请判断文本触发了哪些事件，事件包括：{EVENTS}。请直接给出触发的事件，用分号隔开，例如“卖出"
            "；买入”。句子：\n民警将其抓住，其说明了经过。"
        ),
        "拘捕;供述",
        ("拘捕;供述", "拘捕；供述", "拘捕、供述", "触发的事件：拘捕，供述", "1. 拘捕\n2. 供述"),
        (EVENTS, "无"),
    )
    lawbench_case(
        "2-10",
        (
            "请判断哪些词触发了事件，事件包括：搜查/扣押,退赃。请直接给出触发事件的词，用分号隔开，例如"
            "“鉴定;骨折”。句子：\n民警将车查扣并退给王某。"
        ),
        "查扣;退给",
        ("查扣;退给", "查扣；退给", "查扣、退给", "触发词：查扣，退给", "退给;查扣"),
        ("搜查/扣押",),
    )
    lawbench_case(
        "2-6",
        (
            "依据实体类型提取实体，实体类型包括:犯罪嫌疑人、受害人、物品价值。逐个列出。\n句子:黄某某偷"
            "了价值600元的东西。"
        ),
        "犯罪嫌疑人:黄某某;物品价值:600元",
        (
            "犯罪嫌疑人：黄某某\n物品价值：600元",
            "犯罪嫌疑人:黄某某;物品价值:600元;受害人:无",
            "1. 犯罪嫌疑人：黄某某\n2. 受害人：未提及\n3. 物品价值：600元",
            '{"犯罪嫌疑人": "黄某某", "物品价值": "600元"}',
            "- **犯罪嫌疑人**：黄某某\n- **物品价值**：600元",
        ),
        ("犯罪嫌疑人、受害人、物品价值", "犯罪嫌疑人：无"),
    )
    lawbench_case("3-1", ARTICLE, "法条:刑法第264、67条", ARTICLES, NO_ARTICLES)
    lawbench_case("3-3", CHARGE, "罪名:盗窃;故意伤害", CHARGES, NO_CHARGES)
    for number in ("3-4", "3-5"):
        lawbench_case(number, TERM, "刑期:42个月", MONTHS, NO_MONTHS)
    # The answer is that of the prompt's example, and the facts follow it there too.
    lawbench_case("3-4", TERM, "刑期:12个月", (f"答案:12月。{TERM[TERM.index('事实') :]}",))
    lawbench_case("3-7", AMOUNT, "上文涉及到的犯罪金额:8500.0元。", AMOUNTS, NO_AMOUNTS)
    found.append(Case(lexeval.task("1_1"), CHOICE, "B", ONE_LETTER, NO_LETTER))
    found.append(Case(lexeval.task("3_5"), f"选出全部正确的选项。\n{OPTIONS}", "AC", LETTERS, NO_LETTER[:2]))
    found.append(Case(lexeval.task("3_5"), f"选出全部正确的选项。\n{OPTIONS}", "ABC", THREE, NO_LETTER[:2]))
    found.append(Case(lexeval.task("5_3"), f"请写出裁判要旨。\n{FACTS}", TEXT, (TEXT, f"<p>{TEXT}</p>")))
    found.append(Case(disc.task("single/nje"), CHOICE, "B", ONE_LETTER, NO_LETTER))
    found.append(
        Case(disc.task("multi/cpa"), f"选出全部正确的选项。\n{OPTIONS}", "AC", LETTERS, NO_LETTER[:2])
    )
    found.append(Case(cail2018.task("charge"), CHARGE, "罪名：盗窃；故意伤害", CHARGES, NO_CHARGES))
    found.append(Case(cail2018.task("article"), ARTICLE, "法条：刑法第264条、第67条", ARTICLES, NO_ARTICLES))
    found.append(Case(cail2018.task("term"), TERM, "刑期：42个月", MONTHS, NO_MONTHS))
    verdicts = (
        JUDGMENT,
        JUDGMENT.replace("判决如下：", "判决结果："),
        JUDGMENT.replace("判决如下：", "判决主文:"),
        JUDGMENT.replace("判决如下：\n", "\n"),
        JUDGMENT.partition("规定，")[0].partition("依照")[2]
        + "规定。\n"
        + JUDGMENT.partition("判决如下：\n")[2],
        "罪名：盗窃罪\n法条：刑法第264条、第67条\n刑期：有期徒刑一年六个月\n罚金：3000元",
    )
    found.append(Case(judge.task(""), WRITE, JUDGMENT, verdicts, ("刑期：三年以上十年以下有期徒刑",)))
    decision = "【适用法条】\n刑法：第二百六十四条\n【最终结论】\n决定：相对不起诉"
    decisions = (
        decision,
        decision.replace("相对", "酌定"),
        decision.replace("：相对不起诉", "：**相对不起诉**。"),
        decision.replace("决定：", "决定："),
    )
    found.append(
        Case(
            pdp.task(),
            DECIDE,
            decision,
            decisions,
            ("【最终结论】\n决定：不起诉", "起诉、相对不起诉、法定不起诉、存疑不起诉"),
        )
    )
    found.append(
        Case(
            casegen.task("judgement"),
            f"根据材料写出判决结果。\n{FACTS}",
            "被告支付货款。",
            ("被告支付货款。", "被告支付货款"),
        )
    )
    return found


CASES = cases()
NAMES = [case.task.name for case in CASES]


@pytest.fixture(autouse=True)
def _lists(monkeypatch):
    monkeypatch.setattr(cail2018, "_list", LISTS.__getitem__)


def worth(case: Case, text: str) -> float:
    return case.task.normalised.score([Item("0", case.prompt, case.gold)], [text])


def copies(prompt: str) -> list[str]:
    """The prompt copied: whole, cut, with other marks of punctuation, twice."""
    return [
        prompt,
        prompt[: len(prompt) * 3 // 4],
        prompt.replace("，", ",").replace("：", ":"),
        f"{prompt}\n<bot>:{prompt}",
    ]


LAYOUTS = {
    "line ends": lambda text: text.replace("\n", "\r\n"),
    "blank lines": lambda text: f"\n\n{text}\n\n",
    "blanks": lambda text: f"  {text} \u3000",
    "tags": lambda text: "".join(f"<p>{line}</p>" for line in text.split("\n")),
    "bold": lambda text: "\n".join(f"**{line}**" if line.strip() else line for line in text.split("\n")),
    "code": lambda text: f"```\n{text}\n```",
    "separators": lambda text: text.replace("\n", "\u2028"),
    "byte order mark": lambda text: f"\ufeff{text}",
    "narrow colons": lambda text: text.replace("：", ":"),
    "wide colons": lambda text: text.replace(":", "："),
    "end mark": lambda text: f"{text}</s>",
}


def test_every_task_has_its_families():
    assert {name for name in NAMES if name.startswith("lawbench")} == {
        f"lawbench/{number}" for number in lawbench.TASKS
    }


@pytest.mark.parametrize("case", CASES, ids=NAMES)
def test_every_form_of_a_right_answer_is_worth_one(case):
    worths = {text[:60]: worth(case, text) for text in (case.gold, *case.right)}
    assert {text: value for text, value in worths.items() if value != pytest.approx(1)} == {}


@pytest.mark.parametrize("case", CASES, ids=NAMES)
def test_what_is_no_answer_is_worth_nothing(case):
    texts = (*REFUSALS, *copies(case.prompt), *case.wrong)
    assert {text[:60]: value for text in texts if (value := worth(case, text)) > 1e-9} == {}


@pytest.mark.parametrize("case", CASES, ids=NAMES)
def test_a_change_of_layout_changes_nothing(case):
    changed = {
        (name, text[:60]): value
        for text in (*case.right, *case.wrong)
        if len(text) < 1000
        for name, change in LAYOUTS.items()
        if (value := worth(case, change(text))) != pytest.approx(worth(case, text))
    }
    assert changed == {}
