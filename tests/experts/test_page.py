"""The page, mounted by a bare application: one pair at a time, for whom it is."""

import pytest
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.testclient import TestClient

from lexpro.experts import sheet
from lexpro.experts.page import MOST, Page
from lexpro.experts.store import Store

HOME = "http://testserver/experts/"


@pytest.fixture
def page(questions, settings, tmp_path):
    sheet.write(sheet.build(questions, settings), tmp_path)
    return Page(tmp_path / "sheet", Store(tmp_path / "ratings.sqlite3"))


@pytest.fixture
def app(page):
    return Starlette(routes=[Mount("/experts", routes=page.routes())])


@pytest.fixture
def enter(app, page):
    """Signs an expert in, in a browser of their own."""
    tokens = [link.partition("#token=")[2] for link in page.links(HOME)]

    def entered(expert):
        client = TestClient(app, base_url=HOME)
        answer = client.post("api/session", json={"token": tokens[expert - 1]})
        assert answer.status_code == 200 and answer.json()["expert"] == expert
        return client

    return entered


def rate(client, choice="left", **more):
    showing = client.get("api/state").json()["task"]["id"]
    return client.post("api/ratings", json={"showing": showing, "choice": choice, **more})


def test_the_page_and_its_files_are_there_for_everybody(app):
    client = TestClient(app, base_url=HOME)
    page = client.get("")
    assert page.status_code == 200 and "专家评测" in page.text
    for name in ("rate.js", "rate.css", "sheet.js"):
        answer = client.get(name)
        assert answer.status_code == 200 and answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "script-src 'self'" in answer.headers["Content-Security-Policy"]
    # Nothing of the sheet without a token, whatever is asked for.
    assert client.get("sheet.js").text == 'window.API = "api/";\n'
    for name in ("sheet.json", "key.jsonl", "..%2Fkey.jsonl", "%2e%2e/key.jsonl"):
        assert client.get(name).status_code == 404


def test_no_inline_script_or_style(page):
    text = (sheet.PAGE / "index.html").read_text(encoding="utf-8")
    assert "<script>" not in text and "style=" not in text and " on" not in text.replace(" one", "")
    script = (sheet.PAGE / "rate.js").read_text(encoding="utf-8")
    assert not [
        word for word in ("innerHTML", "insertAdjacentHTML", "eval(", "document.write") if word in script
    ]


@pytest.mark.parametrize(
    "path, body", [("state", None), ("ratings", {}), ("undo", {}), ("ratings.csv", None)]
)
def test_without_a_token_there_is_nothing(app, path, body):
    client = TestClient(app, base_url=HOME)
    answer = client.get(f"api/{path}") if body is None else client.post(f"api/{path}", json=body)
    assert answer.status_code == 401
    client.cookies.set("lexpro_expert", "wrong")
    answer = client.get(f"api/{path}") if body is None else client.post(f"api/{path}", json=body)
    assert answer.status_code == 401
    assert client.post("api/session", json={"token": "wrong"}).status_code == 403


def test_two_experts_work_at_once_and_see_their_own(enter, page):
    first, second = enter(1), enter(2)
    shown = {1: set(), 2: set()}
    for _ in range(5):
        for number, client in ((1, first), (2, second)):
            shown[number].add(client.get("api/state").json()["task"]["id"])
            assert rate(client, "tie").status_code == 200
    assert not shown[1] & shown[2]
    assert [first.get("api/state").json()["done"], second.get("api/state").json()["done"]] == [5, 5]
    owners = {row["id"]: row["expert"] for row in page.shown["showings"]}
    assert {owners[name] for name in shown[1]} == {1}
    # The showing of another expert cannot be rated.
    other = next(name for name, expert in owners.items() if expert == 2)
    assert first.post("api/ratings", json={"showing": other, "choice": "left"}).status_code == 404


