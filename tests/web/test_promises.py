"""The API keeps what its own document says: of every operation, whatever is asked."""

from __future__ import annotations

from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, settings

from guildhall.project.wsgi import application
from tests.promises import one_connection

__all__ = ["one_connection"]

document = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", application)


@pytest.mark.slow
@pytest.mark.usefixtures("records", "one_connection")
@document.parametrize()
@settings(max_examples=25, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
def test_every_operation_keeps_its_promise(case: Any) -> None:
    case.call_and_validate()
