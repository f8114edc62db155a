"""What the city's own machinery is called where it stands as an actor, in both languages: a command, background work, nobody at all."""

from __future__ import annotations

from guildhall.kernel.tables import Text

COMMAND = "command:"
ACTORS = {
    "command:demo": Text("演示城市", "the demonstration"),
    "command:retention": Text("到期清除", "erasure when its time has come"),
    "retention": Text("到期清除", "erasure when its time has come"),
    "work": Text("后台处理", "work in the background"),
    "public": Text("未登录的访问者", "somebody who had not signed in"),
}
ON_THE_SERVER = Text("服务器上的命令", "a command on the server")
SYSTEM = Text("系统自动处理", "the system, by itself")


def machinery(actor: str) -> Text | None:
    """What an actor that is no account is called; None for an account."""
    if actor.startswith("account:"):
        return None
    return ACTORS.get(actor) or (ON_THE_SERVER if actor.startswith(COMMAND) else SYSTEM)
