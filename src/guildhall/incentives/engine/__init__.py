"""Pure: the rule of each instrument, the steps of a claim, deadlines, hints and the bank's answer."""

from __future__ import annotations

from guildhall.incentives.engine.continuing_education_deduction import continuing_education_deduction, degree_study_deduction
from guildhall.incentives.engine.hiring_subsidy import hiring_subsidy
from guildhall.incentives.engine.job_expansion_subsidy import job_expansion_subsidy
from guildhall.incentives.engine.job_stabilisation_refund import job_stabilisation_refund
from guildhall.incentives.engine.key_group_hiring_relief import key_group_hiring_relief
from guildhall.incentives.engine.loan_interest_subsidy import guarantee_fee_subsidy, loan_interest_subsidy
from guildhall.incentives.engine.self_employed_relief import self_employed_relief
from guildhall.incentives.engine.skill_upgrade_subsidy import skill_upgrade_subsidy
from guildhall.incentives.engine.social_insurance_subsidy import small_firm_graduate_subsidy, social_insurance_subsidy
from guildhall.incentives.engine.startup_grant import startup_grant
from guildhall.incentives.engine.training_subsidy import trainee_living_allowance, training_subsidy
from guildhall.rules import Rulebook

__all__ = ["RULEBOOK"]

RULEBOOK = Rulebook(
    (
        skill_upgrade_subsidy,
        training_subsidy,
        trainee_living_allowance,
        continuing_education_deduction,
        degree_study_deduction,
        hiring_subsidy,
        job_expansion_subsidy,
        social_insurance_subsidy,
        small_firm_graduate_subsidy,
        key_group_hiring_relief,
        job_stabilisation_refund,
        self_employed_relief,
        loan_interest_subsidy,
        guarantee_fee_subsidy,
        startup_grant,
    )
)
"""Every instrument of incentives, in the order pages show them."""
