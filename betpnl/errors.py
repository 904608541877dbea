"""The one exception whose text is meant for the user."""


class UserError(Exception):
    """Something the user can mend: one clear sentence that names the setting and the fix.

    The command line prints the text without a traceback and exits with code 2.
    """
