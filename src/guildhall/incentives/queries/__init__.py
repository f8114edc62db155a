"""Reads for pages and the API; each takes a viewer and gives only what that viewer may see."""
