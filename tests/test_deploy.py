"""What lies in deploy/: the unit, compose, the Caddyfile, held against the tools that read them where they are here."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from flows.settings import _ALWAYS
from tests.end_to_end.harness import environment_of


@pytest.fixture(scope="module")
def deploy(repository_root) -> Path:
    return repository_root / "deploy"


@pytest.fixture(scope="module")
def services(deploy) -> dict:
    return yaml.safe_load((deploy / "compose.yml").read_text("utf-8"))["services"]


def test_systemd_understands_the_unit(deploy, tmp_path, repository_root):
    if not shutil.which("systemd-analyze"):
        pytest.skip("no systemd-analyze here")
    program = shutil.which("true")
    unit = (deploy / "helhedsplan.service").read_text("utf-8")
    assert "helhedsplan serve" in unit
    # The program that it starts is not installed where this is tested.
    (tmp_path / "helhedsplan.service").write_text(re.sub(r"ExecStart=\S+", f"ExecStart={program}", unit), "utf-8")
    found = subprocess.run(
        ["systemd-analyze", "verify", tmp_path / "helhedsplan.service"], capture_output=True, text=True, check=False
    )
    assert [line for line in found.stderr.splitlines() if "helhedsplan.service" in line] == []


def test_compose_understands_its_file_with_the_example_filled_in(deploy, tmp_path):
    compose = shutil.which("docker-compose")
    if not compose:
        pytest.skip("no docker-compose here")
    example = (deploy / ".env.example").read_text("utf-8")
    filled = example.replace("PASSWORD_HASH=", "PASSWORD_HASH='$2a$14$abc'").replace(
        "POSTGRES_PASSWORD=", "POSTGRES_PASSWORD=secret"
    )
    (tmp_path / "env").write_text(filled, "utf-8")
    command = [compose, "--env-file", tmp_path / "env", "--file", deploy / "compose.yml", "config"]
    found = subprocess.run(command, capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stderr
    # Compose doubles the dollar in what it prints, so that it may be read again.
    told = yaml.safe_load(found.stdout)["services"]["caddy"]["environment"]
    assert told["STEWARD_PASSWORD_HASH"].replace("$$", "$") == "$2a$14$abc"


def test_caddy_understands_its_file_and_asks_for_a_password(deploy):
    if not shutil.which("caddy"):
        pytest.skip("no Caddy here")
    more = {"HELHEDSPLAN_SITE": "localhost", "STEWARD_PASSWORD_HASH": "$2a$14$" + "x" * 53}
    adapted = subprocess.run(
        ["caddy", "adapt", "--validate", "--adapter", "caddyfile", "--config", deploy / "Caddyfile"],
        env=environment_of(deploy, **more), capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert adapted.returncode == 0, adapted.stderr
    assert "http_basic" in adapted.stdout
    assert "server:4200" in adapted.stdout


def test_only_caddy_is_reached_from_outside_and_the_pages_ask_its_address(services):
    assert [name for name, service in services.items() if "ports" in service] == ["caddy"]
    server = services["server"]["environment"]
    assert server["PREFECT_SERVER_UI_API_URL"].startswith("https://")
    assert server["PREFECT_API_DATABASE_CONNECTION_URL"].startswith("postgresql+asyncpg://")


def test_the_server_in_a_container_has_the_settings_of_the_one_that_serve_starts(services):
    given = services["server"]["environment"]
    for name in ("PREFECT_SERVER_UI_V2_ENABLED", "PREFECT_SERVER_SERVICES_DB_VACUUM_ENABLED", "DO_NOT_TRACK"):
        assert given[name] == _ALWAYS[name]


def test_no_secret_stands_in_a_file_and_each_variable_is_in_the_example(deploy):
    text = (deploy / "compose.yml").read_text("utf-8") + (deploy / "Caddyfile").read_text("utf-8")
    example = dict(
        line.split("=", 1) for line in (deploy / ".env.example").read_text("utf-8").splitlines() if "=" in line[1:]
    )
    asked = set(re.findall(r"\$\{([A-Z_]+)", text))
    assert asked <= set(example)
    assert not [name for name, value in example.items() if value and ("PASSWORD" in name or "URL" in name)]


def test_no_secret_and_no_data_gets_into_the_image(repository_root):
    left_out = (repository_root / ".dockerignore").read_text("utf-8").splitlines()
    assert {"deploy/.env", "data*", ".git"} <= set(left_out)


def test_the_image_installs_what_the_lock_has_and_runs_as_nobody_special(deploy):
    dockerfile = (deploy / "Dockerfile").read_text("utf-8")
    assert "--require-hashes --requirement requirements.lock" in dockerfile
    assert re.search(r"^USER helhedsplan$", dockerfile, re.MULTILINE)
