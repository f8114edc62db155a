"""The words made-up people and organisations are named with.

Surnames carry rough frequencies (per ten thousand people, from memory of published lists: an assumption like any other).
Given names are put together from single characters, so a full name tells nothing about anyone.
"""

from __future__ import annotations

from guildhall.kernel.tables import Text

SURNAMES: dict[str, int] = {
    "王": 715, "李": 719, "张": 674, "刘": 538, "陈": 453, "杨": 308, "黄": 223, "赵": 229, "吴": 205, "周": 212,
    "徐": 166, "孙": 154, "马": 129, "朱": 126, "胡": 131, "郭": 115, "何": 117, "林": 114, "高": 109, "罗": 95,
    "郑": 93, "梁": 85, "谢": 80, "宋": 81, "唐": 73, "许": 69, "韩": 76, "邓": 71, "冯": 68, "曹": 60,
    "彭": 56, "曾": 58, "肖": 59, "田": 53, "董": 60, "潘": 50, "袁": 52, "蔡": 53, "蒋": 51, "余": 49,
    "于": 48, "杜": 47, "叶": 46, "程": 46, "苏": 45, "魏": 45, "吕": 44, "丁": 43, "任": 42, "卢": 41,
    "姚": 40, "沈": 41, "钟": 40, "姜": 38, "崔": 38, "谭": 39, "陆": 37, "范": 36, "汪": 36, "廖": 37,
    "石": 34, "金": 34, "韦": 30, "贾": 33, "夏": 33, "付": 28, "方": 32, "邹": 32, "熊": 33, "白": 30,
    "孟": 30, "秦": 31, "邱": 30, "侯": 28, "江": 29, "尹": 28, "薛": 27, "闫": 24, "段": 26, "雷": 27,
    "龙": 26, "黎": 25, "史": 24, "陶": 24, "贺": 24, "毛": 23, "郝": 23, "顾": 22, "龚": 24, "邵": 21,
    "万": 22, "覃": 20, "武": 20, "钱": 20, "戴": 19, "严": 19, "莫": 18, "孔": 18, "向": 20, "冉": 16,
}  # fmt: skip
MALE_FIRST = "志建国文明海永家俊天子德世光宏立正新成思宇浩泽振伟大少承兴安启远昌仁"
MALE_LAST = "强军伟华平勇杰涛超明辉刚林峰鹏飞斌波宁龙云山江川松柏坤亮毅东生祥荣富贵春"
FEMALE_FIRST = "秀玉淑雅晓小春美丽文思雨欣佳梦诗慧静婷素桂月红艳海燕雪冬芳兰亚若可"
FEMALE_LAST = "英兰芳红梅霞琴玲燕娟敏静洁莉萍娜丽娇云凤珍秀蓉琼怡婷颖慧莹琳瑶华香菊"

SECTOR_NAMES: dict[str, Text] = {
    "manufacturing": Text("制造", "manufacturing"),
    "construction": Text("建筑", "construction"),
    "energy_mining": Text("能源矿业", "energy and mining"),
    "trade": Text("商贸", "trade"),
    "transport": Text("物流运输", "transport"),
    "hospitality": Text("住宿餐饮", "hospitality"),
    "software": Text("软件信息", "software"),
    "business_services": Text("商务服务", "business services"),
    "resident_services": Text("居民服务", "resident services"),
    "education_health": Text("教育卫生服务", "education and health"),
}
