"""Groups of charges that the synthetic corpus treats alike."""

from __future__ import annotations

# Charges by what the victim loses or the offender gains.
TAKEN = {
    "盗窃罪", "诈骗罪", "抢劫罪", "敲诈勒索罪", "职务侵占罪", "信用卡诈骗罪", "合同诈骗罪", "抢夺罪",
    "集资诈骗罪", "非法吸收公众存款罪", "故意毁坏财物罪",
}  # fmt: skip
GAINED = {"开设赌场罪", "引诱、容留、介绍卖淫罪", "赌博罪", "受贿罪"}
HURT = {
    "故意伤害罪",
    "交通肇事罪",
    "寻衅滋事罪",
    "聚众斗殴罪",
    "故意杀人罪",
    "过失致人死亡罪",
    "袭警罪",
    "抢劫罪",
    "非法拘禁罪",
}
TOGETHER = {
    "盗窃罪",
    "诈骗罪",
    "抢劫罪",
    "寻衅滋事罪",
    "聚众斗殴罪",
    "开设赌场罪",
    "故意伤害罪",
    "敲诈勒索罪",
    "非法拘禁罪",
    "赌博罪",
}
MINOR_IMPOSSIBLE = {
    "受贿罪",
    "重婚罪",
    "职务侵占罪",
    "非法吸收公众存款罪",
    "集资诈骗罪",
    "信用卡诈骗罪",
    "合同诈骗罪",
}
# Crimes of negligence, and the one punished by criminal detention only, do not make a recidivist
# (刑法 65).
NO_RECIDIVIST = {"交通肇事罪", "过失致人死亡罪", "危险驾驶罪"}
ATTEMPTED = {"盗窃罪", "抢夺罪", "强奸罪"}
