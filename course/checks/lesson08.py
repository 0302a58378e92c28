"""Checks of lesson 8: one client that speaks and listens, and messages from one to one."""

from course.console import visible
from course.harness import CheckFailed, check, frames
from course.harness.lab import last_words
from course.harness.peer import Peer, encode
from course.harness.people import Member, expect_words, run_client

SUPERSEDED = {
    "L07-C11": "one client speaks and listens now: L08-C02",
    "L07-C12": "the same",
    "L07-C14": "one client now: L08-C11",
    "L07-C15": "one client now: L08-C12",
    "L07-C16": "Connection has graduated: its tests are in common/tests/",
} | {f"L07-C{number}": "the variant stays in lesson 7" for number in range(41, 67)}


@check(
    "L08-C01",
    "L08-R1",
    "a message to a name reaches that person, and nobody else",
    hint="Look for the connection whose account has the name in `to`, and queue the message "
    "there only.",
    after="L03-C01",
)
def one_to_one(lab):
    server = lab.server()
    anna, boris, clara = (Member(lab, server) for _ in range(3))
    secret, later = lab.text(), lab.text()
    anna.peer.send(anna.letter(boris.name, secret))
    anna.peer.expect(200)  # the next that comes: she hears nothing of it herself
    boris.expect_heard(secret, anna.name)
    anna.say("#all", later)
    clara.expect_heard(later, anna.name)


@check(
    "L08-C02",
    "L08-R1",
    "two clients talk with each other, both ways at once",
    hint="One thread sits in receive_message(), the other in input().",
    after="L08-C01",
)
def clients_talk(lab):
    server = lab.server()
    anna, boris = run_client(lab, server, "Анна"), run_client(lab, server, "Boris")
    words, reply = lab.text(), lab.text()
    anna.type(f"message Boris {words}\n")
    expect_words(lab, boris, words)
    boris.type(f"message Анна {reply}\n")
    expect_words(lab, anna, reply, "Boris")


@check(
    "L08-C03",
    "L08-R2",
    "a taken name is answered 409, and is free as soon as its owner has left",
    hint="Compare with casefold(); count only those who are still here. Leaving is quit, a "
    "closed and a broken connection.",
    after="L08-C01",
)
def names_are_unique(lab):
    server = lab.server()
    for leave in (lambda peer: peer.send({"action": "quit"}), Peer.close, Peer.reset):
        owner = Member(lab, server, "Alice")
        thief = server.connect()
        for name in ("Alice", "ALICE"):
            thief.send(lab.presence(user={"account_name": name, "status": "here"}))
            thief.expect(409)
        leave(owner.peer)
        lab.wait_for(lambda: is_free(lab, server, "Alice"), "the name is free again", within=2)


def is_free(lab, server, name):
    """Tell whether the server lets somebody have a name."""
    peer = server.connect()
    peer.send(lab.presence(user={"account_name": name, "status": "here"}))
    answer = peer.receive()
    peer.send({"action": "quit"})
    peer.finish()
    return isinstance(answer, dict) and answer.get("response") == 200


@check(
    "L08-C04",
    "L08-R2",
    "a message to somebody who is not here is answered 404",
    hint="Nobody bears that name: say so to the sender. Nothing else happens.",
    after="L08-C01",
)
def nobody_there(lab):
    server = lab.server()
    anna = Member(lab, server)
    anna.say("nobody", "hello", 404)
    client = run_client(lab, server, "Boris")
    client.type("message nobody hello\n")
    expect_words(lab, client, "404")


@check(
    "L08-C05",
    "L08-R2",
    "list, help and quit",
    hint="list asks the server with get_users; its answer is 202 and the names in alert.",
    after="L08-C02",
)
def commands(lab):
    server = lab.server()
    Member(lab, server, "Клара")
    client = run_client(lab, server, "Boris")
    client.type("list\n")
    expect_words(lab, client, "Клара")
    client.type("help\n")
    expect_words(lab, client, "message", "list", "help", "quit")
    client.type("dance\n")
    expect_words(lab, client, "dance")
    client.type("quit\n")
    code = lab.expect_end(client)
    if code:
        raise CheckFailed("exit code 0 after quit", f"{code}: {last_words(client)}")


@check(
    "L08-C06",
    "L08-R1",
    "end of input and Ctrl+C end the client cleanly, and no thread stays",
    hint="shutdown(SHUT_RDWR) wakes the thread that waits in recv(); then join() it.",
    after="L08-C02",
)
def client_ends(lab):
    server = lab.server()
    friend = Member(lab, server)
    by_end, by_key = run_client(lab, server, "Anna"), run_client(lab, server, "Boris")
    by_end.type(f"message {friend.name} the last words\n")
    by_end.end_input()
    friend.expect_heard("the last words", "Anna")
    by_key.interrupt()
    for client in (by_end, by_key):
        code = lab.expect_end(client)
        lab.expect_no_traceback(client)
        if code:
            raise CheckFailed("exit code 0", f"{code}: {last_words(client)}")


