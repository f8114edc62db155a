"""What a password must not be, in the words of the house: Django's rules, said as the rest of the site speaks to people."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import password_validation as rules
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _


class LongEnough(rules.MinimumLengthValidator):
    """A password of at least so many characters."""

    def get_error_message(self) -> str:
        return _("The password is too short: it needs at least %(n)s characters.") % {"n": self.min_length}

    def get_help_text(self) -> str:
        return _("At least %(n)s characters.") % {"n": self.min_length}


class UnlikeTheName(rules.UserAttributeSimilarityValidator):
    """A password that is not nearly the name of the account or its owner."""

    def validate(self, password: str, user: Any = None) -> None:
        try:
            super().validate(password, user)
        except ValidationError:
            raise ValidationError(_("The password is too much like the name."), code="password_too_similar") from None

    def get_help_text(self) -> str:
        return _("Not like the name of the account or of its owner.")


class Uncommon(rules.CommonPasswordValidator):
    """A password that is on no list of those that are tried first."""

    def get_error_message(self) -> str:
        return _("Many people use this password: it is among the first that are tried.")

    def get_help_text(self) -> str:
        return _("None that many people use.")


class NotOnlyDigits(rules.NumericPasswordValidator):
    """A password that does not consist of digits alone."""

    def get_error_message(self) -> str:
        return _("The password consists of digits alone.")

    def get_help_text(self) -> str:
        return _("Not digits alone.")
