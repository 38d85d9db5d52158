"""Caching, headers and hostile addresses."""

from __future__ import annotations

import csv
import gzip
import io
import json
import stat
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from eirene_web.config.home import secret_key

pytestmark = pytest.mark.one_engine

KEY = "charter_share.2022.ports.share_of_bodies"
FIGURE = f"/harbour/2022/figures/{KEY}/"


def test_a_page_has_a_strong_etag_and_is_not_sent_twice(harbour: Path, client: Client) -> None:
    first = client.get(FIGURE)
    etag = first.headers["ETag"]
    assert etag.startswith('"')
    again = client.get(FIGURE, headers={"if-none-match": etag})
    assert again.status_code == 304
    assert again.content == b""
    assert again.headers["ETag"] == etag
    assert "max-age" in first.headers["Cache-Control"]


def test_the_etag_names_bytes_so_the_compressed_page_has_another(harbour: Path, client: Client) -> None:
    plain, zipped = client.get(FIGURE), client.get(FIGURE, headers={"accept-encoding": "gzip"})
    assert zipped.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(zipped.content) == plain.content
    assert plain.headers["ETag"] != zipped.headers["ETag"]
    assert "Accept-Encoding" in plain.headers["Vary"]
    refused = client.get(FIGURE, headers={"accept-encoding": "gzip;q=0"})
    assert "Content-Encoding" not in refused.headers


def test_another_language_is_another_page(harbour: Path, client: Client) -> None:
    english = client.get(FIGURE).headers["ETag"]
    assert client.get(f"/fr{FIGURE}", headers={"if-none-match": english}).status_code == 200


def test_a_new_release_makes_the_old_etag_old(harbour: Path, client: Client, tmp_path: Path) -> None:
    from eirene_web.editions.services import register_release
    from web import releases

    old = client.get(FIGURE).headers["ETag"]
    register_release(releases.harbour(tmp_path / "new", women=41))
    assert client.get(FIGURE, headers={"if-none-match": old}).status_code == 200


def test_asking_for_the_head_alone_gives_the_length_and_no_body(harbour: Path, client: Client) -> None:
    head, whole = client.head(FIGURE), client.get(FIGURE)
    assert head.content == b""
    assert head.headers["Content-Length"] == str(len(whole.content))


def test_pages_load_nothing_from_elsewhere_and_run_nothing_inline(harbour: Path, client: Client) -> None:
    response = client.get(FIGURE)
    policy = response.headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["X-Frame-Options"] == "DENY"
    assert "Set-Cookie" not in response.headers


def test_an_embedded_figure_may_be_framed_by_anybody_and_sets_no_cookie(harbour: Path, client: Client) -> None:
    response = client.get(f"/embed/harbour/2022/{KEY}/")
    assert "frame-ancestors *" in response.headers["Content-Security-Policy"]
    assert "X-Frame-Options" not in response.headers
    assert "Set-Cookie" not in response.headers
    assert b"Fictional." in response.content


@pytest.mark.parametrize(
    "name",
    [
        "../manifest.json",
        "..%2f..%2fetc%2fpasswd",
        "/etc/passwd",
        "charts/../../secret_key",
        "nothing.txt",
        "manifest.json%00",
    ],
)
def test_no_address_leads_out_of_the_release(harbour: Path, client: Client, name: str) -> None:
    assert client.get(f"/harbour/2022/files/{name}").status_code == 404


@pytest.mark.parametrize(
    "address",
    [
        "/harbour/2022/figures/nothing/", "/harbour/2022/figures/..%2f..%2f/", f"/harbour/2022/figures/{KEY}'--/",
        "/harbour/2022/figures/<script>alert(1)<%2Fscript>/", "/harbour/2022/figures/" + "a" * 5000 + "/",
        "/harbour/1999/", "/harbour/2022/nowhere/", "/harbour/2022/nations/ZZZ/", "/harbour/indicators/nothing/",
        f"/harbour/2022/figures/{KEY}/data.exe", f"/harbour/2022/figures/{KEY}/series.php", "/nobody/",
        "/fr/nobody/2022/",
        "/embed/harbour/2022/nothing/", "/embed/harbour/2022/chart/nothing/",
    ],
)  # fmt: skip
def test_what_does_not_exist_is_a_designed_404(harbour: Path, client: Client, address: str) -> None:
    response = client.get(address)
    assert response.status_code == 404
    assert b"<script>alert" not in response.content
    assert b'id="main"' in response.content


