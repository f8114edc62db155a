"""The words of closed lists that only incentives know, in both languages."""

from __future__ import annotations

from collections.abc import Mapping

from guildhall.kernel.tables import Text

BUSINESS: Mapping[str, Text] = {
    "self_employed": Text("个体工商户", "business of one's own"),
    "micro": Text("微型企业", "micro enterprise"),
    "small": Text("小型企业", "small enterprise"),
    "medium": Text("中型企业", "medium enterprise"),
}
WORDS: Mapping[str, Mapping[str, Text]] = {
    "training": {
        "catalogue": Text("目录内培训", "a course of the published catalogue"),
        "off_catalogue": Text("目录外培训", "a course outside the catalogue"),
        "new_occupation": Text("新职业培训", "a course for a new occupation"),
        "featured": Text("特色培训", "a featured course of the city"),
    },
    "borrower": {
        "person": Text("个人", "one person"),
        "partnership": Text("合伙", "partners together"),
        "company": Text("企业", "a company"),
    },
}
"""What the words of inputs that claims say mean, by the input."""
