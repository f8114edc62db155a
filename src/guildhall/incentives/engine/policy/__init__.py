"""Policy for everybody: the facts that are kept, how cases are grouped, what a rule comes to over them, and what a change would do."""

from __future__ import annotations

FACTS_RUNS, RULE_RUNS, POLICY_RUNS = "incentive-facts", "policy-of-a-rule", "policy"
"""The engines, and the folders under the results that hold their runs: kept facts, one rule over them, every rule."""