def test_what_a_reader_types_is_shown_as_text(harbour: Path, client: Client) -> None:
    html = client.get("/harbour/search/", {"q": '"><script>alert(1)</script>'}).content
    assert b"<script>alert" not in html
    assert client.get("/harbour/2022/figures/", {"kind": "<b>", "page": "-1", "q": "\x00é" * 500}).status_code == 200


def test_nothing_can_be_sent_to_the_portal(harbour: Path, client: Client) -> None:
    assert client.post(FIGURE).status_code == 405


def test_only_known_hosts_are_answered(harbour: Path, client: Client) -> None:
    assert client.get(FIGURE, headers={"host": "evil.example"}).status_code == 400


def test_a_figure_as_data_is_the_row_of_the_release(harbour: Path, client: Client) -> None:
    got = json.loads(client.get(f"{FIGURE}data.json").content)
    row = next(r for r in json.loads((harbour / "figures.json").read_text()) if r["key"] == KEY)
    assert {name: got[name] for name in row} == row
    assert len(got["manifest_sha256"]) == 64
    rows = list(csv.DictReader(io.StringIO(client.get(f"{FIGURE}data.csv").content.decode("utf-8-sig"))))
    assert [r["key"] for r in rows] == [KEY]


def test_a_series_comes_as_table_and_drawing(harbour: Path, client: Client, home: Path) -> None:
    assert client.get(f"{FIGURE}series.svg").content.startswith(b"<svg")
    png = client.get(f"{FIGURE}series.png")
    assert png.content.startswith(b"\x89PNG")
    kept = list((home / "cache" / "png").iterdir())
    assert len(kept) == 1
    assert client.get(f"{FIGURE}series.png").content == png.content
    assert b"2022" in client.get(f"{FIGURE}series.csv").content


def test_files_of_a_release_come_as_they_were_frozen(harbour: Path, client: Client) -> None:
    response = client.get("/harbour/2022/files/figures.json")
    assert b"".join(response.streaming_content) == (harbour / "figures.json").read_bytes()
    assert (
        client.get("/harbour/2022/files/figures.json", headers={"if-none-match": response.headers["ETag"]}).status_code
        == 304
    )
    assert client.get("/harbour/2022/files/manifest.json").content == (harbour / "manifest.json").read_bytes()


def test_a_release_that_was_tampered_with_is_not_shown(
    db: None, harbour_folder: Path, tmp_path: Path, client: Client
) -> None:
    import shutil

    from eirene_web.editions.services import register_release
    from eirene_web.portal import reading

    copy = shutil.copytree(harbour_folder, tmp_path / "copy")
    register_release(copy)
    (copy / "figures.json").write_text("[]")
    reading._kept.clear()
    client.raise_request_exception = False
    try:
        response = client.get(FIGURE)
    finally:
        reading._kept.clear()
    assert response.status_code == 500
    assert b"This page could not be made" in response.content


def test_health_is_told_as_json(harbour: Path, client: Client) -> None:
    told = client.get("/healthz")
    assert told.json()["status"] == "ok"
    assert told.json()["editions"] == ["harbour/2022"]
    assert told.headers["Cache-Control"] == "no-store"


def test_the_key_of_an_installation_is_made_once_and_is_its_owners_alone(tmp_path: Path) -> None:
    first = secret_key(tmp_path)
    assert secret_key(tmp_path) == first
    assert len(first) > 40
    assert stat.S_IMODE((tmp_path / "secret_key").stat().st_mode) == 0o600


@pytest.mark.django_db
def test_what_was_said_to_be_saved_outlives_a_power_cut(settings: Any) -> None:
    """Asked of the connection itself: on SQLite every commit syncs the log, on PostgreSQL it waits for it."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            assert settings.DATABASES["default"]["OPTIONS"]["transaction_mode"] == "IMMEDIATE"
            cursor.execute("PRAGMA synchronous")
            assert cursor.fetchone() == (2,)
        else:
            cursor.execute("SHOW synchronous_commit")
            assert cursor.fetchone() == ("on",)
