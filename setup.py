"""One distribution: the host, its built-in plugins and twistd's drop-in."""

from pathlib import Path

from setuptools import find_packages, setup

PLUGINS = "kallithea_plugins"

setup(
    name="kallithea-host",
    version="0.1.0",
    description="Kallithea's JSON-RPC API as a plugin-based method host on Twisted",
    long_description=Path(__file__).with_name("README.md").read_text(encoding="utf-8"),
    long_description_content_type="text/markdown",
    license="GPL-3.0-or-later",
    license_files=["LICENSE"],
    classifiers=[
        "Development Status :: 4 - Beta",
        "Framework :: Twisted",
        "Operating System :: POSIX",
        "Programming Language :: Python :: 3",
        "Programming Language :: Python :: 3 :: Only",
        "Topic :: Software Development :: Version Control",
    ],
    python_requires=">=3.11",
    packages=sorted(
        [
            *find_packages(include=["kallithea_host", "kallithea_host.*"]),
            PLUGINS,
            *(f"{PLUGINS}.{name}" for name in find_packages("plugins")),
            "twisted.plugins",
        ]
    ),
    package_dir={PLUGINS: "plugins"},
    package_data={
        "kallithea_host": [
            "py.typed",
            "migrations/env.py",
            "migrations/script.py.mako",
            "migrations/versions/*.py",
            "web/account/assets/*",
            "web/account/templates/*.html",
            "web/explorer/assets/*",
            "web/explorer/templates/*.html",
            "commands/new_plugin/*.j2",
        ],
        PLUGINS: ["py.typed"],
        f"{PLUGINS}.repos.views": ["templates/*.html"],
    },
    install_requires=[
        "alembic>=1.20,<2",
        "argon2-cffi>=25.1",
        "bcrypt>=5,<6",
        "click>=8.5,<9",
        "cryptography>=50",
        "dulwich>=1.2,<1.3",
        "feedgenerator>=2.2,<3",
        "jinja2>=3.1.6,<4",
        "mercurial>=7.2,<7.3",
        "msgspec>=0.22,<0.23",
        "pluggy>=1.7,<2",
        "rich>=15",
        "sqlalchemy>=2.1,<2.2",
        "twisted[tls]>=26.10",
        "txjsonrpc-ng>=0.9.2,<0.10",
        "urllib3>=2.8,<3",
    ],
    extras_require={
        "postgresql": ["psycopg[binary]>=3.3,<4"],
        "treq": ["treq>=26.7"],
        "testing": ["pytest>=9.2,<10"],
        "docs": ["furo>=2025.12.19", "myst-parser>=5.2,<6", "sphinx>=9,<10"],
        "test": [
            "axe-playwright-python>=0.1.8,<0.2",
            "psycopg[binary]>=3.3,<4",
            "feedparser>=6,<7",
            "hypothesis>=6.170",
            "jsonschema>=4.26,<5",
            "mypy>=2.4,<3",
            "mypy-zope>=1.0.17",
            "playwright>=1.65,<2",
            "pytest>=9.2,<10",
            "pytest-timeout>=2.4",
            "pytest-twisted>=1.14.3",
            "pytest-xdist>=3.8",
            "ruff>=0.17,<0.18",
            "setuptools>=80",
            "treq>=26.7",
        ],
    },
    entry_points={
        "console_scripts": [
            "kallithea-api = kallithea_host.client.program:main",
            "kallithea-host = kallithea_host.commands:main",
        ],
        "kallithea_host.plugins": [
            "permissions = kallithea_plugins.permissions",
            "repos = kallithea_plugins.repos",
            "system = kallithea_host.discovery",
            "usergroups = kallithea_plugins.usergroups",
            "users = kallithea_plugins.users",
            "vcs_git = kallithea_plugins.vcs_git",
            "vcs_hg = kallithea_plugins.vcs_hg",
        ],
    },
    zip_safe=False,
)
