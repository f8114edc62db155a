"""灰领, gray-collar workers: skilled hands with schooling. No statute says who they are, so each definition is data of the city pack.

The rule is one predicate; what it asks for (schooling, level, occupation, digital literacy) the pack says, by definition.
"""

from __future__ import annotations

from guildhall.registry.tables import CERTIFIED, KNOWN_EDUCATIONS
from guildhall.rules import Facts, Law, Result, Text, all_of, any_of, attest, is_in, lookup, not_, rule
from guildhall.rules.expressions import Scalar
from guildhall.skills.tables import GRAY_COLLAR_FACTS, INPUTS

SCHOOLING: dict[Scalar, Scalar] = {word: n for n, word in enumerate(KNOWN_EDUCATIONS)}
RANK: dict[Scalar, Scalar] = {level: n for n, level in enumerate(("none", *CERTIFIED))}


@rule(
    "gray_collar",
    title=Text("灰领工人", "Gray-collar worker"),
    facts=GRAY_COLLAR_FACTS,
    inputs=INPUTS[GRAY_COLLAR_FACTS.name],
    governed_by="asked_on",
    place="place",
    unit="",
    channel="attestation",
    basis=("没有文件作出定义；口径由本包选定",),
    says={
        "schooling": Text("学历达到口径，或口径认可的技工院校班制", "schooling as the definition asks, or a class that it takes for it"),
        "certificate": Text(
            "技能等级达到口径；1+X证书只在口径写明时计入",
            "a skill level as the definition asks; a 1+X certificate counts only where it says so",
        ),
        "occupation": Text(
            "职业属于口径所列类别或为数字职业", "an occupation of the classes listed, or a digital one, where the definition asks"
        ),
        "digital_literacy": Text("口径要求时具备数字素养", "digitally literate, where the definition asks"),
    },
)
def gray_collar(p: Facts, c: Law) -> Result:
    """Counts as a gray-collar worker under one definition."""
    asked = p.definition
    return attest(
        all_of(
            schooling=any_of(
                lookup(p.education, SCHOOLING) >= lookup(c.min_schooling[asked], SCHOOLING),
                all_of(c.class_counts[asked], p.class_completed == c.equivalent_class[asked]),
            ),
            certificate=any_of(
                lookup(p.level, RANK) >= lookup(c.min_level[asked], RANK),
                all_of(c.one_plus_x[asked], p.one_plus_x_held == "advanced"),
            ),
            occupation=any_of(
                not_(c.occupation_needed[asked]),
                is_in(p.major, c.occupation_classes),
                is_in(p.middle, c.occupation_classes),
                p.digital,
            ),
            digital_literacy=any_of(not_(c.digital_literacy_needed[asked]), p.digitally_literate),
        )
    )
