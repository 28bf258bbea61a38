"""The drawn figures, as files that never change: a new drawing gets a new name. They show nobody's data."""

from pathlib import Path

from django.conf import settings
from django.http import FileResponse, Http404, HttpRequest, HttpResponseBase

from programs.actions import stocking

A_YEAR = "public, max-age=31536000, immutable"


def picture(_request: HttpRequest, name: str) -> HttpResponseBase:
    """One figure. The route allows only slugs, so no path leads out of the folder."""
    file = Path(settings.MEDIA_ROOT) / stocking.FOLDER / f"{name}.svg"
    if not file.is_file():
        raise Http404
    return FileResponse(file.open("rb"), content_type="image/svg+xml", headers={"Cache-Control": A_YEAR})
