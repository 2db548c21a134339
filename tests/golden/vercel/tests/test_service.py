"""The greeting, without any platform."""

import pytest

from hello import service


def test_greets_by_name() -> None:
    reply = service.respond({"name": "Ada"})

    assert reply.status == 200
    assert reply.body == {"message": "Hello, Ada!"}


def test_greets_the_world_when_no_name_is_given() -> None:
    assert service.respond({}).body == {"message": "Hello, world!"}


@pytest.mark.parametrize("name", ["Zoë", "李小龍", "O'Brien", "x" * 80])
def test_accepts_names_as_people_write_them(name: str) -> None:
    assert service.respond({"name": name}).body == {"message": f"Hello, {name}!"}


@pytest.mark.parametrize("name", ["", "x" * 81, "Ada\n", "\x1b[31mAda", "\u202eadA"])
def test_refuses_names_that_cannot_be_shown(name: str) -> None:
    reply = service.respond({"name": name})

    assert reply.status == 400
    assert "name" in reply.body["error"]
