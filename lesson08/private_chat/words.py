"""The special words: what a user types to do something instead of saying it."""

MARK = "/"
HELP = {
    "/all": "go to the common chat",
    "/partner NAME": "talk with one user; nobody else reads it",
    "/list": "show who is here",
    "/help": "show this",
    "/quit": "leave",
    "//TEXT": "say a text that begins with /",
}


def read(line):
    """Return the special word of a line and what follows it; the word is "" for a text to say."""
    if line.startswith(MARK * 2):
        return "", line[1:]
    if not line.startswith(MARK):
        return "", line
    word, _, rest = line.partition(" ")
    return word.casefold(), rest.strip()


def help_lines():
    """Return what `/help` answers."""
    width = max(map(len, HELP))
    return [f"* {words:{width}}  {meaning}" for words, meaning in HELP.items()]
