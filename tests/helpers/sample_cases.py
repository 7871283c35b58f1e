"""A judgment with two defendants, of our own, for the workbench; and documents of other kinds."""

import io

TEXT = (
    "湖北省某某县人民法院\n"
    "刑 事 判 决 书\n"
    "（2019）鄂0922刑初123号\n"
    "\n"
    "公诉机关湖北省某某县人民检察院。\n"
    "被告人林某甲，男，1990年3月2日出生，汉族，初中文化，无业，住湖北省某某县。"
    "因涉嫌犯盗窃罪，于2019年1月5日被刑事拘留，同年1月18日被逮捕。\n"
    "被告人周某乙，男，1993年7月9日出生，汉族，农民，住湖北省某某县。因涉嫌犯盗"
    "窃罪，于2019年1月6日被取保候审。\n"
    "\n"
    "湖北省某某县人民检察院以鄂某检刑诉〔2019〕55号起诉书指控被告人林某甲、周某"
    "乙犯盗窃罪，于2019年3月1日向本院提起公诉。本院依法适用简易程序，公开开庭审"
    "理了本案。现已审理终结。\n"
    "\n"
    "经审理查明，2018年12月20日凌晨，被告人林某甲、周某乙经事先商议，到某某县"
    "城关镇一家手机店，撬开卷帘门入内，盗走手机十二部，经鉴定价值人民币38,600元"
    "；又盗走柜台内现金2,400元，共计价值人民币42,000元。2019年1月5日"
    "，林某甲在家中被抓获。次日，周某乙在亲属陪同下主动到公安机关投案，并如实供述了自"
    "己的罪行。案发后，周某乙的亲属代为退赔被害人人民币20,000元，取得了被害人的"
    "谅解。\n"
    "\n"
    "上述事实，有被害人陈述、价格认定书、现场勘验笔录、监控录像、被告人供述等证据证实"
    "，足以认定。\n"
    "\n"
    "本院认为，被告人林某甲、周某乙以非法占有为目的，秘密窃取他人财物，数额较大，其行"
    "为均已构成盗窃罪。公诉机关指控的罪名成立。在共同犯罪中，林某甲系主犯；周某乙起次"
    "要作用，系从犯，应当从轻处罚。林某甲曾因犯盗窃罪于2016年被判处有期徒刑一年，"
    "刑满释放后五年内再犯应当判处有期徒刑以上刑罚之罪，系累犯，应当从重处罚。周某乙犯"
    "罪后自动投案并如实供述，系自首，可以从轻处罚；退赔被害人损失并取得谅解，酌情从轻"
    "处罚。二被告人自愿认罪认罚，可以从宽处理。依照《中华人民共和国刑法》第二百六十四"
    "条、第二十五条第一款、第二十六条、第二十七条、第六十五条第一款、第六十七条第一款"
    "、第七十二条第一款、第五十二条，《中华人民共和国刑事诉讼法》第十五条之规定，判决"
    "如下：\n"
    "\n"
    "一、被告人林某甲犯盗窃罪，判处有期徒刑一年八个月，并处罚金人民币一万元（刑期从判"
    "决执行之日起计算。判决执行以前先行羁押的，羁押一日折抵刑期一日，即自2019年1"
    "月5日起至2020年9月4日止。罚金于判决生效后十日内缴纳）。\n"
    "二、被告人周某乙犯盗窃罪，判处有期徒刑十个月，缓刑一年，并处罚金人民币五千元。\n"
    "三、责令被告人林某甲、周某乙共同退赔被害人人民币21,000元。\n"
    "\n"
    "如不服本判决，可在接到判决书的第二日起十日内，通过本院或者直接向湖北省某某市中级"
    "人民法院提出上诉。书面上诉的，应当提交上诉状正本一份，副本二份。\n"
    "\n"
    "审判员  吴某丙\n"
    "二〇一九年四月十二日\n"
    "书记员  郑某丁\n"
)
FACTS = "被告人张某甲趁人不备窃得手机一部，价值人民币三千元，次日自动投案，如实供述。"
CIVIL = "某某县人民法院\n民事判决书\n（2019）鄂0922民初5号\n原告王某甲，女。被告李某乙，男。\n判决如下：驳回诉讼请求。"
ENGLISH = "The defendant stole a mobile telephone and surrendered to the police on the next day. " * 5


def html() -> bytes:
    lines = "".join(f"<p>{line}</p>" for line in TEXT.split("\n"))
    return f"<html><head><script>alert(1)</script></head><body>{lines}</body></html>".encode()


def docx() -> bytes:
    import docx as word

    made, out = word.Document(), io.BytesIO()
    for line in TEXT.split("\n"):
        made.add_paragraph(line)
    made.save(out)
    return out.getvalue()


def pdf() -> bytes:
    """The text as a PDF with a text layer, as a browser or Word prints it."""
    import matplotlib as mpl
    from matplotlib.backends.backend_pdf import PdfPages
    from matplotlib.figure import Figure

    from lexpro.report import fonts

    out = io.BytesIO()
    lines = [line[at : at + 40] for line in TEXT.split("\n") for at in range(0, max(len(line), 1), 40)]
    with mpl.rc_context({"pdf.fonttype": 42, "font.family": fonts.register()}), PdfPages(out) as pages:
        figure = Figure(figsize=(8.3, 14))
        for number, line in enumerate(lines):
            figure.text(0.05, 0.97 - number * 0.019, line, fontsize=9)
        pages.savefig(figure)
    return out.getvalue()


def scan() -> bytes:
    """A PDF without a text layer."""
    import pypdf

    made, out = pypdf.PdfWriter(), io.BytesIO()
    made.add_blank_page(200, 200)
    made.write(out)
    return out.getvalue()


FILES = {"判决.txt": lambda: TEXT.encode("gb18030"), "判决.html": html, "判决.docx": docx, "判决.pdf": pdf}
