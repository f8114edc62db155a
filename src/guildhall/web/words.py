"""Closed lists of words that tables use as codes, in the reader's language."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import override, pgettext_lazy

from guildhall.kernel.tables import Text

WORDS: dict[str, dict[str, object]] = {
    "status": {
        "statute": _("statute"),
        "official": _("official page"),
        "press": _("press"),
        "repository": _("public data set"),
        "computed": _("computed"),
        "unverified": _("not verified"),
        "assumed": _("assumption"),
        "generated": _("made up"),
        "unknown": _("unknown"),
    },
    "place": {
        "city": _("city"),
        "district": _("district"),
        "county": _("county"),
        "functional_zone": _("functional zone"),
        "township": _("township"),
        "remainder": _("all other townships"),
        "park": _("park"),
    },
    "organisation": {
        "enterprise": _("enterprise"),
        "college": _("vocational college"),
        "academy": _("artisan academy"),
        "assessment_body": _("assessment body"),
        "park": _("industrial park"),
    },
    "size": {"large": _("large"), "medium": _("medium"), "small": pgettext_lazy("size", "small"), "micro": _("micro")},
    "sector": {
        "manufacturing": _("manufacturing"),
        "construction": _("construction"),
        "energy_mining": _("energy and mining"),
        "trade": _("wholesale and retail"),
        "transport": _("transport and storage"),
        "hospitality": _("hotels and catering"),
        "software": _("software and information"),
        "business_services": _("business services"),
        "resident_services": _("services to residents"),
        "education_health": _("education and health"),
    },
    "scope": {
        "whole": _("the whole of it"),
        "part": _("the townships that were named"),
        "remainder": _("all that remains"),
    },
    "role": {
        "worker": _("worker"),
        "employer": _("employer"),
        "college": _("college"),
        "assessor": _("assessor"),
        "arrears_officer": _("arrears officer"),
        "claims_officer": _("claims officer"),
        "planner": _("planner"),
        "administrator": _("administrator"),
        "auditor": _("auditor"),
        "broker": _("village labour broker"),
        "none": _("no role chosen"),
    },
    "relation": {"administrative": _("administrative"), "functional": _("functional zone")},
    "park_class": {
        "national_etdz": _("national economic and technological development zone"),
        "national_htdz": _("national high-tech zone"),
        "national_bonded": _("national comprehensive bonded zone"),
        "municipal": _("municipal park"),
    },
    "tier": {
        "leading": _("leading"),
        "pillar": _("pillar"),
        "special": _("special"),
        "rising": _("rising"),
    },
    "measure": {
        "people": _("people on record"),
        "skilled": _("skilled workers"),
        "high_skilled": _("highly skilled workers"),
        "high_share": _("share of skilled workers who are highly skilled"),
        "employed": _("people employed"),
        "apprentices": _("apprentices"),
        "park_workers": _("people employed in parks"),
    },
    "rank": {
        "major": _("major group"),
        "middle": _("middle group"),
        "minor": _("minor group"),
        "leaf": _("occupation"),
    },
    "scales": {
        "people": _("counts people, so the model holds a part in proportion"),
        "whole": _("small enough to be kept whole in the model"),
        "ratio": _("a ratio, the same at any size"),
        "none": _("not reproduced in the model"),
    },
    "kind": {"published": _("published"), "derived": _("derived"), "target": _("target")},
    "sex": {"female": _("women"), "male": _("men")},
    "education": {
        "primary": _("primary school"),
        "junior": _("junior secondary school"),
        "senior": _("senior secondary school"),
        "college": _("college"),
        "bachelor": _("bachelor or above"),
        "unknown": _("unknown"),
    },
    "migrant": {
        "none": _("no migrant worker"),
        "local": _("migrant worker near home"),
        "away": _("migrant worker away from home"),
        "unknown": _("unknown"),
    },
    "standing": {
        "worker": _("in work"),
        "student": _("student"),
        "job_seeker": _("seeking work"),
        "job_seekers": _("seeking work"),
        "uncertified": _("industrial workers without a certificate"),
    },
    "assumption": {
        "age": _("Age"),
        "age_education": _("Schooling by age"),
        "age_migrant": _("Migrant workers by age"),
        "age_sex": _("Women and men by age"),
        "cap": _("Industry above the designated size"),
        "closeness": _("Living near work"),
        "cluster": _("Clusters"),
        "education": _("Schooling"),
        "education_migrant": _("Migrant workers by schooling"),
        "enterprise": _("Enterprises by size"),
        "ladder": _("When certificates were earned"),
        "level_age": _("Levels by age"),
        "level_education": _("Levels by schooling"),
        "level_migrant": _("Levels of migrant workers"),
        "level_sector": _("Levels by sector"),
        "level_sex": _("Levels of women and men"),
        "level_split": _("People on each level"),
        "migrant": _("Migrant workers"),
        "model": _("Settings of the model"),
        "occupation": _("Occupations by cluster and sector"),
        "park_cluster": _("Clusters in each park"),
        "park_sector": _("Sectors in each park"),
        "park_workforce": _("Who works in the parks"),
        "people": _("People beside the skilled"),
        "pilot": _("Pilot enterprises"),
        "residence": _("Where people live"),
        "school_end": _("Age at the end of school"),
        "sector": _("Sectors"),
        "sector_education": _("Schooling by sector"),
        "sector_migrant": _("Migrant workers by sector"),
        "sector_sex": _("Women and men by sector"),
        "sex": _("Women and men"),
    },
    "assumed": {
        "whole_below": _("a level is kept whole where fewer people than this stand on it"),
        "employed_share": _("share of workers who have a job"),
        "own_district_share": _("share of workers spread over the districts like jobs; the rest like townspeople"),
        "apprentice_share": _("share of workers without a certificate who are apprentices"),
        "apprentice_oldest": _("oldest age of an apprentice"),
        "dispatched_share": _("share of jobs through a labour dispatch agency"),
        "longest_job_years": _("longest time in one job"),
        "earlier_job_share": _("share of workers who had an earlier job"),
        "seeker_worked_share": _("share of people seeking work who had a job before"),
        "insured_share": _("share of jobs with unemployment insurance"),
        "short_name_share": _("share of given names of one character"),
        "first_certificates_year": _("year of the first certificates"),
        "first_appointments_year": _("year of the first appointments to the top levels"),
        "appointment_years": _("length of an appointment"),
        "employer_certificate_share": _("share of certificates issued by the employer, where it may issue them"),
        "assessment_bodies": _("number of public assessment bodies"),
        "unit": _("workplaces in the district of one's home"),
        "region": _("workplaces in the region of one's home"),
        "city": _("workplaces elsewhere in the city"),
        "age": _("youngest age"),
        "years": _("shortest time since the level below"),
        "held_before": _("share of those on the next level who held this one before"),
        "count": _("number of enterprises"),
        "minimum": _("fewest people"),
        "maximum": _("most people"),
        "above_scale": _("in industry above the designated size"),
        "other": _("elsewhere"),
        "enterprises": _("enterprises that may appoint to the top levels"),
        "above_scale_industry": _("people in industry above the designated size, at most"),
        "above_scale_enterprises": _("industrial enterprises above the designated size, at most"),
        "none": _("no certificate"),
    },
    "fact": {
        "population": _("population"),
        "population_male": _("male population"),
        "population_female": _("female population"),
        "households": _("households"),
        "area": _("area"),
        "gdp": _("gross domestic product"),
        "employed": _("people employed"),
        "townships": _("townships"),
        "urban_share": _("urban share"),
        "male_share": _("share of men"),
        "age_0_14_share": _("share aged 0–14"),
        "age_15_59_share": _("share aged 15–59"),
        "age_60_share": _("share aged 60 and over"),
        "age_65_share": _("share aged 65 and over"),
    },
}


def word(of: str, value: object) -> str:
    """The word for a code, or the code itself where the list does not know it."""
    return str(WORDS.get(of, {}).get(str(value), value or ""))


def words(of: str) -> dict[str, str]:
    """A whole list in the reader's language, in its declared order."""
    return {code: str(name) for code, name in WORDS[of].items()}


def both(of: str, value: object) -> Text:
    """The word for a code in both languages, for messages that are read in the language of whoever reads them."""
    with override("zh-hans"):
        zh = word(of, value)
    with override("en"):
        return Text(zh, word(of, value))