def test_everything_that_is_said_is_kept(enter, page):
    client = enter(1)
    marks = {"left_law": 4, "right_readability": 2}
    assert rate(client, "right", comment="引用准确", seconds=41.5, marks=marks).json()["done"] == 1
    assert rate(client, "skip", reason="超出本人专业范围").status_code == 200
    first, second = page.store.ratings(page.shown["id"], 1)
    assert (first.choice, first.comment, first.seconds, first.marks) == ("right", "引用准确", 41.5, marks)
    assert (second.choice, second.reason) == ("skip", "超出本人专业范围") and second.at > first.at
    exported = client.get("api/ratings.csv")
    assert "引用准确" in exported.text and "attachment" in exported.headers["Content-Disposition"]
    assert len(client.get("api/ratings.jsonl").text.splitlines()) == 2
    assert client.get("api/ratings.xlsx").status_code == 404


def test_undo_brings_the_pair_back_with_what_was_said(enter):
    client = enter(1)
    showing = client.get("api/state").json()["task"]["id"]
    rate(client, "right", comment="误按", marks={"left_law": 5})
    back = client.post("api/undo", json={}).json()
    assert back["task"]["id"] == back["previous"]["showing"] == showing
    assert (back["previous"]["comment"], back["previous"]["marks"]) == ("误按", {"left_law": 5})
    assert back["done"] == 0 and not back["undoable"]
    assert client.post("api/undo", json={}).json()["previous"] is None


def test_work_goes_on_after_the_server_and_the_browser(questions, settings, tmp_path, enter, page):
    client = enter(1)
    for _ in range(3):
        rate(client)
    following = client.get("api/state").json()["task"]["id"]
    again = Page(page.folder, Store(page.store.path))
    app = Starlette(routes=[Mount("/experts", routes=again.routes())])
    fresh = TestClient(app, base_url=HOME, cookies=client.cookies)
    assert fresh.get("api/state").json()["task"]["id"] == following


def test_the_end_is_reached(enter):
    client = enter(3)
    total = client.get("api/state").json()["total"]
    for _ in range(total):
        assert rate(client, "bad").status_code == 200
    end = client.get("api/state").json()
    assert end["task"] is None and end["done"] == total


@pytest.mark.parametrize(
    "body, status",
    [
        ({"choice": "best"}, 400),
        ({"choice": "left", "marks": {"left_law": 9}}, 400),
        ({"choice": "left", "marks": "many"}, 400),
        ({"choice": "left", "seconds": "inf"}, 400),
        ({"choice": "skip"}, 400),
        ({"choice": "left", "showing": "../../etc/passwd"}, 404),
    ],
)
def test_bad_ratings_are_refused_with_a_sentence(enter, body, status):
    client = enter(1)
    showing = client.get("api/state").json()["task"]["id"]
    answer = client.post("api/ratings", json={"showing": showing} | body)
    assert answer.status_code == status and answer.json()["error"]
    assert client.get("api/state").json()["done"] == 0


def test_requests_of_other_sites_and_of_other_kinds_are_refused(enter):
    client = enter(1)
    showing = client.get("api/state").json()["task"]["id"]
    rating = {"showing": showing, "choice": "left"}
    foreign = {"Origin": "http://evil.example"}
    assert client.post("api/ratings", json=rating, headers=foreign).status_code == 403
    assert client.post("api/ratings", data=rating).status_code == 415
    plain = {"Content-Type": "application/json"}
    assert client.post("api/ratings", content="{", headers=plain).status_code == 400
    assert client.post("api/ratings", content="[]", headers=plain).status_code == 400
    assert client.post("api/ratings", json=rating | {"comment": "长" * MOST}).status_code == 413
    assert client.get("api/state").json()["done"] == 0


def test_the_cookie_is_for_this_page_and_no_script(enter, app, page):
    token = page.links(HOME)[0].partition("#token=")[2]
    answer = TestClient(app, base_url=HOME).post("api/session", json={"token": token})
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie and "SameSite=strict" in cookie and "Path=/experts/" in cookie


def test_a_folder_without_a_sheet(tmp_path):
    from lexpro.workflow.errors import UserError

    with pytest.raises(UserError, match="sheet"):
        Page(tmp_path, Store(tmp_path / "r.sqlite3"))