@check(
    "L08-C07",
    "L08-R2",
    "a message that comes while somebody types does not tear the line",
    hint="Go back to the beginning of the line (\\r), clear it, print, then print the prompt "
    "and what has been typed so far (readline.get_line_buffer()).",
    after="L08-C02",
)
def prompt_survives(lab):
    server = lab.server()
    anna = Member(lab, server)
    client = run_client(lab, server, "Boris", terminal=True)
    lab.wait_for(lambda: client.stdout.endswith("> "), "a prompt: >")
    client.type("all half a li")
    lab.wait_for(lambda: client.stdout.endswith("> all half a li"), "what is typed is shown")
    anna.say("Boris", "interrupting")
    expect_words(lab, client, "interrupting")
    lab.wait_for(
        lambda: client.stdout.rpartition("interrupting")[2].endswith("> all half a li"),
        "behind the message a new line with the prompt and the half-typed words",
    )
    client.type("ne\n")
    anna.expect_heard("half a line", "Boris")


@check(
    "L08-C08",
    "L08-R1",
    "when the server goes, the client says so and ends with exit code 1",
    hint="The receiving thread sees it first, but the other one sits in input(): a signal "
    "wakes it.",
    after="L08-C02",
)
def server_goes(lab):
    server = lab.server()
    client = run_client(lab, server, "Anna")
    client.type("help\n")
    expect_words(lab, client, "quit")  # now it waits for the keyboard
    server.program.interrupt()
    expect_words(lab, client, "closed")
    code = lab.expect_end(client)
    lab.expect_no_traceback(client)
    if code != 1:
        raise CheckFailed("exit code 1", f"{code}: {last_words(client)}")


@check(
    "L08-C09",
    "L08-R2",
    "a name that could pass for another, or for a path, is answered 400",
    hint="The rule is in PROTOCOL.md. unicodedata.name(letter) begins with the name of its "
    "alphabet.",
    after="L08-C01",
)
def names_have_rules(lab):
    server = lab.server()
    for fault, name in frames.NAMES.items():
        del lab.story[1:]
        lab.tell("the fault", fault)
        peer = server.connect()
        peer.send(lab.presence(user={"account_name": name, "status": "here"}))
        peer.expect(400)
        peer.finish()
    for name in ("Вася", "bob_2", "a.b-c", "7", "Ёлка25"):
        Member(lab, server, name)


@check(
    "L08-C10",
    "L08-R2",
    "the list of who is here",
    hint="get_users is answered 202 with a JSON array in alert; who has left is not in it.",
    after="L08-C01",
)
def list_of_users(lab):
    server = lab.server()
    anna, boris = Member(lab, server), Member(lab, server)
    leaver = Member(lab, server)
    leaver.peer.send({"action": "quit"})
    leaver.peer.expect_closed()
    anna.peer.send({"action": "get_users", "time": 1, "id": "q-1"})
    answer = anna.peer.expect(202)
    if sorted(answer.get("alert", [])) != sorted([anna.name, boris.name]):
        raise CheckFailed(f"alert: {[anna.name, boris.name]}", visible(encode(answer)))
    if answer.get("id") != "q-1":
        raise CheckFailed('the id of the request: "q-1"', visible(encode(answer)))


@check(
    "L08-C11",
    "L08-R2",
    "the client says in one line why it cannot enter",
    hint="409 is an answer too: print its words and end with exit code 1.",
    after="L08-C01",
)
def cannot_enter(lab):
    server = lab.server()
    Member(lab, server, "Anna")
    listener = lab.listen()
    listener.sock.close()
    arguments = {
        "a taken name": (str(server.port), "-n", "Anna"),
        "nobody listens": (str(listener.port), "-n", "Boris"),
        "a name that is none": (str(server.port), "-n", "../x"),
        "a port that is none": ("70000", "-n", "Boris"),
    }
    for fault, words in arguments.items():
        lab.tell("the fault", fault)
        client = lab.run("client.py", "127.0.0.1", *words)
        code = lab.expect_end(client)
        lab.expect_no_traceback(client)
        if not code or not client.stderr.strip():
            raise CheckFailed("a line on stderr, exit code 1 or 2", f"{code}: {last_words(client)}")


@check(
    "L08-C12",
    "L08-R2",
    "what others say cannot control the terminal",
    hint="Print a character only if str.isprintable() says so, else its escape.",
    after="L08-C02",
)
def harmless_screen(lab):
    server = lab.server()
    anna = Member(lab, server)
    client = run_client(lab, server, "Boris")
    anna.say("Boris", "\x1b[2J\x1b]0;owned\x07\u202eend")
    expect_words(lab, client, "end")
    if not client.stdout.replace("\n", "").replace("\r", "").isprintable():
        raise CheckFailed("nothing but printable characters", visible(client.stdout))
