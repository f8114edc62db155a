"""What rules on incentives ask: the facts of every certificate, hire, employer and business at a date, from records.

`facts` works them out for everybody, as tables; `certificate`, `hire`, `employer` and `business` for one, slowly and readably, from
rows. Both give the same, and a test holds them to it. docs/method/incentive-facts.md says how each is worked out.
"""

from __future__ import annotations

from guildhall.incentives.engine.facts.asked import Asked
from guildhall.incentives.engine.facts.everybody import facts
from guildhall.incentives.engine.facts.one import business, certificate, employer, hire
from guildhall.incentives.engine.facts.rows import Rows

__all__ = ["Asked", "Rows", "business", "certificate", "employer", "facts", "hire"]
