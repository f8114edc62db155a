"""Codes of occupations before the classification of 2022 and what they are today; files and standards still carry both.

Source: the new occupations of 2019–2021 under the codes they were announced with, beside those of the classification of 2022, as a
public repository sets them side by side (status `repository`, checked on 2026-11-20).
"""

from __future__ import annotations

EARLIER_CODES: dict[str, str] = {
    "2-02-10-09": "2-02-38-01",  # 人工智能工程技术人员
    "2-02-10-10": "2-02-38-02",  # 物联网工程技术人员
    "2-02-10-11": "2-02-38-03",  # 大数据工程技术人员
    "2-02-10-12": "2-02-38-04",  # 云计算工程技术人员
    "2-02-07-13": "2-02-38-05",  # 智能制造工程技术人员
    "2-02-10-13": "2-02-38-06",  # 工业互联网工程技术人员
    "2-02-10-14": "2-02-38-07",  # 虚拟现实工程技术人员
    "2-02-10-15": "2-02-38-08",  # 区块链工程技术人员
}
