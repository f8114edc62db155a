"""Who is looking. Every query of every domain takes a viewer and returns only what that viewer may see."""

from __future__ import annotations

from guildhall.web.viewer import PUBLIC, Viewer

__all__ = ["PUBLIC", "Viewer"]
