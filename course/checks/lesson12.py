"""Checks of lesson 12: contacts, over the wire."""

from course.harness import CheckFailed, check
from course.harness.people import expect_equal, shown
from course.harness.stored import Member, introduce, serve

SUPERSEDED = {}


def add(member, name, code=201):
    """Ask for a new contact."""
    return member.ask("add_contact", code, user_id=name, user_login=member.name)


def remove(member, name, code=200):
    """Ask for a contact to be taken out of the list."""
    return member.ask("del_contact", code, user_id=name, user_login=member.name)


def contacts(member):
    """Return somebody's contacts."""
    names = member.ask("get_contacts", 202, user_login=member.name).get("alert")
    if not isinstance(names, list):
        raise CheckFailed("alert is an array of names", repr(names))
    return sorted(names)


@check(
    "L12-C01",
    "L12-R1",
    "add_contact, get_contacts and del_contact are answered by their codes",
    hint="201 for a new contact, 409 if it is there, 400 for oneself, 404 for somebody who was "
    "never here; 202 and a JSON array in alert; 200, or 404 if it is not there.",
    after="L03-C01",
)
def codes_of_contacts(lab):
    server = serve(lab)
    boris, clara = introduce(lab, server, lab.word(), lab.word())
    anna = Member(lab, server)
    expect_equal("get_contacts at the beginning", contacts(anna), [])
    for name, code in {boris: 201, clara: 201, boris.upper(): 409, anna.name: 400}.items():
        add(anna, name, code)
    add(anna, boris + boris[0], 404)
    expect_equal("get_contacts", contacts(anna), sorted([boris, clara]))
    remove(anna, clara.upper())
    remove(anna, clara, 404)
    remove(anna, boris + boris[0], 404)
    expect_equal("get_contacts", contacts(anna), [boris])


@check(
    "L12-C02",
    "L12-R1",
    "user_login is one's own name: another's is answered 403, a missing one 400",
    hint="Compare user_login with the name that the hub knows the peer by, before storage is "
    "asked for anything.",
    after="L12-C01",
)
def own_lists_only(lab):
    server = serve(lab)
    anna, boris = Member(lab, server), Member(lab, server)
    add(boris, anna.name)
    anna.ask("get_contacts", 403, user_login=boris.name)
    anna.ask("add_contact", 403, user_id=anna.name, user_login=boris.name)
    anna.ask("del_contact", 403, user_id=anna.name, user_login=boris.name)
    anna.ask("get_contacts", 400)
    anna.ask("get_contacts", 202, user_login=anna.name.upper())
    anna.ask("add_contact", 400, user_login=anna.name)
    anna.ask("del_contact", 400, user_id=7, user_login=anna.name)
    expect_equal("Boris's contacts", contacts(boris), [anna.name])


@check(
    "L12-C03",
    "L12-R1",
    "contacts survive a killed server, and are their owner's only",
    hint="Let the storage of lesson 11 carry the wish out, and answer when it is committed.",
    after="L12-C01",
)
def contacts_last(lab):
    server = serve(lab)
    anna, boris = Member(lab, server), Member(lab, server)
    add(anna, boris.name)
    server.program.process.kill()
    lab.tell("", "(the server is killed; then one is started again)")
    server = serve(lab)
    expect_equal("Anna's contacts", contacts(Member(lab, server, anna.name)), [boris.name])
    expect_equal("Boris's contacts", contacts(Member(lab, server, boris.name)), [])


def expect_status(member, name, status):
    """Take the news that a contact has come or gone."""
    expected = f"a presence of the server: {name} is {status}"
    message = member.next(expected)
    user = message.get("user") if isinstance(message, dict) else None
    wanted = {"account_name": name, "status": status}
    if not isinstance(user, dict) or message.get("action") != "presence" or user != wanted:
        raise CheckFailed(expected, shown(message))


@check(
    "L12-C04",
    "L12-R1",
    "who says watch is told when contacts come and go; nobody else is",
    hint="Keep for each name the peers that watch it. A presence goes to them when somebody has "
    "been let in, and when a connection has ended, however that was.",
    after="L12-C01",
)
def watching(lab):
    server = serve(lab)
    anna, plain = Member(lab, server, watch=True), Member(lab, server)
    boris, clara = Member(lab, server), Member(lab, server)
    for member in (anna, plain):
        add(member, boris.name)
    expect_status(anna, boris.name, "online")
    boris.go()
    expect_status(anna, boris.name, "offline")
    boris = Member(lab, server, boris.name)
    expect_status(anna, boris.name, "online")
    again = anna.name
    anna.go()
    anna = Member(lab, server, again, watch=True)
    expect_status(anna, boris.name, "online")
    clara.go()
    remove(anna, boris.name)
    boris.go()
    anna.expect_nothing_more("Clara is no contact, and Boris is none any more")
    plain.expect_nothing_more("it has not said watch")
